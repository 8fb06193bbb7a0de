// CatalogMetrics: the minute metrics of an engine's tables (emulator/table/metrics_view.h) as a
// MetricSource, with the gauges that CloudWatch shows beside them: provisioned units, their maxima
// and how much of the account's quotas they take.
// Thread-safe. Has something only where the engine meters (--throttle, --metrics).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "emulator/api/metric_source.h"
#include "emulator/table/catalog.h"

namespace understudy {

class CatalogMetrics final : public MetricSource {
 public:
  /// Both must outlive it.
  CatalogMetrics(const Catalog& catalog, const Clock& clock) : catalog_(catalog), clock_(clock) {}

  [[nodiscard]] std::vector<std::string> tenants() const override;
  [[nodiscard]] std::vector<MetricSeries> series(std::string_view tenant) const override;
  [[nodiscard]] std::vector<MetricMinute> minutes(std::string_view tenant,
                                                  const MetricAddress& address,
                                                  std::string_view name, Microseconds from,
                                                  Microseconds to) const override;
  [[nodiscard]] MetricPoint total(std::string_view tenant, const MetricAddress& address,
                                  std::string_view name) const override;

 private:
  const Catalog& catalog_;
  const Clock& clock_;
};

}  // namespace understudy
