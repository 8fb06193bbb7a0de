#include "emulator/operations/item_write.h"

#include <boost/container/small_vector.hpp>
#include <string>
#include <utility>

#include "emulator/operations/capacity_gate.h"
#include "emulator/operations/replica_read.h"
#include "emulator/operations/request_reader.h"
#include "emulator/service/limits.h"

namespace understudy {
namespace {

constexpr std::size_t kItemsUsual = 25;  ///< in one request: a whole batch

ApiError condition_failed(const ItemWriteRequest& request, const ItemRef& before) {
  ApiError error(ErrorKind::kConditionalCheckFailedException, "The conditional request failed");
  if (!request.return_item_on_failure || !before) {
    return error;
  }
  // With the item the message member is lower case whatever the layer (H1).
  return std::move(error)
      .with_members("\"Item\":" + std::string(before->text()))
      .with_message_member("message");
}

/// Billed bytes of the item's entry in one local index; 0 where it has none.
std::size_t local_entry_bytes(const IndexSettings& index, const KeySchema& table, const Item& item,
                              Arena& arena) {
  if (!index_entry_key(index, table, item, arena)) {
    return 0;
  }
  if (index.projection == ProjectionType::kAll) {
    return item.size_bytes();
  }
  std::size_t bytes = 0;
  for (const std::string& name : index.projected) {
    if (const auto value = item.value(name, arena)) {
      bytes += name.size() + value_size_bytes(*value);
    }
  }
  return bytes;
}

/// The item and its entries in all local indexes together stay within 400 KB. Source: Developer
/// Guide, "Service quotas"; A3.
bool fits_with_local_indexes(const TableSettings& settings, const Item& item, Arena& arena) {
  std::size_t bytes = item.size_bytes();
  for (const IndexSettings& index : settings.indexes) {
    if (!index.global && bytes <= kItemSizeMaxBytes) {
      bytes += local_entry_bytes(index, settings.keys, item, arena);
    }
  }
  return bytes <= kItemSizeMaxBytes;
}

bool may_exceed_with_local_indexes(const TableSettings& settings, const Item& item) {
  std::size_t locals = 1;
  for (const IndexSettings& index : settings.indexes) {
    locals += index.global ? 0 : 1;
  }
  return locals > 1 && item.size_bytes() * locals > kItemSizeMaxBytes;
}

Unexpected<ApiError> too_large(WriteKind kind) {
  return validation_error(kind == WriteKind::kUpdate
                              ? "Item size to update has exceeded the maximum allowed size"
                              : "Item size has exceeded the maximum allowed size");
}

Result<ItemRef> updated_image(const TableState& state, const BoundItemWrite& write,
                              const ItemRef& before, Arena& arena) {
  const ItemWriteRequest& request = *write.request;
  if (request.update == nullptr) {
    return before ? before : make_item(request.attributes, write.key.sort, arena);
  }
  if (!before && only_clears(*request.update)) {
    return ItemRef{};
  }
  TRY(ItemRef after,
      apply_update(*request.update, {before.get(), request.attributes, write.key.sort}, arena));
  // Actions cost some 15 KB at most, so an item of half the limit cannot reach it by them.
  const bool flat = request.flat_update_size || after->size_bytes() < kItemSizeMaxBytes / 2;
  const std::size_t bytes =
      flat ? after->size_bytes() : update_size_bytes(*request.update, *after, arena);
  if (bytes > kItemSizeMaxBytes) {
    return too_large(WriteKind::kUpdate);
  }
  TRY_VOID(
      check_index_keys(*state.settings, *after, IndexKeyWording::kUpdate, arena, before.get()));
  return after;
}

Result<ItemRef> new_image(const TableState& state, const BoundItemWrite& write,
                          const ItemRef& before, Arena& arena) {
  switch (write.request->kind) {
    case WriteKind::kPut:
      // An index may have come since the item was checked against the settings of binding time.
      if (state.settings.get() != write.settings) {
        TRY_VOID(check_index_keys(*state.settings, *write.item, IndexKeyWording::kPut, arena));
      }
      return write.item;
    case WriteKind::kUpdate:
      return updated_image(state, write, before, arena);
    case WriteKind::kDelete:
      return ItemRef{};
    case WriteKind::kConditionCheck:
      return before;
  }
  return ItemRef{};
}

/// Attributes of the key may not be written by an update, whatever the item is.
Result<void> check_keys_not_updated(const TableSettings& settings, const Update& update) {
  for (const std::string_view name : attributes_written(update)) {
    if (settings.keys.has(name)) {
      return validation_error(
          "One or more parameter values were invalid: Cannot update attribute " +
          std::string(name) + ". This attribute is part of the key");
    }
  }
  return {};
}

/// A failed condition is paid for like the write that did not happen.
Unexpected<ApiError> refused_plan(OperationContext& context, TableState& state,
                                  const BoundItemWrite& write, ApiError&& error) {
  if (error.kind() == ErrorKind::kConditionalCheckFailedException) {
    auto paid = admit_failed_condition(context, state, write.key, carried_bytes(write));
    if (!paid) {
      return {std::move(paid).error()};
    }
  }
  return {std::move(error)};
}

}  // namespace

MaybeBytes carried_bytes(const BoundItemWrite& write) {
  return write.item ? MaybeBytes(write.item->size_bytes()) : MaybeBytes();
}

Result<void> check_put_size(const ItemWriteRequest& request) {
  if (request.size_bytes > kItemSizeMaxBytes) {
    return too_large(WriteKind::kPut);
  }
  return {};
}

Result<bool> read_return_old_values(const JsonNode& input) {
  const std::string_view values = read_string(input, "ReturnValues");
  if (values.empty() || values == "NONE") {
    return false;
  }
  if (values != "ALL_OLD") {
    return validation_error("ReturnValues can only be ALL_OLD or NONE");
  }
  return true;
}

bool returns_item_on_failure(const JsonNode& input) {
  return read_string(input, "ReturnValuesOnConditionCheckFailure") == "ALL_OLD";
}

Result<FoundTable> find_table(OperationContext& context, std::string_view name) {
  if (context.trace.table.empty()) {
    context.trace.table = name;
  }
  TRY(TableRef table, context.catalog.find_active(context.scope, name));
  if (table->is_simulated() && context.trace.metered == nullptr) {
    context.trace.metered = table;
  }
  auto settings = table->lock()->settings;
  return FoundTable{std::move(table), std::move(settings)};
}

Result<void> check_key_paths(const TableSettings& settings,
                             std::span<const std::string_view> looked_into) {
  for (const std::string_view name : looked_into) {
    const bool table_key = settings.keys.has(name);
    bool index_key = false;
    for (const IndexSettings& index : settings.indexes) {
      index_key = index_key || index.keys.has(name);
    }
    if (table_key || index_key) {
      return validation_error(
          "Key attributes must be scalars; list random access '[]' and map lookup '.' are not "
          "allowed: " +
          std::string(table_key ? "Key: " : "IndexKey: ") + std::string(name));
    }
  }
  return {};
}

Result<BoundItemWrite> bind_item_write(const FoundTable& found, const ItemWriteRequest& request,
                                       Arena& arena, Hashing hashing) {
  const TableSettings& settings = *found.settings;
  BoundItemWrite write{&request, found.table.get(), &settings, {}, {}};
  const auto check_condition_paths = [&]() -> Result<void> {  // Assumed: as DynamoDB Local.
    return request.condition == nullptr
               ? Result<void>{}
               : check_key_paths(settings, attributes_looked_into(*request.condition));
  };
  if (request.kind == WriteKind::kPut) {
    TRY(write.key,
        read_item_key(settings, request.attributes, arena, ItemKeyWording::kPut, hashing));
    write.item = make_item(request.attributes, request.size_bytes, write.key.sort, arena);
    if (!settings.indexes.empty()) {
      TRY_VOID(check_index_keys(settings, *write.item, IndexKeyWording::kPut, arena));
    }
    TRY_VOID(check_condition_paths());
    return write;
  }
  TRY(write.key, read_key(settings, request.attributes, arena, hashing));
  if (request.update != nullptr) {
    TRY_VOID(check_keys_not_updated(settings, *request.update));
    TRY_VOID(check_key_paths(settings, attributes_looked_into(*request.update)));
  }
  TRY_VOID(check_condition_paths());
  return write;
}

void hash_keys(std::span<BoundItemWrite> writes, Arena& arena) {
  ArenaVector<EncodedKey*> keys(arena);
  keys.reserve(writes.size());
  for (BoundItemWrite& write : writes) {
    keys.push_back(&write.key);
  }
  hash_keys(keys.span());
}

void find_items(const Table& table, const TableState& state, std::span<const BoundItemWrite> writes,
                std::span<ItemRef> items) {
  boost::container::small_vector<const EncodedKey*, kItemsUsual> keys;
  boost::container::small_vector<std::size_t, kItemsUsual> positions;
  for (std::size_t i = 0; i < writes.size(); ++i) {
    if (writes[i].table == &table) {
      keys.push_back(&writes[i].key);
      positions.push_back(i);
    }
  }
  boost::container::small_vector<ItemRef, kItemsUsual> found(keys.size());
  state.items.find_all(keys, found);
  for (std::size_t i = 0; i < found.size(); ++i) {
    items[positions[i]] = std::move(found[i]);
  }
}

Result<void> check_size_with_local_indexes(const TableSettings& settings, const Item& item,
                                           WriteKind kind, Arena& arena) {
  return may_exceed_with_local_indexes(settings, item) &&
                 !fits_with_local_indexes(settings, item, arena)
             ? too_large(kind)
             : Result<void>{};
}

Result<PlannedWrite> plan_item_write(const TableState& state, const BoundItemWrite& write,
                                     ItemRef before, Arena& arena) {
  const ItemWriteRequest& request = *write.request;
  if (request.condition != nullptr && !holds(*request.condition, before.get(), arena)) {
    return Unexpected{condition_failed(request, before)};
  }
  TRY(ItemRef after, new_image(state, write, before, arena));
  if (after && after != before) {
    TRY_VOID(check_size_with_local_indexes(*state.settings, *after, request.kind, arena));
  }
  return plan_write(state, write.key, std::move(before), std::move(after), arena);
}

Result<ItemWriteOutcome> run_item_write(OperationContext& context, const BoundItemWrite& write,
                                        bool collection_metrics) {
  context.trace.key_hash = write.key.hash.high;  // Also of a write that is refused.
  ItemWriteOutcome outcome;
  {
    const auto state = write.table->lock();
    TRY_VOID(check_leader(context, *state));
    if (is_in_transaction(context, *state, write.key)) {
      return Unexpected{transaction_conflict()};
    }
    auto plan = plan_item_write(*state, write, state->items.find(write.key), context.arena);
    if (!plan) {
      return refused_plan(context, *state, write, std::move(plan).error());
    }
    PlannedWrite& planned = *plan;
    TRY_VOID(check_collection_size(*state, planned));
    TRY_VOID(admit_write(context, *state, planned));
    outcome.before = planned.before;
    outcome.after = planned.after;
    outcome.capacity.add_write(planned);
    commit_write(*state, std::move(planned), {context.now});
    if (state->simulation) {
      capacity_gate::count_success(context, *state);
    }
    if (collection_metrics && state->settings->has_local_indexes()) {
      outcome.collection_bytes = collection_size_bytes(*state, write.key);
    }
  }
  context.trace.write_units += outcome.capacity.total();
  context.trace.items += 1;
  return outcome;
}

void append_item_collection_metrics(JsonWriter& out, const BoundItemWrite& write,
                                    const ItemWriteOutcome& outcome, bool wanted) {
  if (wanted && write.settings->has_local_indexes()) {
    out.key("ItemCollectionMetrics");
    append_collection_metrics(out, *write.settings, write.request->attributes,
                              outcome.collection_bytes);
  }
}

}  // namespace understudy
