// RuleBook: the fault rules in force, and what they say of a request.
//
// Thread-safe. Reading takes an immutable snapshot; a book without rules costs one load and one
// branch. The n-th decision of a rule is a function of (seed, rule id, n) alone: other rules and
// other requests do not shift it. Rules are asked in the order they were installed; the first that
// changes the answer is the only one that does, delays add up.
#pragma once

#include <atomic>
#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/arena.h"
#include "emulator/base/expected.h"
#include "emulator/base/guarded.h"
#include "emulator/base/json.h"
#include "emulator/capacity/capacity_hold.h"
#include "emulator/clock/clock.h"
#include "emulator/faults/fault.h"
#include "emulator/faults/fault_rule.h"
#include "emulator/service/shape.h"

namespace understudy {

struct ActiveRule;
struct RuleSet;

inline constexpr std::size_t kFaultRulesMax = 10'000;

/// A rule and how often it was met.
struct FaultRuleStatus {
  FaultRule rule;
  std::uint64_t matches = 0;  ///< requests it was about, while in force
  std::uint64_t hits = 0;     ///< of these, those it acted on (or would have: dry_run)
  Microseconds installed = 0;
  bool expired = false;  ///< outlived its time_to_live
};

/// A request as rules look at it. All must outlive the pass.
struct FaultSubject {
  const ModelOperation& operation;
  const JsonNode& input;  ///< an object; not validated yet on arrival
  std::string_view tenant;
  Microseconds now = 0;
  Arena& arena;
  /// Value of a header, by lower-case name; nullptr: there are none.
  const void* headers = nullptr;
  std::string_view (*find_header)(const void* headers, std::string_view name) = nullptr;
  /// What it is about, where that is not in the input; empty: the input says.
  std::string_view table = {};
};

/// An item that a request is about: its key or itself, as sent.
struct FaultItem {
  std::string_view table;                ///< name
  const JsonNode* attributes = nullptr;  ///< nullptr: the request is about no single item
};

/// What becomes of a request in one phase.
struct FaultDecision {
  /// The rule that answers, if one does.
  const FaultRule* answer = nullptr;
  /// By position: the items the answering rule is about (partial: that stay unprocessed).
  boost::container::small_vector<bool, 8> items;
  Microseconds delay = 0;
  std::optional<std::int64_t> retry_after_ms;
  const FaultRule* stale = nullptr;
  const FaultRule* stream = nullptr;
  const FaultRule* capacity = nullptr;
  CapacityHold capacity_hold;  ///< how long its effect lasts; `over` null: until it is taken back
  std::string_view rule_id;    ///< of the first rule that hit; empty: none did
};

/// One request's way past the rules.
class FaultPass {
 public:
  FaultPass(std::shared_ptr<const RuleSet> rules, const FaultSubject& subject);
  ~FaultPass();
  FaultPass(const FaultPass&) = delete;
  FaultPass& operator=(const FaultPass&) = delete;

  /// Whether any rule is about that operation in that phase.
  [[nodiscard]] bool concerns(FaultPhase phase) const;
  /// Once per phase.
  FaultDecision decide(FaultPhase phase);
  /// A further rule for this request alone, asked first. Must be checked, and outlive the pass.
  void add(const FaultRule& rule, std::uint64_t seed);
  /// The items in request order: of a batch table by table. At least one entry.
  [[nodiscard]] std::span<const FaultItem> items();
  [[nodiscard]] const FaultSubject& subject() const { return subject_; }

 private:
  void ask(ActiveRule& rule, FaultDecision& decision);
  bool match_items(const FaultRule& rule, boost::container::small_vector<bool, 8>& matched);

  std::shared_ptr<const RuleSet> rules_;
  FaultSubject subject_;
  boost::container::small_vector<FaultItem, 2> items_;
  std::unique_ptr<ActiveRule> own_;
};

class RuleBook {
 public:
  /// `clock` must outlive the book.
  RuleBook(const Clock& clock, std::uint64_t seed);
  ~RuleBook();

  /// Whether a request must be held against rules at all.
  [[nodiscard]] bool engaged() const { return engaged_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::shared_ptr<const RuleSet> snapshot() const;
  /// Whether some rule makes reads stale: then what stood before must be remembered.
  [[nodiscard]] bool asks_for_history() const;
  /// Called whenever the rules are others, by one thread at a time. Before the first rule.
  void on_change(std::function<void()> listener) { listener_ = std::move(listener); }

  /// Adds rules behind those in force. All or none: the error says which rule.
  /// An id that is in force already is an error.
  Expected<void, RuleFlaw> install(std::vector<FaultRule> rules);
  Expected<void, RuleFlaw> install(std::initializer_list<Fault> faults);
  Expected<void, RuleFlaw> install(const Fault& fault) { return install({fault}); }
  /// These rules and no others; counters begin anew.
  Expected<void, RuleFlaw> replace(std::vector<FaultRule> rules);
  /// False: there is no such rule.
  bool remove(std::string_view id);
  void clear();

  /// In the order they are asked.
  [[nodiscard]] std::vector<FaultRuleStatus> list() const;
  [[nodiscard]] std::optional<FaultRuleStatus> find(std::string_view id) const;
  /// A sentence per rule that was hit less or more often than it expects.
  [[nodiscard]] std::vector<std::string> unmet_expectations() const;
  /// All decisions begin anew from that seed; counters are 0.
  void reseed(std::uint64_t seed);
  [[nodiscard]] std::uint64_t seed() const;

 private:
  struct State;
  Expected<void, RuleFlaw> add(std::vector<FaultRule> rules, bool keep);
  void changed();

  const Clock& clock_;
  std::atomic<bool> engaged_{false};
  Guarded<std::unique_ptr<State>> state_;
  std::function<void()> listener_;
  std::mutex listening_;  ///< while the listener runs; never held with the state's lock
};

}  // namespace understudy
