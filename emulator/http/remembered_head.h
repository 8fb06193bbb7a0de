// What the lines of the last head said. A client's requests differ in few of their header lines, so
// that reading one is mostly finding that it is there again. Inside this room only.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#include "emulator/api/request.h"

namespace understudy {

/// One for each thread that reads heads; connections may take turns.
class RememberedHead {
 public:
  /// A header line as it was sent. Longer ones (few) are read anew each time.
  struct Line {
    std::uint8_t bytes = 0;  ///< with its line end; 0: none
    std::uint8_t name_bytes = 0;
    std::uint8_t value_begin = 0;
    std::uint8_t value_bytes = 0;
    KnownHeader known = KnownHeader::kCount;
    std::array<char, 251> text{};
  };

  /// The line of that place in the head (from 0), if it stands at [at, end) again; else nullptr.
  [[nodiscard]] const Line* find(std::size_t place, const char* at, const char* end) const {
    if (place >= lines_.size()) {
      return nullptr;
    }
    const Line& line = lines_[place];
    const bool same = line.bytes != 0 && line.bytes <= end - at &&
                      std::memcmp(line.text.data(), at, line.bytes) == 0;
    return same ? &line : nullptr;
  }

  /// `name` and `value` are within `line`.
  void remember(std::size_t place, std::string_view line, std::string_view name,
                std::string_view value, KnownHeader known);
  void forget(std::size_t place);

 private:
  std::array<Line, 16> lines_{};
};

}  // namespace understudy
