// The minute metrics of all tables, as values: what CloudWatch, auto scaling, /metrics and the
// admin pages read. One source: emulator/capacity/minute_metrics.h, recorded where requests are
// admitted (consumption, throttles) and where they end (latency, errors).
//
// Only where the engine meters: --throttle or --metrics. Thread-safe: tables are locked one by one.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/capacity/minute_metrics.h"
#include "emulator/table/catalog.h"

namespace understudy {

/// Provisioned units as they stood from a moment on; {0, 0} while on demand.
struct ProvisionedSince {
  Microseconds since = 0;
  Throughput units;
};

/// One series: a table, an index, an operation on a table, or an account.
struct MetricsSeries {
  std::string tenant;
  std::string account;  ///< of the table's ARN
  std::string region;
  std::string table;      ///< empty: of the account (UserErrors, SystemErrors)
  std::string index;      ///< empty: the table itself
  std::string operation;  ///< empty: capacity and throttle events; else SuccessfulRequestLatency,
                          ///< ReturnedItemCount, ThrottledRequests, SystemErrors, …
  bool on_demand = false;
  /// Minutes in which something happened, oldest first; the last one may still be running.
  std::vector<MinuteMetrics::Minute> minutes;
  /// Of tables and indexes (no operation): what ProvisionedReadCapacityUnits and …Write… were,
  /// oldest first, the last one is now's.
  std::vector<ProvisionedSince> provisioned;

  /// The point of that minute (its begin); nullopt: nothing happened.
  [[nodiscard]] std::optional<MetricPoint> point(Metric metric, Microseconds minute) const;
  /// Provisioned units at that moment; nullopt: before the table was there.
  [[nodiscard]] std::optional<Throughput> provisioned_at(Microseconds when) const;
};

/// All series of one tenant, or of all: by tenant, table, index, operation, sorted. Tables under
/// deletion are left out.
std::vector<MetricsSeries> metrics_view(const Catalog& catalog,
                                        std::optional<std::string_view> tenant = std::nullopt);
/// Capacity and throttle events of one table (index empty) or global index. nullopt: there is none,
/// or nothing is metered.
std::optional<MetricsSeries> arm_metrics(const Catalog& catalog, const Scope& scope,
                                         std::string_view table, std::string_view index);

}  // namespace understudy
