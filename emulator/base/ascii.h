// ASCII text as protocols use it: no locale, bytes from 0x80 on are left alone.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace understudy {

constexpr char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, lower, lower);
}

/// Whether the bytes at `name` are those at `lower` but for the case of letters.
template <class Word>
inline bool equals_folded_word(const char* name, const char* lower) {
  Word a = 0;
  Word b = 0;
  std::memcpy(&a, name, sizeof(Word));
  std::memcpy(&b, lower, sizeof(Word));
  return (a | static_cast<Word>(0x2020202020202020)) == b;
}

/// Whether `name` is `lower` but for the case of letters. Both have the same length, 4 at least;
/// `lower` has no capitals. Words at a time, the last may overlap the one before: this runs for
/// most headers of every request. Folding sets bit 5, which changes nothing in the digits and
/// hyphens that header names consist of besides letters.
inline bool equals_folded(std::string_view name, std::string_view lower) {
  const std::size_t size = lower.size();
  if (size < 8) {
    return equals_folded_word<std::uint32_t>(name.data(), lower.data()) &&
           equals_folded_word<std::uint32_t>(name.data() + size - 4, lower.data() + size - 4);
  }
  for (std::size_t i = 0; i + 8 < size; i += 8) {
    if (!equals_folded_word<std::uint64_t>(name.data() + i, lower.data() + i)) {
      return false;
    }
  }
  return equals_folded_word<std::uint64_t>(name.data() + size - 8, lower.data() + size - 8);
}

/// Without the blanks and tabs around it.
constexpr std::string_view trim(std::string_view text) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!text.empty() && is_blank(text.front())) {
    text.remove_prefix(1);
  }
  while (!text.empty() && is_blank(text.back())) {
    text.remove_suffix(1);
  }
  return text;
}

/// Cuts the text up to `separator` off the front of `rest`.
constexpr std::string_view take_until(std::string_view& rest, char separator) {
  const std::size_t at = rest.find(separator);
  const std::string_view taken = rest.substr(0, at);
  rest.remove_prefix(at == std::string_view::npos ? rest.size() : at + 1);
  return taken;
}

/// 16 digits, lower case.
inline std::string hexadecimal(std::uint64_t value) {
  std::string text(16, '0');
  for (std::size_t i = 16; i-- > 0; value >>= 4U) {
    text[i] = "0123456789abcdef"[value & 0xF];
  }
  return text;
}

}  // namespace understudy
