// OnDemandScaling: what an on-demand table or index serves in one dimension: twice its previous
// peak, where a peak counts as previous 30 minutes after it was reached (B1.9 to B1.11, B2).
// Not thread-safe: guarded by its table's lock.
#pragma once

#include <array>
#include <cstdint>
#include <deque>

#include "emulator/capacity/knobs.h"
#include "emulator/capacity/units.h"
#include "emulator/clock/clock.h"

namespace understudy {

class OnDemandScaling {
 public:
  OnDemandScaling() = default;
  /// `least`: what it serves whatever its history: initial or warm throughput.
  OnDemandScaling(CapacityUnits least, Microseconds now);

  /// Consumption of the running second: roll() first.
  void count(CapacityUnits units) { second_sum_ += units.thousandths; }
  void refund(CapacityUnits units) { second_sum_ -= units.thousandths; }
  /// Takes the seconds that have ended into account.
  void roll(const CapacityKnobs& knobs, Microseconds now);
  void set_least(CapacityUnits least, Microseconds now);

  /// Units per second that it serves now, before quotas and configured maxima.
  [[nodiscard]] CapacityUnits ceiling() const { return ceiling_; }
  /// Since when.
  [[nodiscard]] Microseconds ceiling_since() const { return since_; }
  /// The highest average of 60 seconds so far.
  [[nodiscard]] CapacityUnits peak() const;

 private:
  static constexpr std::size_t kPeakSeconds = 60;
  struct Peak {
    Microseconds reached = 0;
    CapacityUnits average;
  };

  void end_second(const CapacityKnobs& knobs);
  void raise(CapacityUnits ceiling, Microseconds since);

  CapacityUnits least_;
  CapacityUnits ceiling_;
  Microseconds since_ = 0;
  CapacityUnits previous_peak_;  // Old enough to count.
  std::deque<Peak> peaks_;       // Rising, not old enough: one a second at most.

  std::int64_t second_ = 0;      // The running one, since 1970.
  std::int64_t second_sum_ = 0;  // Thousandths.
  std::array<std::int64_t, kPeakSeconds> sums_{};
  std::int64_t window_sum_ = 0;
};

}  // namespace understudy
