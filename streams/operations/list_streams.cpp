// ListStreams: by ARN, at most 100 a page, with streams that ended less than 24 hours ago. The
// start ARN need not be a stream's any more. Source: section C4.
#include <algorithm>
#include <vector>

#include "emulator/operations/request_reader.h"
#include "streams/operations/stream_operations.h"

namespace understudy {
namespace {

struct ListStreamsRequest {
  std::string_view table;  ///< empty: all tables
  std::string_view start;  ///< exclusive; empty: from the beginning
  std::size_t limit = 0;
};

Result<ListStreamsRequest> parse_list_streams(OperationContext& /*context*/,
                                              const JsonNode& input) {
  ListStreamsRequest request;
  request.table = read_string(input, "TableName");
  request.start = read_string(input, "ExclusiveStartStreamArn");
  request.limit = static_cast<std::size_t>(read_integer(input, "Limit").value_or(100));
  if (!request.start.empty() && !is_stream_arn(request.start)) {
    // Assumed: the text; that it is a ValidationException is Alternator's test_streams.
    return validation_error("Invalid StreamArn");
  }
  return request;
}

void append_stream(JsonWriter& out, const StreamInfo& info) {
  out.begin_object();
  out.key("StreamArn");
  out.string(info.arn);
  out.key("TableName");
  out.string(info.table_name);
  out.key("StreamLabel");
  out.string(info.label);
  out.end_object();
}

Result<void> run_list_streams(OperationContext& context, const ListStreamsRequest& request,
                              JsonWriter& out) {
  const auto logs =
      stream_operations(context).directory().list(context.scope.tenant, request.table, context.now);
  auto log =
      std::ranges::find_if(logs, [&](const auto& one) { return one->info().arn > request.start; });
  std::size_t listed = 0;
  out.begin_object();
  out.key("Streams");
  out.begin_array();
  for (; log != logs.end() && listed < request.limit; ++log, ++listed) {
    append_stream(out, (*log)->info());
  }
  out.end_array();
  // A full page cannot know that it is the last.
  if (listed == request.limit) {
    out.key("LastEvaluatedStreamArn");
    out.string((*(log - 1))->info().arn);
  }
  out.end_object();
  return {};
}

}  // namespace

UNDERSTUDY_OPERATION(list_streams)

}  // namespace understudy
