// The gate between planning and doing: whether a table's capacity lets a read or write in, and
// whether a running transaction holds its item. One pointer to test where nothing is simulated.
//
// All of these are called under the table's lock. What is refused is noted in the request's trace,
// for the journal.
#pragma once

#include <memory>
#include <optional>
#include <span>

#include "emulator/capacity/throttle.h"
#include "emulator/operations/operation.h"
#include "emulator/table/table.h"

namespace understudy {

struct PagePass;

/// The error of the first item of a batch that was refused: it answers where all were.
using FirstRefusal = std::optional<ApiError>;

namespace capacity_gate {
bool admit_write(OperationContext& context, TableState& state, const PlannedWrite& write,
                 FirstRefusal& first);
bool admit_read(OperationContext& context, TableState& state, const EncodedKey& key,
                CapacityUnits units, FirstRefusal& first);
Result<void> admit_failed_condition(OperationContext& context, TableState& state,
                                    const EncodedKey& key, MaybeBytes carried);
Unexpected<ApiError> throttled(OperationContext& context, TableState& state, FirstRefusal& first);
/// Bytes that the write adds to its item collection; below zero: takes away. 0 in tables without
/// local indexes.
std::int64_t collection_growth(const TableState& state, const PlannedWrite& write);
/// `growth`: of the key's collection, by all that is written at once.
Result<void> check_collection_size(const TableState& state, const EncodedKey& key,
                                   std::int64_t growth);
/// A request for one item succeeded as far as its table is concerned: counted here, under the lock
/// that is held anyway. Its latency is that of all but writing the answer.
void count_success(OperationContext& context, TableState& state);
bool holds(OperationContext& context, TableState& state, const EncodedKey& key);
/// A page of a Query or Scan that begins at `first`. Error: a throttling exception.
Result<void> admit_page(OperationContext& context, TableState& state, ArmId arm,
                        const EncodedKey& first, PagePass& pass);
}  // namespace capacity_gate

/// Lets one write in and debits it, or says false and, where `first` is empty, why.
inline bool admit_write(OperationContext& context, TableState& state, const PlannedWrite& write,
                        FirstRefusal& first) {
  return !state.simulation || capacity_gate::admit_write(context, state, write, first);
}
/// The same of a write that is a request of its own. Error: a throttling exception.
inline Result<void> admit_write(OperationContext& context, TableState& state,
                                const PlannedWrite& write) {
  FirstRefusal first;
  if (!admit_write(context, state, write, first)) {
    return capacity_gate::throttled(context, state, first);
  }
  return {};
}

inline bool admit_read(OperationContext& context, TableState& state, const EncodedKey& key,
                       CapacityUnits units, FirstRefusal& first) {
  return !state.simulation || capacity_gate::admit_read(context, state, key, units, first);
}
inline Result<void> admit_read(OperationContext& context, TableState& state, const EncodedKey& key,
                               CapacityUnits units) {
  FirstRefusal first;
  if (!admit_read(context, state, key, units, first)) {
    return capacity_gate::throttled(context, state, first);
  }
  return {};
}

/// A condition that failed costs the larger of the stored item and the one the request carries; 1
/// where none is stored (A5). Error: a throttling exception, which then answers.
inline Result<void> admit_failed_condition(OperationContext& context, TableState& state,
                                           const EncodedKey& key, MaybeBytes carried) {
  return state.simulation ? capacity_gate::admit_failed_condition(context, state, key, carried)
                          : Result<void>{};
}

/// A write that makes an item collection larger than it may be (10 GB, tables with local indexes).
/// Error: ItemCollectionSizeLimitExceededException "Collection size exceeded.".
inline Result<void> check_collection_size(const TableState& state, const PlannedWrite& write) {
  return state.simulation ? capacity_gate::check_collection_size(
                                state, write.key, capacity_gate::collection_growth(state, write))
                          : Result<void>{};
}

/// Whether a running transaction holds the item.
inline bool is_in_transaction(OperationContext& context, TableState& state, const EncodedKey& key) {
  return state.simulation && capacity_gate::holds(context, state, key);
}
/// TransactionConflictException "Transaction is ongoing for the item".
ApiError transaction_conflict();

/// How long a transaction runs (transaction_ms); 0 where nothing is simulated.
Microseconds transaction_length(const OperationContext& context);
/// The transaction that runs now holds the item for that long.
void hold_in_transaction(const OperationContext& context, TableState& state, const EncodedKey& key);

/// Many items that are let in together or not at all, of any tables.
class JointAdmission {
 public:
  JointAdmission();
  ~JointAdmission();
  JointAdmission(const JointAdmission&) = delete;
  JointAdmission& operator=(const JointAdmission&) = delete;

  /// In the order of the request. `units`: of the table's arm.
  void add_write(TableState& state, const PlannedWrite& write, CapacityUnits table_units);
  void add_item(Dimension dimension, TableState& state, const EncodedKey& key,
                CapacityUnits table_units);
  /// False: refused() has something at some positions, and nothing was debited.
  bool admit(OperationContext& context);
  /// The exception for the item at that position, or nullopt.
  [[nodiscard]] std::optional<ApiError> refused(std::size_t position) const;
  /// Code of its cancellation reason; empty: the exception itself answers (account quota).
  [[nodiscard]] std::string_view cancellation_code(std::size_t position) const;

 private:
  struct Parts;
  /// Null: nothing is simulated (all tables of an engine are, or none).
  std::unique_ptr<Parts> parts_;
};

}  // namespace understudy
