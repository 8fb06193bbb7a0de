// The model's regular expressions, matched by hand: a regex engine would cost more than the rest of
// the shape gate. Pure functions, any thread.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "emulator/service/shape.h"

namespace understudy {

/// True where the whole of `text` (UTF-8) matches. kNoPattern matches everything.
bool matches_pattern(PatternId pattern, std::string_view text);

/// [a-zA-Z0-9_.-]+, on every request's path.
inline bool is_table_name_text(std::string_view text) {
  constexpr std::array<std::uint8_t, 256> forbidden_bytes = [] {
    std::array<std::uint8_t, 256> forbidden{};
    for (int c = 0; c < 256; ++c) {
      const bool allowed = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
      forbidden[static_cast<std::size_t>(c)] = allowed ? 0 : 1;
    }
    return forbidden;
  }();
  std::uint8_t found = 0;
  for (const char c : text) {
    found |= forbidden_bytes[static_cast<unsigned char>(c)];
  }
  return found == 0 && !text.empty();
}

}  // namespace understudy
