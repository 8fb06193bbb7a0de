// BatchWriteItem: up to 25 puts and deletes, each on its own. What capacity refuses comes back in
// UnprocessedItems; where that is everything, the first refusal answers (B4).
#include <boost/container/small_vector.hpp>
#include <string>
#include <utility>

#include "emulator/model/json_codec.h"
#include "emulator/operations/capacity_gate.h"
#include "emulator/operations/fault_gate.h"
#include "emulator/operations/item_write.h"
#include "emulator/operations/key_set.h"
#include "emulator/operations/replica_read.h"
#include "emulator/operations/request_reader.h"
#include "emulator/operations/response_writer.h"
#include "emulator/operations/wording.h"
#include "emulator/service/limits.h"

namespace understudy {
namespace {

/// What is asked of one table.
struct TableWrites {
  std::string_view table;
  boost::container::small_vector<ItemWriteRequest, 8> writes;
};

struct BatchWriteItemRequest {
  boost::container::small_vector<TableWrites, 1> tables;
  ReturnCapacity capacity = ReturnCapacity::kNone;
  bool collection_metrics = false;
};

Result<ItemWriteRequest> parse_write(OperationContext& context, const JsonNode& node,
                                     const DecodeOptions& options) {
  ItemWriteRequest write;
  const JsonNode* put = node.find("PutRequest");
  const JsonNode* erase = node.find("DeleteRequest");
  if ((put == nullptr) == (erase == nullptr)) {
    // The service's slip, it is not about attribute values. Source: dynalite
    // validations/batchWriteItem.js (captured for a request with neither).
    return validation_error(
        "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "
        "supported datatypes");
  }
  write.kind = put != nullptr ? WriteKind::kPut : WriteKind::kDelete;
  TRY(write.attributes, decode_attributes(put != nullptr ? *put->find("Item") : *erase->find("Key"),
                                          context.arena, options));
  write.size_bytes = attributes_size_bytes(write.attributes);
  if (put != nullptr) {
    TRY_VOID(check_put_size(write));
  }
  return write;
}

// Order of checks: dynalite validations/batchWriteItem.js (captured).
Result<BatchWriteItemRequest> parse_batch_write_item(OperationContext& context,
                                                     const JsonNode& input) {
  DecodeOptions options = wording_of(context).decode_options();
  NameOrder order;
  options.order = &order;
  BatchWriteItemRequest request;
  std::size_t writes = 0;
  for (const JsonMember& member : input.find("RequestItems")->members()) {
    if (member.value.is_null()) {
      continue;
    }
    TableWrites& table = request.tables.emplace_back();
    table.table = member.name;
    table.writes.reserve(member.value.size);
    for (const JsonNode& node : member.value.elements()) {
      TRY(ItemWriteRequest write, parse_write(context, node, options));
      write.table = table.table;
      table.writes.push_back(write);
    }
    writes += table.writes.size();
  }
  if (writes > kBatchWriteRequestsMax) {
    return validation_error("Too many items requested for the BatchWriteItem call");
  }
  request.capacity = read_return_capacity(input);
  request.collection_metrics = wants_collection_metrics(input);
  return request;
}

/// In a batch a put's key is held against the schema in the words of a key. Source: AWS captures
/// (four regions, 2026-06-23; us-east-1 and eu-west-2, 2026-10-09).
ApiError in_batch_words(ApiError error) {
  constexpr std::string_view kMissing =
      "One or more parameter values were invalid: Missing the key ";
  constexpr std::string_view kMismatch =
      "One or more parameter values were invalid: Type mismatch for key ";
  if (error.message().starts_with(kMissing) || error.message().starts_with(kMismatch)) {
    return std::move(error).with_message("The provided key element does not match the schema");
  }
  return error;
}

/// The writes of one table, ready for its lock.
struct BoundTable {
  FoundTable found;
  std::string_view name;  ///< as asked: name or ARN
  std::span<const EncodedKey> keys;
  boost::container::small_vector<BoundItemWrite, 8> writes;
  TableCapacity capacity;
  boost::container::small_vector<std::size_t, 8> collection_bytes;  ///< by write
  boost::container::small_vector<std::size_t, 8> unprocessed;       ///< positions, ascending

