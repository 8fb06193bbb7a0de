// MetricSource: where minute metrics are read from. One source feeds auto scaling, CloudWatch,
// /metrics and the admin pages, so that they cannot disagree.
#pragma once

#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/capacity/minute_metrics.h"
#include "emulator/clock/clock.h"

namespace understudy {

/// What a metric is about. The account as a whole: all empty.
struct MetricAddress {
  std::string table;
  std::string index;      ///< a global secondary index of it
  std::string operation;  ///< "GetItem"
  friend auto operator<=>(const MetricAddress&, const MetricAddress&) = default;  // NOLINT
  friend bool operator==(const MetricAddress&, const MetricAddress&) = default;
};

/// What happened within one minute, in thousandths (of a unit, a count, a millisecond).
struct MetricMinute {
  Microseconds begins = 0;
  MetricPoint point;
};

/// A metric that has points.
struct MetricSeries {
  MetricAddress address;
  std::string_view name;  ///< "ConsumedReadCapacityUnits"; static
  friend auto operator<=>(const MetricSeries&, const MetricSeries&) = default;  // NOLINT
  friend bool operator==(const MetricSeries&, const MetricSeries&) = default;
};

/// Thread-safe.
class MetricSource {
 public:
  MetricSource() = default;
  virtual ~MetricSource() = default;
  MetricSource(const MetricSource&) = delete;
  MetricSource& operator=(const MetricSource&) = delete;

  /// Whether anything is counted at all. If not, no metric says anything about what happened.
  [[nodiscard]] virtual bool metered() const = 0;
  /// Tenants that have anything to show, sorted.
  [[nodiscard]] virtual std::vector<std::string> tenants() const = 0;
  /// What the tenant's tables have, sorted.
  [[nodiscard]] virtual std::vector<MetricSeries> series(std::string_view tenant) const = 0;
  /// Minutes that begin within [from, to), oldest first; those in which nothing happened are not
  /// there. `name` is a CloudWatch metric name; unknown ones have no minutes.
  [[nodiscard]] virtual std::vector<MetricMinute> minutes(std::string_view tenant,
                                                          const MetricAddress& address,
                                                          std::string_view name, Microseconds from,
                                                          Microseconds to) const = 0;
  /// All that was ever counted, also what is older than the minutes that are kept.
  [[nodiscard]] virtual MetricPoint total(std::string_view tenant, const MetricAddress& address,
                                          std::string_view name) const = 0;
};

}  // namespace understudy
