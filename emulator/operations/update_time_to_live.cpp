// UpdateTimeToLive: switches expiry on or off; holds at once. Who deletes expired items reads
// TableSettings::ttl_attribute.
// Source of the texts: notes of the AWS Controllers for Kubernetes, DDB-TABLE-115, -118, -442.
#include "emulator/operations/operation.h"
#include "emulator/operations/request_reader.h"
#include "emulator/table/lifecycle.h"
#include "emulator/table/time_to_live.h"

namespace understudy {
namespace {

struct UpdateTimeToLiveRequest {
  std::string_view table;
  std::string_view attribute;
  bool enabled = false;
};

Result<UpdateTimeToLiveRequest> parse_update_time_to_live(OperationContext& context,
                                                          const JsonNode& input) {
  const JsonNode& specification = *input.find("TimeToLiveSpecification");
  context.trace.table = read_string(input, "TableName");
  return UpdateTimeToLiveRequest{context.trace.table, read_string(specification, "AttributeName"),
                                 read_flag(specification, "Enabled")};
}

/// Source: D2; the interval's length is a knob.
Result<void> check_cooldown(const OperationContext& context, const TableSettings& settings) {
  const Microseconds cooldown =
      context.catalog.simulation_options()->knobs.ttl_cooldown_seconds * kSecond;
  if (settings.ttl_changed && context.now < *settings.ttl_changed + cooldown) {
    return validation_error(
        "Time to live has been modified multiple times within a fixed interval");
  }
  return {};
}

Result<void> check_change(const TableState& state, const UpdateTimeToLiveRequest& request) {
  const auto& current = state.settings->ttl_attribute;
  if (state.status == TableStatus::kCreating) {
    return api_error(ErrorKind::kResourceInUseException,
                     "Attempt to change a resource which is still in use: Table " +
                         state.settings->name + " is being created");
  }
  if (!current && !request.enabled) {
    return validation_error("TimeToLive is already disabled");
  }
  if (current && *current != request.attribute) {
    return validation_error(
        "TimeToLive is active on a different AttributeName: current AttributeName is " + *current);
  }
  if (current && request.enabled) {
    return validation_error("TimeToLive is already enabled");
  }
  return {};
}

Result<void> run_update_time_to_live(OperationContext& context,
                                     const UpdateTimeToLiveRequest& request, JsonWriter& out) {
  TRY(const TableRef table, context.catalog.find(context.scope, request.table));
  {
    const auto state = table->lock();
    TRY_VOID(check_change(*state, request));
    TRY_VOID(check_cooldown(context, *state->settings));
    change_settings(*state, [&](TableSettings& settings) {
      settings.ttl_changed = context.now;
      settings.ttl_attribute =
          request.enabled ? std::optional<std::string>(request.attribute) : std::nullopt;
    });
  }
  if (request.enabled) {
    context.catalog.time_to_live().arm(context.now);
  }
  out.begin_object();
  out.key("TimeToLiveSpecification");
  out.begin_object();
  out.key("Enabled");
  out.boolean(request.enabled);
  out.key("AttributeName");
  out.string(request.attribute);
  out.end_object();
  out.end_object();
  return {};
}

}  // namespace

UNDERSTUDY_OPERATION(update_time_to_live)

}  // namespace understudy
