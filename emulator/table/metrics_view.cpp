#include "emulator/table/metrics_view.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "emulator/table/simulation.h"

namespace understudy {
namespace {

void take_minutes(const MinuteMetrics& metrics, MetricsSeries& series) {
  series.minutes.assign(metrics.minutes().begin(), metrics.minutes().end());
  series.forgotten = metrics.forgotten();
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
  MetricsSeries series;
  series.tenant = tenant;
  series.account = settings.account;
  series.region = settings.region;
  series.table = settings.name;
  series.index = index;
  series.on_demand = settings.billing_mode == BillingMode::kPayPerRequest;
  take_minutes(measured->metrics(), series);
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
    take_minutes(metrics, series);
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

MetricPoint MetricsSeries::total(Metric metric) const {
  MetricPoint sum = forgotten[static_cast<std::size_t>(metric)];
  for (const MinuteMetrics::Minute& minute : minutes) {
    sum.add(minute[metric]);
  }
  return sum;
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
      take_minutes(metrics, series);
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
