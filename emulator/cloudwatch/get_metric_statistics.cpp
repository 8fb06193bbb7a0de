// GetMetricStatistics: one metric, period by period.
#include <algorithm>

#include "emulator/cloudwatch/cloudwatch_input.h"
#include "emulator/cloudwatch/cloudwatch_operations.h"
#include "emulator/cloudwatch/statistics.h"

namespace understudy::cloudwatch {
namespace {

constexpr std::int64_t kStatisticsDatapointsMax = 1440;

struct NamedStatistic {
  std::string_view name;
  Statistic statistic;
};

struct StatisticsRequest {
  std::string_view metric;
  std::optional<MetricAddress> address;  ///< nullopt: of no such thing anything is known
  Microseconds start = 0;
  Microseconds end = 0;
  Microseconds period = 0;
  std::vector<NamedStatistic> plain;
  std::vector<NamedStatistic> extended;
};

CloudwatchResult<std::vector<NamedStatistic>> read_statistics(const JsonNode& input,
                                                              std::string_view member) {
  TRY(const auto names, read_texts(input, member));
  std::vector<NamedStatistic> statistics;
  for (const std::string_view name : names) {
    const auto statistic = parse_statistic(name);
    const bool percentile = statistic && statistic->kind == Statistic::Kind::kPercentile;
    if (!statistic || percentile != (member == "ExtendedStatistics")) {
      // Source: LOG of users; trimmed means and their kin are refused in the same words.
      return cloudwatch_error(CloudwatchFault::kInvalidParameterValue,
                              "The value " + std::string(name) + " for parameter " +
                                  std::string(member) + " is not supported.");
    }
    statistics.push_back({name, *statistic});
  }
  return statistics;
}

/// Periods are put together from the start on, which counts from its minute.
Microseconds whole_minute(Microseconds time) {
  return time - time % kMinute;
}

CloudwatchResult<void> check_window(const StatisticsRequest& request) {
  if (request.start >= request.end) {
    // Source: LocalStack, recorded from the service.
    return cloudwatch_error(CloudwatchFault::kInvalidParameterValue,
                            "The parameter StartTime must be less than the parameter EndTime.");
  }
  const std::int64_t datapoints = (request.end - request.start) / request.period;
  if (datapoints > kStatisticsDatapointsMax) {
    // Source: quoted by users (2012 to 2026), once with thousands separators, once without.
    return cloudwatch_error(
        CloudwatchFault::kInvalidParameterCombination,
        "You have requested up to " + std::to_string(datapoints) +
            " datapoints, which exceeds the limit of 1440. You may reduce the datapoints requested "
            "by increasing Period, or decreasing the time range.");
  }
  return {};
}

CloudwatchResult<StatisticsRequest> read_statistics_request(const JsonNode& input) {
  StatisticsRequest request;
  TRY(const std::string_view name_space, require_text(input, "Namespace"));
  TRY(request.metric, require_text(input, "MetricName"));
  TRY(const auto dimensions, read_dimensions(input));
  TRY(request.start, require_time(input, "StartTime"));
  TRY(request.end, require_time(input, "EndTime"));
  TRY(const auto period, read_integer(input, "Period"));
  if (!period) {
    return cloudwatch_error(CloudwatchFault::kMissingParameter,
                            "The parameter Period is required.");
  }
  TRY_VOID(check_period(*period));
  request.period = *period * kSecond;
  TRY(request.plain, read_statistics(input, "Statistics"));
  TRY(request.extended, read_statistics(input, "ExtendedStatistics"));
  if (request.plain.empty() && request.extended.empty()) {
    // Assumed: the sentence.
    return cloudwatch_error(
        CloudwatchFault::kMissingParameter,
        "At least one of the parameters Statistics and ExtendedStatistics must be specified.");
  }
  TRY(const auto unit, read_text(input, "Unit"));
  TRY_VOID(check_window(request));
  const MetricRow* const row = find_metric_row(request.metric);
  const bool known =
      name_space == kMetricNamespace && row != nullptr && (!unit || *unit == row->unit);
  request.address = known ? address_of(dimensions) : std::nullopt;
  return request;
}

void write_datapoint(AnswerWriter& out, const StatisticsRequest& request,
                     const MetricPeriod& period) {
  out.begin_structure();
  out.member("Timestamp");
  out.time(period.begins);
  for (const NamedStatistic& each : request.plain) {
    if (const auto value = statistic_value(each.statistic, period.point)) {
      out.member(each.name);
      out.decimal(*value);
    }
  }
  if (!request.extended.empty()) {
    out.member("ExtendedStatistics");
    out.begin_map();
    for (const NamedStatistic& each : request.extended) {
      if (const auto value = statistic_value(each.statistic, period.point)) {
        out.member(each.name);
        out.decimal(*value);
      }
    }
    out.end_map();
  }
  out.member("Unit");
  out.string(find_metric_row(request.metric)->unit);
  out.end_structure();
}

/// Whether anything that was asked for is known of it.
bool says_something(const StatisticsRequest& request, const MetricPeriod& period) {
  const auto known = [&](const NamedStatistic& each) {
    return statistic_value(each.statistic, period.point).has_value();
  };
  return std::ranges::any_of(request.plain, known) || std::ranges::any_of(request.extended, known);
}

}  // namespace

CloudwatchResult<void> check_period(std::int64_t seconds) {
  if (seconds > 0 && seconds % 60 == 0) {
    return {};
  }
  // Assumed: the sentence. Metrics of DynamoDB have no finer resolution than a minute.
  return cloudwatch_error(CloudwatchFault::kInvalidParameterValue,
                          "The parameter Period must be a multiple of 60.");
}

CloudwatchResult<void> get_metric_statistics(const CloudwatchCall& call, const JsonNode& input,
                                             AnswerWriter& out) {
  TRY(const StatisticsRequest request, read_statistics_request(input));
  const Microseconds start = whole_minute(request.start);
  out.begin_structure();
  out.member("Label");
  out.string(request.metric);
  out.member("Datapoints");
  out.begin_list();
  if (request.address) {
    const auto minutes = call.metrics.minutes(call.scope.tenant, *request.address, request.metric,
                                              start, request.end);
    for (const MetricPeriod& period : put_together(minutes, start, request.period)) {
      if (says_something(request, period)) {
        write_datapoint(out, request, period);
      }
    }
  }
  out.end_list();
  out.end_structure();
  return {};
}

}  // namespace understudy::cloudwatch
