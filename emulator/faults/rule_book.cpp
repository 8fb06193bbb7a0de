#include "emulator/faults/rule_book.h"

#include <algorithm>
#include <set>

#include "emulator/faults/active_rule.h"
#include "emulator/faults/rule_index.h"

namespace understudy {

struct RuleBook::State {
  std::shared_ptr<const RuleSet> rules = std::make_shared<RuleSet>();
  std::uint64_t seed = 0;
  std::uint64_t ids_given = 0;

  [[nodiscard]] bool has(std::string_view id) const {
    return std::ranges::any_of(rules->rules,
                               [&](const auto& active) { return active->rule.id == id; });
  }
  void put(std::vector<std::shared_ptr<ActiveRule>> next) {
    auto set = std::make_shared<RuleSet>();
    set->rules = std::move(next);
    set->index();
    rules = std::move(set);
  }
};

namespace {

FaultRuleStatus status_of(const ActiveRule& active, Microseconds now) {
  return {active.rule, active.matches.load(std::memory_order_relaxed),
          active.hits.load(std::memory_order_relaxed), active.installed, active.expired(now)};
}

/// What is wrong with the rule at that position.
Unexpected<RuleFlaw> refused(const FaultRule& rule, std::size_t position, RuleFlaw flaw) {
  flaw.rule = rule.id.empty() ? "rule " + std::to_string(position + 1) : "rule '" + rule.id + "'";
  return Unexpected{std::move(flaw)};
}

/// Where one end is a date and the other a time since the rule came into force, which is now.
bool ends_before_it_begins(const FaultWhen& when, Microseconds now) {
  const auto moment = [now](const FaultMoment& at) { return at.absolute ? at.at : now + at.at; };
  return when.from && when.until && moment(*when.from) >= moment(*when.until);
}

/// The rule is dropped: what it did to capacity is over.
void drop(ActiveRule& rule) {
  rule.over.store(true, std::memory_order_release);
}

void drop_all(const RuleSet& rules) {
  for (const auto& active : rules.rules) {
    drop(*active);
  }
}

std::vector<std::shared_ptr<ActiveRule>> anew(const RuleSet& rules, std::uint64_t seed,
                                              Microseconds now) {
  std::vector<std::shared_ptr<ActiveRule>> fresh;
  for (const auto& active : rules.rules) {
    fresh.push_back(
        std::make_shared<ActiveRule>(active->rule, rule_seed(seed, active->rule.id), now));
  }
  return fresh;
}

}  // namespace

RuleBook::RuleBook(const Clock& clock, std::uint64_t seed)
    : clock_(clock), state_(std::make_unique<State>()) {
  (*state_.lock())->seed = seed;
}
RuleBook::~RuleBook() = default;

std::shared_ptr<const RuleSet> RuleBook::snapshot() const {
  return (*state_.lock())->rules;
}

bool RuleBook::asks_for_history() const {
  return std::ranges::any_of(
      snapshot()->rules, [](const auto& active) { return active->rule.action.stale.has_value(); });
}

void RuleBook::changed() {
  if (listener_) {
    const std::lock_guard lock(listening_);
    listener_();
  }
}

Expected<void, RuleFlaw> RuleBook::add(std::vector<FaultRule> rules, bool keep) {
  const auto access = state_.lock();
  State& state = **access;
  if (rules.size() + (keep ? state.rules->rules.size() : 0) > kFaultRulesMax) {
    return Unexpected{RuleFlaw{{}, {}, "more than " + std::to_string(kFaultRulesMax) + " rules"}};
  }
  std::set<std::string> ids;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    FaultRule& rule = rules[i];
    if (auto flaw = check_fault_rule(rule)) {
      return refused(rule, i, *std::move(flaw));
    }
    if (!rule.id.empty() && (!ids.insert(rule.id).second || (keep && state.has(rule.id)))) {
      return refused(rule, i, {{}, "id", "another rule has it"});
    }
  }
  const Microseconds now = clock_.now();
  for (std::size_t i = 0; i < rules.size(); ++i) {
    if (ends_before_it_begins(rules[i].when, now)) {
      return refused(rules[i], i, {{}, "when.window", "it ends before it begins"});
    }
  }
  std::vector<std::shared_ptr<ActiveRule>> next;
  if (keep) {
    next = state.rules->rules;
  } else {
    drop_all(*state.rules);
  }
  for (FaultRule& rule : rules) {
    while (rule.id.empty()) {
      std::string given = "rule-" + std::to_string(++state.ids_given);
      if (!ids.contains(given) && !(keep && state.has(given))) {
        rule.id = std::move(given);
      }
    }
    const std::uint64_t seed = rule_seed(state.seed, rule.id);
    next.push_back(std::make_shared<ActiveRule>(std::move(rule), seed, now));
  }
  state.put(std::move(next));
  engaged_.store(!state.rules->rules.empty(), std::memory_order_relaxed);
  return {};
}

