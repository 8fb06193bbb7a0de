// Ticker: runs due work of a server to which no requests come. One thread that waits, in real time,
// until the clock reaches the next due time; it sleeps while nothing is due, however long the clock
// stands still. What large tables leave is freed beside it, so that no request waits for that.
// In-process instances have none.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "emulator/clock/scheduler.h"
#include "emulator/clock/steerable_clock.h"
#include "emulator/clock/timeline.h"
#include "emulator/table/table_remains.h"

namespace understudy {

class Ticker {
 public:
  /// Ticks from now on. All must outlive it.
  Ticker(SteerableClock& clock, Scheduler& scheduler, Timeline& timeline, RemainsTaker& remains);
  ~Ticker();
  Ticker(const Ticker&) = delete;
  Ticker& operator=(const Ticker&) = delete;

  /// Looks again at clock and scheduler: someone changed one. Thread-safe.
  void poke();

 private:
  void run();
  void take(std::vector<Collection> remains);
  void begin_freeing(std::vector<Collection> left);

  SteerableClock& clock_;
  Scheduler& scheduler_;
  Timeline& timeline_;
  RemainsTaker& remains_;
  std::mutex mutex_;
  std::condition_variable poked_;
  bool look_again_ = false;
  bool ending_ = false;
  std::vector<Collection> left_;
  std::thread freeing_;  ///< thread_ alone knows it
  std::thread thread_;
};

}  // namespace understudy
