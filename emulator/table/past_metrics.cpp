#include "emulator/table/past_metrics.h"

#include <algorithm>

#include "emulator/table/simulation.h"
#include "emulator/table/table.h"

namespace understudy {
namespace {

constexpr Microseconds kPastKept = Microseconds{15} * 24 * 60 * kMinute;

void add_past_series(PastTable& past, const MinuteMetrics& metrics, std::string_view index,
                     std::string_view operation) {
  for (std::size_t i = 0; i < kMetricCount; ++i) {
    const auto metric = static_cast<Metric>(i);
    // A throttled request is counted with its operation.
    const bool twice = metric == Metric::kThrottledRequests && operation.empty();
    const MetricPoint total = metrics.total(metric);
    if (twice || total.samples == 0) {
      continue;
    }
    PastTable::Series series{std::string(index), std::string(operation), metric, total, {}};
    for (const MinuteMetrics::Minute& minute : metrics.minutes()) {
      if (minute[metric].samples > 0) {
        series.minutes.push_back({minute.begins, minute[metric]});
      }
    }
    past.points += series.minutes.size() + 1;
    past.series.push_back(std::move(series));
  }
}

bool is_of(const PastTableRef& table, std::optional<std::string_view> tenant) {
  return !tenant || table->tenant == *tenant;
}

}  // namespace

const PastTable::Series* PastTable::find(std::string_view index, std::string_view operation,
                                         Metric metric) const {
  const auto found = std::ranges::find_if(series, [&](const Series& each) {
    return each.metric == metric && each.index == index && each.operation == operation;
  });
  return found == series.end() ? nullptr : &*found;
}

const std::vector<ProvisionedSince>* PastTable::find_provisioned(std::string_view index) const {
  const auto found = std::ranges::find(provisioned, index, &Provisioned::index);
  return found == provisioned.end() ? nullptr : &found->changes;
}

void PastMetrics::keep(std::string_view tenant, const TableState& state, Microseconds now) {
  if (!state.simulation) {
    return;
  }
  auto past = std::make_shared<PastTable>();
  past->tenant = tenant;
  past->name = state.settings->name;
  past->gone = now;
  const Simulation& simulation = *state.simulation;
  const auto add_arm = [&](ArmId id, std::string_view index) {
    if (const ThroughputArm* const arm = simulation.admission.arm(id)) {
      add_past_series(*past, arm->metrics(), index, {});
    }
  };
  add_arm(kTableArm, {});
  const auto& indexes = state.settings->indexes;
  for (std::size_t i = 0; i < indexes.size(); ++i) {
    if (indexes[i].global) {
      add_arm(static_cast<ArmId>(i), indexes[i].name);
    }
  }
  for (const auto& [operation, metrics] : simulation.requests.by_operation()) {
    add_past_series(*past, metrics, {}, operation);
  }
  for (const auto& [index, changes] : simulation.provisioned) {
    past->provisioned.push_back({index, changes});
    past->provisioned.back().changes.push_back({now, {}});
    past->points += changes.size() + 1;
  }
  tables_.push_back(std::move(past));
  std::size_t points = 0;
  for (const PastTableRef& table : tables_) {
    points += table->points;
  }
  while (!tables_.empty() && (points > kPastPointsMax || tables_.front()->gone < now - kPastKept)) {
    points -= tables_.front()->points;
    tables_.erase(tables_.begin());
  }
}

void PastMetrics::forget(std::optional<std::string_view> tenant) {
  std::erase_if(tables_, [&](const PastTableRef& table) { return is_of(table, tenant); });
}

void PastMetrics::take_over(std::optional<std::string_view> tenant, const PastMetrics& other) {
  forget(tenant);
  for (const PastTableRef& table : other.tables_) {
    if (is_of(table, tenant)) {
      tables_.push_back(table);
    }
  }
}

}  // namespace understudy
