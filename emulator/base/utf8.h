// UTF-8: validation and encoding. Strict: no overlong forms, no surrogates, nothing above U+10FFFF.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace understudy {

/// Length of the valid sequence at the start of [at, end), 1 to 4, or 0 where there is none.
inline std::size_t utf8_sequence_bytes(const char* at, const char* end) {
  const auto byte = [at](int i) { return static_cast<unsigned char>(at[i]); };
  const auto continues = [&](int i) { return (byte(i) & 0xC0) == 0x80; };
  const std::size_t left = static_cast<std::size_t>(end - at);
  if (left == 0) {
    return 0;
  }
  const unsigned char lead = byte(0);
  if (lead < 0x80) {
    return 1;
  }
  if (lead < 0xE0) {
    return lead >= 0xC2 && left >= 2 && continues(1) ? 2 : 0;
  }
  if (lead < 0xF0) {
    if (left < 3 || !continues(1) || !continues(2)) {
      return 0;
    }
    const bool overlong = lead == 0xE0 && byte(1) < 0xA0;
    const bool surrogate = lead == 0xED && byte(1) >= 0xA0;
    return overlong || surrogate ? 0 : 3;
  }
  if (lead > 0xF4 || left < 4 || !continues(1) || !continues(2) || !continues(3)) {
    return 0;
  }
  const bool overlong = lead == 0xF0 && byte(1) < 0x90;
  const bool too_large = lead == 0xF4 && byte(1) >= 0x90;
  return overlong || too_large ? 0 : 4;
}

bool is_valid_utf8(std::string_view text);

/// `text`, each byte of it that is no UTF-8 as %FF: what clients send in headers and paths may be
/// anything, what is written of it is JSON.
std::string to_utf8(std::string_view text);

/// Writes `code_point` (a valid scalar value) to `to`, which has room for 4 bytes; returns its
/// length.
std::size_t encode_utf8(char32_t code_point, char* to);

}  // namespace understudy
