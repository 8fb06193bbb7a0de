// DescribeTimeToLive: DISABLED, or ENABLED with the attribute.
#include "emulator/operations/operation.h"
#include "emulator/operations/request_reader.h"

namespace understudy {
namespace {

struct DescribeTimeToLiveRequest {
  std::string_view table;
};

Result<DescribeTimeToLiveRequest> parse_describe_time_to_live(OperationContext& context,
                                                              const JsonNode& input) {
  context.trace.table = read_string(input, "TableName");
  return DescribeTimeToLiveRequest{context.trace.table};
}

/// Source: notes of the AWS Controllers for Kubernetes, DDB-TABLE-442.
Result<void> check_state(TableStatus status) {
  const bool creating = status == TableStatus::kCreating;
  if (!creating && status != TableStatus::kDeleting) {
    return {};
  }
  const std::string name = creating ? "CREATING" : "DELETING";
  return validation_error("Cannot describe time to live while table is in " + name +
                          " state: Current table state is " + name);
}

Result<void> run_describe_time_to_live(OperationContext& context,
                                       const DescribeTimeToLiveRequest& request, JsonWriter& out) {
  TRY(const TableRef table, context.catalog.find(context.scope, request.table));
  std::shared_ptr<const TableSettings> settings;
  {
    const auto state = table->lock();
    TRY_VOID(check_state(state->status));
    settings = state->settings;
  }
  out.begin_object();
  out.key("TimeToLiveDescription");
  out.begin_object();
  out.key("TimeToLiveStatus");
  out.string(settings->ttl_attribute ? "ENABLED" : "DISABLED");
  if (settings->ttl_attribute) {
    out.key("AttributeName");
    out.string(*settings->ttl_attribute);
  }
  out.end_object();
  out.end_object();
  return {};
}

}  // namespace

UNDERSTUDY_OPERATION(describe_time_to_live)

}  // namespace understudy
