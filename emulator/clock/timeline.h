// Timeline: how time is moved by hand. Between here and there all due work runs in its order, and
// while a piece of work runs the clock shows the time it was due. Thread-safe; one mover at a time.
// Work that runs must not move time itself.
#pragma once

#include <mutex>

#include "emulator/clock/clock.h"
#include "emulator/clock/scheduler.h"

namespace understudy {

class Timeline {
 public:
  /// Both must outlive the timeline.
  Timeline(MovableClock& clock, Scheduler& scheduler) : clock_(clock), scheduler_(scheduler) {}

  /// Moves on by `by` (not negative) and returns the time it is then.
  Microseconds advance(Microseconds by);
  /// Moves to `to`. False, and nothing happened: that is past already.
  bool set(Microseconds to);
  /// Runs what is due by now; for whoever waits while the clock moves by itself.
  void run_due();

 private:
  void move_to(Microseconds to);

  MovableClock& clock_;
  Scheduler& scheduler_;
  std::mutex moving_;
};

}  // namespace understudy
