#include <chrono>

#include "emulator/clock/clock.h"

namespace understudy {

Microseconds SystemClock::now() const {
  return std::chrono::duration_cast<std::chrono::microseconds>(
             std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace understudy
