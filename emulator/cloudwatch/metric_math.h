// Metric math: expressions over metrics, as GetMetricData takes them: m1 / m2,
// SUM(METRICS()) / PERIOD(m1), FILL(m1, 0), IF(m1 > 5, m1, 0). Pure.
// What is not served is refused by name: SEARCH, SELECT, anomaly detection and the rarer functions.
// Source: CloudWatch user guide, "Using metric math".
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "emulator/base/expected.h"
#include "emulator/clock/clock.h"

namespace understudy::cloudwatch {

/// Values by the beginning of their period.
struct TimeSeries {
  std::string label;
  std::int64_t period_seconds = 60;
  std::map<Microseconds, double> points;
};
using SeriesArray = std::vector<TimeSeries>;
using MathValue = std::variant<double, TimeSeries, SeriesArray>;
template <class T>
using MathResult = Expected<T, std::string>;

/// What an expression may look at.
struct MathContext {
  /// The value of another query's id. Error: the sentence.
  std::function<MathResult<MathValue>(std::string_view id)> find;
  /// All queries that are metrics, in their order: what METRICS() is.
  std::function<SeriesArray()> metrics;
  Microseconds start = 0;
  Microseconds end = 0;
};

inline constexpr std::size_t kMathDepthMax = 64;

/// Error: what is wrong with it, without "Error in expression …".
MathResult<MathValue> evaluate_math(std::string_view expression, const MathContext& context);

}  // namespace understudy::cloudwatch
