// SteerableClock: another clock's time, until it is steered: then it stands still, runs at another
// rate, or is ahead. What a server runs on. Thread-safe; unsteered it costs one load more than its
// base.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>

#include "emulator/clock/clock.h"

namespace understudy {

class SteerableClock final : public MovableClock {
 public:
  /// Shows `base`'s time, which must outlive it.
  explicit SteerableClock(const Clock& base) : base_(base) {}

  [[nodiscard]] Microseconds now() const override {
    return steered_.load(std::memory_order_acquire) ? steered_now() : base_.now();
  }
  /// Goes on from there at the rate it has.
  void set(Microseconds to) override;
  /// Goes on from now at `rate` times the base's pace; 0: stands still. Not negative.
  void set_rate(double rate);
  [[nodiscard]] double rate() const;
  /// Whether it ever was set or given a rate other than 1.
  [[nodiscard]] bool steered() const { return steered_.load(std::memory_order_acquire); }
  /// `tell` is called, under the clock's lock, after it was set or given another rate; it must only
  /// pass the word on. Empty: nobody.
  void on_steered(std::function<void()> tell);

 private:
  void steer_locked(Microseconds shown);
  [[nodiscard]] Microseconds steered_now() const;
  [[nodiscard]] Microseconds now_locked() const;

  const Clock& base_;
  std::atomic<bool> steered_{false};
  mutable std::mutex mutex_;
  Microseconds shown_ = 0;  ///< what it showed when its base showed `anchor_`
  Microseconds anchor_ = 0;
  double rate_ = 1;
  std::function<void()> tell_;
};

}  // namespace understudy
