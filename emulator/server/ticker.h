// Ticker: runs due work of a server to which no requests come. One thread that waits, in real time,
// until the clock reaches the next due time; it sleeps while nothing is due, however long the clock
// stands still. In-process instances have none.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

#include "emulator/clock/scheduler.h"
#include "emulator/clock/steerable_clock.h"
#include "emulator/clock/timeline.h"

namespace understudy {

class Ticker {
 public:
  /// Ticks from now on. All must outlive it.
  Ticker(SteerableClock& clock, Scheduler& scheduler, Timeline& timeline);
  ~Ticker();
  Ticker(const Ticker&) = delete;
  Ticker& operator=(const Ticker&) = delete;

  /// Looks again at clock and scheduler: someone changed one. Thread-safe.
  void poke();

 private:
  void run();

  SteerableClock& clock_;
  Scheduler& scheduler_;
  Timeline& timeline_;
  std::mutex mutex_;
  std::condition_variable poked_;
  bool look_again_ = false;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace understudy
