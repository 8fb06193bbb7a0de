// EnableKinesisStreamingDestination: ENABLING, then ACTIVE; ENABLE_FAILED where the ARN is no data
// stream's. One live destination per table. Source: section C6.
#include <string>

#include "emulator/operations/kinesis_destination.h"

namespace understudy {
namespace {

constexpr std::string_view kEnableConfiguration = "EnableKinesisStreamingConfiguration";

Result<KinesisDestinationRequest> parse_enable_kinesis_streaming_destination(
    OperationContext& context, const JsonNode& input) {
  KinesisDestinationRequest request = read_kinesis_request(input, kEnableConfiguration);
  context.trace.table = request.table;
  return request;
}

/// "arn:aws:kinesis:us-east-1:123456789012:stream/name"
bool is_kinesis_stream(std::string_view arn) {
  constexpr std::string_view kResource = ":stream/";
  const std::size_t resource = arn.find(kResource);
  return arn.starts_with("arn:aws") && arn.find(":kinesis:") != std::string_view::npos &&
         resource != std::string_view::npos && resource + kResource.size() < arn.size();
}

Result<void> run_enable_kinesis_streaming_destination(OperationContext& context,
                                                      const KinesisDestinationRequest& request,
                                                      JsonWriter& out) {
  TRY(const TableRef table, context.catalog.find(context.scope, request.table));
  const auto state = table->lock();
  TRY_VOID(check_table_settled(*state));
  for (const KinesisDestination& other : state->settings->kinesis) {
    if (other.is_live()) {
      // Assumed: the text.
      return validation_error(
          "Table is not in a valid state to enable Kinesis Streaming Destination: "
          "KinesisStreamingDestination must be DISABLED or ENABLE_FAILED to perform ENABLE "
          "operation.");
    }
  }
  KinesisStep step;
  step.now.stream_arn = request.stream_arn;
  step.now.status = KinesisDestination::Status::kEnabling;
  step.now.microseconds = request.precision == "MICROSECOND";
  step.now.precision_given = !request.precision.empty();
  step.then = step.now;
  step.then.status = is_kinesis_stream(request.stream_arn)
                         ? KinesisDestination::Status::kActive
                         : KinesisDestination::Status::kEnableFailed;
  step.transition = Transition::kKinesisEnabling;
  write_kinesis_answer(out, state->settings->name, step.now, kEnableConfiguration);
  change_destination(context, table, *state, std::move(step));
  return {};
}

}  // namespace

UNDERSTUDY_OPERATION(enable_kinesis_streaming_destination)

}  // namespace understudy
