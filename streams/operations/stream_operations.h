// The four operations of DynamoDBStreams_20120810 and what they share. Rows: stream_operations.cpp;
// one file per operation, as in emulator/operations.
#pragma once

#include <memory>
#include <span>
#include <string_view>

#include "emulator/faults/fault_rule.h"
#include "emulator/operations/operation.h"
#include "streams/shard_iterator.h"
#include "streams/stream_directory.h"

namespace understudy {

/// How long an iterator can be used after it was given. Source: section C4.
inline constexpr Microseconds kIteratorLife = Microseconds{15} * 60 * 1'000'000;

class StreamOperations final : public OperationSet {
 public:
  StreamOperations(StreamDirectory& directory, Random random)
      : directory_(directory), seal_(random) {}
  [[nodiscard]] std::span<const Operation> rows() const override;

  [[nodiscard]] StreamDirectory& directory() { return directory_; }
  [[nodiscard]] const IteratorSeal& seal() const { return seal_; }

 private:
  StreamDirectory& directory_;
  const IteratorSeal seal_;
};

StreamOperations& stream_operations(const OperationContext& context);

/// Whether the text has the form of a stream's ARN.
bool is_stream_arn(std::string_view arn);
/// Error: ValidationException (malformed), ResourceNotFoundException "Requested resource not found:
/// Stream: <arn> not found".
Result<std::shared_ptr<StreamLog>> find_stream(OperationContext& context, std::string_view arn);
/// What a fault rule makes of the streams that a request reads; null: nothing.
const FaultStream* stream_fault(const OperationContext& context);
/// Error: ResourceNotFoundException "Requested resource not found: Shard does not exist".
Unexpected<ApiError> no_such_shard();
/// Error: TrimmedDataAccessException.
Unexpected<ApiError> data_trimmed();

Result<void> describe_stream(OperationContext& context, const JsonNode& input, JsonWriter& out);
Result<void> get_records(OperationContext& context, const JsonNode& input, JsonWriter& out);
Result<void> get_shard_iterator(OperationContext& context, const JsonNode& input, JsonWriter& out);
Result<void> list_streams(OperationContext& context, const JsonNode& input, JsonWriter& out);

}  // namespace understudy
