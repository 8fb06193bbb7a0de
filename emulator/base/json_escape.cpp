#include "emulator/base/json_escape.h"

#include <cstring>
#include <string_view>

#include "emulator/base/json.h"
#include "emulator/base/utf8.h"

namespace understudy {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  const char lower = static_cast<char>(c | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// The four hex digits at `at`, which were checked before.
char32_t code_unit(const char* at) {
  char32_t unit = 0;
  for (int i = 0; i < 4; ++i) {
    unit = unit << 4 | static_cast<char32_t>(hex_value(at[i]));
  }
  return unit;
}

bool is_high_surrogate(char32_t unit) {
  return (unit & 0xFC00) == 0xD800;
}
bool is_low_surrogate(char32_t unit) {
  return (unit & 0xFC00) == 0xDC00;
}

/// Writes what the escape behind the backslash at `at` means and moves `at` past the escape.
std::size_t unescape_one(const char*& at, char* to) {
  const char kind = at[1];
  at += 2;
  switch (kind) {
    case 'b':
      *to = '\b';
      return 1;
    case 'f':
      *to = '\f';
      return 1;
    case 'n':
      *to = '\n';
      return 1;
    case 'r':
      *to = '\r';
      return 1;
    case 't':
      *to = '\t';
      return 1;
    case 'u':
      break;
    default:
      *to = kind;
      return 1;
  }
  char32_t unit = code_unit(at);
  at += 4;
  if (is_high_surrogate(unit)) {
    unit = 0x10000 + ((unit & 0x3FF) << 10) + (code_unit(at + 2) & 0x3FF);
    at += 6;
  }
  return encode_utf8(unit, to);
}

/// Whether a whole \uxxxx stands at `at`.
bool is_code_unit(const char* at, const char* end) {
  return end - at >= 6 && at[0] == '\\' && at[1] == 'u' && hex_value(at[2]) >= 0 &&
         hex_value(at[3]) >= 0 && hex_value(at[4]) >= 0 && hex_value(at[5]) >= 0;
}

}  // namespace

const char* end_of_escape(const char* at, const char* end, const char*& reason) {
  const auto fail = [&reason](const char* why) -> const char* {
    reason = why;
    return nullptr;
  };
  if (end - at < 2) {
    return fail("string without end");
  }
  if (at[1] != 'u') {
    return std::string_view("\"\\/bfnrt").find(at[1]) == std::string_view::npos
               ? fail("unknown escape")
               : at + 2;
  }
  if (!is_code_unit(at, end)) {
    return fail("four hex digits expected");
  }
  const char32_t unit = code_unit(at + 2);
  // Assumed: halves of surrogate pairs are refused; they have no UTF-8 form that could be kept.
  if (is_low_surrogate(unit)) {
    return fail("lone surrogate");
  }
  at += 6;
  if (!is_high_surrogate(unit)) {
    return at;
  }
  return is_code_unit(at, end) && is_low_surrogate(code_unit(at + 2)) ? at + 6
                                                                      : fail("lone surrogate");
}

// An escape is never shorter than what it stands for.
std::string_view unescape_json(std::string_view raw, Arena& arena) {
  char* const start = static_cast<char*>(arena.allocate(raw.size(), 1));
  char* to = start;
  const char* at = raw.data();
  const char* const end = at + raw.size();
  while (at < end) {
    const auto* escape =
        static_cast<const char*>(std::memchr(at, '\\', static_cast<std::size_t>(end - at)));
    const std::size_t plain = static_cast<std::size_t>((escape == nullptr ? end : escape) - at);
    std::memcpy(to, at, plain);
    to += plain;
    at += plain;
    if (escape != nullptr) {
      to += unescape_one(at, to);
    }
  }
  return {start, static_cast<std::size_t>(to - start)};
}

}  // namespace understudy
