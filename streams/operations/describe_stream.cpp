// DescribeStream: what the stream is, and its shards by id, at most 100 a page. Source: section C4.
#include <algorithm>
#include <optional>
#include <vector>

#include "emulator/operations/request_reader.h"
#include "emulator/table/table_description.h"
#include "streams/operations/stream_operations.h"
#include "streams/stream_faults.h"
#include "streams/table_changes.h"

namespace understudy {
namespace {

constexpr std::int64_t kShardsMax = 100;

struct DescribeStreamRequest {
  std::string_view arn;
  std::string_view start;        ///< exclusive; empty: from the beginning
  std::string_view children_of;  ///< empty: all shards
  std::size_t limit = 0;
};

Result<DescribeStreamRequest> parse_describe_stream(OperationContext& /*context*/,
                                                    const JsonNode& input) {
  DescribeStreamRequest request;
  request.arn = read_string(input, "StreamArn");
  request.start = read_string(input, "ExclusiveStartShardId");
  request.limit = static_cast<std::size_t>(
      std::min(read_integer(input, "Limit").value_or(kShardsMax), kShardsMax));
  if (const JsonNode* filter = input.find("ShardFilter")) {
    request.children_of = read_string(*filter, "ShardId");
    // Assumed: the texts; that both are ValidationExceptions is Alternator's test_streams.
    if (read_string(*filter, "Type").empty()) {
      return validation_error("ShardFilter.Type must be specified");
    }
    if (request.children_of.empty()) {
      return validation_error("ShardFilter.ShardId must be specified");
    }
  }
  return request;
}

/// A stream's status is its table's business, and so are its partitions. Source: section C2.
std::string_view status_of(OperationContext& context, StreamLog& log) {
  const bool ended = log.ended();
  const auto table = context.catalog.find(context.scope, log.info().table_name);
  if (!table) {
    return "DISABLED";
  }
  const auto state = (*table)->lock();
  const bool latest = state->settings->stream_arn == log.info().arn;
  if (latest) {
    log.follow(partition_cuts(*state), context.now);
  }
  if (ended) {
    const bool ending =
        latest && (state->jobs.stream == false || state->status == TableStatus::kDeleting);
    return ending ? "DISABLING" : "DISABLED";
  }
  const bool beginning =
      latest && (state->jobs.stream == true || state->status == TableStatus::kCreating);
  return beginning ? "ENABLING" : "ENABLED";
}

std::vector<ShardView> wanted_shards(const DescribeStreamRequest& request, StreamLog& log,
                                     Microseconds now) {
  std::vector<ShardView> shards = log.shards(now);
  const bool known_start = request.start.empty() ||
                           std::ranges::find(shards, request.start, &ShardView::id) != shards.end();
  std::erase_if(shards, [&](const ShardView& shard) {
    return !known_start || shard.id <= request.start ||
           (!request.children_of.empty() && shard.parent_id != request.children_of);
  });
  return shards;
}

void append_key_element(JsonWriter& out, std::string_view name, std::string_view type) {
  out.begin_object();
  out.key("AttributeName");
  out.string(name);
  out.key("KeyType");
  out.string(type);
  out.end_object();
}

void append_shard(JsonWriter& out, const ShardView& shard) {
  out.begin_object();
  out.key("ShardId");
  out.string(shard.id);
  out.key("SequenceNumberRange");
  out.begin_object();
  out.key("StartingSequenceNumber");
  out.string(sequence_number_text(shard.starting));
  if (shard.ending) {
    out.key("EndingSequenceNumber");
    out.string(sequence_number_text(*shard.ending));
  }
  out.end_object();
  if (!shard.parent_id.empty()) {
    out.key("ParentShardId");
    out.string(shard.parent_id);
  }
  out.end_object();
}

void append_identity(JsonWriter& out, const StreamInfo& info, std::string_view status) {
  constexpr double kMicrosecondsPerSecond = 1e6;
  out.key("StreamArn");
  out.string(info.arn);
  out.key("StreamLabel");
  out.string(info.label);
  out.key("StreamStatus");
  out.string(status);
  out.key("StreamViewType");
  out.string(stream_view_type_name(info.view_type));
  out.key("CreationRequestDateTime");
  out.decimal(static_cast<double>(info.created / 1000 * 1000) / kMicrosecondsPerSecond);
  out.key("TableName");
  out.string(info.table_name);
  out.key("KeySchema");
  out.begin_array();
  append_key_element(out, info.keys.partition.front().name, "HASH");
  for (const KeyAttribute& sort : info.keys.sort) {
    append_key_element(out, sort.name, "RANGE");
  }
  out.end_array();
}

Result<void> run_describe_stream(OperationContext& context, const DescribeStreamRequest& request,
                                 JsonWriter& out) {
  TRY(const std::shared_ptr<StreamLog> log, find_stream(context, request.arn));
  const std::string_view status = status_of(context, *log);
  if (const FaultStream* fault = stream_fault(context)) {
    apply_stream_fault(*fault, *log, std::nullopt, context.now);
  }
  const std::vector<ShardView> shards = wanted_shards(request, *log, context.now);
  const std::size_t shown = std::min(request.limit, shards.size());
  out.begin_object();
  out.key("StreamDescription");
  out.begin_object();
  append_identity(out, log->info(), status);
  out.key("Shards");
  out.begin_array();
  for (std::size_t i = 0; i < shown; ++i) {
    append_shard(out, shards[i]);
  }
  out.end_array();
  if (shown < shards.size()) {
    out.key("LastEvaluatedShardId");
    out.string(shards[shown - 1].id);
  }
  out.end_object();
  out.end_object();
  return {};
}

}  // namespace

UNDERSTUDY_OPERATION(describe_stream)

}  // namespace understudy
