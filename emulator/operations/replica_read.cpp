#include "emulator/operations/replica_read.h"

#include "emulator/table/simulation.h"

namespace understudy {
namespace {

Unexpected<ApiError> out_of_reach() {
  return api_error(ErrorKind::kInternalServerError, "Internal server error");
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
  context.trace.replica = replica_name(replica);
  return replica;
}

}  // namespace

namespace replica_read {

Result<ItemRef> find_item(OperationContext& context, const TableState& state, const EncodedKey& key,
                          ReadConsistency consistency) {
  ItemRef item = state.items.find(key);
  Simulation& simulation = *state.simulation;
  if (!simulation.replication) {
    return item;
  }
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
  Simulation& simulation = *state.simulation;
  if (!simulation.replication) {
    return {};
  }
  Replication& replication = *simulation.replication;
  TRY(const Replica replica,
      choose(context, replication, simulation.options->knobs, page.index, page.consistency));
  Microseconds& behind = context.trace.replica_behind;
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
