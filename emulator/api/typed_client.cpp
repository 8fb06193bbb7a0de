#include "emulator/api/typed_client.h"

#include <optional>
#include <string>

#include "emulator/api/tenant.h"
#include "emulator/base/buffer.h"
#include "emulator/base/json.h"
#include "emulator/faults/rule_book.h"
#include "emulator/model/json_codec.h"
#include "emulator/operations/response_writer.h"
#include "emulator/operations/typed.h"
#include "emulator/service/shape.h"

namespace understudy {
namespace {

const ModelOperation& model_of(std::string_view operation) {
  return *find_model_operation(Service::kDynamoDb, operation);
}

/// What a call is about, as a request has it.
struct TypedCall {
  const ModelOperation& model;
  std::string_view table;
  std::string_view member;  ///< "Key", "Item"
  std::span<const MapEntry> attributes;
  bool consistent_read = false;
};

std::string json_of(const TypedCall& call) {
  Buffer json;
  JsonWriter out(json);
  out.begin_object();
  out.key("TableName");
  out.string(call.table);
  out.key(call.member);
  append_attributes(begin_raw_value(out), call.attributes);
  if (call.consistent_read) {
    out.key("ConsistentRead");
    out.boolean(true);
  }
  out.end_object();
  return std::string(json.view());
}

/// Runs `step(context)` with all that a request would have had. `scope`: a copy, since threads
/// share a client.
template <class Step>
Result<ItemRef> run(Engine& engine, Scope scope, const TypedCall& call, const Step& step) {
  scope.operation = call.model.name;
  struct State {
    const Step& step;
    std::optional<Result<ItemRef>> result;
  } state{step, std::nullopt};
  constexpr auto kRun = [](OperationContext& context, void* opaque) {
    auto& given = *static_cast<State*>(opaque);
    given.result.emplace(given.step(context));
  };
  if (engine.faults().engaged()) [[unlikely]] {
    TRY_VOID(engine.run_step_with_faults(scope, call.model, json_of(call), kRun, &state));
  } else {
    engine.run_step(scope, call.model, kRun, &state);
  }
  return *std::move(state.result);
}

}  // namespace

TypedClient::TypedClient(Engine& engine, std::string_view access_key) : engine_(engine) {
  scope_ = scope_of(engine.options(), arena_.copy(access_key), engine.options().region, {}, arena_);
}

Result<ItemRef> TypedClient::get_item(std::string_view table, std::span<const MapEntry> key,
                                      ReadConsistency consistency) {
  static const ModelOperation& model = model_of("GetItem");
  const TypedCall call{model, table, "Key", key, consistency == ReadConsistency::kStrong};
  return run(engine_, scope_, call, [&](OperationContext& context) {
    return typed::get_item(context, table, key, consistency);
  });
}

Result<ItemRef> TypedClient::put_item(std::string_view table, std::span<const MapEntry> item) {
  static const ModelOperation& model = model_of("PutItem");
  return run(engine_, scope_, {model, table, "Item", item},
             [&](OperationContext& context) { return typed::put_item(context, table, item); });
}

Result<ItemRef> TypedClient::delete_item(std::string_view table, std::span<const MapEntry> key) {
  static const ModelOperation& model = model_of("DeleteItem");
  return run(engine_, scope_, {model, table, "Key", key},
             [&](OperationContext& context) { return typed::delete_item(context, table, key); });
}

}  // namespace understudy
