// ActiveRule: a rule in force, with its counters; RuleSet: all of them, ready to be looked up.
// Inside this room only.
#pragma once

#include <array>
#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/guarded.h"
#include "emulator/base/random.h"
#include "emulator/faults/rule_book.h"

namespace understudy {

struct ActiveRule {
  ActiveRule(FaultRule given, std::uint64_t rule_seed, Microseconds now)
      : rule(std::move(given)), seed(rule_seed), installed(now) {}

  FaultRule rule;
  const std::uint64_t seed;
  const Microseconds installed;
  std::size_t position = 0;  ///< in the order rules are asked
  std::atomic<std::uint64_t> matches{0};
  std::atomic<std::uint64_t> hits{0};
  /// When the delays of the requests under way pass; only where max_concurrent is set.
  Guarded<std::vector<Microseconds>> under_way;

  /// Whether time lets the rule act at `now`.
  [[nodiscard]] bool in_force(Microseconds now) const;
  [[nodiscard]] bool expired(Microseconds now) const;
  /// What the n-th decision draws from.
  [[nodiscard]] Random draws(std::uint64_t n) const;
  /// Whether the n-th match is a hit by counting and chance; the limit of hits is not looked at.
  [[nodiscard]] bool chooses(std::uint64_t n, Microseconds now, Random& random) const;
  /// One hit more, unless there were enough. `delay`: how long the request is under way.
  bool take(Microseconds now, Microseconds delay);
};

/// Seed of the rule of that id.
std::uint64_t rule_seed(std::uint64_t seed, std::string_view id);

/// A delay drawn from the distribution, within kFaultDelayMax.
Microseconds draw_latency(const FaultLatency& latency, Random& random);

/// A pattern made ready: most texts are told from it by their first bytes. Empty: any text.
class ReadyPattern {
 public:
  ReadyPattern() = default;
  explicit ReadyPattern(std::string pattern);
  [[nodiscard]] bool matches(std::string_view text) const {
    if (text_.empty()) {
      return true;
    }
    if (!text.starts_with(std::string_view(text_).substr(0, literal_))) {
      return false;
    }
    return literal_ == text_.size()
               ? text.size() == literal_
               : matches_pattern(std::string_view(text_).substr(literal_), text.substr(literal_));
  }

 private:
  std::string text_;
  std::size_t literal_ = 0;  ///< bytes before the first * or ?
};

/// What tells at a glance, and without leaving the list, that a rule is not about a request.
struct RuleEntry {
  static constexpr std::uint32_t kNone = UINT32_MAX;
  explicit RuleEntry(ActiveRule& active);

  ActiveRule* rule;
  ReadyPattern tenant;
  ReadyPattern index;
  ReadyPattern table;
  ReadyPattern key;     ///< of its first key attribute
  ReadyPattern header;  ///< of its first header
  std::uint32_t key_slot = kNone;
  std::uint32_t header_slot = kNone;
};

struct RuleSet {
  std::vector<std::shared_ptr<ActiveRule>> rules;
  /// Names that the first conditions of rules look up, each once: what their slots count.
  std::vector<std::string> key_names;
  std::vector<std::string> header_names;

  /// Rules about one operation in one phase, in the order they are asked. Those that name one table
  /// are found by it.
  struct Lookup {
    std::vector<RuleEntry> any_table;
    std::map<std::string, std::vector<RuleEntry>, std::less<>> by_table;
    [[nodiscard]] bool empty() const { return any_table.empty() && by_table.empty(); }
  };
  /// By phase and position in model_operations().
  std::array<std::vector<Lookup>, kFaultPhaseCount> lookups;

  void index();
  /// nullptr: no rule is about that operation in that phase.
  [[nodiscard]] const Lookup* lookup(const ModelOperation& operation, FaultPhase phase) const;
};

}  // namespace understudy
