// GetItem: the item under a key, whole or projected; no "Item" where there is none.
#include "emulator/model/json_codec.h"
#include "emulator/operations/expression_parameters.h"
#include "emulator/operations/item_read.h"
#include "emulator/operations/request_reader.h"
#include "emulator/operations/response_writer.h"

namespace understudy {
namespace {

struct GetItemRequest {
  std::string_view table;
  std::span<const MapEntry> key;
  const Projection* projection = nullptr;
  ReadConsistency consistency = ReadConsistency::kEventual;
  ReturnCapacity capacity = ReturnCapacity::kNone;
};

// Order of checks: dynalite validations/getItem.js (captured).
Result<GetItemRequest> parse_get_item(OperationContext& context, const JsonNode& input) {
  const Wording wording = wording_of(context);
  GetItemRequest request;
  request.table = read_string(input, "TableName");
  if (has_options(input)) {
    TRY_VOID(check_parameter_forms(input, kGetForms, wording));
  }
  TRY(request.key, decode_attributes(*input.find("Key"), context.arena, wording.decode_options()));
  if (!has_options(input)) {
    return request;
  }
  if (const JsonNode* names = input.find("AttributesToGet")) {
    TRY_VOID(check_attributes_to_get(*names));
    TRY(request.projection, read_projection(input, context, nullptr, wording));
  } else if (input.find("ProjectionExpression") != nullptr) {
    TRY(Placeholders * placeholders, read_placeholders(input, wording, context.arena));
    TRY(request.projection, read_projection(input, context, placeholders, wording));
    TRY_VOID(placeholders->check_all_used());
  }
  request.consistency = read_consistency(input);
  request.capacity = read_return_capacity(input);
  return request;
}

Result<void> run_get_item(OperationContext& context, const GetItemRequest& request,
                          JsonWriter& out) {
  TRY(const FoundTable found, find_table(context, request.table));
  TRY(const EncodedKey key, read_key(*found.settings, request.key, context.arena));
  if (request.projection != nullptr) {
    TRY_VOID(check_key_paths(*found.settings, attributes_looked_into(*request.projection)));
  }
  TRY(const ItemRef item, read_item(context, *found.table, key, request.consistency));
  TableCapacity capacity;
  capacity.table = item_read_units(item, request.consistency);
  context.trace.key_hash = key.hash.high;
  context.trace.read_units += capacity.table;
  context.trace.items += item ? 1 : 0;
  out.begin_object();
  if (item) {
    out.key("Item");
    append_projected_item(begin_raw_value(out), *item, request.projection, context.arena);
  }
  append_consumed_capacity(out, request.table, capacity, *found.settings, request.capacity);
  out.end_object();
  return {};
}

}  // namespace

UNDERSTUDY_OPERATION(get_item)

}  // namespace understudy
