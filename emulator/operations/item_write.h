// The steps of writing one item, shared by single, batch and transactional forms:
//   request  what the request says, checked without a table
//   bind     held against a table's schema; the new item of a put is built here, outside any lock
//   plan     under the table's lock: old item, condition, new image, sizes, index changes
//   commit   under the same lock: it cannot fail any more
// Between plan and commit stands admission by capacity (capacity_gate.h): one place for all forms.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "emulator/base/json.h"
#include "emulator/expression/expression.h"
#include "emulator/operations/consumed_capacity.h"
#include "emulator/operations/operation.h"
#include "emulator/table/table.h"

namespace understudy {

enum class WriteKind : std::uint8_t { kPut, kUpdate, kDelete, kConditionCheck };

/// One item's write as the request gives it.
struct ItemWriteRequest {
  WriteKind kind = WriteKind::kPut;
  std::string_view table;                ///< name or ARN, as sent
  std::span<const MapEntry> attributes;  ///< kPut: the item; else the key
  std::size_t size_bytes = 0;            ///< billed bytes of `attributes`
  const Condition* condition = nullptr;  ///< nullptr: unconditional
  const Update* update = nullptr;        ///< kUpdate; nullptr: only makes sure the item exists
  bool return_item_on_failure = false;   ///< ReturnValuesOnConditionCheckFailure is ALL_OLD
  bool flat_update_size = false;  ///< update held to 400 KB by the item alone (transactions, A3)
};

/// Error: "Item size has exceeded the maximum allowed size".
Result<void> check_put_size(const ItemWriteRequest& request);

/// Error: the same where an item and its entries in local indexes together are above 400 KB.
Result<void> check_size_with_local_indexes(const TableSettings& settings, const Item& item,
                                           WriteKind kind, Arena& arena);

/// ReturnValues of PutItem and DeleteItem. Error: "ReturnValues can only be ALL_OLD or NONE".
Result<bool> read_return_old_values(const JsonNode& input);

/// ReturnValuesOnConditionCheckFailure of a validated request is ALL_OLD.
bool returns_item_on_failure(const JsonNode& input);

/// The table of a data-plane call with its settings. Error: ResourceNotFoundException.
struct FoundTable {
  TableRef table;
  std::shared_ptr<const TableSettings> settings;
};
Result<FoundTable> find_table(OperationContext& context, std::string_view name);

/// A write held against its table. Points to the request, to what the FoundTable keeps alive, and
/// into the request's arena.
struct BoundItemWrite {
  const ItemWriteRequest* request = nullptr;
  Table* table = nullptr;
  const TableSettings* settings = nullptr;  ///< as of binding
  EncodedKey key;
  ItemRef item;  ///< kPut: the new image
};

/// Billed bytes of the item that the request carries: a put's.
MaybeBytes carried_bytes(const BoundItemWrite& write);

/// Key attributes of the table and its indexes are scalars: no expression looks into them. Error:
/// "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed:
/// Key: a". Source: dynalite db/index.js (captured).
Result<void> check_key_paths(const TableSettings& settings,
                             std::span<const std::string_view> looked_into);

/// Error: ValidationException about keys and index keys, bare.
Result<BoundItemWrite> bind_item_write(const FoundTable& found, const ItemWriteRequest& request,
                                       Arena& arena, Hashing hashing = Hashing::kNow);
/// Works out the hashes of keys that were bound with Hashing::kLater.
void hash_keys(std::span<BoundItemWrite> writes, Arena& arena);
/// The items under the keys of those of the writes that are about `table`, whose state it is:
/// items[i] for writes[i]. Those of other writes are left as they are.
void find_items(const Table& table, const TableState& state, std::span<const BoundItemWrite> writes,
                std::span<ItemRef> items);

/// `before`: what stands under the write's key.
/// The old item may be needed when the condition fails: then `error` is a
/// ConditionalCheckFailedException that carries it as "Item" where the request wants that.
/// Other errors: ValidationException (update, index keys, sizes), bare.
Result<PlannedWrite> plan_item_write(const TableState& state, const BoundItemWrite& write,
                                     ItemRef before, Arena& arena);

/// Plans and commits under the table's lock, and fills in what the answer and the journal need.
struct ItemWriteOutcome {
  ItemRef before;
  ItemRef after;
  TableCapacity capacity;
  std::size_t collection_bytes = 0;  ///< when asked for, and the table has local indexes
};
Result<ItemWriteOutcome> run_item_write(OperationContext& context, const BoundItemWrite& write,
                                        bool collection_metrics);

/// `"ItemCollectionMetrics":{…}` of a single write, when asked for and the table has local indexes.
void append_item_collection_metrics(JsonWriter& out, const BoundItemWrite& write,
                                    const ItemWriteOutcome& outcome, bool wanted);

}  // namespace understudy
