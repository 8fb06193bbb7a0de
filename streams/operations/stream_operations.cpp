#include "streams/operations/stream_operations.h"

#include <array>
#include <string>

#include "emulator/operations/fault_gate.h"
#include "emulator/table/table_arn.h"

namespace understudy {
namespace {

constexpr auto kRows = std::to_array<Operation>({
    {"DescribeStream", Service::kDynamoDbStreams, Access::kControl, describe_stream, false},
    {"GetRecords", Service::kDynamoDbStreams, Access::kRead, get_records, false},
    {"GetShardIterator", Service::kDynamoDbStreams, Access::kRead, get_shard_iterator, false},
    {"ListStreams", Service::kDynamoDbStreams, Access::kControl, list_streams, false},
});

}  // namespace

std::span<const Operation> StreamOperations::rows() const {
  return kRows;
}

StreamOperations& stream_operations(const OperationContext& context) {
  return static_cast<StreamOperations&>(*context.set);
}

bool is_stream_arn(std::string_view arn) {
  constexpr std::string_view kInfix = "/stream/";
  const std::size_t infix = arn.find(kInfix);
  return infix != std::string_view::npos && infix + kInfix.size() < arn.size() &&
         parse_table_arn(arn.substr(0, infix)).has_value();
}

Result<std::shared_ptr<StreamLog>> find_stream(OperationContext& context, std::string_view arn) {
  if (!is_stream_arn(arn)) {
    // Source: the JavaScript SDK's tests against the service match "Invalid StreamArn".
    return validation_error("Invalid StreamArn");
  }
  auto log = stream_operations(context).directory().find(context.scope.tenant, arn, context.now);
  if (log == nullptr) {
    return api_error(ErrorKind::kResourceNotFoundException,
                     "Requested resource not found: Stream: " + std::string(arn) + " not found");
  }
  context.trace.table = context.arena.copy(log->info().table_name);
  return log;
}

const FaultStream* stream_fault(const OperationContext& context) {
  return context.faults != nullptr ? context.faults->stream() : nullptr;
}

Unexpected<ApiError> no_such_shard() {
  return api_error(ErrorKind::kResourceNotFoundException,
                   "Requested resource not found: Shard does not exist");
}

Unexpected<ApiError> data_trimmed() {
  return api_error(ErrorKind::kTrimmedDataAccessException,
                   "The data you are trying to access has been trimmed");
}

}  // namespace understudy
