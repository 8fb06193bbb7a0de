#include "emulator/expression/plan_cache.h"

#include "emulator/base/work_counters.h"
#include "emulator/expression/plan_cache_state.h"

namespace understudy {

using expression::CompiledRef;
using expression::CompiledText;

PlanCache::PlanCache(std::size_t entries_max) : state_(std::make_unique<State>(entries_max)) {}
PlanCache::~PlanCache() = default;

Expected<expression::CompiledRef, std::string> PlanCache::State::find_or_compile(
    expression::Grammar grammar, std::string_view text) {
  const Key key{grammar, text};
  {
    const auto access = entries.lock();
    if (const auto found = access->by_text.find(key); found != access->by_text.end()) {
      return found->second;
    }
  }
  count_expression_compile();
  auto tree = expression::parse_expression(grammar, text);
  if (!tree) {
    return Unexpected{std::move(tree).error()};
  }
  auto compiled = std::make_shared<const CompiledText>(
      CompiledText{grammar, std::string(text), *std::move(tree)});
  if (entries_max == 0) {
    return CompiledRef(compiled);
  }
  // Dropped after the lock is released: freeing a tree is slow work.
  CompiledRef dropped;
  const auto access = entries.lock();
  const Key kept{grammar, compiled->text};
  if (!access->by_text.emplace(kept, compiled).second) {
    return CompiledRef(compiled);  // Another request was faster.
  }
  if (access->by_age.size() < entries_max) {
    access->by_age.push_back(compiled);
    return CompiledRef(compiled);
  }
  CompiledRef& slot = access->by_age[access->oldest];
  access->oldest = (access->oldest + 1) % entries_max;
  access->by_text.erase(Key{slot->grammar, slot->text});
  dropped = std::exchange(slot, compiled);
  return CompiledRef(compiled);
}

}  // namespace understudy
