#include "emulator/base/utf8.h"

#include <array>
#include <cstdint>
#include <cstring>

namespace understudy {

bool is_valid_utf8(std::string_view text) {
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    if (end - at >= 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, at, sizeof(word));
      if ((word & 0x8080808080808080) == 0) {
        at += 8;
        continue;
      }
    }
    const std::size_t bytes = utf8_sequence_bytes(at, end);
    if (bytes == 0) {
      return false;
    }
    at += bytes;
  }
  return true;
}

[[gnu::cold]] std::string to_utf8(std::string_view text) {
  constexpr std::string_view kHexDigits = "0123456789ABCDEF";
  std::string made;
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at < end) {
    std::size_t bytes = utf8_sequence_bytes(at, end);
    if (bytes == 0) {
      const auto byte = static_cast<unsigned char>(*at);
      const std::array<char, 3> escape = {'%', kHexDigits[byte >> 4], kHexDigits[byte & 15]};
      made.append(escape.data(), escape.size());
      bytes = 1;
    } else {
      made.append(at, bytes);
    }
    at += bytes;
  }
  return made;
}

std::size_t encode_utf8(char32_t code_point, char* to) {
  const auto continuation = [code_point](int shift) {
    return static_cast<char>(0x80 | ((code_point >> shift) & 0x3F));
  };
  if (code_point < 0x80) {
    to[0] = static_cast<char>(code_point);
    return 1;
  }
  if (code_point < 0x800) {
    to[0] = static_cast<char>(0xC0 | (code_point >> 6));
    to[1] = continuation(0);
    return 2;
  }
  if (code_point < 0x10000) {
    to[0] = static_cast<char>(0xE0 | (code_point >> 12));
    to[1] = continuation(6);
    to[2] = continuation(0);
    return 3;
  }
  to[0] = static_cast<char>(0xF0 | (code_point >> 18));
  to[1] = continuation(12);
  to[2] = continuation(6);
  to[3] = continuation(0);
  return 4;
}

}  // namespace understudy
