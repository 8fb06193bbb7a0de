// FilterPattern: an event pattern as event source mappings filter by: JSON whose leaves are lists
// of what a value may be. Immutable; matching is pure and thread-safe.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "emulator/base/arena.h"
#include "emulator/base/expected.h"
#include "emulator/base/json.h"

namespace understudy {

/// Source: Lambda model, Pattern.
inline constexpr std::size_t kFilterPatternCharactersMax = 4096;

class FilterPattern {
 public:
  /// Reads a pattern. Leaves: strings, numbers, booleans, null, and {"prefix"}, {"suffix"},
  /// {"equals-ignore-case"}, {"anything-but"}, {"numeric"}, {"exists"}; "$or" holds alternatives.
  /// Error: what is wrong, for a person. `text` is untrusted.
  static Expected<std::shared_ptr<const FilterPattern>, std::string> parse(std::string_view text);

  [[nodiscard]] bool matches(const JsonNode& event) const;
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  explicit FilterPattern(std::string_view text) : text_(text) {}

  std::string text_;
  Arena arena_;
  JsonNode root_;  ///< checked; points into text_ and arena_
};

}  // namespace understudy
