// PutItem: writes an item whole, replacing what stood under its key.
#include "emulator/model/json_codec.h"
#include "emulator/operations/expression_parameters.h"
#include "emulator/operations/item_write.h"
#include "emulator/operations/request_reader.h"
#include "emulator/operations/response_writer.h"

namespace understudy {
namespace {

struct PutItemRequest {
  ItemWriteRequest write;
  bool return_old = false;
  ReturnCapacity capacity = ReturnCapacity::kNone;
  bool collection_metrics = false;
};

// Order of checks: dynalite validations/putItem.js (captured); field notes H1.
Result<PutItemRequest> parse_put_item(OperationContext& context, const JsonNode& input) {
  const Wording wording = wording_of(context);
  PutItemRequest request;
  ItemWriteRequest& write = request.write;
  write.kind = WriteKind::kPut;
  write.table = read_string(input, "TableName");
  if (has_options(input)) {
    TRY_VOID(check_parameter_forms(input, kConditionForms, wording));
  }
  TRY(write.attributes, enveloped(wording, decode_attributes(*input.find("Item"), context.arena,
                                                             wording.decode_options())));
  TRY(request.return_old, enveloped(wording, read_return_old_values(input)));
  write.size_bytes = attributes_size_bytes(write.attributes);
  TRY_VOID(check_put_size(write));
  if (!has_options(input)) {
    return request;
  }
  TRY(Placeholders * placeholders, read_placeholders(input, wording, context.arena));
  TRY(write.condition, read_condition(input, context, placeholders, wording));
  TRY_VOID(enveloped(wording, placeholders->check_all_used()));
  write.return_item_on_failure = returns_item_on_failure(input);
  request.capacity = read_return_capacity(input);
  request.collection_metrics = wants_collection_metrics(input);
  return request;
}

Result<void> run_put_item(OperationContext& context, const PutItemRequest& request,
                          JsonWriter& out) {
  return answer_item_write(context, request, out, [&](const ItemWriteOutcome& outcome) {
    if (request.return_old && outcome.before) {
      append_item(out, "Attributes", *outcome.before);
    }
  });
}

}  // namespace

UNDERSTUDY_OPERATION(put_item)

}  // namespace understudy
