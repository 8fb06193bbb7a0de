#include "emulator/cloudwatch/cloudwatch_input.h"

#include <charconv>
#include <chrono>
#include <cmath>

namespace understudy::cloudwatch {
namespace {

Unexpected<CloudwatchError> unusable(std::string_view member, std::string_view wanted) {
  // Assumed: the sentence; SDKs never send such values.
  return cloudwatch_error(
      CloudwatchFault::kInvalidParameterValue,
      "The parameter " + std::string(member) + " must be " + std::string(wanted) + ".");
}

Unexpected<CloudwatchError> absent(std::string_view member) {
  return cloudwatch_error(CloudwatchFault::kMissingParameter,
                          "The parameter " + std::string(member) + " is required.");
}

std::optional<double> number_of(std::string_view text) {
  double value = 0;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, value);
  const bool valid = error == std::errc() && end == last && std::isfinite(value);
  return valid ? std::optional(value) : std::nullopt;
}

bool is_textual(const JsonNode& node) {
  return node.is(JsonKind::kString) || node.is_number();
}

std::optional<int> digits(std::string_view text, std::size_t at, std::size_t count) {
  int value = 0;
  if (text.size() < at + count) {
    return std::nullopt;
  }
  const char* const first = text.data() + at;
  const auto [end, error] = std::from_chars(first, first + count, value);
  return error == std::errc() && end == first + count && value >= 0 ? std::optional(value)
                                                                    : std::nullopt;
}

/// "2026-01-15T12:00:00", then perhaps a fraction, then perhaps Z or an offset.
std::optional<Microseconds> iso_time(std::string_view text) {
  const auto year = digits(text, 0, 4);
  const auto month = digits(text, 5, 2);
  const auto day = digits(text, 8, 2);
  if (!year || !month || !day || text[4] != '-' || text[7] != '-') {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) {
    return std::nullopt;
  }
  std::int64_t seconds =
      std::chrono::sys_days(date).time_since_epoch().count() * std::int64_t{86'400};
  if (text.size() == 10) {
    return seconds * 1'000'000;
  }
  const auto hour = digits(text, 11, 2);
  const auto minute = digits(text, 14, 2);
  const auto second = digits(text, 17, 2);
  if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 60) {
    return std::nullopt;
  }
  seconds += *hour * 3600 + *minute * 60 + *second;
  std::size_t at = 19;
  Microseconds fraction = 0;
  if (at < text.size() && text[at] == '.') {
    Microseconds unit = 100'000;
    for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, unit /= 10) {
      fraction += (text[at] - '0') * unit;
    }
  }
  const std::string_view zone = text.substr(at);
  if (!zone.empty() && zone != "Z") {
    const auto zone_hours = digits(zone, 1, 2);
    const auto zone_minutes = digits(zone, zone.size() - 2, 2);
    if ((zone[0] != '+' && zone[0] != '-') || zone.size() < 5 || !zone_hours || !zone_minutes) {
      return std::nullopt;
    }
    seconds -= (zone[0] == '+' ? 1 : -1) * (*zone_hours * 3600 + *zone_minutes * 60);
  }
  return seconds * 1'000'000 + fraction;
}

}  // namespace

CloudwatchResult<std::optional<std::string_view>> read_text(const JsonNode& input,
                                                            std::string_view member) {
  const JsonNode* const node = input.find(member);
  if (node == nullptr) {
    return std::optional<std::string_view>();
  }
  if (!node->is(JsonKind::kString)) {
    return unusable(member, "a string");
  }
  return std::optional(node->text());
}

CloudwatchResult<std::string_view> require_text(const JsonNode& input, std::string_view member) {
  TRY(const auto text, read_text(input, member));
  if (!text || text->empty()) {
    return absent(member);
  }
  return *text;
}

CloudwatchResult<std::optional<std::int64_t>> read_integer(const JsonNode& input,
                                                           std::string_view member) {
  const JsonNode* const node = input.find(member);
  if (node == nullptr) {
    return std::optional<std::int64_t>();
  }
  const auto value = is_textual(*node) ? number_of(node->text()) : std::nullopt;
  if (!value || std::abs(*value) > INT32_MAX || *value != std::trunc(*value)) {
    return unusable(member, "an integer");
  }
  return std::optional(static_cast<std::int64_t>(*value));
}

CloudwatchResult<std::optional<bool>> read_flag(const JsonNode& input, std::string_view member) {
  const JsonNode* const node = input.find(member);
  if (node == nullptr) {
    return std::optional<bool>();
  }
  if (node->is(JsonKind::kTrue) || (node->is(JsonKind::kString) && node->text() == "true")) {
    return std::optional(true);
  }
  if (node->is(JsonKind::kFalse) || (node->is(JsonKind::kString) && node->text() == "false")) {
    return std::optional(false);
  }
  return unusable(member, "true or false");
}

CloudwatchResult<Microseconds> require_time(const JsonNode& input, std::string_view member) {
  const JsonNode* const node = input.find(member);
  if (node == nullptr) {
    return absent(member);
  }
  constexpr double kLatestSecond = 253'402'300'799;  // the end of year 9999
  if (is_textual(*node)) {
    if (const auto seconds = number_of(node->text())) {
      if (*seconds >= 0 && *seconds <= kLatestSecond) {
        return std::llround(*seconds * 1e6);
      }
    } else if (const auto time = iso_time(node->text())) {
      return *time;
    }
  }
  return unusable(member, "a time");
}

CloudwatchResult<std::span<const JsonNode>> read_list(const JsonNode& input,
                                                      std::string_view member) {
  const JsonNode* const node = input.find(member);
  if (node == nullptr) {
    return std::span<const JsonNode>();
  }
  // An empty list of the Query protocol is an empty text.
  if (node->is(JsonKind::kString) && node->size == 0) {
    return std::span<const JsonNode>();
  }
  if (!node->is(JsonKind::kArray)) {
    return unusable(member, "a list");
  }
  return node->elements();
}

CloudwatchResult<std::vector<std::string_view>> read_texts(const JsonNode& input,
                                                           std::string_view member) {
  TRY(const auto list, read_list(input, member));
  std::vector<std::string_view> texts;
  for (const JsonNode& node : list) {
    if (!node.is(JsonKind::kString)) {
      return unusable(member, "a list of strings");
    }
    texts.push_back(node.text());
  }
  return texts;
}

CloudwatchResult<std::vector<DimensionFilter>> read_dimensions(const JsonNode& input) {
  TRY(const auto list, read_list(input, "Dimensions"));
  std::vector<DimensionFilter> dimensions;
  for (const JsonNode& node : list) {
    TRY(const std::string_view name, require_text(node, "Name"));
    TRY(const auto value, read_text(node, "Value"));
    dimensions.push_back({name, value});
  }
  return dimensions;
}

std::optional<MetricAddress> address_of(const std::vector<DimensionFilter>& dimensions) {
  MetricAddress address;
  for (const DimensionFilter& dimension : dimensions) {
    std::string* part = nullptr;
    if (dimension.name == "TableName") {
      part = &address.table;
    } else if (dimension.name == "GlobalSecondaryIndexName") {
      part = &address.index;
    } else if (dimension.name == "Operation") {
      part = &address.operation;
    }
    if (part == nullptr || !part->empty() || dimension.value.value_or("").empty()) {
      return std::nullopt;
    }
    *part = *dimension.value;
  }
  return address;
}

}  // namespace understudy::cloudwatch
