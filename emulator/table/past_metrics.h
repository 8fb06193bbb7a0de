// PastMetrics: what was counted of tables that are deleted, as CloudWatch goes on showing it, also
// beside that of a new table of the same name. A value: snapshots copy it, which copies pointers.
//
// Bounded: the newest deleted tables, as many as together have kPastPointsMax points (48 bytes
// each, some 5 MB); and none that is gone longer than CloudWatch keeps minutes, 15 days.
// Source: Amazon CloudWatch User Guide, "Metrics retention".
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/capacity/minute_metrics.h"
#include "emulator/table/metrics_view.h"

namespace understudy {

struct TableState;

inline constexpr std::size_t kPastPointsMax = 100'000;

/// One deleted table. Immutable.
struct PastTable {
  struct Minute {
    Microseconds begins = 0;
    MetricPoint point;
  };
  struct Series {
    std::string index;
    std::string operation;
    Metric metric = {};
    MetricPoint total;            ///< of all that was ever counted
    std::vector<Minute> minutes;  ///< oldest first
  };
  struct Provisioned {
    std::string index;
    std::vector<ProvisionedSince> changes;  ///< the last one is the end: no units
  };
  std::string tenant;
  std::string name;
  Microseconds gone = 0;
  std::vector<Series> series;
  std::vector<Provisioned> provisioned;
  std::size_t points = 0;

  [[nodiscard]] const Series* find(std::string_view index, std::string_view operation,
                                   Metric metric) const;
  [[nodiscard]] const std::vector<ProvisionedSince>* find_provisioned(std::string_view index) const;
};
using PastTableRef = std::shared_ptr<const PastTable>;

/// Not thread-safe.
class PastMetrics {
 public:
  /// The table is gone. Keeps nothing of one that has no simulation.
  void keep(std::string_view tenant, const TableState& state, Microseconds now);
  void forget(std::optional<std::string_view> tenant);
  /// Those of the tenant, or of all, as `other` has them.
  void take_over(std::optional<std::string_view> tenant, const PastMetrics& other);
  /// In the order in which they went.
  [[nodiscard]] const std::vector<PastTableRef>& tables() const { return tables_; }

 private:
  std::vector<PastTableRef> tables_;
};

}  // namespace understudy
