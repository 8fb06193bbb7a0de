// CapacityOverride: another rate or ceiling than the settings and knobs say: a person's, which
// stays until it is taken back, and on top of it those of fault rules, which end with their rule. A
// value: snapshots copy it. Not thread-safe: guarded by its table's lock.
#pragma once

#include <algorithm>
#include <atomic>
#include <memory>
#include <optional>
#include <vector>

#include "emulator/capacity/units.h"
#include "emulator/clock/clock.h"

namespace understudy {

/// How long a fault rule holds what it set: while it is in force.
struct CapacityHold {
  /// Which rule; becomes true when the rule is removed.
  std::shared_ptr<const std::atomic<bool>> over;
  /// When its time is over; nullopt: it says none.
  std::optional<Microseconds> ends;

  [[nodiscard]] bool ended(Microseconds now) const {
    return over->load(std::memory_order_acquire) || (ends && now >= *ends);
  }
};

class CapacityOverride {
 public:
  /// What holds now: of the rules the one that set it last. nullopt: what settings and knobs say.
  [[nodiscard]] std::optional<CapacityUnits> units() const {
    return held_.empty() ? kept_ : std::optional(held_.back().units);
  }
  /// A person's word: rules that hold something else have to say it again.
  void set(std::optional<CapacityUnits> units) {
    kept_ = units;
    held_.clear();
  }
  /// True: the rule did not hold anything here before.
  bool hold(CapacityUnits units, const CapacityHold& by) {
    const auto known = std::ranges::find(held_, by.over, [](const Held& h) { return h.by.over; });
    const bool begins = known == held_.end();
    if (!begins) {
      held_.erase(known);
    }
    held_.push_back({units, by});
    return begins;
  }
  /// Forgets what rules held that are over by now. True: something was.
  bool release(Microseconds now) {
    return std::erase_if(held_, [now](const Held& held) { return held.by.ended(now); }) > 0;
  }

 private:
  struct Held {
    CapacityUnits units;
    CapacityHold by;
  };
  std::optional<CapacityUnits> kept_;
  std::vector<Held> held_;
};

}  // namespace understudy
