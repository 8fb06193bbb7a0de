// What the two transactional operations share: all tables locked at once in the order of their
// addresses (so that transactions cannot wait for each other in a circle), and the cancellation of
// a transaction with one reason per action.
#pragma once

#include <boost/container/small_vector.hpp>
#include <span>
#include <string>
#include <string_view>

#include "emulator/base/json.h"
#include "emulator/operations/capacity_gate.h"
#include "emulator/operations/item_write.h"
#include "emulator/operations/operation.h"
#include "emulator/service/api_error.h"
#include "emulator/table/table.h"

namespace understudy {

/// The tables of a transaction, each once, in the order in which the actions name them first. Names
/// that mean the same table (name and ARN) are one.
class TransactionTables {
 public:
  /// Position of the table. Error: ResourceNotFoundException.
  Result<std::size_t> find(OperationContext& context, std::string_view name);

  struct Entry {
    FoundTable found;
    std::string_view name;  ///< as first named
  };
  [[nodiscard]] const Entry& operator[](std::size_t position) const { return entries_[position]; }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  boost::container::small_vector<Entry, 2> entries_;
};

/// All locks of a transaction, held as long as it lives.
class TransactionLocks {
 public:
  explicit TransactionLocks(const TransactionTables& tables);
  TransactionLocks(const TransactionLocks&) = delete;
  TransactionLocks& operator=(const TransactionLocks&) = delete;
  /// State of the table at that position of TransactionTables.
  [[nodiscard]] TableState& state(std::size_t position) const { return *states_[position]; }

 private:
  boost::container::small_vector<Guarded<TableState>::Access, 2> accesses_;
  boost::container::small_vector<TableState*, 2> states_;
};

/// Why an action stops the transaction; a default one does not.
struct CancellationReason {
  std::string_view code = "None";
  std::string message;
  std::string item;  ///< text of the item that failed the condition, when asked for
};

/// The reason that an error of one action becomes.
CancellationReason reason_of(ApiError&& error);
/// TransactionCanceledException with all reasons, in request order.
ApiError transaction_canceled(std::span<const CancellationReason> reasons);

/// Lets all items of a transaction in or none. Error: TransactionCanceledException with a reason at
/// each position that capacity refuses; the exception itself where it has no such reason (account
/// quota). `reasons`: one for each item, none of them set. Source: B5.
Result<void> admit_transaction(OperationContext& context, JointAdmission& admission,
                               std::span<CancellationReason> reasons);

/// An empty key value refuses the whole request instead of cancelling it. Source: AWS captures of
/// 2026-06-23 (dynoxide change log, 0.11.0).
bool is_empty_key_error(const ApiError& error);

/// Error where the sum of what the request carries is above 4 MB.
Result<void> check_transaction_size(std::size_t bytes);

/// A digest of everything in the request that must be equal for the same client request token:
/// all but the token and ReturnConsumedCapacity. Members may come in any order. Source: B5.
std::string digest_of_parameters(const JsonNode& input);

}  // namespace understudy
