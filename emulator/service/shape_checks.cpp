#include "emulator/service/shape_checks.h"

#include <array>
#include <charconv>
#include <cmath>
#include <string>

#include "emulator/base/ascii.h"

namespace understudy {
namespace {

constexpr std::uint8_t kNotBase64 = 0xFF;

constexpr std::array<std::uint8_t, 256> kSextets = [] {
  constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::array<std::uint8_t, 256> sextets{};
  sextets.fill(kNotBase64);
  for (std::size_t i = 0; i < alphabet.size(); ++i) {
    sextets[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return sextets;
}();

}  // namespace

std::size_t java_length(std::string_view text) {
  std::size_t units = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    units += (byte & 0xC0) != 0x80 ? 1 : 0;
    units += byte >= 0xF0 ? 1 : 0;
  }
  return units;
}

std::optional<std::int64_t> integer_of(const JsonNode& number) {
  const std::string_view text = number.text();
  if (number.is(JsonKind::kInteger)) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || end != text.data() + text.size()) {
      return std::nullopt;
    }
    return value;
  }
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !(std::abs(value) < 9.2e18)) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(value);
}

bool is_boolean_word(std::string_view text) {
  constexpr std::array<std::string_view, 6> words = {"true", "false", "1", "0", "yes", "no"};
  return std::any_of(words.begin(), words.end(), [text](std::string_view word) {
    return std::equal(text.begin(), text.end(), word.begin(), word.end(),
                      [](char given, char expected) { return lower(given) == expected; });
  });
}

bool is_base64(std::string_view text) {
  if (text.empty()) {
    return true;
  }
  if (text.size() % 4 != 0) {
    return false;
  }
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  std::uint8_t found = 0;
  for (const char c : text.substr(0, text.size() - padding)) {
    found |= kSextets[static_cast<unsigned char>(c)];
  }
  if ((found & 0xC0) != 0) {
    return false;
  }
  const std::uint8_t last = kSextets[static_cast<unsigned char>(text[text.size() - padding - 1])];
  const std::uint8_t stray = padding == 2 ? 0x0F : padding == 1 ? 0x03 : 0;
  return (last & stray) == 0;
}

}  // namespace understudy
