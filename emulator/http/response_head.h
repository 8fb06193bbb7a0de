// The head of an answer, written by hand: status line and headers in the order of the service.
#pragma once

#include <array>
#include <cstddef>

#include "emulator/api/response.h"
#include "emulator/base/buffer.h"
#include "emulator/clock/clock.h"

namespace understudy {

/// The `Server` and `Date` lines, rendered once per second. Not thread-safe: one per worker.
class DateLines {
 public:
  /// The lines for that time.
  std::string_view at(Microseconds now) {
    // Unsigned: a clock that was set back is outside too.
    if (static_cast<std::uint64_t>(now - second_) >= 1'000'000) {
      render(now);
    }
    return {text_.data(), size_};
  }

 private:
  void render(Microseconds now);
  Microseconds second_ = -1'000'000'000;
  std::size_t size_ = 0;
  std::array<char, 80> text_{};
};

enum class Persistence : std::uint8_t { kKeepAlive, kClose };

/// Replaces `head` by the head of `response`, blank line included; for a chunked one also the
/// (empty) body. Source: section F2; order of the lines as in SDK debug logs of the service.
void write_head(const Response& response, Persistence persistence, DateLines& dates, Buffer& head);

}  // namespace understudy
