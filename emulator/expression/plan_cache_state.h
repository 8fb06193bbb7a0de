// What the plan cache holds, for this room only. An entry is shared: a request that found it keeps
// it for as long as it binds, even when it is dropped from the cache meanwhile. Bound plans copy
// what they need into the request's arena and hold on to no entry.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/expected.h"
#include "emulator/base/guarded.h"
#include "emulator/expression/ast.h"
#include "emulator/expression/parser.h"
#include "emulator/expression/plan_cache.h"

namespace understudy {

namespace expression {

struct CompiledText {
  Grammar grammar;
  std::string text;
  Tree tree;
};
using CompiledRef = std::shared_ptr<const CompiledText>;

}  // namespace expression

struct PlanCache::State {
  explicit State(std::size_t most) : entries_max(most) {}

  struct Key {
    expression::Grammar grammar;
    std::string_view text;  ///< of the entry itself
    friend bool operator==(const Key&, const Key&) = default;
  };
  struct Hash {
    std::size_t operator()(const Key& key) const {
      return std::hash<std::string_view>()(key.text) + static_cast<std::size_t>(key.grammar);
    }
  };
  struct Entries {
    boost::unordered_flat_map<Key, expression::CompiledRef, Hash> by_text;
    std::vector<expression::CompiledRef> by_age;  ///< a ring once it is full
    std::size_t oldest = 0;
  };

  /// The compiled text, from the cache or new. Texts that do not compile are not kept.
  Expected<expression::CompiledRef, std::string> find_or_compile(expression::Grammar grammar,
                                                                 std::string_view text);

  std::size_t entries_max;
  Guarded<Entries> entries;
};

}  // namespace understudy
