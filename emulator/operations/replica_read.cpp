#include "emulator/operations/replica_read.h"

#include "emulator/operations/fault_gate.h"
#include "emulator/table/simulation.h"
#include "emulator/table/write_history.h"

namespace understudy {
namespace {

Unexpected<ApiError> out_of_reach() {
  return api_error(ErrorKind::kInternalServerError, "Internal server error");
}

/// What a fault rule asks of an eventually consistent read; nullptr: nothing.
const FaultStale* stale_by_rule(OperationContext& context, const TableState& state,
                                ReadConsistency consistency) {
  const FaultStale* const stale = context.faults != nullptr &&
                                          consistency == ReadConsistency::kEventual &&
                                          state.history != nullptr
                                      ? context.faults->stale()
                                      : nullptr;
  if (stale != nullptr && context.catalog.simulation_options()->knobs.replica_header != 0) {
    context.trace.replica = "stale-by-rule";
  }
  return stale;
}

/// Who answers; noted for the response's header.
Result<Replica> choose(OperationContext& context, Replication& replication,
                       const CapacityKnobs& knobs, std::string_view index,
                       ReadConsistency consistency) {
  Replica replica = Replica::kLeader;
  if (consistency == ReadConsistency::kEventual) {
    const auto chosen = replication.choose(knobs, index, context.now);
    if (!chosen) {
      return out_of_reach();
    }
    replica = *chosen;
  } else if (replication.is_down(Replica::kLeader, context.now)) {
    return out_of_reach();
  }
  if (knobs.replica_header != 0) {
    context.trace.replica = replica_name(replica);
  }
  return replica;
}

}  // namespace

namespace replica_read {

Result<ItemRef> find_item(OperationContext& context, const TableState& state, const EncodedKey& key,
                          ReadConsistency consistency) {
  ItemRef item = state.items.find(key);
  if (const FaultStale* stale = stale_by_rule(context, state, consistency)) {
    return state.history->find({}, key, std::move(item), stale->age, context.now,
                               context.trace.replica_behind);
  }
  if (!state.simulation || !state.simulation->replication) {
    return item;
  }
  Simulation& simulation = *state.simulation;
  Replication& replication = *simulation.replication;
  TRY(const Replica replica,
      choose(context, replication, simulation.options->knobs, {}, consistency));
  return replication.log({}).find(key, std::move(item), replica, context.now,
                                  context.trace.replica_behind);
}

Result<void> check_leader(const OperationContext& context, const TableState& state) {
  const auto& replication = state.simulation->replication;
  if (replication && replication->is_down(Replica::kLeader, context.now)) {
    return out_of_reach();
  }
  return {};
}

}  // namespace replica_read

Result<void> read_from_replica(OperationContext& context, const TableState& state,
                               const ReplicaPage& page, Collection& entries, Collection* items) {
  Microseconds& behind = context.trace.replica_behind;
  if (const FaultStale* stale = stale_by_rule(context, state, page.consistency)) {
    const WriteHistory& history = *state.history;
    entries = history.view(page.index, entries, page.partition, stale->age, context.now, behind);
    if (items != nullptr) {
      *items = history.view({}, *items, page.partition, stale->age, context.now, behind);
    }
    return {};
  }
  if (!state.simulation || !state.simulation->replication) {
    return {};
  }
  Simulation& simulation = *state.simulation;
  Replication& replication = *simulation.replication;
  TRY(const Replica replica,
      choose(context, replication, simulation.options->knobs, page.index, page.consistency));
  if (replica != Replica::kLeader || page.global) {
    entries =
        replication.log(page.index).view(entries, replica, context.now, page.partition, behind);
  }
  if (items != nullptr && replica != Replica::kLeader) {
    *items = replication.log({}).view(*items, replica, context.now, page.partition, behind);
  }
  return {};
}

}  // namespace understudy
