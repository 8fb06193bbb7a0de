// DescribeKinesisStreamingDestination: all destinations the table ever had. Source: section C6.
#include "emulator/operations/kinesis_destination.h"
#include "emulator/operations/request_reader.h"

namespace understudy {
namespace {

struct DescribeKinesisRequest {
  std::string_view table;
};

Result<DescribeKinesisRequest> parse_describe_kinesis_streaming_destination(
    OperationContext& context, const JsonNode& input) {
  context.trace.table = read_string(input, "TableName");
  return DescribeKinesisRequest{context.trace.table};
}

void append_destination(JsonWriter& out, const KinesisDestination& destination) {
  out.begin_object();
  out.key("StreamArn");
  out.string(destination.stream_arn);
  out.key("DestinationStatus");
  out.string(destination_status_name(destination.status));
  if (destination.status == KinesisDestination::Status::kEnableFailed) {
    // Assumed: the text.
    out.key("DestinationStatusDescription");
    out.string("User does not have a permission to use kinesis stream");
  }
  if (destination.is_live()) {
    out.key("ApproximateCreationDateTimePrecision");
    out.string(precision_name(destination));
  }
  out.end_object();
}

Result<void> run_describe_kinesis_streaming_destination(OperationContext& context,
                                                        const DescribeKinesisRequest& request,
                                                        JsonWriter& out) {
  TRY(const TableRef table, context.catalog.find(context.scope, request.table));
  const std::shared_ptr<const TableSettings> settings = table->lock()->settings;
  out.begin_object();
  out.key("TableName");
  out.string(settings->name);
  out.key("KinesisDataStreamDestinations");
  out.begin_array();
  for (const KinesisDestination& destination : settings->kinesis) {
    append_destination(out, destination);
  }
  out.end_array();
  out.end_object();
  return {};
}

}  // namespace

UNDERSTUDY_OPERATION(describe_kinesis_streaming_destination)

}  // namespace understudy
