// BatchGetItem: up to 100 items of any tables by their keys. What would make the answer larger than
// 16 MB, or is too much of one partition, comes back in UnprocessedKeys, and so does a throttled
// key; where all are throttled, the first refusal answers (B4).
#include <boost/container/small_vector.hpp>
#include <string>
#include <utility>

#include "emulator/model/json_codec.h"
#include "emulator/operations/capacity_gate.h"
#include "emulator/operations/expression_parameters.h"
#include "emulator/operations/fault_gate.h"
#include "emulator/operations/item_read.h"
#include "emulator/operations/key_set.h"
#include "emulator/operations/replica_read.h"
#include "emulator/operations/request_reader.h"
#include "emulator/operations/response_writer.h"
#include "emulator/service/limits.h"

namespace understudy {
namespace {

/// What is asked of one table.
struct TableKeys {
  std::string_view table;
  const JsonNode* sent = nullptr;  ///< KeysAndAttributes, for UnprocessedKeys
  std::span<const std::span<const MapEntry>> keys;
  const Projection* projection = nullptr;
  ReadConsistency consistency = ReadConsistency::kEventual;
};

struct BatchGetItemRequest {
  boost::container::small_vector<TableKeys, 2> tables;
  ReturnCapacity capacity = ReturnCapacity::kNone;
};

/// One table's block with an expression and another's with a legacy parameter is refused as if they
/// were one block. Source: dynoxide change log 0.11.2 (captured).
Result<void> check_forms_across_tables(const JsonNode& items) {
  bool expression = false;
  bool legacy = false;
  for (const JsonMember& member : items.members()) {
    expression = expression || member.value.find("ProjectionExpression") != nullptr;
    legacy = legacy || member.value.find("AttributesToGet") != nullptr;
  }
  if (expression && legacy) {
    return validation_error(
        "Can not use both expression and non-expression parameters in the same request: "
        "Non-expression parameters: {AttributesToGet} Expression parameters: "
        "{ProjectionExpression}");
  }
  return {};
}

Result<TableKeys> parse_table(OperationContext& context, const JsonMember& member,
                              const Wording& wording) {
  TableKeys table;
  table.table = member.name;
  table.sent = &member.value;
  TRY_VOID(check_parameter_forms(member.value, kGetForms, wording));
  Placeholders* placeholders = nullptr;
  if (const JsonNode* names = member.value.find("AttributesToGet")) {
    TRY_VOID(check_attributes_to_get(*names));
  } else if (member.value.find("ProjectionExpression") != nullptr) {
    TRY(placeholders, read_placeholders(member.value, wording, context.arena));
  }
  TRY(table.projection, read_projection(member.value, context, placeholders, wording));
  if (placeholders != nullptr) {
    TRY_VOID(placeholders->check_all_used());
  }
  ArenaVector<std::span<const MapEntry>> keys(context.arena);
  const auto sent = member.value.find("Keys")->elements();
  keys.reserve(sent.size());
  for (const JsonNode& key : sent) {
    TRY(const auto attributes, decode_attributes(key, context.arena, wording.decode_options()));
    keys.push_back(attributes);
  }
  table.keys = keys.span();
  table.consistency = read_consistency(member.value);
  if (has_duplicate_keys(table.keys, context.arena)) {
    return duplicate_keys();
  }
  return table;
}

// Order of checks: dynalite validations/batchGetItem.js (captured).
Result<BatchGetItemRequest> parse_batch_get_item(OperationContext& context, const JsonNode& input) {
  const Wording wording = wording_of(context);
  BatchGetItemRequest request;
  const JsonNode& items = *input.find("RequestItems");
  TRY_VOID(check_forms_across_tables(items));
  std::size_t keys = 0;
  for (const JsonMember& member : items.members()) {
    if (member.value.is_null()) {
      continue;
    }
    TRY(TableKeys table, parse_table(context, member, wording));
    keys += table.keys.size();
    request.tables.push_back(table);
  }
  if (keys > kBatchGetKeysMax) {
    return validation_error("Too many items requested for the BatchGetItem call");
  }
  request.capacity = read_return_capacity(input);
  return request;
}

/// What was found of one table.
struct FoundItems {
  FoundTable found;
  std::span<const EncodedKey> keys;
  boost::container::small_vector<ItemRef, 32> items;           ///< by key; null: none
  boost::container::small_vector<std::size_t, 8> unprocessed;  ///< positions of keys, ascending
  TableCapacity capacity;

