#include "emulator/faults/active_rule.h"

#include <algorithm>
#include <cmath>
#include <numbers>

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

std::optional<Microseconds> ActiveRule::ends(Microseconds now) const {
  const FaultWhen& when = rule.when;
  std::optional<Microseconds> ends;
  const auto not_after = [&ends](Microseconds moment) {
    ends = ends ? std::min(*ends, moment) : moment;
  };
  if (when.time_to_live) {
    not_after(installed + *when.time_to_live);
  }
  if (when.until) {
    not_after(absolute(*when.until, installed));
  }
  if (when.schedule) {
    const Microseconds elapsed = now - installed - when.schedule->start;
    not_after(now - elapsed % when.schedule->every + when.schedule->lasts);
  }
  return ends;
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

}  // namespace understudy
