// DeleteItem: removes the item under a key; no error where there is none.
#include "emulator/model/json_codec.h"
#include "emulator/operations/expression_parameters.h"
#include "emulator/operations/item_write.h"
#include "emulator/operations/request_reader.h"
#include "emulator/operations/response_writer.h"

namespace understudy {
namespace {

struct DeleteItemRequest {
  ItemWriteRequest write;
  bool return_old = false;
  ReturnCapacity capacity = ReturnCapacity::kNone;
  bool collection_metrics = false;
};

// Order of checks: dynalite validations/deleteItem.js; the ReturnValues message: AWS capture of
// 2026-10-09.
Result<DeleteItemRequest> parse_delete_item(OperationContext& context, const JsonNode& input) {
  const Wording wording = wording_of(context);
  DeleteItemRequest request;
  ItemWriteRequest& write = request.write;
  write.kind = WriteKind::kDelete;
  write.table = read_string(input, "TableName");
  TRY_VOID(check_parameter_forms(input, kConditionForms, wording));
  TRY(write.attributes, enveloped(wording, decode_attributes(*input.find("Key"), context.arena,
                                                             wording.decode_options())));
  TRY(request.return_old, enveloped(wording, read_return_old_values(input)));
  TRY(Placeholders * placeholders, read_placeholders(input, wording, context.arena));
  TRY(write.condition, read_condition(input, context, placeholders, wording));
  TRY_VOID(enveloped(wording, placeholders->check_all_used()));
  write.return_item_on_failure = returns_item_on_failure(input);
  request.capacity = read_return_capacity(input);
  request.collection_metrics = wants_collection_metrics(input);
  return request;
}

Result<void> run_delete_item(OperationContext& context, const DeleteItemRequest& request,
                             JsonWriter& out) {
  return answer_item_write(context, request, out, [&](const ItemWriteOutcome& outcome) {
    if (request.return_old && outcome.before) {
      append_item(out, "Attributes", *outcome.before);
    }
  });
}

}  // namespace

UNDERSTUDY_OPERATION(delete_item)

}  // namespace understudy
