#include "emulator/clock/timeline.h"

#include "emulator/base/check.h"

namespace understudy {

Microseconds Timeline::advance(Microseconds by) {
  CHECK(by >= 0);
  const std::lock_guard lock(moving_);
  const Microseconds to = clock_.now() + by;
  move_to(to);
  return to;
}

bool Timeline::set(Microseconds to) {
  const std::lock_guard lock(moving_);
  if (to < clock_.now()) {
    return false;
  }
  move_to(to);
  return true;
}

void Timeline::run_due() {
  const std::lock_guard lock(moving_);
  scheduler_.run_due(clock_.now());
}

void Timeline::move_to(Microseconds to) {
  scheduler_.run_due(clock_.now());
  for (;;) {
    const Microseconds due = scheduler_.next_due();
    if (due > to) {
      break;
    }
    if (due > clock_.now()) {  // a request may have brought the clock's time to work meanwhile
      clock_.set(due);
    }
    scheduler_.run_due(due);
  }
  clock_.set(to);
}

}  // namespace understudy
