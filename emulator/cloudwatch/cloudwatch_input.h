// Reading of a CloudWatch request's members, of whichever protocol: in the Query protocol numbers,
// booleans and times are texts.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/api/metric_source.h"
#include "emulator/base/json.h"
#include "emulator/cloudwatch/cloudwatch_error.h"

namespace understudy::cloudwatch {

/// Error of all: InvalidParameterValue where a value is of no use, MissingParameter where a
/// required one is absent.
CloudwatchResult<std::optional<std::string_view>> read_text(const JsonNode& input,
                                                            std::string_view member);
CloudwatchResult<std::string_view> require_text(const JsonNode& input, std::string_view member);
CloudwatchResult<std::optional<std::int64_t>> read_integer(const JsonNode& input,
                                                           std::string_view member);
CloudwatchResult<std::optional<bool>> read_flag(const JsonNode& input, std::string_view member);
CloudwatchResult<Microseconds> require_time(const JsonNode& input, std::string_view member);
CloudwatchResult<std::vector<std::string_view>> read_texts(const JsonNode& input,
                                                           std::string_view member);
/// The elements of a list; none where it is absent.
CloudwatchResult<std::span<const JsonNode>> read_list(const JsonNode& input,
                                                      std::string_view member);

struct DimensionFilter {
  std::string_view name;
  std::optional<std::string_view> value;
};
CloudwatchResult<std::vector<DimensionFilter>> read_dimensions(const JsonNode& input);

/// What the dimensions name; nullopt: nothing of DynamoDB has such dimensions.
std::optional<MetricAddress> address_of(const std::vector<DimensionFilter>& dimensions);

inline constexpr std::string_view kMetricNamespace = "AWS/DynamoDB";

}  // namespace understudy::cloudwatch
