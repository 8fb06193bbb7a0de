// Delivery: how an answer goes out where a fault rule has its way with it. Data: the HTTP room
// waits and cuts in real time, a caller in this process (whose clock may be virtual) decides for
// itself.
#pragma once

#include <cstddef>
#include <cstdint>

#include "emulator/clock/clock.h"

namespace understudy {

struct Delivery {
  enum class Kind : std::uint8_t {
    kWhole,     ///< as any answer
    kReset,     ///< no answer: the connection is reset
    kHang,      ///< no answer: the connection is reset after `time`, if the client waits so long
    kTruncate,  ///< the head and `bytes` of the body, then the connection ends
    kDribble,   ///< `bytes` at a time, `time` in between
  };
  Kind kind = Kind::kWhole;
  Microseconds delay = 0;  ///< before anything is sent
  Microseconds time = 0;
  std::size_t bytes = 0;
};

}  // namespace understudy
