#include "emulator/clock/steerable_clock.h"

#include <cmath>
#include <utility>

#include "emulator/base/check.h"

namespace understudy {

Microseconds SteerableClock::now_locked() const {
  if (!steered_.load(std::memory_order_relaxed)) {
    return base_.now();
  }
  const Microseconds passed = base_.now() - anchor_;
  if (rate_ == 1) {
    return shown_ + passed;  // exact, however long ago
  }
  return rate_ == 0 ? shown_ : shown_ + std::llround(static_cast<double>(passed) * rate_);
}

Microseconds SteerableClock::steered_now() const {
  const std::lock_guard lock(mutex_);
  return now_locked();
}

void SteerableClock::steer_locked(Microseconds shown) {
  shown_ = shown;
  anchor_ = base_.now();
  steered_.store(true, std::memory_order_release);
  if (tell_) {
    tell_();
  }
}

void SteerableClock::set(Microseconds to) {
  const std::lock_guard lock(mutex_);
  steer_locked(to);
}

void SteerableClock::set_rate(double rate) {
  CHECK(rate >= 0);
  const std::lock_guard lock(mutex_);
  const Microseconds now = now_locked();
  rate_ = rate;
  steer_locked(now);
}

void SteerableClock::on_steered(std::function<void()> tell) {
  const std::lock_guard lock(mutex_);
  tell_ = std::move(tell);
}

double SteerableClock::rate() const {
  const std::lock_guard lock(mutex_);
  return rate_;
}

}  // namespace understudy
