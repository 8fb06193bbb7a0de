// Expressions over metrics.
#include "emulator/cloudwatch/metric_math.h"

#include <gtest/gtest.h>

#include <string>

namespace understudy::cloudwatch {
namespace {

TimeSeries series(std::string label, std::map<int, double> minutes) {
  TimeSeries made{std::move(label), 60, {}};
  for (const auto& [minute, value] : minutes) {
    made.points.emplace(minute * kMinute, value);
  }
  return made;
}

/// "0:1 2:3" for points, "=5" for a scalar, points joined by | for arrays, or the error.
std::string evaluated(std::string_view expression) {
  const std::map<std::string, TimeSeries, std::less<>> known = {
      {"m1", series("m1", {{0, 60}, {1, 120}, {3, 30}})},
      {"m2", series("m2", {{0, 2}, {1, 0}, {2, 4}, {3, 5}})}};
  MathContext context;
  context.end = 5 * kMinute;
  context.find = [&](std::string_view id) -> MathResult<MathValue> {
    const auto found = known.find(id);
    if (found == known.end()) {
      return Unexpected{"Undefined variable " + std::string(id)};
    }
    return MathValue(found->second);
  };
  context.metrics = [&] { return SeriesArray{known.at("m1"), known.at("m2")}; };
  const auto value = evaluate_math(expression, context);
  if (!value) {
    return value.error();
  }
  const auto number = [](double given) {
    std::string text = std::to_string(given);
    text.erase(text.find_last_not_of('0') + 1);
    return text.ends_with('.') ? text.substr(0, text.size() - 1) : text;
  };
  const auto points = [&](const TimeSeries& given) {
    std::string text;
    for (const auto& [time, each] : given.points) {
      text.append(text.empty() ? "" : " ").append(std::to_string(time / kMinute));
      text.append(":").append(number(each));
    }
    return text;
  };
  if (const double* const scalar = std::get_if<double>(&*value)) {
    return "=" + number(*scalar);
  }
  if (const TimeSeries* const only = std::get_if<TimeSeries>(&*value)) {
    return points(*only);
  }
  std::string text;
  for (const TimeSeries& each : std::get<SeriesArray>(*value)) {
    text.append(text.empty() ? "" : "|").append(points(each));
  }
  return text;
}

TEST(MetricMath, CalculatesPointByPoint) {
  EXPECT_EQ(evaluated("m1 / m2"), "0:30 3:6") << "where both have points, and never by nought";
  EXPECT_EQ(evaluated("100*(m1/PERIOD(m1))"), "0:100 1:200 3:50");
  EXPECT_EQ(evaluated("m1/60 + 1"), "0:2 1:3 3:1.5");
  EXPECT_EQ(evaluated("-m1"), "0:-60 1:-120 3:-30");
  EXPECT_EQ(evaluated("1 + 2 * 3 ^ 2 - 4 / 2"), "=17");
  EXPECT_EQ(evaluated("(1 + 2) * 3"), "=9");
}

TEST(MetricMath, FillsGaps) {
  EXPECT_EQ(evaluated("FILL(m1, 0)"), "0:60 1:120 2:0 3:30 4:0");
  EXPECT_EQ(evaluated("FILL(m1, REPEAT)"), "0:60 1:120 2:120 3:30 4:30");
  EXPECT_EQ(evaluated("FILL(m1, LINEAR)"), "0:60 1:120 2:75 3:30");
  EXPECT_EQ(evaluated("m2 + FILL(m1,0)"), "0:62 1:120 2:4 3:35");
  EXPECT_EQ(evaluated("FILL(m1, m2)"),
            "FILL needs a number, REPEAT or LINEAR as its second argument");
}

TEST(MetricMath, FoldsSeriesAndArrays) {
  EXPECT_EQ(evaluated("SUM(m1)"), "=210");
  EXPECT_EQ(evaluated("AVG(m1)"), "=70");
  EXPECT_EQ(evaluated("MAX(METRICS())"), "0:60 1:120 2:4 3:30");
  EXPECT_EQ(evaluated("SUM(METRICS())"), "0:62 1:120 2:4 3:35");
  EXPECT_EQ(evaluated("METRICS() * 2"), "0:120 1:240 3:60|0:4 1:0 2:8 3:10");
  EXPECT_EQ(evaluated("m1 - MIN(m1)"), "0:30 1:90 3:0");
  EXPECT_EQ(evaluated("METRIC_COUNT(METRICS())"), "=2");
  EXPECT_EQ(evaluated("DATAPOINT_COUNT(m1)"), "=3");
}

TEST(MetricMath, DecidesPointByPoint) {
  EXPECT_EQ(evaluated("IF(m1 > 50, m1, 0)"), "0:60 1:120 3:0");
  EXPECT_EQ(evaluated("IF(m1 > 50 AND m2 > 1, 1)"), "0:1");
  EXPECT_EQ(evaluated("m2 >= 4 || m2 == 0"), "0:0 1:1 2:1 3:1");
  EXPECT_EQ(evaluated("TIME_SERIES(7)"), "0:7 1:7 2:7 3:7 4:7");
}

TEST(MetricMath, LooksAtChanges) {
  EXPECT_EQ(evaluated("DIFF(m1)"), "1:60 3:-90");
  EXPECT_EQ(evaluated("RATE(m1)"), "1:1 3:-0.75");
  EXPECT_EQ(evaluated("RUNNING_SUM(m1)"), "0:60 1:180 3:210");
  EXPECT_EQ(evaluated("abs(-3) + CEIL(0.2) + FLOOR(0.9)"), "=4");
}

TEST(MetricMath, SaysWhatItDoesNotUnderstand) {
  EXPECT_EQ(evaluated("m3 + 1"), "Undefined variable m3");
  EXPECT_EQ(evaluated("SEARCH('x', 'Sum')"), "Unsupported function SEARCH");
  EXPECT_EQ(evaluated("m1 +"), "Unexpected end of the expression");
  EXPECT_EQ(evaluated("m1 m2"), "Unexpected text at: m2");
  EXPECT_EQ(evaluated("(m1"), "Unexpected end of the expression");
  EXPECT_EQ(evaluated("SUM()"), "Wrong number of arguments for function SUM");
  EXPECT_EQ(evaluated("METRICS() + METRICS()"), "operators take no two arrays of time series");
  EXPECT_EQ(evaluated(std::string(500, '(')), "The expression is nested too deeply");
}

}  // namespace
}  // namespace understudy::cloudwatch
