// DisableKinesisStreamingDestination: DISABLING, then DISABLED; it stays listed. Source: section
// C6.
#include <string>

#include "emulator/operations/kinesis_destination.h"

namespace understudy {
namespace {

constexpr std::string_view kConfiguration = "EnableKinesisStreamingConfiguration";

Result<KinesisDestinationRequest> parse_disable_kinesis_streaming_destination(
    OperationContext& context, const JsonNode& input) {
  KinesisDestinationRequest request = read_kinesis_request(input, kConfiguration);
  context.trace.table = request.table;
  return request;
}

Result<void> run_disable_kinesis_streaming_destination(OperationContext& context,
                                                       const KinesisDestinationRequest& request,
                                                       JsonWriter& out) {
  TRY(const TableRef table, context.catalog.find(context.scope, request.table));
  const auto state = table->lock();
  TRY_VOID(check_table_settled(*state));
  const KinesisDestination* const present = find_destination(*state->settings, request.stream_arn);
  if (present == nullptr || present->status != KinesisDestination::Status::kActive) {
    // Assumed: the text.
    return validation_error(
        "Table is not in a valid state to disable Kinesis Streaming Destination: "
        "KinesisStreamingDestination must be ACTIVE to perform DISABLE operation.");
  }
  KinesisStep step{*present, *present, Transition::kKinesisDisabling};
  step.now.status = KinesisDestination::Status::kDisabling;
  step.now.precision_given = false;
  step.then.status = KinesisDestination::Status::kDisabled;
  write_kinesis_answer(out, state->settings->name, step.now, kConfiguration);
  step.now.precision_given = step.then.precision_given;
  change_destination(context, table, *state, std::move(step));
  return {};
}

}  // namespace

UNDERSTUDY_OPERATION(disable_kinesis_streaming_destination)

}  // namespace understudy
