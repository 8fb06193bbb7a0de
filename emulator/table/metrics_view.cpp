#include "emulator/table/metrics_view.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "emulator/table/simulation.h"

namespace understudy {
namespace {

std::vector<MinuteMetrics::Minute> minutes_of(const MinuteMetrics& metrics) {
  return {metrics.minutes().begin(), metrics.minutes().end()};
}

/// One arm's series; nullopt: the index has no arm (any more).
std::optional<MetricsSeries> arm_series(const TableState& state, std::string_view tenant,
                                        std::string_view index) {
  const TableSettings& settings = *state.settings;
  ArmId arm = kTableArm;
  if (!index.empty()) {
    const IndexSettings* found = settings.find_index(index);
    if (found == nullptr) {
      return std::nullopt;
    }
    arm = static_cast<ArmId>(found - settings.indexes.data());
  }
  const Simulation& simulation = *state.simulation;
  const ThroughputArm* measured = simulation.admission.arm(arm);
  if (measured == nullptr) {
    return std::nullopt;
  }
  MetricsSeries series{std::string(tenant),
                       settings.account,
                       settings.region,
                       settings.name,
                       std::string(index),
                       {},
                       false,
                       {},
                       {}};
  series.on_demand = settings.billing_mode == BillingMode::kPayPerRequest;
  series.minutes = minutes_of(measured->metrics());
  const auto history =
      std::ranges::find(simulation.provisioned, index, &Simulation::ProvisionedHistory::index);
  if (history != simulation.provisioned.end()) {
    series.provisioned = history->changes;
  }
  return series;
}

void append_table(const TableState& state, std::string_view tenant,
                  std::vector<MetricsSeries>& all) {
  if (!state.simulation || state.status == TableStatus::kDeleting) {
    return;
  }
  const TableSettings& settings = *state.settings;
  all.push_back(*arm_series(state, tenant, {}));
  for (const IndexSettings& index : settings.indexes) {
    if (auto series = arm_series(state, tenant, index.name)) {
      all.push_back(*std::move(series));
    }
  }
  for (const auto& [operation, metrics] : state.simulation->requests.by_operation()) {
    MetricsSeries series = all.back();
    series.index.clear();
    series.operation = operation;
    series.minutes = minutes_of(metrics);
    series.provisioned.clear();
    all.push_back(std::move(series));
  }
}

}  // namespace

std::optional<MetricPoint> MetricsSeries::point(Metric metric, Microseconds minute) const {
  const auto found = std::ranges::lower_bound(minutes, minute, {}, &MinuteMetrics::Minute::begins);
  if (found == minutes.end() || found->begins != minute || (*found)[metric].samples == 0) {
    return std::nullopt;
  }
  return (*found)[metric];
}

std::optional<Throughput> MetricsSeries::provisioned_at(Microseconds when) const {
  const auto after = std::ranges::upper_bound(provisioned, when, {}, &ProvisionedSince::since);
  return after == provisioned.begin() ? std::nullopt : std::optional((after - 1)->units);
}

std::vector<MetricsSeries> metrics_view(const Catalog& catalog,
                                        std::optional<std::string_view> tenant) {
  std::vector<MetricsSeries> all;
  if (!catalog.simulates()) {
    return all;
  }
  for (const auto& [owner, count] : catalog.tenants()) {
    if (tenant && owner != *tenant) {
      continue;
    }
    Scope scope;
    scope.tenant = owner;
    for (const TableRef& table : catalog.tables(scope)) {
      append_table(*table->lock(), owner, all);
    }
  }
  for (const auto& [owner, metrics] : catalog.account_metrics()) {
    if (!tenant || owner == *tenant) {
      MetricsSeries series;
      series.tenant = owner;
      series.minutes = minutes_of(metrics);
      all.push_back(std::move(series));
    }
  }
  std::ranges::sort(all, {}, [](const MetricsSeries& series) {
    return std::tie(series.tenant, series.table, series.index, series.operation);
  });
  return all;
}

std::optional<MetricsSeries> arm_metrics(const Catalog& catalog, const Scope& scope,
                                         std::string_view table, std::string_view index) {
  const auto found = catalog.find(scope, table);
  if (!found) {
    return std::nullopt;
  }
  const auto state = (*found)->lock();
  return state->simulation ? arm_series(*state, scope.tenant, index) : std::nullopt;
}

}  // namespace understudy
