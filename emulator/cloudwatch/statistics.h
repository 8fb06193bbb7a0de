// Statistics: minutes of a metric put together to periods, and what is said of one. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/api/metric_source.h"

namespace understudy::cloudwatch {

enum class MetricKind : std::uint8_t { kCounter, kSummary, kGauge };

/// One row of dynamodb_metrics.inc.
struct MetricRow {
  std::string_view name;
  std::string_view unit;
  std::string_view exposition_name;
  MetricKind kind;
};
std::span<const MetricRow> metric_rows();
/// nullptr: none of that name.
const MetricRow* find_metric_row(std::string_view name);

/// "Sum", "p99.9", …
struct Statistic {
  enum class Kind : std::uint8_t { kSampleCount, kAverage, kSum, kMinimum, kMaximum, kPercentile };
  Kind kind = Kind::kAverage;
  double percentile = 0;
};
/// nullopt: no such statistic is served (trimmed means and their kin are not).
std::optional<Statistic> parse_statistic(std::string_view name);

/// nullopt: nothing can be said. Only sums and extremes are kept of a minute, as of a statistic set
/// in CloudWatch; as there, a percentile is known where all values are the same (and here for p0
/// and p100). Source: CloudWatch user guide, "Percentiles".
std::optional<double> statistic_value(const Statistic& statistic, const MetricPoint& point);

struct MetricPeriod {
  Microseconds begins = 0;
  MetricPoint point;
};
/// The minutes in periods of `period` that follow each other from `start` on; empty ones are not
/// there.
std::vector<MetricPeriod> put_together(std::span<const MetricMinute> minutes, Microseconds start,
                                       Microseconds period);

}  // namespace understudy::cloudwatch
