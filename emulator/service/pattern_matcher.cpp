#include "emulator/service/pattern_matcher.h"

#include <algorithm>
#include <cstddef>

namespace understudy {
namespace {

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
constexpr bool is_lower_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f');
}
constexpr bool is_alphanumeric(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool is_word(char c) {
  return is_alphanumeric(c) || c == '_';
}

template <class Predicate>
bool all_of(std::string_view text, Predicate predicate) {
  return std::all_of(text.begin(), text.end(), predicate);
}

// [\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\r\n\t]*: everything but control characters
// and U+FFFE, U+FFFF. `text` is valid UTF-8.
bool is_printable_text(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (static_cast<unsigned char>(c) < 0x20 && c != '\r' && c != '\n' && c != '\t') {
      return false;
    }
    if (text.substr(i, 3) == "\xEF\xBF\xBE" || text.substr(i, 3) == "\xEF\xBF\xBF") {
      return false;
    }
  }
  return true;
}

bool is_table_id(std::string_view text) {
  if (text.size() != 36) {
    return false;
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !is_lower_hex(text[i])) {
      return false;
    }
  }
  return true;
}

// ^[a-z0-9A-Z]+[\.\-\w]*[a-z0-9A-Z]+$
bool is_bucket(std::string_view text) {
  return text.size() >= 2 && is_alphanumeric(text.front()) && is_alphanumeric(text.back()) &&
         all_of(text, [](char c) { return is_word(c) || c == '.' || c == '-'; });
}

// [A-Za-z0-9][A-Za-z0-9\-\_\.]{0,126}[A-Za-z0-9]
bool is_rule_name(std::string_view text) {
  return text.size() <= 128 && is_bucket(text);
}

}  // namespace

bool matches_pattern(PatternId pattern, std::string_view text) {
  switch (pattern) {
    case kNoPattern:
      return true;
    case kPatternAutoScalingPolicyName:  // \p{Print} is ASCII in Java
      return !text.empty() && all_of(text, [](char c) { return c >= 0x20 && c <= 0x7E; });
    case kPatternAutoScalingRoleArn:
      return is_printable_text(text);
    case kPatternClientToken:
      return !text.empty() && text.find('$') == std::string_view::npos;
    case kPatternContributorInsightsRule:
      return is_rule_name(text);
    case kPatternCsvDelimiter:
      return text.size() == 1 &&
             std::string_view(",;:|\t ").find(text[0]) != std::string_view::npos;
    case kPatternCsvHeader:
      return all_of(text, [](char c) { return c >= 0x20 && c <= 0x7E && c != '"' && c != ','; });
    case kPatternImportNextToken:
      return !text.empty() && text.size() % 16 == 0 && all_of(text, is_lower_hex);
    case kPatternS3Bucket:
      return is_bucket(text);
    case kPatternS3BucketOwner:
      return text.size() == 12 && all_of(text, is_digit);
    case kPatternTableId:
      return is_table_id(text);
    case kPatternTableName:
      return is_table_name_text(text);
  }
  return false;
}

}  // namespace understudy
