// Which replica answers a read, and what it has (section E). Without replicas the leader does, and
// has everything: two pointers to test. A fault rule (`stale`) can ask for an older state, with
// replicas or without. Called under the table's lock.
#pragma once

#include <optional>
#include <string_view>

#include "emulator/capacity/units.h"
#include "emulator/operations/operation.h"
#include "emulator/table/table.h"

namespace understudy {

namespace replica_read {
Result<ItemRef> find_item(OperationContext& context, const TableState& state, const EncodedKey& key,
                          ReadConsistency consistency);
Result<void> check_leader(const OperationContext& context, const TableState& state);
}  // namespace replica_read

/// The item under the key as whoever answers has it. Error: InternalServerError where nobody can
/// answer: the leader is out of reach.
inline Result<ItemRef> find_item(OperationContext& context, const TableState& state,
                                 const EncodedKey& key, ReadConsistency consistency) {
  return state.simulation || context.faults != nullptr
             ? replica_read::find_item(context, state, key, consistency)
             : state.items.find(key);
}
/// Writes, strong reads and transactions need the leader. Error: InternalServerError.
inline Result<void> check_leader(const OperationContext& context, const TableState& state) {
  return state.simulation ? replica_read::check_leader(context, state) : Result<void>{};
}

/// What a page of a Query or Scan reads.
struct ReplicaPage {
  std::optional<std::string_view> partition;  ///< a Query's: no other is looked at
  std::string_view index;                     ///< empty: the table
  bool global = false;
  ReadConsistency consistency = ReadConsistency::kEventual;
};
/// Replaces copies of the leader's collections by what the replica that answers has. `items` may be
/// null. Error: InternalServerError.
Result<void> read_from_replica(OperationContext& context, const TableState& state,
                               const ReplicaPage& page, Collection& entries, Collection* items);

}  // namespace understudy
