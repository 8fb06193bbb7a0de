#include "emulator/base/json_string.h"

#include <array>
#include <cstring>

namespace understudy {

std::size_t write_json_escape(char c, char* to) {
  to[0] = '\\';
  constexpr std::string_view kShort = "\"\\\b\f\n\r\t";
  constexpr std::string_view kLetters = "\"\\bfnrt";
  if (const std::size_t place = kShort.find(c); place != std::string_view::npos) {
    to[1] = kLetters[place];
    return 2;
  }
  constexpr std::string_view kHexDigits = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  const std::array<char, 5> rest = {'u', '0', '0', kHexDigits[byte >> 4], kHexDigits[byte & 15]};
  std::memcpy(to + 1, rest.data(), rest.size());
  return kEscapeMax;
}

}  // namespace understudy
