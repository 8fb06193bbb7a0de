// ActiveRule: a rule in force, with its counters. Inside this room only.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "emulator/base/guarded.h"
#include "emulator/base/random.h"
#include "emulator/faults/rule_book.h"

namespace understudy {

struct ActiveRule : std::enable_shared_from_this<ActiveRule> {
  ActiveRule(FaultRule given, std::uint64_t rule_seed, Microseconds now)
      : rule(std::move(given)), seed(rule_seed), installed(now) {}

  FaultRule rule;
  const std::uint64_t seed;
  const Microseconds installed;
  std::atomic<std::uint64_t> matches{0};
  std::atomic<std::uint64_t> hits{0};
  /// Set when the book drops the rule.
  std::atomic<bool> over{false};
  /// When the delays of the requests under way pass; only where max_concurrent is set.
  Guarded<std::vector<Microseconds>> under_way;

  /// Whether time lets the rule act at `now`.
  [[nodiscard]] bool in_force(Microseconds now) const;
  /// Of a rule in force at `now`: until when; nullopt: time does not end it.
  [[nodiscard]] std::optional<Microseconds> ends(Microseconds now) const;
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

}  // namespace understudy
