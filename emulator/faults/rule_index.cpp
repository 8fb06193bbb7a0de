#include "emulator/faults/rule_index.h"

#include <algorithm>

#include "emulator/base/check.h"
#include "emulator/faults/fault_operations.h"

namespace understudy {
namespace {

std::string_view literal_of(std::string_view pattern) {
  return pattern.substr(0, pattern.find_first_of("*?"));
}

PatternIndex& patterns_of(const std::string& name, std::vector<NamedPatterns>& named) {
  const auto found = std::ranges::find(named, name, &NamedPatterns::name);
  return found != named.end() ? found->patterns
                              : named.emplace_back(NamedPatterns{name, {}}).patterns;
}

/// Lists a rule under the condition that is likely to hold least often: one that begins with
/// letters before one that begins with a wildcard, of those in the order given here.
void list(const ListedRule& listed, RuleSet::Phase& phase) {
  const FaultMatch& match = listed.rule->rule.match;
  for (const bool literal_only : {true, false}) {
    const auto tells = [literal_only](std::string_view pattern) {
      return !pattern.empty() && (!literal_only || !literal_of(pattern).empty());
    };
    if (tells(match.table)) {
      return phase.tables.add(match.table, listed);
    }
    for (const FaultPattern& key : match.key) {
      if (tells(key.pattern)) {
        return patterns_of(key.name, phase.keys).add(key.pattern, listed);
      }
    }
    for (const FaultPattern& header : match.headers) {
      if (tells(header.pattern)) {
        return patterns_of(header.name, phase.headers).add(header.pattern, listed);
      }
    }
    if (tells(match.index)) {
      return phase.indexes.add(match.index, listed);
    }
    if (tells(match.tenant)) {
      return phase.tenants.add(match.tenant, listed);
    }
  }
  phase.others.push_back(listed);
}

void seal(RuleSet::Phase& phase) {
  phase.tables.seal();
  phase.indexes.seal();
  phase.tenants.seal();
  for (std::vector<NamedPatterns>* named : {&phase.keys, &phase.headers}) {
    for (NamedPatterns& patterns : *named) {
      patterns.patterns.seal();
    }
  }
}

}  // namespace

void PatternIndex::add(std::string_view pattern, const ListedRule& rule) {
  const std::string_view literal = literal_of(pattern);
  entries_.push_back({literal, pattern.substr(literal.size()), rule});
}

void PatternIndex::seal() {
  std::ranges::stable_sort(entries_, {}, &Entry::literal);
}

// In [low, high) stand the literals that begin with the first `depth` bytes of the text. Those that
// end there come first.
void PatternIndex::find(std::string_view text, std::size_t operation, RuleCandidates& found) const {
  const Entry* low = entries_.data();
  const Entry* high = low + entries_.size();
  for (std::size_t depth = 0;; ++depth) {
    for (; low != high && low->literal.size() == depth; ++low) {
      if (low->rule.operations[operation] && matches_pattern(low->rest, text.substr(depth))) {
        found.push_back(&low->rule);
      }
    }
    if (low == high || depth == text.size()) {
      return;
    }
    const auto byte_of = [depth](const Entry& entry) {
      return static_cast<unsigned char>(entry.literal[depth]);
    };
    const auto byte = static_cast<unsigned char>(text[depth]);
    if (byte_of(*low) != byte || byte_of(*(high - 1)) != byte) {
      // Not equal_range(): clang 14 cannot compile the pair that libstdc++ makes of it.
      low = std::ranges::lower_bound(low, high, byte, {}, byte_of);
      high = std::ranges::upper_bound(low, high, byte, {}, byte_of);
    }
  }
}

void RuleSet::index() {
  CHECK(fault_operation_count() <= OperationBits().size());
  for (std::size_t position = 0; position < rules.size(); ++position) {
    ListedRule listed{rules[position].get(), static_cast<std::uint32_t>(position), {}};
    for (std::size_t i = 0; i < fault_operation_count(); ++i) {
      listed.operations[i] = rule_names(listed.rule->rule, fault_operation(i));
    }
    Phase& phase = phases[static_cast<std::size_t>(listed.rule->rule.phase)];
    phase.operations |= listed.operations;
    list(listed, phase);
  }
  for (Phase& phase : phases) {
    seal(phase);
  }
}

}  // namespace understudy
