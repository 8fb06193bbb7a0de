#include "emulator/api/typed_client.h"

#include <optional>

#include "emulator/api/tenant.h"
#include "emulator/operations/typed.h"
#include "emulator/service/shape.h"

namespace understudy {
namespace {

const ModelOperation& model_of(std::string_view operation) {
  return *find_model_operation(Service::kDynamoDb, operation);
}

/// Runs `step(context)` with all that a request would have had.
template <class Step>
Result<ItemRef> run(Engine& engine, const Scope& scope, const ModelOperation& model,
                    const Step& step) {
  struct State {
    const Step& step;
    std::optional<Result<ItemRef>> result;
  } state{step, std::nullopt};
  engine.run_step(
      scope, model,
      [](OperationContext& context, void* opaque) {
        auto& given = *static_cast<State*>(opaque);
        given.result.emplace(given.step(context));
      },
      &state);
  return *std::move(state.result);
}

}  // namespace

TypedClient::TypedClient(Engine& engine, std::string_view access_key) : engine_(engine) {
  scope_ = scope_of(engine.options(), arena_.copy(access_key), engine.options().region, {}, arena_);
}

Result<ItemRef> TypedClient::get_item(std::string_view table, std::span<const MapEntry> key,
                                      ReadConsistency consistency) {
  static const ModelOperation& model = model_of("GetItem");
  return run(engine_, scope_, model, [&](OperationContext& context) {
    return typed::get_item(context, table, key, consistency);
  });
}

Result<ItemRef> TypedClient::put_item(std::string_view table, std::span<const MapEntry> item) {
  static const ModelOperation& model = model_of("PutItem");
  return run(engine_, scope_, model,
             [&](OperationContext& context) { return typed::put_item(context, table, item); });
}

Result<ItemRef> TypedClient::delete_item(std::string_view table, std::span<const MapEntry> key) {
  static const ModelOperation& model = model_of("DeleteItem");
  return run(engine_, scope_, model,
             [&](OperationContext& context) { return typed::delete_item(context, table, key); });
}

}  // namespace understudy
