// MinuteMetrics: the metrics of one table or index, minute by minute: the one source of what
// CloudWatch, auto scaling and the admin pages show. Minutes in which nothing happened take no
// space and have no points, as in CloudWatch.
// Not thread-safe: guarded by its table's lock.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <string_view>

#include "emulator/capacity/token_bucket.h"
#include "emulator/clock/clock.h"

namespace understudy {

enum class Metric : std::uint8_t {
#define CAPACITY_METRIC(name) k##name,
#include "emulator/capacity/metrics.inc"
#undef CAPACITY_METRIC
};
inline constexpr std::size_t kMetricCount = 0
#define CAPACITY_METRIC(name) +1
#include "emulator/capacity/metrics.inc"
#undef CAPACITY_METRIC
    ;
/// "ConsumedReadCapacityUnits".
std::string_view metric_name(Metric metric);
/// The metric that follows `first` by `offset` rows: families stand together.
constexpr Metric metric_after(Metric first, std::size_t offset) {
  return static_cast<Metric>(static_cast<std::size_t>(first) + offset);
}

/// One metric's values within one minute. Values are thousandths: of a unit, a count, a
/// millisecond, a percent.
struct MetricPoint {
  std::int64_t sum = 0;
  std::int64_t samples = 0;
  std::int64_t smallest = 0;
  std::int64_t largest = 0;

  /// Adds what another stretch of time had.
  void add(const MetricPoint& other);
};

class MinuteMetrics {
 public:
  struct Minute {
    Microseconds begins = 0;
    std::array<MetricPoint, kMetricCount> points;
    [[nodiscard]] const MetricPoint& operator[](Metric metric) const {
      return points[static_cast<std::size_t>(metric)];
    }
  };

  /// Keeps that many minutes, at least one.
  explicit MinuteMetrics(std::int64_t minutes) : minutes_max_(minutes) {}
  void keep(std::int64_t minutes) { minutes_max_ = minutes; }

  void record(Metric metric, std::int64_t thousandths, Microseconds now) {
    if (now >= ends_ || now < begins_) {
      turn_to(now);
    }
    MetricPoint& point = minutes_.back().points[static_cast<std::size_t>(metric)];
    point.sum += thousandths;
    if (point.samples == 0 || thousandths < point.smallest) {
      point.smallest = thousandths;
    }
    if (thousandths > point.largest) {
      point.largest = thousandths;
    }
    ++point.samples;
  }
  /// One event.
  void count(Metric metric, Microseconds now) { record(metric, 1000, now); }

  /// Oldest first; the last one may still be running.
  [[nodiscard]] const std::deque<Minute>& minutes() const { return minutes_; }
  /// All that was ever recorded, also in minutes that are kept no longer.
  [[nodiscard]] MetricPoint total(Metric metric) const;

 private:
  void turn_to(Microseconds now);
  void forget_oldest();

  std::int64_t minutes_max_;
  Microseconds begins_ = 0;
  Microseconds ends_ = 0;  // Of the last minute.
  std::deque<Minute> minutes_;
  std::array<MetricPoint, kMetricCount> forgotten_{};  ///< of minutes that are kept no longer
};

}  // namespace understudy
