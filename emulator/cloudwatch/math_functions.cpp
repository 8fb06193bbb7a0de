#include "emulator/cloudwatch/math_functions.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>

namespace understudy::cloudwatch {
namespace {

double truth(bool value) {
  return value ? 1 : 0;
}
std::optional<double> finite(double value) {
  return std::isfinite(value) ? std::optional(value) : std::nullopt;
}

struct OperatorRow {
  std::string_view symbol;
  BinaryOperator run;
};
constexpr std::array<OperatorRow, 15> kOperators = {{
    {"+", [](double a, double b) { return finite(a + b); }},
    {"-", [](double a, double b) { return finite(a - b); }},
    {"*", [](double a, double b) { return finite(a * b); }},
    {"/", [](double a, double b) { return b == 0 ? std::nullopt : finite(a / b); }},
    {"^", [](double a, double b) { return finite(std::pow(a, b)); }},
    {"<", [](double a, double b) { return finite(truth(a < b)); }},
    {">", [](double a, double b) { return finite(truth(a > b)); }},
    {"<=", [](double a, double b) { return finite(truth(a <= b)); }},
    {">=", [](double a, double b) { return finite(truth(a >= b)); }},
    {"==", [](double a, double b) { return finite(truth(a == b)); }},
    {"!=", [](double a, double b) { return finite(truth(a != b)); }},
    {"AND", [](double a, double b) { return finite(truth(a != 0 && b != 0)); }},
    {"&&", [](double a, double b) { return finite(truth(a != 0 && b != 0)); }},
    {"OR", [](double a, double b) { return finite(truth(a != 0 || b != 0)); }},
    {"||", [](double a, double b) { return finite(truth(a != 0 || b != 0)); }},
}};

TimeSeries combine_series(BinaryOperator operation, const TimeSeries& left,
                          const TimeSeries& right) {
  TimeSeries result{left.label, std::max(left.period_seconds, right.period_seconds), {}};
  for (const auto& [time, value] : left.points) {
    const auto other = right.points.find(time);
    if (other == right.points.end()) {
      continue;
    }
    if (const auto combined = operation(value, other->second)) {
      result.points.emplace(time, *combined);
    }
  }
  return result;
}

template <class Change>
TimeSeries map_series(const TimeSeries& series, const Change& change) {
  TimeSeries result{series.label, series.period_seconds, {}};
  for (const auto& [time, value] : series.points) {
    if (const std::optional<double> changed = change(value)) {
      result.points.emplace(time, *changed);
    }
  }
  return result;
}

/// Applies `change` to a scalar, each point, or each point of each series.
template <class Change>
MathValue map_value(const MathValue& value, const Change& change) {
  if (const double* const scalar = std::get_if<double>(&value)) {
    return change(*scalar).value_or(0);
  }
  if (const TimeSeries* const series = std::get_if<TimeSeries>(&value)) {
    return map_series(*series, change);
  }
  SeriesArray results;
  for (const TimeSeries& series : std::get<SeriesArray>(value)) {
    results.push_back(map_series(series, change));
  }
  return results;
}

/// A function of series to series, on a series or each of an array.
template <class Change>
MathResult<MathValue> on_series(const MathValue& value, const Change& change) {
  if (const TimeSeries* const series = std::get_if<TimeSeries>(&value)) {
    return MathValue(change(*series));
  }
  if (const SeriesArray* const array = std::get_if<SeriesArray>(&value)) {
    SeriesArray results;
    std::ranges::transform(*array, std::back_inserter(results), change);
    return MathValue(results);
  }
  return Unexpected{std::string("the function needs a time series")};
}

enum class Fold { kSum, kAverage, kMinimum, kMaximum };

double fold(Fold how, const std::vector<double>& values) {
  const double sum = std::accumulate(values.begin(), values.end(), 0.0);
  switch (how) {
    case Fold::kSum:
      return sum;
    case Fold::kAverage:
      return sum / static_cast<double>(values.size());
    case Fold::kMinimum:
      return *std::ranges::min_element(values);
    case Fold::kMaximum:
      return *std::ranges::max_element(values);
  }
  return 0;
}

/// Of a series: a scalar over its points. Of an array: a series over those of each time.
MathValue fold_value(Fold how, const MathValue& value) {
  if (std::holds_alternative<double>(value)) {
    return value;
  }
  if (const TimeSeries* const series = std::get_if<TimeSeries>(&value)) {
    std::vector<double> values;
    for (const auto& [time, each] : series->points) {
      values.push_back(each);
    }
    return values.empty() ? 0 : fold(how, values);
  }
  std::map<Microseconds, std::vector<double>> by_time;
  TimeSeries result;
  for (const TimeSeries& series : std::get<SeriesArray>(value)) {
    result.period_seconds = std::max(result.period_seconds, series.period_seconds);
    for (const auto& [time, each] : series.points) {
      by_time[time].push_back(each);
    }
  }
  for (const auto& [time, values] : by_time) {
    result.points.emplace(time, fold(how, values));
  }
  return result;
}

/// Calls `visit` for each time of the series' grid within the context.
template <class Visit>
void each_time(const TimeSeries& series, const MathContext& context, const Visit& visit) {
  const Microseconds period = series.period_seconds * kSecond;
  Microseconds first = context.start - context.start % period;
  if (!series.points.empty()) {
    const Microseconds known = series.points.begin()->first;
    first = known - (known - context.start) / period * period;
  }
  constexpr std::size_t kTimesMax = 100'800;
  std::size_t count = 0;
  for (Microseconds time = first; time < context.end && count < kTimesMax;
       time += period, ++count) {
    visit(time);
  }
}

TimeSeries fill_with(const TimeSeries& series, double value, const MathContext& context) {
  TimeSeries filled = series;
  each_time(series, context, [&](Microseconds time) { filled.points.emplace(time, value); });
  return filled;
}

TimeSeries fill_repeating(const TimeSeries& series, const MathContext& context) {
  TimeSeries filled = series;
  each_time(series, context, [&](Microseconds time) {
    const auto after = series.points.upper_bound(time);
    if (after != series.points.begin()) {
      filled.points.emplace(time, std::prev(after)->second);
    }
  });
  return filled;
}

TimeSeries fill_linear(const TimeSeries& series, const MathContext& context) {
  TimeSeries filled = series;
  each_time(series, context, [&](Microseconds time) {
    const auto after = series.points.upper_bound(time);
    if (after == series.points.begin() || after == series.points.end()) {
      return;
    }
    const auto before = std::prev(after);
    const double share = static_cast<double>(time - before->first) /
                         static_cast<double>(after->first - before->first);
    filled.points.emplace(time, before->second + share * (after->second - before->second));
  });
  return filled;
}

using Arguments = std::vector<MathValue>;

MathResult<MathValue> run_fill(const Arguments& arguments, std::string_view word,
                               const MathContext& context) {
  if (word == "REPEAT") {
    return on_series(arguments[0], [&](const auto& s) { return fill_repeating(s, context); });
  }
  if (word == "LINEAR") {
    return on_series(arguments[0], [&](const auto& s) { return fill_linear(s, context); });
  }
  if (arguments.size() < 2 || !std::holds_alternative<double>(arguments[1])) {
    return Unexpected{std::string("FILL needs a number, REPEAT or LINEAR as its second argument")};
  }
  const double value = std::get<double>(arguments[1]);
  return on_series(arguments[0], [&](const auto& s) { return fill_with(s, value, context); });
}

MathResult<MathValue> run_if(const Arguments& arguments) {
  const MathValue& condition = arguments[0];
  if (const double* const scalar = std::get_if<double>(&condition)) {
    return *scalar != 0           ? arguments[1]
           : arguments.size() > 2 ? arguments[2]
                                  : MathValue(TimeSeries());
  }
  const TimeSeries* const series = std::get_if<TimeSeries>(&condition);
  if (series == nullptr) {
    return Unexpected{std::string("IF needs a scalar or a time series as its condition")};
  }
  TimeSeries result{series->label, series->period_seconds, {}};
  for (const auto& [time, value] : series->points) {
    const std::size_t chosen = value != 0 ? 1 : 2;
    if (chosen >= arguments.size()) {
      continue;
    }
    if (const double* const scalar = std::get_if<double>(&arguments[chosen])) {
      result.points.emplace(time, *scalar);
    } else if (const TimeSeries* const from = std::get_if<TimeSeries>(&arguments[chosen])) {
      if (const auto point = from->points.find(time); point != from->points.end()) {
        result.points.emplace(time, point->second);
      }
    } else {
      return Unexpected{std::string("IF needs scalars or time series")};
    }
  }
  return MathValue(result);
}

/// Each point less the one before it; divided by the seconds between them for a rate.
TimeSeries differences(const TimeSeries& series, bool per_second) {
  TimeSeries result{series.label, series.period_seconds, {}};
  for (auto at = series.points.begin(); at != series.points.end(); ++at) {
    if (at == series.points.begin()) {
      continue;
    }
    const auto before = std::prev(at);
    const double seconds = static_cast<double>(at->first - before->first) / kSecond;
    const double difference = at->second - before->second;
    result.points.emplace(at->first, per_second ? difference / seconds : difference);
  }
  return result;
}

TimeSeries running_sum(const TimeSeries& series) {
  double sum = 0;
  return map_series(series, [&](double value) { return std::optional(sum += value); });
}

MathResult<MathValue> run_period(const Arguments& arguments) {
  const TimeSeries* const series = std::get_if<TimeSeries>(&arguments[0]);
  if (series == nullptr) {
    return Unexpected{std::string("PERIOD needs a time series")};
  }
  return MathValue(static_cast<double>(series->period_seconds));
}

/// A scalar at every time of the first metric's period.
MathResult<MathValue> run_time_series(const Arguments& arguments, const MathContext& context) {
  const double* const scalar = std::get_if<double>(&arguments[0]);
  if (scalar == nullptr) {
    return Unexpected{std::string("TIME_SERIES needs a scalar")};
  }
  const SeriesArray metrics = context.metrics();
  TimeSeries empty;
  empty.period_seconds = metrics.empty() ? 60 : metrics.front().period_seconds;
  return MathValue(fill_with(empty, *scalar, context));
}

MathResult<MathValue> run_count(const Arguments& arguments) {
  if (const TimeSeries* const series = std::get_if<TimeSeries>(&arguments[0])) {
    return MathValue(static_cast<double>(series->points.size()));
  }
  return Unexpected{std::string("DATAPOINT_COUNT needs a time series")};
}

struct FunctionRow {
  std::string_view name;
  std::size_t least;
  std::size_t most;
  MathResult<MathValue> (*run)(const Arguments& arguments, std::string_view word,
                               const MathContext& context);
};

MathResult<MathValue> good(MathValue value) {
  return value;
}

constexpr std::array<FunctionRow, 16> kFunctions = {{
    {"ABS", 1, 1,
     [](const Arguments& a, std::string_view, const MathContext&) {
       return good(map_value(a[0], [](double v) { return finite(std::abs(v)); }));
     }},
    {"AVG", 1, 1,
     [](const Arguments& a, std::string_view, const MathContext&) {
       return good(fold_value(Fold::kAverage, a[0]));
     }},
    {"CEIL", 1, 1,
     [](const Arguments& a, std::string_view, const MathContext&) {
       return good(map_value(a[0], [](double v) { return finite(std::ceil(v)); }));
     }},
    {"DATAPOINT_COUNT", 1, 1,
     [](const Arguments& a, std::string_view, const MathContext&) { return run_count(a); }},
    {"DIFF", 1, 1,
     [](const Arguments& a, std::string_view, const MathContext&) {
       return on_series(a[0], [](const TimeSeries& s) { return differences(s, false); });
     }},
    {"FILL", 1, 2, run_fill},
    {"FLOOR", 1, 1,
     [](const Arguments& a, std::string_view, const MathContext&) {
       return good(map_value(a[0], [](double v) { return finite(std::floor(v)); }));
     }},
    {"IF", 2, 3,
     [](const Arguments& a, std::string_view, const MathContext&) { return run_if(a); }},
    {"MAX", 1, 1,
     [](const Arguments& a, std::string_view, const MathContext&) {
       return good(fold_value(Fold::kMaximum, a[0]));
     }},
    {"METRICS", 0, 0,
     [](const Arguments&, std::string_view, const MathContext& context) {
       return good(context.metrics());
     }},
    {"METRIC_COUNT", 1, 1,
     [](const Arguments& a, std::string_view, const MathContext&) {
       const SeriesArray* const array = std::get_if<SeriesArray>(&a[0]);
       return good(array == nullptr ? 1.0 : static_cast<double>(array->size()));
     }},
    {"MIN", 1, 1,
     [](const Arguments& a, std::string_view, const MathContext&) {
       return good(fold_value(Fold::kMinimum, a[0]));
     }},
    {"PERIOD", 1, 1,
     [](const Arguments& a, std::string_view, const MathContext&) { return run_period(a); }},
    {"RATE", 1, 1,
     [](const Arguments& a, std::string_view, const MathContext&) {
       return on_series(a[0], [](const TimeSeries& s) { return differences(s, true); });
     }},
    {"RUNNING_SUM", 1, 1,
     [](const Arguments& a, std::string_view, const MathContext&) {
       return on_series(a[0], running_sum);
     }},
    {"SUM", 1, 1,
     [](const Arguments& a, std::string_view, const MathContext&) {
       return good(fold_value(Fold::kSum, a[0]));
     }},
}};

const FunctionRow* find_function(std::string_view name) {
  const auto found = std::ranges::find(kFunctions, name, &FunctionRow::name);
  return found == kFunctions.end() ? nullptr : &*found;
}

}  // namespace

BinaryOperator find_operator(std::string_view symbol) {
  const auto found = std::ranges::find(kOperators, symbol, &OperatorRow::symbol);
  return found == kOperators.end() ? nullptr : found->run;
}

MathResult<MathValue> combine(BinaryOperator operation, const MathValue& left,
                              const MathValue& right) {
  const double* const left_scalar = std::get_if<double>(&left);
  const double* const right_scalar = std::get_if<double>(&right);
  if (left_scalar != nullptr && right_scalar != nullptr) {
    return MathValue(operation(*left_scalar, *right_scalar).value_or(0));
  }
  if (left_scalar != nullptr) {
    return map_value(right, [&](double value) { return operation(*left_scalar, value); });
  }
  if (right_scalar != nullptr) {
    return map_value(left, [&](double value) { return operation(value, *right_scalar); });
  }
  const TimeSeries* const left_series = std::get_if<TimeSeries>(&left);
  const TimeSeries* const right_series = std::get_if<TimeSeries>(&right);
  if (left_series != nullptr && right_series != nullptr) {
    return MathValue(combine_series(operation, *left_series, *right_series));
  }
  if (left_series != nullptr) {
    return on_series(right,
                     [&](const auto& s) { return combine_series(operation, *left_series, s); });
  }
  if (right_series != nullptr) {
    return on_series(left,
                     [&](const auto& s) { return combine_series(operation, s, *right_series); });
  }
  return Unexpected{std::string("operators take no two arrays of time series")};
}

bool is_math_function(std::string_view name) {
  return name == "TIME_SERIES" || find_function(name) != nullptr;
}

MathResult<MathValue> call_function(std::string_view name, std::vector<MathValue> arguments,
                                    std::string_view word, const MathContext& context) {
  if (name == "TIME_SERIES" && arguments.size() == 1) {
    return run_time_series(arguments, context);
  }
  const FunctionRow* const row = find_function(name);
  if (row == nullptr || arguments.size() < row->least || arguments.size() > row->most) {
    return Unexpected{"Wrong number of arguments for function " + std::string(name)};
  }
  return row->run(arguments, word, context);
}

}  // namespace understudy::cloudwatch
