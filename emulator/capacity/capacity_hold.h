// CapacityHold: how long a fault rule's word about capacity counts. Constant but for the flag,
// which any thread may set.
#pragma once

#include <atomic>
#include <memory>
#include <optional>

#include "emulator/clock/clock.h"

namespace understudy {

struct CapacityHold {
  /// Which rule; becomes true when the rule is removed.
  std::shared_ptr<const std::atomic<bool>> over;
  /// When its time is over; nullopt: it says none.
  std::optional<Microseconds> ends;

  [[nodiscard]] bool ended(Microseconds now) const {
    return over->load(std::memory_order_acquire) || (ends && now >= *ends);
  }
};

}  // namespace understudy
