#include "emulator/server/ticker.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <optional>

namespace understudy {
namespace {

/// Never waits longer: the machine's clock may be put forward meanwhile.
constexpr double kWaitMax = 60e6;
constexpr double kWaitMin = 100;

/// Real microseconds until `due`; nullopt: not before something changes. What is due already does
/// not wait for a clock that stands still: a record's function is called in a frozen moment, too.
std::optional<double> real_wait(Microseconds due, Microseconds now, double rate) {
  if (due <= now) {
    return 0;
  }
  if (due == INT64_MAX || rate <= 0) {
    return std::nullopt;
  }
  return std::min(static_cast<double>(due - now) / rate, kWaitMax);
}

}  // namespace

Ticker::Ticker(SteerableClock& clock, Scheduler& scheduler, Timeline& timeline)
    : clock_(clock), scheduler_(scheduler), timeline_(timeline), thread_([this] { run(); }) {
  scheduler_.on_sooner([this] { poke(); });
  clock_.on_steered([this] { poke(); });
  poke();  // for what happened before they knew
}

Ticker::~Ticker() {
  scheduler_.on_sooner({});
  clock_.on_steered({});
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
    poked_.notify_all();
  }
  thread_.join();
}

void Ticker::poke() {
  const std::lock_guard lock(mutex_);
  look_again_ = true;
  poked_.notify_all();
}

void Ticker::run() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    look_again_ = false;
    lock.unlock();
    const auto wait = real_wait(scheduler_.next_due(), clock_.now(), clock_.rate());
    if (wait.has_value() && *wait <= 0) {
      timeline_.run_due();
      lock.lock();
      continue;
    }
    lock.lock();
    const auto woken = [this] { return look_again_ || ending_; };
    if (wait.has_value()) {
      const auto length = static_cast<std::int64_t>(std::ceil(std::max(*wait, kWaitMin)));
      poked_.wait_for(lock, std::chrono::microseconds(length), woken);
    } else {
      poked_.wait(lock, woken);
    }
  }
}

}  // namespace understudy
