// GetShardIterator: a place in a shard to read from, good for 15 minutes. Source: section C4.
#include <algorithm>
#include <optional>
#include <string>

#include "emulator/operations/request_reader.h"
#include "streams/operations/stream_operations.h"
#include "streams/stream_faults.h"

namespace understudy {
namespace {

enum class IteratorType : std::uint8_t { kTrimHorizon, kLatest, kAt, kAfter, kTimestamp };

struct GetShardIteratorRequest {
  std::string_view arn;
  std::string_view shard;
  IteratorType type = IteratorType::kTrimHorizon;
  SequenceNumber sequence = 0;  ///< kAt, kAfter
  Microseconds time = 0;        ///< kTimestamp
};

IteratorType read_type(std::string_view name) {
  if (name == "LATEST") {
    return IteratorType::kLatest;
  }
  if (name == "AT_SEQUENCE_NUMBER") {
    return IteratorType::kAt;
  }
  if (name == "AFTER_SEQUENCE_NUMBER") {
    return IteratorType::kAfter;
  }
  return name == "AT_TIMESTAMP" ? IteratorType::kTimestamp : IteratorType::kTrimHorizon;
}

/// Assumed: the texts; which are ValidationExceptions is Alternator's test_streams and section C4.
Result<void> read_place(GetShardIteratorRequest& request, const JsonNode& input,
                        std::string_view type_name, Microseconds now) {
  const bool by_number = request.type == IteratorType::kAt || request.type == IteratorType::kAfter;
  const std::string_view number = read_string(input, "SequenceNumber");
  if (by_number && number.empty()) {
    return validation_error("SequenceNumber must be specified when ShardIteratorType is " +
                            std::string(type_name));
  }
  if (!by_number && !number.empty()) {
    return validation_error("SequenceNumber must not be specified when ShardIteratorType is " +
                            std::string(type_name));
  }
  if (by_number) {
    const auto sequence = parse_sequence_number(number);
    if (!sequence) {
      return validation_error("Invalid SequenceNumber");
    }
    request.sequence = *sequence;
  }
  const JsonNode* const time = input.find("Timestamp");
  const bool by_time = request.type == IteratorType::kTimestamp;
  if (by_time && time == nullptr) {
    return validation_error("Timestamp must be specified when ShardIteratorType is AT_TIMESTAMP");
  }
  if (!by_time && time != nullptr) {
    return validation_error("Timestamp must not be specified when ShardIteratorType is " +
                            std::string(type_name));
  }
  if (by_time) {
    const double seconds = std::clamp(read_double(*time), -1e12, 1e12);
    request.time = static_cast<Microseconds>(seconds * 1e6);
    if (request.time > now) {
      return validation_error("Timestamp must not be in the future");
    }
  }
  return {};
}

Result<GetShardIteratorRequest> parse_get_shard_iterator(OperationContext& context,
                                                         const JsonNode& input) {
  GetShardIteratorRequest request;
  request.arn = read_string(input, "StreamArn");
  request.shard = read_string(input, "ShardId");
  const std::string_view type = read_string(input, "ShardIteratorType");
  request.type = read_type(type);
  TRY_VOID(read_place(request, input, type, context.now));
  return request;
}

/// Where the sequence number stands. Assumed: one that the shard never gave, or will not give any
/// more, is refused.
Result<SequenceNumber> at_sequence(StreamLog& log, const ShardView& shard,
                                   const GetShardIteratorRequest& request, Microseconds now) {
  const SequenceNumber last = shard.ending.value_or(log.latest(shard.number, now).value_or(1) - 1);
  if (request.sequence > last) {
    return validation_error("Invalid SequenceNumber");
  }
  if (request.sequence < log.trim_horizon(shard.number, now).value_or(0)) {
    return data_trimmed();
  }
  return request.sequence + (request.type == IteratorType::kAfter ? 1 : 0);
}

Result<SequenceNumber> position_of(StreamLog& log, const ShardView& shard,
                                   const GetShardIteratorRequest& request, Microseconds now) {
  std::optional<SequenceNumber> position;
  switch (request.type) {
    case IteratorType::kTrimHorizon:
      position = log.trim_horizon(shard.number, now);
      break;
    case IteratorType::kLatest:
      position = log.latest(shard.number, now);
      break;
    case IteratorType::kTimestamp:
      position = log.at_time(shard.number, request.time, now);
      break;
    case IteratorType::kAt:
    case IteratorType::kAfter:
      return at_sequence(log, shard, request, now);
  }
  if (!position) {
    return no_such_shard();
  }
  return *position;
}

Result<void> run_get_shard_iterator(OperationContext& context,
                                    const GetShardIteratorRequest& request, JsonWriter& out) {
  TRY(const std::shared_ptr<StreamLog> log, find_stream(context, request.arn));
  const std::vector<ShardView> shards = log->shards(context.now);
  const auto shard = std::ranges::find(shards, request.shard, &ShardView::id);
  if (shard == shards.end()) {
    return no_such_shard();
  }
  const FaultStream* const fault = stream_fault(context);
  Microseconds issued = context.now;
  if (fault != nullptr) {
    apply_stream_fault(*fault, *log, shard->number, context.now);
    issued -= fault->kind == FaultStream::Kind::kExpireIterator ? kIteratorLife + 1 : 0;
  }
  TRY(const SequenceNumber position, position_of(*log, *shard, request, context.now));
  out.begin_object();
  out.key("ShardIterator");
  out.string(
      stream_operations(context).seal().text({log->info().arn, shard->number, position, issued}));
  out.end_object();
  return {};
}

}  // namespace

UNDERSTUDY_OPERATION(get_shard_iterator)

}  // namespace understudy
