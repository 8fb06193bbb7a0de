// UpdateKinesisStreamingDestination: another precision of the time in records. Source: section C6
// (LocalStack's AWS snapshots).
#include <string>

#include "emulator/operations/kinesis_destination.h"

namespace understudy {
namespace {

constexpr std::string_view kUpdateConfiguration = "UpdateKinesisStreamingConfiguration";

Result<KinesisDestinationRequest> parse_update_kinesis_streaming_destination(
    OperationContext& context, const JsonNode& input) {
  KinesisDestinationRequest request = read_kinesis_request(input, kUpdateConfiguration);
  context.trace.table = request.table;
  return request;
}

Result<void> run_update_kinesis_streaming_destination(OperationContext& context,
                                                      const KinesisDestinationRequest& request,
                                                      JsonWriter& out) {
  TRY(const TableRef table, context.catalog.find(context.scope, request.table));
  if (request.precision.empty()) {
    return validation_error(
        "Streaming destination cannot be updated with given parameters: "
        "UpdateKinesisStreamingConfiguration cannot be null or contain only null values");
  }
  const auto state = table->lock();
  TRY_VOID(check_table_settled(*state));
  const TableSettings& settings = *state->settings;
  const KinesisDestination* const present = find_destination(settings, request.stream_arn);
  if (present == nullptr) {
    return validation_error(
        "Table is not in a valid state to enable Kinesis Streaming Destination: No streaming "
        "destination with streamArn: " +
        std::string(request.stream_arn) + " found for table with tableName: " + settings.name);
  }
  if (present->status != KinesisDestination::Status::kActive) {
    // Assumed: the text.
    return validation_error(
        "Table is not in a valid state to update Kinesis Streaming Destination: "
        "KinesisStreamingDestination must be ACTIVE to perform UPDATE operation.");
  }
  const bool microseconds = request.precision == "MICROSECOND";
  if (microseconds == present->microseconds) {
    return validation_error("Invalid Request: Precision is already set to the desired value of " +
                            std::string(request.precision) + " for tableId: " + settings.id +
                            ", kdsArn: " + present->stream_arn);
  }
  KinesisStep step{*present, *present, Transition::kKinesisUpdate};
  step.then.microseconds = microseconds;
  step.then.precision_given = true;
  step.now.status = KinesisDestination::Status::kUpdating;
  KinesisDestination shown = step.then;
  shown.status = KinesisDestination::Status::kUpdating;
  write_kinesis_answer(out, settings.name, shown, kUpdateConfiguration);
  change_destination(context, table, *state, std::move(step));
  return {};
}

}  // namespace

UNDERSTUDY_OPERATION(update_kinesis_streaming_destination)

}  // namespace understudy
