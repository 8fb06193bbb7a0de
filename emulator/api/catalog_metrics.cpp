#include "emulator/api/catalog_metrics.h"

#include <algorithm>
#include <array>
#include <functional>
#include <optional>

#include "emulator/table/past_metrics.h"
#include "emulator/table/simulation.h"

namespace understudy {
namespace {

// Source: Developer Guide, "DynamoDB metrics and dimensions".
constexpr Microseconds kProvisionedEvery = 5 * kMinute;
constexpr std::array<std::string_view, 2> kProvisioned = {"ProvisionedReadCapacityUnits",
                                                          "ProvisionedWriteCapacityUnits"};

std::optional<Metric> find_metric(std::string_view name) {
  for (std::size_t i = 0; i < kMetricCount; ++i) {
    if (metric_name(static_cast<Metric>(i)) == name) {
      return static_cast<Metric>(i);
    }
  }
  return std::nullopt;
}

bool is_account(const MetricAddress& address) {
  return address == MetricAddress{};
}

/// Metrics of the table itself, an index, or an operation; nullptr: there are none.
const MinuteMetrics* find_metrics(const TableState& state, const MetricAddress& address) {
  const Simulation& simulation = *state.simulation;
  if (!address.operation.empty()) {
    const auto& operations = simulation.requests.by_operation();
    const auto found =
        std::ranges::find(operations, address.operation, &RequestMetrics::OfOperation::operation);
    return found == operations.end() || !address.index.empty() ? nullptr : &found->metrics;
  }
  ArmId arm = kTableArm;
  if (!address.index.empty()) {
    const IndexSettings* const index = state.settings->find_index(address.index);
    if (index == nullptr) {
      return nullptr;
    }
    arm = static_cast<ArmId>(index - state.settings->indexes.data());
  }
  const ThroughputArm* const measured = simulation.admission.arm(arm);
  return measured == nullptr ? nullptr : &measured->metrics();
}

using ProvisionedChanges = std::vector<ProvisionedSince>;

const ProvisionedChanges* find_provisioned(const TableState& state, const MetricAddress& address) {
  if (!address.operation.empty()) {
    return nullptr;
  }
  const auto& histories = state.simulation->provisioned;
  const auto found =
      std::ranges::find(histories, address.index, &Simulation::ProvisionedHistory::index);
  return found == histories.end() ? nullptr : &found->changes;
}

/// nullopt: not provisioned then.
std::optional<MetricPoint> provisioned_at(const ProvisionedChanges& changes, bool reads,
                                          Microseconds when) {
  const auto after = std::ranges::upper_bound(changes, when, {}, &ProvisionedSince::since);
  if (after == changes.begin()) {
    return std::nullopt;
  }
  const Throughput units = std::prev(after)->units;
  const std::int64_t thousandths = (reads ? units.read : units.write) * 1000;
  return thousandths == 0 ? std::nullopt
                          : std::optional(MetricPoint{thousandths, 1, thousandths, thousandths});
}

std::vector<MetricMinute> provisioned_minutes(const ProvisionedChanges& changes, bool reads,
                                              Microseconds from, Microseconds to) {
  std::vector<MetricMinute> minutes;
  if (changes.empty()) {
    return minutes;
  }
  from = std::max(from, changes.front().since);
  Microseconds at = from - from % kProvisionedEvery;
  at += at < from ? kProvisionedEvery : 0;
  for (; at < to; at += kProvisionedEvery) {
    if (const auto point = provisioned_at(changes, reads, at)) {
      minutes.push_back({at, *point});
    }
  }
  return minutes;
}

std::vector<MetricMinute> minutes_within(const MinuteMetrics& metrics, Metric metric,
                                         Microseconds from, Microseconds to) {
  std::vector<MetricMinute> minutes;
  const auto& all = metrics.minutes();
  for (auto at = std::ranges::lower_bound(all, from, {}, &MinuteMetrics::Minute::begins);
       at != all.end() && at->begins < to; ++at) {
    if ((*at)[metric].samples > 0) {
      minutes.push_back({at->begins, (*at)[metric]});
    }
  }
  return minutes;
}

void add_series(const MinuteMetrics& metrics, const MetricAddress& address,
                std::vector<MetricSeries>& all) {
  for (std::size_t i = 0; i < kMetricCount; ++i) {
    const auto metric = static_cast<Metric>(i);
    // A throttled request is one of an operation: what its table counts of it would count it twice.
    const bool twice = metric == Metric::kThrottledRequests && address.operation.empty();
    if (!twice && metrics.total(metric).samples > 0) {
      all.push_back({address, metric_name(metric)});
    }
  }
}

void add_arm(const TableState& state, const MetricAddress& address,
             std::vector<MetricSeries>& all) {
  if (const MinuteMetrics* const metrics = find_metrics(state, address)) {
    add_series(*metrics, address, all);
  }
  const ProvisionedChanges* const changes = find_provisioned(state, address);
  for (std::size_t i = 0; changes != nullptr && i < kProvisioned.size(); ++i) {
    if (std::ranges::any_of(*changes,
                            [](const ProvisionedSince& each) { return each.units.read > 0; })) {
      all.push_back({address, kProvisioned[i]});
    }
  }
}

void add_table(const TableState& state, std::vector<MetricSeries>& all) {
  const MetricAddress table{state.settings->name, {}, {}};
  add_arm(state, table, all);
  for (const IndexSettings& index : state.settings->indexes) {
    if (index.global) {
      add_arm(state, {table.table, index.name, {}}, all);
    }
  }
  for (const auto& [operation, metrics] : state.simulation->requests.by_operation()) {
    add_series(metrics, {table.table, {}, std::string(operation)}, all);
  }
}

Scope tenant_scope(std::string_view tenant) {
  Scope scope;
  scope.tenant = tenant;
  return scope;
}

/// Calls `visit` with the state of the table that the address names, where it is metered.
template <class Visit>
void with_table(const Catalog& catalog, std::string_view tenant, const std::string& name,
                const Visit& visit) {
  const auto table = catalog.find(tenant_scope(tenant), name);
  if (!table) {
    return;
  }
  const auto state = (*table)->lock();
  if (state->simulation) {
    visit(*state);
  }
}

/// Calls `visit` with each deleted table of that name.
template <class Visit>
void with_past(const Catalog& catalog, std::string_view tenant, const std::string& name,
               const Visit& visit) {
  for (const PastTableRef& past : catalog.past_tables(tenant)) {
    if (past->name == name) {
      visit(*past);
    }
  }
}

void add_past(const PastTable& past, std::vector<MetricSeries>& all) {
  for (const PastTable::Series& series : past.series) {
    all.push_back({{past.name, series.index, series.operation}, metric_name(series.metric)});
  }
  for (const auto& [index, changes] : past.provisioned) {
    if (std::ranges::any_of(changes,
                            [](const ProvisionedSince& at) { return at.units.read > 0; })) {
      for (const std::string_view name : kProvisioned) {
        all.push_back({{past.name, index, {}}, name});
      }
    }
  }
}

/// Adds a minute of an earlier table; of one that both had, all that happened.
void add_past_minute(std::vector<MetricMinute>& minutes, const MetricMinute& past) {
  const auto at = std::ranges::lower_bound(minutes, past.begins, {}, &MetricMinute::begins);
  if (at != minutes.end() && at->begins == past.begins) {
    at->point.add(past.point);
  } else {
    minutes.insert(at, past);
  }
}

/// Calls `visit` with the tenant's account-wide metrics, where there are any.
template <class Visit>
void with_account(const Catalog& catalog, std::string_view tenant, const Visit& visit) {
  for (const auto& [owner, metrics] : catalog.account_metrics()) {
    if (owner == tenant) {
      visit(metrics);
    }
  }
}

}  // namespace

std::vector<std::string> CatalogMetrics::tenants() const {
  std::vector<std::string> names;
  if (!metered()) {
    return names;
  }
  for (const auto& [tenant, tables] : catalog_.tenants()) {
    names.push_back(tenant);
  }
  for (const auto& [tenant, metrics] : catalog_.account_metrics()) {
    names.push_back(tenant);
  }
  for (const PastTableRef& past : catalog_.past_tables(std::nullopt)) {
    names.push_back(past->tenant);
  }
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::vector<MetricSeries> CatalogMetrics::series(std::string_view tenant) const {
  std::vector<MetricSeries> all;
  for (const TableRef& table : catalog_.tables(tenant_scope(tenant))) {
    const auto state = table->lock();
    if (state->simulation) {
      add_table(*state, all);
    }
  }
  with_account(catalog_, tenant,
               [&](const MinuteMetrics& metrics) { add_series(metrics, {}, all); });
  for (const PastTableRef& past : catalog_.past_tables(tenant)) {
    add_past(*past, all);
  }
  std::ranges::sort(all);
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

std::vector<MetricMinute> CatalogMetrics::minutes(std::string_view tenant,
                                                  const MetricAddress& address,
                                                  std::string_view name, Microseconds from,
                                                  Microseconds to) const {
  std::vector<MetricMinute> found;
  const auto metric = find_metric(name);
  const auto read = [&](const MinuteMetrics& metrics) {
    found = minutes_within(metrics, *metric, from, to);
  };
  if (metric && is_account(address)) {
    with_account(catalog_, tenant, read);
    return found;
  }
  const bool provisioned = std::ranges::find(kProvisioned, name) != kProvisioned.end();
  with_table(catalog_, tenant, address.table, [&](const TableState& state) {
    if (metric) {
      if (const MinuteMetrics* const metrics = find_metrics(state, address)) {
        read(*metrics);
      }
    } else if (const auto* const changes = find_provisioned(state, address);
               changes != nullptr && provisioned) {
      // What is not over yet has no points.
      const Microseconds end = std::min(to, catalog_.clock().now() + 1);
      found = provisioned_minutes(*changes, name == kProvisioned[0], from, end);
    }
  });
  with_past(catalog_, tenant, address.table, [&](const PastTable& past) {
    if (metric) {
      const PastTable::Series* const series = past.find(address.index, address.operation, *metric);
      for (std::size_t i = 0; series != nullptr && i < series->minutes.size(); ++i) {
        const MetricMinute minute{series->minutes[i].begins, series->minutes[i].point};
        if (minute.begins >= from && minute.begins < to) {
          add_past_minute(found, minute);
        }
      }
    } else if (const auto* const changes = past.find_provisioned(address.index);
               changes != nullptr && provisioned && address.operation.empty()) {
      for (const MetricMinute& minute :
           provisioned_minutes(*changes, name == kProvisioned[0], from, std::min(to, past.gone))) {
        add_past_minute(found, minute);
      }
    }
  });
  return found;
}

MetricPoint CatalogMetrics::total(std::string_view tenant, const MetricAddress& address,
                                  std::string_view name) const {
  MetricPoint total;
  const auto metric = find_metric(name);
  if (metric && is_account(address)) {
    with_account(catalog_, tenant,
                 [&](const MinuteMetrics& metrics) { total = metrics.total(*metric); });
    return total;
  }
  with_table(catalog_, tenant, address.table, [&](const TableState& state) {
    if (metric) {
      const MinuteMetrics* const metrics = find_metrics(state, address);
      total = metrics == nullptr ? MetricPoint{} : metrics->total(*metric);
    } else if (const auto* const changes = find_provisioned(state, address)) {
      total = provisioned_at(*changes, name == kProvisioned[0], INT64_MAX).value_or(MetricPoint{});
    }
  });
  with_past(catalog_, tenant, address.table, [&](const PastTable& past) {
    const PastTable::Series* const series =
        metric ? past.find(address.index, address.operation, *metric) : nullptr;
    if (series != nullptr) {
      total.add(series->total);
    }
  });
  return total;
}

}  // namespace understudy
