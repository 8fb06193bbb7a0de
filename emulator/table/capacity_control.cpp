#include "emulator/table/capacity_control.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "emulator/table/simulation.h"

namespace understudy {

namespace {

std::optional<CapacityUnits> units_now(const ThroughputArm& arm, const Simulation::Held& held) {
  if (!held.partition) {
    return arm.overridden(held.dimension);
  }
  const PartitionMap& map = arm.partitions();
  for (std::size_t i = 0; i < map.size(); ++i) {
    if (map[i].id == *held.partition) {
      return map[i].limit[held.dimension];
    }
  }
  return std::nullopt;
}

void set_units(ThroughputArm& arm, const Simulation::Held& held, std::optional<CapacityUnits> units,
               Microseconds now) {
  PartitionMap& map = arm.partitions();
  if (!held.partition) {
    arm.override_rate(held.dimension, units, now);
  } else if (!map.limit(*held.partition, held.dimension, units, now)) {
    // It was divided meanwhile: its children have its ceiling.
    for (std::size_t i = 0; i < map.size(); ++i) {
      if (map[i].limit[held.dimension] == held.units) {
        map.limit(map[i].id, held.dimension, units, now);
      }
    }
  }
}

ThroughputArm* find_arm(TableState& state, std::string_view index_name) {
  ArmId id = kTableArm;
  if (!index_name.empty()) {
    const IndexSettings* index = state.settings->find_index(index_name);
    if (index == nullptr) {
      return nullptr;
    }
    id = static_cast<ArmId>(index - state.settings->indexes.data());
  }
  return state.simulation->admission.arm(id);
}

/// A person's word: rules that hold something else hold it no longer, unless they say it again.
void drop_held(Simulation& simulation, std::string_view index, Dimension dimension,
               std::optional<PartitionId> partition) {
  std::erase_if(simulation.held, [&](const Simulation::Held& held) {
    return held.is_of(index, dimension, partition);
  });
}

void release_ended(TableState& state, Microseconds now) {
  auto& all = state.simulation->held;
  for (std::size_t i = 0; i < all.size();) {
    if (!all[i].by.ended(now)) {
      ++i;
      continue;
    }
    const Simulation::Held ended = std::move(all[i]);
    all.erase(all.begin() + static_cast<std::ptrdiff_t>(i));
    const auto later = std::find_if(
        all.begin() + static_cast<std::ptrdiff_t>(i), all.end(), [&](const Simulation::Held& held) {
          return held.is_of(ended.index, ended.dimension, ended.partition);
        });
    if (later != all.end()) {
      later->before = ended.before;
    } else if (ThroughputArm* const arm = find_arm(state, ended.index)) {
      set_units(*arm, ended, ended.before, now);
    }
  }
}

}  // namespace

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
  ThroughputArm* const arm = find_arm(*state, target.index);
  if (arm == nullptr) {
    return false;
  }
  const Microseconds now = state->simulation->clock->now();
  return change(*arm, now, *state->simulation);
}

bool CapacityControl::override_rate(const Target& target, Dimension dimension,
                                    std::optional<CapacityUnits> rate) {
  return change(target, [&](ThroughputArm& arm, Microseconds now, Simulation& simulation) {
    drop_held(simulation, target.index, dimension, std::nullopt);
    arm.override_rate(dimension, rate, now);
    return true;
  });
}

bool CapacityControl::hold(const Target& target, Dimension dimension,
                           std::optional<PartitionId> partition, CapacityUnits units,
                           const CapacityHold& by) {
  bool begins = false;
  const bool done =
      change(target, [&](ThroughputArm& arm, Microseconds now, Simulation& simulation) {
        for (const Simulation::Held& held : simulation.held) {
          if (held.is_of(target.index, dimension, partition) && held.by.over == by.over) {
            return true;
          }
        }
        begins = true;
        Simulation::Held held{std::string(target.index), dimension, partition, units, {}, by};
        held.before = units_now(arm, held);
        set_units(arm, held, units, now);
        simulation.held.push_back(std::move(held));
        return true;
      });
  if (!begins) {
    return done;
  }
  if (by.over->load(std::memory_order_acquire)) {
    release_holds();  // The rule was removed while the request it hit was under way.
  } else if (by.ends) {
    catalog_.scheduler().at(*by.ends, [&catalog = catalog_](Microseconds /*due*/) {
      CapacityControl(catalog).release_holds();
    });
  }
  return done;
}

void CapacityControl::release_holds() {
  if (!catalog_.simulates()) {
    return;
  }
  for (const auto& [tenant, name, table] : catalog_.tables_of()) {
    const auto state = table->lock();
    if (state->simulation && !state->simulation->held.empty()) {
      release_ended(*state, state->simulation->clock->now());
    }
  }
}

bool CapacityControl::set_balance(const Target& target, Dimension dimension,
                                  CapacityUnits balance) {
  return change(target, [&](ThroughputArm& arm, Microseconds now, Simulation& /*simulation*/) {
    arm.set_balance(dimension, balance, now);
    return true;
  });
}

bool CapacityControl::limit_partition(const Target& target, PartitionId partition,
                                      Dimension dimension, std::optional<CapacityUnits> ceiling) {
  return change(target, [&](ThroughputArm& arm, Microseconds now, Simulation& simulation) {
    drop_held(simulation, target.index, dimension, partition);
    return arm.partitions().limit(partition, dimension, ceiling, now);
  });
}

std::optional<PartitionId> CapacityControl::partition_of(const Target& target,
                                                         const KeyHash& hash) {
  std::optional<PartitionId> found;
  change(target, [&](ThroughputArm& arm, Microseconds /*now*/, Simulation& /*simulation*/) {
    const PartitionMap& map = arm.partitions();
    found = map[map.find(KeyPosition::collection(hash))].id;
    return true;
  });
  return found;
}

bool CapacityControl::split_partition(const Target& target, PartitionId partition) {
  return change(target, [&](ThroughputArm& arm, Microseconds now, Simulation& /*simulation*/) {
    return arm.partitions().split(partition, std::nullopt, now);
  });
}

bool CapacityControl::merge_partition(const Target& target, PartitionId partition) {
  return change(target, [&](ThroughputArm& arm, Microseconds now, Simulation& /*simulation*/) {
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