Expected<void, RuleFlaw> RuleBook::install(std::vector<FaultRule> rules) {
  auto done = add(std::move(rules), true);
  changed();
  return done;
}

Expected<void, RuleFlaw> RuleBook::install(std::initializer_list<Fault> faults) {
  std::vector<FaultRule> rules;
  for (const Fault& fault : faults) {
    if (fault.flaw()) {
      return refused(fault.rule(), rules.size(), *fault.flaw());
    }
    rules.push_back(fault.rule());
  }
  return install(std::move(rules));
}

Expected<void, RuleFlaw> RuleBook::replace(std::vector<FaultRule> rules) {
  auto done = add(std::move(rules), false);
  changed();
  return done;
}

bool RuleBook::remove(std::string_view id) {
  {
    const auto access = state_.lock();
    State& state = **access;
    std::vector<std::shared_ptr<ActiveRule>> next = state.rules->rules;
    const auto removed = std::erase_if(next, [id](const auto& active) {
      const bool meant = active->rule.id == id;
      if (meant) {
        drop(*active);
      }
      return meant;
    });
    if (removed == 0) {
      return false;
    }
    state.put(std::move(next));
    engaged_.store(!state.rules->rules.empty(), std::memory_order_relaxed);
  }
  changed();
  return true;
}

void RuleBook::clear() {
  {
    const auto access = state_.lock();
    drop_all(*(*access)->rules);
    (*access)->put({});
    engaged_.store(false, std::memory_order_relaxed);
  }
  changed();
}

std::vector<FaultRuleStatus> RuleBook::list() const {
  const auto rules = snapshot();
  const Microseconds now = clock_.now();
  std::vector<FaultRuleStatus> list;
  for (const auto& active : rules->rules) {
    list.push_back(status_of(*active, now));
  }
  return list;
}

std::optional<FaultRuleStatus> RuleBook::find(std::string_view id) const {
  for (FaultRuleStatus& status : list()) {
    if (status.rule.id == id) {
      return std::move(status);
    }
  }
  return std::nullopt;
}

std::vector<std::string> RuleBook::unmet_expectations() const {
  std::vector<std::string> unmet;
  for (const FaultRuleStatus& status : list()) {
    const FaultExpectation& expect = status.rule.expect;
    const std::string hits = "rule '" + status.rule.id + "' hit " + std::to_string(status.hits) +
                             " of " + std::to_string(status.matches) +
                             " matching requests, expected at ";
    if (expect.hits_min && status.hits < *expect.hits_min) {
      unmet.push_back(hits + "least " + std::to_string(*expect.hits_min));
    }
    if (expect.hits_max && status.hits > *expect.hits_max) {
      unmet.push_back(hits + "most " + std::to_string(*expect.hits_max));
    }
  }
  return unmet;
}

void RuleBook::reseed(std::uint64_t seed) {
  {
    const auto access = state_.lock();
    State& state = **access;
    state.seed = seed;
    drop_all(*state.rules);
    state.put(anew(*state.rules, seed, clock_.now()));
  }
  changed();
}

std::uint64_t RuleBook::seed() const {
  return (*state_.lock())->seed;
}

}  // namespace understudy
