// UpdateItem: changes attributes of one item, or makes a new one.
#include "emulator/model/json_codec.h"
#include "emulator/operations/expression_parameters.h"
#include "emulator/operations/item_write.h"
#include "emulator/operations/request_reader.h"
#include "emulator/operations/response_writer.h"

namespace understudy {
namespace {

enum class ReturnValues : std::uint8_t { kNone, kAllOld, kUpdatedOld, kAllNew, kUpdatedNew };

struct UpdateItemRequest {
  ItemWriteRequest write;
  ReturnValues return_values = ReturnValues::kNone;
  ReturnCapacity capacity = ReturnCapacity::kNone;
  bool collection_metrics = false;
};

ReturnValues read_return_values(const JsonNode& input) {
  const std::string_view text = read_string(input, "ReturnValues");
  if (text == "ALL_OLD") {
    return ReturnValues::kAllOld;
  }
  if (text == "UPDATED_OLD") {
    return ReturnValues::kUpdatedOld;
  }
  if (text == "ALL_NEW") {
    return ReturnValues::kAllNew;
  }
  return text == "UPDATED_NEW" ? ReturnValues::kUpdatedNew : ReturnValues::kNone;
}

// Order of checks: dynalite validations/updateItem.js (captured); field notes H1.
Result<UpdateItemRequest> parse_update_item(OperationContext& context, const JsonNode& input) {
  const Wording wording = wording_of(context);
  UpdateItemRequest request;
  ItemWriteRequest& write = request.write;
  write.kind = WriteKind::kUpdate;
  write.table = read_string(input, "TableName");
  TRY_VOID(check_parameter_forms(input, kUpdateForms, wording));
  TRY(write.attributes, enveloped(wording, decode_attributes(*input.find("Key"), context.arena,
                                                             wording.decode_options())));
  write.size_bytes = attributes_size_bytes(write.attributes);
  if (const JsonNode* updates = input.find("AttributeUpdates")) {
    TRY(write.update, enveloped(wording, compile_attribute_updates(*updates, context.arena)));
  }
  if (input.find("Expected") != nullptr) {
    TRY(write.condition, read_condition(input, context, nullptr, wording));
  }
  TRY(Placeholders * placeholders, read_placeholders(input, wording, context.arena));
  if (const JsonNode* text = input.find("UpdateExpression")) {
    TRY(write.update, enveloped(wording, compile_update(text->text(), {context.plans, *placeholders,
                                                                       context.arena})));
  }
  if (input.find("ConditionExpression") != nullptr) {
    TRY(write.condition, read_condition(input, context, placeholders, wording));
  }
  TRY_VOID(enveloped(wording, placeholders->check_all_used()));
  write.return_item_on_failure = returns_item_on_failure(input);
  request.return_values = read_return_values(input);
  request.capacity = read_return_capacity(input);
  request.collection_metrics = wants_collection_metrics(input);
  return request;
}

/// Attributes that the update touched, as they stand in `image`. Where nothing of them stands there
/// the answer has no Attributes at all. Source: Alternator
/// test_update_item_returnvalues_updated_old.
void append_updated(JsonWriter& out, const UpdateItemRequest& request, const ItemRef& image,
                    Arena& arena) {
  if (!image || request.write.update == nullptr) {
    return;
  }
  Buffer touched;
  if (append_touched(touched, *request.write.update, *image, arena)) {
    out.key("Attributes");
    out.raw(touched.view());
  }
}

void append_attributes(JsonWriter& out, const UpdateItemRequest& request,
                       const ItemWriteOutcome& outcome, Arena& arena) {
  switch (request.return_values) {
    case ReturnValues::kNone:
      return;
    case ReturnValues::kAllOld:
      if (outcome.before) {
        append_item(out, "Attributes", *outcome.before);
      }
      return;
    case ReturnValues::kAllNew:
      // Nothing where an update that only removes met no item. Source: Alternator
      // test_update_item_returnvalues_all_new.
      if (outcome.after) {
        append_item(out, "Attributes", *outcome.after);
      }
      return;
    case ReturnValues::kUpdatedOld:
      append_updated(out, request, outcome.before, arena);
      return;
    case ReturnValues::kUpdatedNew:
      append_updated(out, request, outcome.after, arena);
      return;
  }
}

Result<void> run_update_item(OperationContext& context, const UpdateItemRequest& request,
                             JsonWriter& out) {
  return answer_item_write(context, request, out, [&](const ItemWriteOutcome& outcome) {
    append_attributes(out, request, outcome, context.arena);
  });
}

}  // namespace

UNDERSTUDY_OPERATION(update_item)

}  // namespace understudy
