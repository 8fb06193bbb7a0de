#include "emulator/table/simulation.h"

#include <algorithm>
#include <utility>

#include "emulator/table/partition_sizes.h"
#include "emulator/table/simulation_ptr.h"
#include "emulator/table/table.h"
#include "emulator/table/throughput_rules.h"

namespace understudy {
namespace {

/// What an on-demand arm is described with unless it was warmed is the knobs' to say.
Throughput warmed(BillingMode mode, const Throughput& warm) {
  if (mode == BillingMode::kProvisioned) {
    return warm;
  }
  return {warm.read > kOnDemandInitial.read ? warm.read : 0,
          warm.write > kOnDemandInitial.write ? warm.write : 0};
}

ArmSettings arm_settings(std::string name, const Throughput& provisioned, const Throughput& warm,
                         const std::optional<OnDemandThroughput>& on_demand) {
  ArmSettings arm;
  arm.name = std::move(name);
  arm.provisioned = {CapacityUnits::whole(provisioned.read),
                     CapacityUnits::whole(provisioned.write)};
  arm.warm = {CapacityUnits::whole(warm.read), CapacityUnits::whole(warm.write)};
  const auto maximum = [](const std::optional<std::int64_t>& units) {
    return units && *units > 0 ? std::optional(CapacityUnits::whole(*units)) : std::nullopt;
  };
  if (on_demand) {
    arm.maximum = {maximum(on_demand->max_read), maximum(on_demand->max_write)};
  }
  return arm;
}

CapacitySettings own_capacity(const TableSettings& settings) {
  CapacitySettings capacity;
  capacity.on_demand = settings.billing_mode == BillingMode::kPayPerRequest;
  capacity.table =
      arm_settings({}, settings.provisioned.units,
                   warmed(settings.billing_mode, settings.warm.units), settings.on_demand);
  capacity.has_local_indexes = settings.has_local_indexes();
  for (const IndexSettings& index : settings.indexes) {
    if (!index.global || index.status == IndexStatus::kDeleting) {
      capacity.indexes.emplace_back();
    } else {
      capacity.indexes.emplace_back(arm_settings(index.name, index.provisioned.units,
                                                 warmed(settings.billing_mode, index.warm.units),
                                                 index.on_demand));
    }
  }
  return capacity;
}

void assume(const AssumedCapacity& assumed, CapacitySettings& capacity) {
  const bool switches = capacity.on_demand != assumed.on_demand;
  const auto provision = [switches](ArmSettings& arm, const Throughput& units) {
    arm.provisioned = {CapacityUnits::whole(units.read), CapacityUnits::whole(units.write)};
    if (switches) {  // What it was warmed to, and its maximum, are of the other mode.
      arm.warm = {};
      arm.maximum = {};
    }
  };
  capacity.on_demand = assumed.on_demand;
  provision(capacity.table, assumed.units);
  for (std::optional<ArmSettings>& index : capacity.indexes) {
    if (!index) {
      continue;
    }
    if (const auto named = assumed.indexes.find(index->name); named != assumed.indexes.end()) {
      provision(*index, named->second);
    } else if (switches) {
      provision(*index, assumed.units);
    }
  }
}

}  // namespace

void set_aws_like(SimulationOptions& options) {
  constexpr std::int64_t kMutationsAtOnce = 6;  // AWS Controllers for Kubernetes: 5 to 7 of 10.
  constexpr std::int64_t kDescribeTtlAtOnce = 4;
  options.throttle = true;
  options.replicas = true;
  options.knobs.control_mutations_burst = kMutationsAtOnce;
  options.knobs.describe_ttl_burst = kDescribeTtlAtOnce;
  options.knobs.describe_stream_burst = options.knobs.describe_stream_per_second;
  options.knobs.list_streams_burst = options.knobs.list_streams_per_second;
  options.knobs.streams_reader_limit = 1;
  // Source: B1.14, B7.
  options.knobs.billing_switches_per_day = 4;
  options.knobs.table_class_changes_per_30_days = 2;
  options.knobs.encryption_changes_per_day = 4;
  options.knobs.deletion_protection_lock_ms = 15'000;
  options.knobs.tag_lock_ms = 1'700;
}

void set_ttl_aws_like(CapacityKnobs& knobs) {
  constexpr std::int64_t kMinuteMs = 60'000;
  knobs.ttl_delay_ms = 10 * kMinuteMs;
  knobs.ttl_jitter_ms = 20 * kMinuteMs;
  knobs.ttl_cooldown_seconds = 31 * 60;
}

CapacitySettings capacity_settings(const TableSettings& settings,
                                   const AssumedCapacities* assumed) {
  CapacitySettings capacity = own_capacity(settings);
  if (assumed != nullptr) {
    if (const auto found = assumed->find(settings.name); found != assumed->end()) {
      assume(found->second, capacity);
    }
  }
  return capacity;
}

Simulation::Simulation(const TableSettings& settings,
                       std::shared_ptr<const SimulationOptions> given, const Clock& time)
    : options(std::move(given)),
      clock(&time),
      admission(capacity_settings(settings, options->assumed.get()),
                std::shared_ptr<const CapacityKnobs>(options, &options->knobs), time.now()),
      requests(options->knobs.metric_minutes),
      sizes_from_(static_cast<std::size_t>(options->knobs.partition_max_bytes)) {
  admission.set_refusing(options->throttle);
  if (options->replicas) {
    replication.emplace();
  }
  note_provisioned(settings, time.now());
}

void Simulation::settings_changed(const TableSettings& settings) {
  const Microseconds now = clock->now();
  admission.retune(capacity_settings(settings, options->assumed.get()),
                   std::shared_ptr<const CapacityKnobs>(options, &options->knobs), now);
  note_provisioned(settings, now);
}

void Simulation::options_changed(const TableSettings& settings,
                                 std::shared_ptr<const SimulationOptions> given) {
  options = std::move(given);
  sizes_from_ = static_cast<std::size_t>(options->knobs.partition_max_bytes);
  admission.set_refusing(options->throttle);
  if (options->replicas != replication.has_value()) {
    replication = options->replicas ? std::optional(Replication{}) : std::nullopt;
  }
  settings_changed(settings);
}

/// Entries of an index are no larger than their items: none is too large where the table is not.
void Simulation::divide_by_size(const TableState& state, Microseconds now) {
  const TableSettings& settings = *state.settings;
  const auto most = static_cast<std::size_t>(options->knobs.partition_max_bytes);
  const PartitionSizeRule rule{most, settings.has_local_indexes()};
  divide_large_partitions(*admission.arm(kTableArm), state.items, rule, now);
  for (std::size_t i = 0; i < settings.indexes.size(); ++i) {
    if (ThroughputArm* const arm = admission.arm(i); settings.indexes[i].global && arm != nullptr) {
      divide_large_partitions(*arm, state.indexes[i], {most, false}, now);
    }
  }
  // All items were walked: not again before there are some more.
  constexpr std::size_t kLooksPerPartition = 4;
  sizes_from_ = state.items.size_bytes() + most / kLooksPerPartition;
}

void Simulation::log_write(const TableState& state, const PlannedWrite& write, Microseconds now) {
  if (state.items.size_bytes() > sizes_from_) [[unlikely]] {
    divide_by_size(state, now);
  }
  if (!replication) {
    return;
  }
  const CapacityKnobs& knobs = options->knobs;
  const auto partition_of = [this](ArmId arm, const EncodedKey& key) {
    ThroughputArm* const found = admission.arm(arm);
    return found == nullptr
               ? 0
               : found->partitions()[found->partitions().find(KeyPosition::of(key))].id;
  };
  ReplicaLog& items = replication->log({});
  // Entries of local indexes change with their item, on each replica.
  const ArrivalTimes arrivals = items.arrivals(knobs, {}, partition_of(kTableArm, write.key), false,
                                               replication->down_until(), now);
  if (write.before != write.after) {
    items.add(write.key, write.before, now, arrivals, knobs, now);
  }
  for (const IndexChange& change : write.index_changes) {
    const IndexSettings& index = state.settings->indexes[change.index];
    ReplicaLog& entries = replication->log(index.name);
    const Collection& collection = state.indexes[change.index];
    for (const std::optional<EncodedKey>* key : {&change.erased, &change.stored}) {
      if (*key) {
        const ArrivalTimes times =
            index.global ? entries.arrivals(knobs, index.name, partition_of(change.index, **key),
                                            true, replication->down_until(), now)
                         : arrivals;
        entries.add(**key, collection.find(**key), now, times, knobs, now);
      }
    }
  }
}

void Simulation::note_provisioned(const TableSettings& settings, Microseconds now) {
  const bool on_demand = settings.billing_mode == BillingMode::kPayPerRequest;
  const auto note = [&](const std::string& index, const Throughput& given) {
    const Throughput units = on_demand ? Throughput{} : given;
    auto history = std::ranges::find(provisioned, index, &ProvisionedHistory::index);
    if (history == provisioned.end()) {
      history = provisioned.insert(provisioned.end(), {index, {}});
    }
    if (history->changes.empty() || history->changes.back().units != units) {
      history->changes.push_back({now, units});
    }
  };
  note({}, settings.provisioned.units);
  for (const IndexSettings& index : settings.indexes) {
    if (index.global) {
      note(index.name, index.provisioned.units);
    }
  }
  std::erase_if(provisioned, [&settings](const ProvisionedHistory& history) {
    return !history.index.empty() && settings.find_index(history.index) == nullptr;
  });
}

SimulationPtr::SimulationPtr() noexcept = default;
SimulationPtr::SimulationPtr(std::unique_ptr<Simulation> owned) : owned_(std::move(owned)) {}
SimulationPtr::SimulationPtr(const SimulationPtr& other)
    : owned_(other.owned_ ? std::make_unique<Simulation>(*other.owned_) : nullptr) {}
SimulationPtr::SimulationPtr(SimulationPtr&& other) noexcept = default;
SimulationPtr& SimulationPtr::operator=(SimulationPtr other) noexcept {
  owned_ = std::move(other.owned_);
  return *this;
}
SimulationPtr::~SimulationPtr() = default;

}  // namespace understudy
