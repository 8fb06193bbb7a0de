// Typed access to the members of a request that has passed the shape gate (input_validator): types
// are known to convert, required members to be there. A member that is absent or null reads as
// nullopt, empty or nullptr. Views point into the request body or its arena. Thread-safe: no state.
#pragma once

#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

#include "emulator/base/json.h"

namespace understudy {

/// Whether a request about one item says more than its table and its item or key, which all of them
/// must name: expressions, or what is to be answered.
inline bool has_options(const JsonNode& input) {
  constexpr std::size_t kRequiredMembers = 2;
  return input.size > kRequiredMembers;
}

/// Text of a string member; empty where it is absent (which `find` tells apart where it matters).
inline std::string_view read_string(const JsonNode& input, std::string_view member) {
  const JsonNode* node = input.find(member);
  return node != nullptr && node->is(JsonKind::kString) ? node->text() : std::string_view{};
}

/// Value of a boolean member. Strings count as the service converts them: "true", "1" and "yes" in
/// any case are true. Source: section F4.
inline bool is_true(const JsonNode& node) {
  if (node.is(JsonKind::kString)) {
    const std::string_view text = node.text();
    const auto equals = [text](std::string_view lower) {
      if (text.size() != lower.size()) {
        return false;
      }
      for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if ((c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c) != lower[i]) {
          return false;
        }
      }
      return true;
    };
    return equals("true") || equals("1") || equals("yes");
  }
  return node.is(JsonKind::kTrue);
}

inline std::optional<bool> read_boolean(const JsonNode& input, std::string_view member) {
  const JsonNode* node = input.find(member);
  return node == nullptr ? std::nullopt : std::optional<bool>(is_true(*node));
}

inline bool read_flag(const JsonNode& input, std::string_view member) {
  return read_boolean(input, member).value_or(false);
}

/// Value of a whole-number member; a fraction is cut off, what is out of range is pinned to it.
inline std::optional<std::int64_t> read_integer(const JsonNode& input, std::string_view member) {
  const JsonNode* node = input.find(member);
  if (node == nullptr || !node->is_number()) {
    return std::nullopt;
  }
  const std::string_view text = node->text();
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = end == text.data() + text.size();
  if (error == std::errc::result_out_of_range) {
    return text.front() == '-' ? INT64_MIN : INT64_MAX;
  }
  if (whole) {
    return value;
  }
  double number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  if (number >= 9.2e18) {
    return INT64_MAX;
  }
  return number <= -9.2e18 ? INT64_MIN : static_cast<std::int64_t>(number);
}

inline double read_double(const JsonNode& node) {
  double number = 0;
  const std::string_view text = node.text();
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace understudy