  [[nodiscard]] std::size_t processed() const { return writes.size() - unprocessed.size(); }
};

Result<BoundTable> bind_table(OperationContext& context, const TableWrites& table) {
  BoundTable bound;
  bound.name = table.table;
  TRY(bound.found, find_table(context, table.table));
  bound.writes.reserve(table.writes.size());
  for (const ItemWriteRequest& write : table.writes) {
    auto item = bind_item_write(bound.found, write, context.arena, Hashing::kLater);
    if (!item) {
      return Unexpected{in_batch_words(std::move(item).error())};
    }
    if (item->item) {  // before anything is written: one write that cannot be done refuses all
      TRY_VOID(check_size_with_local_indexes(*bound.found.settings, *item->item, write.kind,
                                             context.arena));
    }
    bound.writes.push_back(*std::move(item));
  }
  hash_keys(std::span<BoundItemWrite>(bound.writes), context.arena);
  ArenaVector<EncodedKey> keys(context.arena);
  keys.reserve(bound.writes.size());
  for (const BoundItemWrite& write : bound.writes) {
    keys.push_back(write.key);
  }
  bound.keys = keys.span();
  if (has_duplicate_keys(bound.keys)) {
    return duplicate_keys();
  }
  return bound;
}

/// `first`: the first refusal of the batch; `position`: of the table's first write among all of the
/// batch, where a fault rule may leave some unprocessed. Assumed: an item that a transaction holds
/// is unprocessed, too.
Result<void> write_table(OperationContext& context, bool collection_metrics, BoundTable& bound,
                         FirstRefusal& first, std::size_t position) {
  const auto state = bound.found.table->lock();
  TRY_VOID(check_leader(context, *state));
  boost::container::small_vector<ItemRef, 25> before(bound.writes.size());
  find_items(*bound.found.table, *state, bound.writes, before);
  for (std::size_t i = 0; i < bound.writes.size(); ++i) {
    if (context.faults != nullptr && context.faults->skips(position + i)) {
      bound.unprocessed.push_back(i);
      continue;
    }
    if (is_in_transaction(context, *state, bound.writes[i].key)) {
      first = first ? std::move(first) : transaction_conflict();
      bound.unprocessed.push_back(i);
      continue;
    }
    auto planned = plan_item_write(*state, bound.writes[i], std::move(before[i]), context.arena);
    if (!planned) {
      return Unexpected{std::move(planned).error()};
    }
    TRY_VOID(check_collection_size(*state, *planned));
    if (!admit_write(context, *state, *planned, first)) {
      bound.unprocessed.push_back(i);
      continue;
    }
    bound.capacity.add_write(*planned);
    commit_write(*state, *std::move(planned), {context.now});
  }
  if (collection_metrics && state->settings->has_local_indexes()) {
    for (const BoundItemWrite& write : bound.writes) {
      bound.collection_bytes.push_back(collection_size_bytes(*state, write.key));
    }
  }
  context.trace.write_units += bound.capacity.total();
  context.trace.items += static_cast<std::uint32_t>(bound.processed());
  return {};
}

void append_unprocessed(JsonWriter& out, const BoundTable& bound) {
  out.user_key(bound.name);
  out.begin_array();
  for (const std::size_t position : bound.unprocessed) {
    const ItemWriteRequest& write = *bound.writes[position].request;
    const bool put = write.kind == WriteKind::kPut;
    out.begin_object();
    out.key(put ? "PutRequest" : "DeleteRequest");
    out.begin_object();
    out.key(put ? "Item" : "Key");
    append_attributes(begin_raw_value(out), write.attributes);
    out.end_object();
    out.end_object();
  }
  out.end_array();
}

/// One entry per item collection written to. Model: the member is of shape TableArn.
void append_table_metrics(JsonWriter& out, const BoundTable& bound) {
  out.user_key(bound.name);
  out.begin_array();
  for (std::size_t i = 0; i < bound.writes.size(); ++i) {
    bool seen = false;
    for (std::size_t j = 0; j < i && !seen; ++j) {
      seen = bound.writes[j].key.partition == bound.writes[i].key.partition;
    }
    if (!seen) {
      append_collection_metrics(out, *bound.found.settings, bound.writes[i].request->attributes,
                                bound.collection_bytes[i]);
    }
  }
  out.end_array();
}

void append_metrics(JsonWriter& out, std::span<const BoundTable> tables) {
  bool open = false;
  for (const BoundTable& bound : tables) {
    if (bound.collection_bytes.empty()) {
      continue;
    }
    if (!open) {
      out.key("ItemCollectionMetrics");
      out.begin_object();
      open = true;
    }
    append_table_metrics(out, bound);
  }
  if (open) {
    out.end_object();
  }
}

Result<void> run_batch_write_item(OperationContext& context, const BatchWriteItemRequest& request,
                                  JsonWriter& out) {
  boost::container::small_vector<BoundTable, 1> tables;
  for (const TableWrites& table : request.tables) {
    TRY(BoundTable bound, bind_table(context, table));
    TRY_VOID(check_keys_apart(std::span<const BoundTable>(tables.data(), tables.size()), bound));
    tables.push_back(std::move(bound));
  }
  FirstRefusal first;
  std::size_t processed = 0;
  std::size_t position = 0;
  for (BoundTable& bound : tables) {
    TRY_VOID(write_table(context, request.collection_metrics, bound, first, position));
    processed += bound.processed();
    position += bound.writes.size();
  }
  if (first && processed == 0) {
    return capacity_gate::throttled(context, *tables.front().found.table->lock(), first);
  }
  out.begin_object();
  out.key("UnprocessedItems");
  out.begin_object();
  for (std::size_t i = 0; i < tables.size(); ++i) {
    if (!tables[i].unprocessed.empty()) {
      append_unprocessed(out, tables[i]);
    }
  }
  out.end_object();
  append_metrics(out, {tables.data(), tables.size()});
  if (request.capacity != ReturnCapacity::kNone) {
    out.key("ConsumedCapacity");
    out.begin_array();
    for (std::size_t i = 0; i < tables.size(); ++i) {
      append_capacity(out, request.tables[i].table, tables[i].capacity, *tables[i].found.settings,
                      request.capacity, CapacityArm::kPlain);
    }
    out.end_array();
  }
  out.end_object();
  return {};
}

}  // namespace

UNDERSTUDY_OPERATION(batch_write_item)

}  // namespace understudy
