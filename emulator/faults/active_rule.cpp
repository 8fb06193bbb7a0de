#include "emulator/faults/active_rule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "emulator/faults/fault_operations.h"

namespace understudy {
namespace {

Microseconds absolute(const FaultMoment& moment, Microseconds installed) {
  return moment.absolute ? moment.at : installed + moment.at;
}

double ramp_factor(const FaultRamp& ramp, Microseconds elapsed) {
  const double share =
      std::clamp(static_cast<double>(elapsed) / static_cast<double>(ramp.over), 0.0, 1.0);
  return ramp.from + (ramp.to - ramp.from) * share;
}

/// Straight lines between the rows; below the first one its own delay.
double percentile_delay(const FaultLatency& latency, double percentile) {
  const auto& table = latency.table;
  const auto above = std::ranges::find_if(
      table, [percentile](const auto& row) { return row.first >= percentile; });
  if (above == table.end()) {
    return static_cast<double>(table.back().second);
  }
  if (above == table.begin()) {
    return static_cast<double>(above->second);
  }
  const auto below = std::prev(above);
  const double share = (percentile - below->first) / (above->first - below->first);
  return static_cast<double>(below->second) +
         share * static_cast<double>(above->second - below->second);
}

bool has_wildcard(std::string_view pattern) {
  return pattern.find_first_of("*?") != std::string_view::npos;
}

/// Position of the name in the list, at whose end it is put if it is new.
std::uint32_t slot_of(const std::string& name, std::vector<std::string>& names) {
  const auto found = std::ranges::find(names, name);
  const auto slot = static_cast<std::uint32_t>(found - names.begin());
  if (found == names.end()) {
    names.push_back(name);
  }
  return slot;
}

}  // namespace

std::uint64_t rule_seed(std::uint64_t seed, std::string_view id) {
  return Random(seed).fork("faults").fork(id).next();
}

Microseconds draw_latency(const FaultLatency& latency, Random& random) {
  const auto low = static_cast<double>(latency.low);
  double delay = low;
  switch (latency.kind) {
    case FaultLatency::Kind::kFixed:
      break;
    case FaultLatency::Kind::kUniform:
      delay = low + random.uniform() * static_cast<double>(latency.high - latency.low);
      break;
    case FaultLatency::Kind::kLognormal: {
      // Box and Muller: two uniform draws make a normal one.
      const double radius = std::sqrt(-2 * std::log(1 - random.uniform()));
      const double normal = radius * std::cos(2 * std::numbers::pi * random.uniform());
      delay = low * std::exp(latency.sigma * normal);
      break;
    }
    case FaultLatency::Kind::kExponential:
      delay = -low * std::log(1 - random.uniform());
      break;
    case FaultLatency::Kind::kPercentiles:
      delay = percentile_delay(latency, 100 * random.uniform());
      break;
  }
  return std::llround(std::clamp(delay, 0.0, static_cast<double>(kFaultDelayMax)));
}

bool ActiveRule::expired(Microseconds now) const {
  return rule.when.time_to_live && now >= installed + *rule.when.time_to_live;
}

bool ActiveRule::in_force(Microseconds now) const {
  const FaultWhen& when = rule.when;
  if (expired(now) || (when.from && now < absolute(*when.from, installed)) ||
      (when.until && now >= absolute(*when.until, installed))) {
    return false;
  }
  if (!when.schedule) {
    return true;
  }
  const Microseconds elapsed = now - installed - when.schedule->start;
  return elapsed >= 0 && elapsed % when.schedule->every < when.schedule->lasts;
}

Random ActiveRule::draws(std::uint64_t n) const {
  return Random(seed + n * 0x9E3779B97F4A7C15);
}

bool ActiveRule::chooses(std::uint64_t n, Microseconds now, Random& random) const {
  const FaultWhen& when = rule.when;
  const double draw = random.uniform();
  if (n <= when.skip || (n - when.skip) % when.every != 0) {
    return false;
  }
  const double share =
      when.probability * (when.ramp ? ramp_factor(*when.ramp, now - installed) : 1);
  return draw < share;
}

bool ActiveRule::take(Microseconds now, Microseconds delay) {
  if (rule.when.max_concurrent) {
    const auto held = under_way.lock();
    std::erase_if(*held, [now](Microseconds passes) { return passes <= now; });
    if (held->size() >= *rule.when.max_concurrent) {
      return false;
    }
    if (delay > 0) {
      held->push_back(now + delay);
    }
  }
  if (!rule.when.count) {
    hits.fetch_add(1, std::memory_order_relaxed);
    return true;
  }
  std::uint64_t so_far = hits.load(std::memory_order_relaxed);
  while (so_far < *rule.when.count) {
    if (hits.compare_exchange_weak(so_far, so_far + 1, std::memory_order_relaxed)) {
      return true;
    }
  }
  return false;
}

ReadyPattern::ReadyPattern(std::string pattern)
    : text_(std::move(pattern)), literal_(std::min(text_.find_first_of("*?"), text_.size())) {}

RuleEntry::RuleEntry(ActiveRule& active)
    : rule(&active),
      tenant(active.rule.match.tenant),
      index(active.rule.match.index),
      table(active.rule.match.table) {
  if (!active.rule.match.key.empty()) {
    key = ReadyPattern(active.rule.match.key.front().pattern);
  }
  if (!active.rule.match.headers.empty()) {
    header = ReadyPattern(active.rule.match.headers.front().pattern);
  }
}

void RuleSet::index() {
  const std::span<const ModelOperation> operations = model_operations();
  for (auto& by_operation : lookups) {
    by_operation.assign(operations.size(), {});
  }
  for (std::size_t position = 0; position < rules.size(); ++position) {
    ActiveRule& active = *rules[position];
    active.position = position;
    const FaultRule& rule = active.rule;
    RuleEntry entry(active);
    if (!rule.match.key.empty()) {
      entry.key_slot = slot_of(rule.match.key.front().name, key_names);
    }
    if (!rule.match.headers.empty()) {
      entry.header_slot = slot_of(rule.match.headers.front().name, header_names);
    }
    const bool one_table = !rule.match.table.empty() && !has_wildcard(rule.match.table);
    for (std::size_t i = 0; i < operations.size(); ++i) {
      if (!rule_names(rule, operations[i])) {
        continue;
      }
      Lookup& lookup = lookups[static_cast<std::size_t>(rule.phase)][i];
      (one_table ? lookup.by_table[rule.match.table] : lookup.any_table).push_back(entry);
    }
  }
}

const RuleSet::Lookup* RuleSet::lookup(const ModelOperation& operation, FaultPhase phase) const {
  const std::span<const ModelOperation> operations = model_operations();
  const auto position = static_cast<std::size_t>(&operation - operations.data());
  const auto& by_operation = lookups[static_cast<std::size_t>(phase)];
  const bool known = position < by_operation.size() && !by_operation[position].empty();
  return known ? &by_operation[position] : nullptr;
}

}  // namespace understudy
