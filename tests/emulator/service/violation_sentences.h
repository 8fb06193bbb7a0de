// Sentences of which the service's validation messages are put together.
#pragma once

#include <string>
#include <string_view>

namespace understudy {

inline std::string one(std::string_view text) {
  return "1 validation error detected: " + std::string(text);
}
inline std::string two(std::string_view a, std::string_view b) {
  return "2 validation errors detected: " + std::string(a) + "; " + std::string(b);
}
inline std::string at_least(std::string_view where, int min) {
  return std::string(where) +
         " failed to satisfy constraint: Member must have length greater than or "
         "equal to " +
         std::to_string(min);
}
inline std::string at_most(std::string_view where, int max) {
  return std::string(where) +
         " failed to satisfy constraint: Member must have length less than or equal to " +
         std::to_string(max);
}
inline std::string must_not_be_null(std::string_view path) {
  return "Value null at '" + std::string(path) +
         "' failed to satisfy constraint: Member must not be null";
}
inline std::string name_pattern(std::string_view where) {
  return std::string(where) +
         " failed to satisfy constraint: Member must satisfy regular expression "
         "pattern: [a-zA-Z0-9_.-]+";
}

}  // namespace understudy
