// Scheduler: due work in (time, insertion) order. There are no other timers and no sleeping
// threads: whoever moves time calls run_due(). Table transitions, sweeps and everything else that
// happens later hangs on it. Thread-safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <utility>

#include "emulator/clock/clock.h"

namespace understudy {

class Scheduler {
 public:
  using Work = std::function<void(Microseconds due)>;
  using Ticket = std::pair<Microseconds, std::uint64_t>;

  /// Work runs at the first run_due() whose `now` is at or past `due`, never inside at().
  Ticket at(Microseconds due, Work work);
  /// Forgets the work; harmless when it ran already.
  void cancel(Ticket ticket);

  /// Runs all that is due, also what becomes due meanwhile. One comparison where nothing is due.
  void run_due(Microseconds now) {
    if (now >= next_due_.load(std::memory_order_acquire)) {
      run_due_slowly(now);
    }
  }
  /// When the next work is due; INT64_MAX: none.
  [[nodiscard]] Microseconds next_due() const { return next_due_.load(std::memory_order_acquire); }
  void clear();
  /// `wake` is called, under the scheduler's lock, whenever the next due time becomes an earlier
  /// one; it must only pass the word on. Empty: nobody. For the server's ticker.
  void on_sooner(std::function<void()> wake);

 private:
  void run_due_slowly(Microseconds now);
  void publish_next_due();

  std::mutex mutex_;
  std::map<Ticket, Work> work_;
  std::uint64_t inserted_ = 0;
  std::function<void()> wake_;
  std::atomic<Microseconds> next_due_{INT64_MAX};
};

}  // namespace understudy
