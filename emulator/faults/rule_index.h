// RuleSet: all rules in force, found by what requests are about. Each rule is listed under one of
// its conditions; a request looks up its own table, keys, headers, index and tenant, and meets only
// rules of which that condition holds. Immutable once built. Inside this room only.
#pragma once

#include <array>
#include <bitset>
#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/faults/active_rule.h"
#include "emulator/faults/rule_book.h"

namespace understudy {

/// By position_of() an operation.
using OperationBits = std::bitset<128>;

/// A rule that a look-up found: it still has to be asked about its other conditions.
struct ListedRule {
  ActiveRule* rule = nullptr;
  std::uint32_t position = 0;  ///< in the order rules are asked
  OperationBits operations;    ///< that it is about
};
using RuleCandidates = boost::container::small_vector<const ListedRule*, 8>;

/// Rules by a pattern. A look-up walks down the patterns' literal beginnings (what stands before
/// the first * or ?), in sorted order: where none of them begins like the text it ends at the first
/// byte, however many there are.
class PatternIndex {
 public:
  /// `pattern` must live as long as the index; then seal(), once, when all are there.
  void add(std::string_view pattern, const ListedRule& rule);
  void seal();
  /// Appends the rules about that operation whose pattern matches.
  void find(std::string_view text, std::size_t operation, RuleCandidates& found) const;
  [[nodiscard]] bool empty() const { return entries_.empty(); }

 private:
  struct Entry {
    std::string_view literal;
    std::string_view rest;  ///< of the pattern, from its first wildcard on
    ListedRule rule;
  };
  std::vector<Entry> entries_;  ///< sorted by literal
};

/// Patterns of values that have a name: of a key attribute, of a header.
struct NamedPatterns {
  std::string name;
  PatternIndex patterns;
};

struct RuleSet {
  std::vector<std::shared_ptr<ActiveRule>> rules;

  struct Phase {
    OperationBits operations;  ///< that any rule is about
    PatternIndex tables;
    PatternIndex indexes;
    PatternIndex tenants;
    std::vector<NamedPatterns> keys;
    std::vector<NamedPatterns> headers;
    std::vector<ListedRule> others;  ///< without a condition that could be looked up
  };
  std::array<Phase, kFaultPhaseCount> phases;

  /// Lists all rules; once.
  void index();
};

}  // namespace understudy
