#include "emulator/api/catalog_metrics.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <utility>

#include "emulator/table/metrics_view.h"
#include "emulator/table/throughput_rules.h"

namespace understudy {
namespace {

constexpr Microseconds kMinute = 60'000'000;

std::optional<Metric> find_metric(std::string_view name) {
  for (std::size_t i = 0; i < kMetricCount; ++i) {
    if (metric_name(static_cast<Metric>(i)) == name) {
      return static_cast<Metric>(i);
    }
  }
  return std::nullopt;
}

bool is_about(const MetricsSeries& series, const MetricAddress& address) {
  return series.table == address.table && series.index == address.index &&
         series.operation == address.operation;
}

// ---- Gauges: what stood at a moment, not what happened.

using Tables = std::vector<MetricsSeries>;
/// In thousandths; nullopt: nothing was there.
using Gauge = std::function<std::optional<std::int64_t>(const Tables&, Microseconds)>;

std::int64_t pick(const Throughput& units, bool read) {
  return read ? units.read : units.write;
}

std::optional<std::int64_t> provisioned(const MetricsSeries& series, bool read, Microseconds when) {
  if (series.table.empty() || !series.operation.empty()) {
    return std::nullopt;
  }
  const auto units = series.provisioned_at(when);
  return units && pick(*units, read) > 0 ? std::optional(pick(*units, read)) : std::nullopt;
}

/// Provisioned units of all tables and indexes together, or of the largest, as a share of a quota.
std::optional<std::int64_t> utilization(const Tables& tables, bool read, bool of_account,
                                        Microseconds when) {
  constexpr std::int64_t kPercentThousandths = 100'000;
  std::int64_t sum = 0;
  std::int64_t most = 0;
  for (const MetricsSeries& series : tables) {
    const std::int64_t units = provisioned(series, read, when).value_or(0);
    sum += units;
    most = std::max(most, units);
  }
  if (sum == 0) {
    return std::nullopt;
  }
  return of_account ? sum * kPercentThousandths / kAccountUnitsMax
                    : most * kPercentThousandths / kTableUnitsMax;
}

Gauge constant(std::int64_t units) {
  return [units](const Tables& tables, Microseconds) {
    return tables.empty() ? std::nullopt : std::optional(units * 1000);
  };
}
Gauge share(bool read, bool of_account) {
  return [=](const Tables& tables, Microseconds when) {
    return utilization(tables, read, of_account, when);
  };
}

struct AccountGauge {
  std::string_view name;
  Gauge gauge;
};
/// Source: Developer Guide, "DynamoDB metrics and dimensions".
const std::vector<AccountGauge>& account_gauges() {
  static const std::vector<AccountGauge> kGauges{
      {"AccountMaxReads", constant(kAccountUnitsMax)},
      {"AccountMaxTableLevelReads", constant(kTableUnitsMax)},
      {"AccountMaxTableLevelWrites", constant(kTableUnitsMax)},
      {"AccountMaxWrites", constant(kAccountUnitsMax)},
      {"AccountProvisionedReadCapacityUtilization", share(true, true)},
      {"AccountProvisionedWriteCapacityUtilization", share(false, true)},
      {"MaxProvisionedTableReadCapacityUtilization", share(true, false)},
      {"MaxProvisionedTableWriteCapacityUtilization", share(false, false)},
  };
  return kGauges;
}

constexpr std::string_view kProvisionedRead = "ProvisionedReadCapacityUnits";
constexpr std::string_view kProvisionedWrite = "ProvisionedWriteCapacityUnits";

/// The gauge of that name at that address; nullopt: it is none.
std::optional<Gauge> find_gauge(const MetricAddress& address, std::string_view name) {
  if (address.table.empty()) {
    const auto found = std::ranges::find(account_gauges(), name, &AccountGauge::name);
    return found == account_gauges().end() ? std::nullopt : std::optional(found->gauge);
  }
  if (name != kProvisionedRead && name != kProvisionedWrite) {
    return std::nullopt;
  }
  return [address, read = name == kProvisionedRead](
             const Tables& tables, Microseconds when) -> std::optional<std::int64_t> {
    const auto series = std::ranges::find_if(
        tables, [&address](const MetricsSeries& one) { return is_about(one, address); });
    const auto units = series == tables.end() ? std::nullopt : provisioned(*series, read, when);
    return units ? std::optional(*units * 1000) : std::nullopt;
  };
}

std::vector<MetricMinute> gauge_minutes(const Gauge& gauge, const Tables& tables, Microseconds from,
                                        Microseconds to) {
  constexpr Microseconds kLongest = 1440 * kMinute;
  std::vector<MetricMinute> minutes;
  from = std::max(from, to - kLongest);
  for (Microseconds minute = from - from % kMinute + (from % kMinute == 0 ? 0 : kMinute);
       minute < to; minute += kMinute) {
    // As it stood when the minute ended: a table that is created in it has its first point there.
    if (const auto value = gauge(tables, minute + kMinute - 1)) {
      minutes.push_back({minute, {*value, 1, *value, *value}});
    }
  }
  return minutes;
}

}  // namespace

std::vector<std::string> CatalogMetrics::tenants() const {
  std::vector<std::string> names;
  for (const MetricsSeries& one : metrics_view(catalog_)) {
    if (names.empty() || names.back() != one.tenant) {
      names.push_back(one.tenant);
    }
  }
  return names;
}

std::vector<MetricSeries> CatalogMetrics::series(std::string_view tenant) const {
  std::vector<MetricSeries> all;
  const Tables tables = metrics_view(catalog_, tenant);
  const Microseconds now = clock_.now();
  for (const MetricsSeries& one : tables) {
    const MetricAddress address{one.table, one.index, one.operation};
    for (std::size_t i = 0; i < kMetricCount; ++i) {
      const auto metric = static_cast<Metric>(i);
      if (one.total(metric).samples > 0) {
        all.push_back({address, metric_name(metric)});
      }
    }
    for (const std::string_view name : {kProvisionedRead, kProvisionedWrite}) {
      if (provisioned(one, name == kProvisionedRead, now)) {
        all.push_back({address, name});
      }
    }
  }
  for (const AccountGauge& gauge : account_gauges()) {
    if (gauge.gauge(tables, now)) {
      all.push_back({{}, gauge.name});
    }
  }
  std::ranges::sort(all);
  return all;
}

std::vector<MetricMinute> CatalogMetrics::minutes(std::string_view tenant,
                                                  const MetricAddress& address,
                                                  std::string_view name, Microseconds from,
                                                  Microseconds to) const {
  const Tables tables = metrics_view(catalog_, tenant);
  if (const auto gauge = find_gauge(address, name)) {
    return gauge_minutes(*gauge, tables, from, std::min(to, clock_.now() + 1));
  }
  std::vector<MetricMinute> found;
  const auto metric = find_metric(name);
  const auto series = std::ranges::find_if(
      tables, [&address](const MetricsSeries& one) { return is_about(one, address); });
  if (!metric || series == tables.end()) {
    return found;
  }
  for (const MinuteMetrics::Minute& minute : series->minutes) {
    if (minute.begins >= from && minute.begins < to && minute[*metric].samples > 0) {
      found.push_back({minute.begins, minute[*metric]});
    }
  }
  return found;
}

MetricPoint CatalogMetrics::total(std::string_view tenant, const MetricAddress& address,
                                  std::string_view name) const {
  const Tables tables = metrics_view(catalog_, tenant);
  if (const auto gauge = find_gauge(address, name)) {
    const auto value = (*gauge)(tables, clock_.now());
    return value ? MetricPoint{*value, 1, *value, *value} : MetricPoint{};
  }
  const auto metric = find_metric(name);
  const auto series = std::ranges::find_if(
      tables, [&address](const MetricsSeries& one) { return is_about(one, address); });
  return metric && series != tables.end() ? series->total(*metric) : MetricPoint{};
}

}  // namespace understudy
