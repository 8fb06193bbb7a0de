#include "emulator/cloudwatch/statistics.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace understudy::cloudwatch {
namespace {

constexpr std::array kRows{
#define DYNAMODB_METRIC(name, unit, exposition, kind) \
  MetricRow{#name, unit, exposition, MetricKind::kind},
#include "emulator/cloudwatch/dynamodb_metrics.inc"
#undef DYNAMODB_METRIC
};

double thousandths(std::int64_t value) {
  return static_cast<double>(value) / 1000.0;
}

}  // namespace

std::span<const MetricRow> metric_rows() {
  return kRows;
}

const MetricRow* find_metric_row(std::string_view name) {
  const auto found = std::ranges::find(kRows, name, &MetricRow::name);
  return found == kRows.end() ? nullptr : &*found;
}

std::optional<Statistic> parse_statistic(std::string_view name) {
  using Kind = Statistic::Kind;
  constexpr std::array<std::pair<std::string_view, Kind>, 5> kNames = {{
      {"SampleCount", Kind::kSampleCount},
      {"Average", Kind::kAverage},
      {"Sum", Kind::kSum},
      {"Minimum", Kind::kMinimum},
      {"Maximum", Kind::kMaximum},
  }};
  for (const auto& [text, kind] : kNames) {
    if (name == text) {
      return Statistic{kind, 0};
    }
  }
  if (!name.starts_with('p')) {
    return std::nullopt;
  }
  name.remove_prefix(1);
  double percentile = 0;
  const char* const last = name.data() + name.size();
  const auto [end, error] =
      std::from_chars(name.data(), last, percentile, std::chars_format::fixed);
  if (error != std::errc() || end != last || percentile < 0 || percentile > 100) {
    return std::nullopt;
  }
  return Statistic{Kind::kPercentile, percentile};
}

std::optional<double> statistic_value(const Statistic& statistic, const MetricPoint& point) {
  switch (statistic.kind) {
    case Statistic::Kind::kSampleCount:
      return static_cast<double>(point.samples);
    case Statistic::Kind::kAverage:
      return thousandths(point.sum) / static_cast<double>(point.samples);
    case Statistic::Kind::kSum:
      return thousandths(point.sum);
    case Statistic::Kind::kMinimum:
      return thousandths(point.smallest);
    case Statistic::Kind::kMaximum:
      return thousandths(point.largest);
    case Statistic::Kind::kPercentile:
      if (point.smallest == point.largest || statistic.percentile == 0) {
        return thousandths(point.smallest);
      }
      return statistic.percentile == 100 ? std::optional(thousandths(point.largest)) : std::nullopt;
  }
  return std::nullopt;
}

std::vector<MetricPeriod> put_together(std::span<const MetricMinute> minutes, Microseconds start,
                                       Microseconds period) {
  std::vector<MetricPeriod> periods;
  for (const MetricMinute& minute : minutes) {
    if (minute.begins < start || minute.point.samples == 0) {
      continue;
    }
    const Microseconds begins = minute.begins - (minute.begins - start) % period;
    if (periods.empty() || periods.back().begins != begins) {
      periods.push_back({begins, minute.point});
      continue;
    }
    periods.back().point.add(minute.point);
  }
  return periods;
}

}  // namespace understudy::cloudwatch