  [[nodiscard]] std::size_t processed() const { return keys.size() - unprocessed.size(); }
};

Result<FoundItems> bind_table(OperationContext& context, const TableKeys& table) {
  FoundItems bound;
  TRY(bound.found, find_table(context, table.table));
  ArenaVector<EncodedKey> keys(context.arena);
  keys.reserve(table.keys.size());
  for (const auto key : table.keys) {
    TRY(const EncodedKey encoded, read_key(*bound.found.settings, key, context.arena));
    keys.push_back(encoded);
  }
  bound.keys = keys.span();
  if (table.projection != nullptr) {
    // Assumed: as in GetItem, where dynalite found it; DynamoDB Local 3.3.1 says so, too.
    TRY_VOID(check_key_paths(*bound.found.settings, attributes_looked_into(*table.projection)));
  }
  return bound;
}

/// Whether the item at `position` is too much of its partition, after those found before it.
/// Assumed: only items of one partition key share a partition, what surely does.
bool is_too_much_of_partition(const FoundItems& bound, std::size_t position,
                              std::size_t item_bytes) {
  const EncodedKey& key = bound.keys[position];
  std::size_t bytes = item_bytes;
  for (std::size_t i = 0; i < position; ++i) {
    if (bound.items[i] && bound.keys[i].hash == key.hash &&
        bound.keys[i].partition == key.partition) {
      bytes += bound.items[i]->size_bytes();
    }
  }
  return bytes > kBatchGetPartitionMaxBytes;
}

/// Takes the items of one table under its lock. `bytes`: of the answer so far; `first`: the first
/// refusal of the batch; `position`: of the table's first key among all of the batch, where a fault
/// rule may leave some unprocessed. Error: InternalServerError where no replica can answer.
Result<void> find_items(OperationContext& context, const TableKeys& table, std::size_t& bytes,
                        FoundItems& bound, FirstRefusal& first, std::size_t position) {
  bound.items.reserve(bound.keys.size());
  std::size_t table_bytes = 0;
  const auto state = bound.found.table->lock();
  for (std::size_t i = 0; i < bound.keys.size(); ++i) {
    TRY(ItemRef item, find_item(context, *state, bound.keys[i], table.consistency));
    const std::size_t item_bytes = item ? item->size_bytes() : 0;
    const bool too_much = table_bytes + item_bytes > kBatchGetPartitionMaxBytes &&
                          is_too_much_of_partition(bound, i, item_bytes);
    if (!too_much && bytes + item_bytes > kBatchGetAnswerMaxBytes) {
      bytes = kBatchGetAnswerMaxBytes + 1;  // What follows is not answered either.
    }
    // Source: dynalite (captured): what is too much costs what a read of nothing does.
    const CapacityUnits units = item_read_units(too_much ? ItemRef{} : item, table.consistency);
    const bool skipped = context.faults != nullptr && context.faults->skips(position + i);
    const bool admitted = !skipped && bytes <= kBatchGetAnswerMaxBytes &&
                          admit_read(context, *state, bound.keys[i], units, first);
    if (admitted) {
      bound.capacity.table += units;
    }
    if (!admitted || too_much) {
      bound.unprocessed.push_back(i);
      bound.items.emplace_back();
      continue;
    }
    bytes += item_bytes;
    table_bytes += item_bytes;
    bound.items.push_back(std::move(item));
  }
  return {};
}

void append_json(JsonWriter& out, const JsonNode& node);

/// Members of the table's block that a client must send again with its unprocessed keys.
void append_settings(JsonWriter& out, const JsonNode& sent) {
  for (const std::string_view member : {"ProjectionExpression", "ConsistentRead"}) {
    if (const JsonNode* node = sent.find(member)) {
      out.key(member);
      append_json(out, *node);
    }
  }
  if (const JsonNode* names = sent.find("ExpressionAttributeNames")) {
    out.key("ExpressionAttributeNames");
    out.begin_object();
    for (const JsonMember& name : names->members()) {
      out.user_key(name.name);
      out.string(name.value.text());
    }
    out.end_object();
  }
  if (const JsonNode* names = sent.find("AttributesToGet")) {
    out.key("AttributesToGet");
    out.begin_array();
    for (const JsonNode& name : names->elements()) {
      out.string(name.text());
    }
    out.end_array();
  }
}

/// A string or boolean as sent.
void append_json(JsonWriter& out, const JsonNode& node) {
  if (node.is(JsonKind::kString)) {
    out.string(node.text());
  } else {
    out.boolean(is_true(node));
  }
}

void append_unprocessed(JsonWriter& out, const TableKeys& table, const FoundItems& found) {
  out.user_key(table.table);
  out.begin_object();
  out.key("Keys");
  out.begin_array();
  for (const std::size_t position : found.unprocessed) {
    append_attributes(begin_raw_value(out), table.keys[position]);
  }
  out.end_array();
  append_settings(out, *table.sent);
  out.end_object();
}

void append_responses(JsonWriter& out, const BatchGetItemRequest& request,
                      std::span<const FoundItems> found, Arena& arena) {
  out.key("Responses");
  out.begin_object();
  for (std::size_t i = 0; i < found.size(); ++i) {
    out.user_key(request.tables[i].table);
    out.begin_array();
    for (const ItemRef& item : found[i].items) {
      if (item) {
        append_projected_item(begin_raw_value(out), *item, request.tables[i].projection, arena);
      }
    }
    out.end_array();
  }
  out.end_object();
}

Result<void> run_batch_get_item(OperationContext& context, const BatchGetItemRequest& request,
                                JsonWriter& out) {
  boost::container::small_vector<FoundItems, 2> found;
  for (const TableKeys& table : request.tables) {
    TRY(FoundItems bound, bind_table(context, table));
    TRY_VOID(check_keys_apart(std::span<const FoundItems>(found.data(), found.size()), bound));
    found.push_back(std::move(bound));
  }
  std::size_t bytes = 0;
  std::size_t processed = 0;
  FirstRefusal first;
  std::size_t position = 0;
  for (std::size_t i = 0; i < found.size(); ++i) {
    TRY_VOID(find_items(context, request.tables[i], bytes, found[i], first, position));
    position += found[i].keys.size();
    context.trace.read_units += found[i].capacity.table;
    context.trace.items += static_cast<std::uint32_t>(found[i].processed());
    processed += found[i].processed();
  }
  if (first && processed == 0) {
    return capacity_gate::throttled(context, *found.front().found.table->lock(), first);
  }
  out.begin_object();
  append_responses(out, request, {found.data(), found.size()}, context.arena);
  out.key("UnprocessedKeys");
  out.begin_object();
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (!found[i].unprocessed.empty()) {
      append_unprocessed(out, request.tables[i], found[i]);
    }
  }
  out.end_object();
  if (request.capacity != ReturnCapacity::kNone) {
    out.key("ConsumedCapacity");
    out.begin_array();
    for (std::size_t i = 0; i < found.size(); ++i) {
      append_capacity(out, request.tables[i].table, found[i].capacity, *found[i].found.settings,
                      request.capacity, CapacityArm::kPlain);
    }
    out.end_array();
  }
  out.end_object();
  return {};
}

}  // namespace

UNDERSTUDY_OPERATION(batch_get_item)

}  // namespace understudy
