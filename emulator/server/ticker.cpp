#include "emulator/server/ticker.h"

#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <exception>
#include <iterator>
#include <optional>
#include <utility>

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

Ticker::Ticker(SteerableClock& clock, Scheduler& scheduler, Timeline& timeline,
               RemainsTaker& remains)
    : clock_(clock), scheduler_(scheduler), timeline_(timeline), remains_(remains), thread_([this] {
        run();
      }) {
  scheduler_.on_sooner([this] { poke(); });
  clock_.on_steered([this] { poke(); });
  remains_.set([this](std::vector<Collection> left) { take(std::move(left)); });
  poke();  // for what happened before they knew
}

Ticker::~Ticker() {
  remains_.set({});
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

void Ticker::take(std::vector<Collection> remains) {
  const std::lock_guard lock(mutex_);
  std::ranges::move(remains, std::back_inserter(left_));
  look_again_ = true;
  poked_.notify_all();
}

/// A thread that ends keeps no freed blocks at hand, strewn over a heap that is to shrink.
void Ticker::begin_freeing(std::vector<Collection> left) {
  if (freeing_.joinable()) {
    freeing_.join();
  }
  try {
    freeing_ = std::thread([left = std::move(left)]() mutable {
      left.clear();
      malloc_trim(0);
    });
  } catch (const std::exception&) {  // No room for a thread: they were freed here.
  }
}

void Ticker::run() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    look_again_ = false;
    std::vector<Collection> left = std::exchange(left_, {});
    lock.unlock();
    if (!left.empty()) {
      begin_freeing(std::move(left));
    }
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
  lock.unlock();
  if (freeing_.joinable()) {
    freeing_.join();
  }
}

}  // namespace understudy
