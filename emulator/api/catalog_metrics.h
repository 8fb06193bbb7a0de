// CatalogMetrics: the minute metrics of an engine's tables, out of their simulations. Where nothing
// is metered (neither --throttle nor --metrics) there is nothing to read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "emulator/api/metric_source.h"
#include "emulator/table/catalog.h"

namespace understudy {

class CatalogMetrics final : public MetricSource {
 public:
  /// `catalog` must outlive it.
  explicit CatalogMetrics(const Catalog& catalog) : catalog_(catalog) {}

  [[nodiscard]] bool metered() const override { return catalog_.simulates(); }
  [[nodiscard]] std::vector<std::string> tenants() const override;
  [[nodiscard]] std::vector<MetricSeries> series(std::string_view tenant) const override;
  /// ProvisionedReadCapacityUnits and …Write… have a point every five minutes, as in the service.
  [[nodiscard]] std::vector<MetricMinute> minutes(std::string_view tenant,
                                                  const MetricAddress& address,
                                                  std::string_view name, Microseconds from,
                                                  Microseconds to) const override;
  /// Of gauges: as it stands now.
  [[nodiscard]] MetricPoint total(std::string_view tenant, const MetricAddress& address,
                                  std::string_view name) const override;

 private:
  const Catalog& catalog_;
};

}  // namespace understudy
