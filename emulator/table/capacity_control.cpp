#include "emulator/table/capacity_control.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "emulator/table/simulation.h"

namespace understudy {

/// Hands the target's arm to `change`, under the table's lock.
template <class Change>
bool CapacityControl::change(const Target& target, const Change& change) {
  Scope scope;
  scope.tenant = target.tenant;
  const auto table = catalog_.find(scope, target.table);
  if (!table) {
    return false;
  }
  const auto state = (*table)->lock();
  if (!state->simulation) {
    return false;
  }
  ArmId id = kTableArm;
  if (!target.index.empty()) {
    const IndexSettings* index = state->settings->find_index(target.index);
    if (index == nullptr) {
      return false;
    }
    id = static_cast<ArmId>(index - state->settings->indexes.data());
  }
  ThroughputArm* arm = state->simulation->admission.arm(id);
  return arm != nullptr && change(*arm, state->simulation->clock->now());
}

bool CapacityControl::override_rate(const Target& target, Dimension dimension,
                                    std::optional<CapacityUnits> rate) {
  return change(target, [&](ThroughputArm& arm, Microseconds now) {
    arm.override_rate(dimension, rate, now);
    return true;
  });
}

bool CapacityControl::hold_rate(const Target& target, Dimension dimension, CapacityUnits rate,
                                const CapacityHold& by) {
  bool begins = false;
  const bool done = change(target, [&](ThroughputArm& arm, Microseconds now) {
    begins = arm.hold_rate(dimension, rate, by, now);
    return true;
  });
  if (begins) {
    release_at(by);
  }
  return done;
}

bool CapacityControl::hold_partition(const Target& target, PartitionId partition,
                                     Dimension dimension, CapacityUnits ceiling,
                                     const CapacityHold& by) {
  bool begins = false;
  const bool done = change(target, [&](ThroughputArm& arm, Microseconds now) {
    begins = arm.partitions().hold(partition, dimension, ceiling, by, now);
    return true;
  });
  if (begins) {
    release_at(by);
  }
  return done;
}

/// Outside of the table's lock.
void CapacityControl::release_at(const CapacityHold& hold) {
  if (hold.over->load(std::memory_order_acquire)) {
    release_holds();  // The rule was removed while the request it hit was under way.
  } else if (hold.ends) {
    catalog_.scheduler().at(*hold.ends, [&catalog = catalog_](Microseconds /*due*/) {
      CapacityControl(catalog).release_holds();
    });
  }
}

void CapacityControl::release_holds() {
  if (!catalog_.simulates()) {
    return;
  }
  for (const auto& [tenant, name, table] : catalog_.tables_of()) {
    const auto state = table->lock();
    if (!state->simulation) {
      continue;
    }
    const Microseconds now = state->simulation->clock->now();
    Admission& admission = state->simulation->admission;
    const auto release = [&](ArmId id) {
      if (ThroughputArm* const arm = admission.arm(id)) {
        arm->release_holds(now);
      }
    };
    release(kTableArm);
    for (std::size_t i = 0; i < state->settings->indexes.size(); ++i) {
      release(static_cast<ArmId>(i));
    }
  }
}

bool CapacityControl::set_balance(const Target& target, Dimension dimension,
                                  CapacityUnits balance) {
  return change(target, [&](ThroughputArm& arm, Microseconds now) {
    arm.set_balance(dimension, balance, now);
    return true;
  });
}

bool CapacityControl::limit_partition(const Target& target, PartitionId partition,
                                      Dimension dimension, std::optional<CapacityUnits> ceiling) {
  return change(target, [&](ThroughputArm& arm, Microseconds now) {
    return arm.partitions().limit(partition, dimension, ceiling, now);
  });
}

std::optional<PartitionId> CapacityControl::partition_of(const Target& target,
                                                         const KeyHash& hash) {
  std::optional<PartitionId> found;
  change(target, [&](ThroughputArm& arm, Microseconds /*now*/) {
    const PartitionMap& map = arm.partitions();
    found = map[map.find(KeyPosition::collection(hash))].id;
    return true;
  });
  return found;
}

bool CapacityControl::split_partition(const Target& target, PartitionId partition) {
  return change(target, [&](ThroughputArm& arm, Microseconds now) {
    return arm.partitions().split(partition, std::nullopt, now);
  });
}

bool CapacityControl::merge_partition(const Target& target, PartitionId partition) {
  return change(target, [&](ThroughputArm& arm, Microseconds now) {
    return arm.partitions().merge(partition, now);
  });
}

bool CapacityControl::take_down(const Target& target, Replica replica, Microseconds length) {
  Scope scope;
  scope.tenant = target.tenant;
  const auto table = catalog_.find(scope, target.table);
  if (!table) {
    return false;
  }
  const auto state = (*table)->lock();
  if (!state->simulation || !state->simulation->replication) {
    return false;
  }
  state->simulation->replication->take_down(replica, state->simulation->clock->now() + length);
  return true;
}

void CapacityControl::set_refusing(bool refusing) {
  SimulationOptions options = *catalog_.simulation_options();
  options.throttle = refusing;
  options.metrics = true;
  catalog_.set_simulation_options(options);
}

CapacityKnobs CapacityControl::knobs() const {
  return catalog_.simulation_options()->knobs;
}

std::optional<std::string> CapacityControl::set_knob(std::string_view name,
                                                     std::string_view value) {
  CapacityKnobs changed = knobs();
  auto wrong = set_capacity_knob(changed, name, value);
  if (!wrong) {
    set_knobs(changed);
  }
  return wrong;
}

void CapacityControl::set_knobs(const CapacityKnobs& knobs) {
  SimulationOptions options = *catalog_.simulation_options();
  options.knobs = knobs;
  catalog_.set_simulation_options(options);
}

std::vector<TableCapacityView> CapacityControl::view(std::optional<std::string_view> tenant) const {
  std::vector<TableCapacityView> views;
  for (const auto& [owner, count] : catalog_.tenants()) {
    if (tenant && owner != *tenant) {
      continue;
    }
    Scope scope;
    scope.tenant = owner;
    for (const TableRef& table : catalog_.tables(scope)) {
      const auto state = table->lock();
      if (state->simulation) {
        views.push_back({owner, state->settings->name,
                         state->simulation->admission.view(state->simulation->clock->now())});
      }
    }
  }
  std::ranges::sort(
      views, {}, [](const TableCapacityView& view) { return std::tie(view.tenant, view.table); });
  return views;
}

}  // namespace understudy
