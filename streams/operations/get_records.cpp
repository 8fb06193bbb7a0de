// GetRecords: up to 1000 records or 1 MB from an iterator on, and the next iterator. Source:
// section C4.
#include <optional>
#include <string>

#include "emulator/operations/request_reader.h"
#include "streams/operations/stream_operations.h"
#include "streams/stream_faults.h"

namespace understudy {
namespace {

struct GetRecordsRequest {
  ShardIterator iterator;
  PageLimits limits;
};

Result<GetRecordsRequest> parse_get_records(OperationContext& context, const JsonNode& input) {
  GetRecordsRequest request;
  const auto iterator =
      stream_operations(context).seal().read(read_string(input, "ShardIterator"), context.arena);
  if (!iterator) {
    // Assumed: the text; that it is a ValidationException is Alternator's test_streams.
    return validation_error("Invalid ShardIterator");
  }
  request.iterator = *iterator;
  if (const auto limit = read_integer(input, "Limit")) {
    request.limits.records_max = static_cast<std::size_t>(*limit);
  }
  return request;
}

/// The rates that a shard's readers share; nullopt: they are not limited.
std::optional<ReaderLimits> reader_limits(const OperationContext& context) {
  const auto options = context.catalog.simulation_options();
  const CapacityKnobs& knobs = options->knobs;
  if (knobs.streams_reader_limit == 0) {
    return std::nullopt;
  }
  return ReaderLimits{CapacityUnits::whole(knobs.streams_reader_calls_per_second),
                      CapacityUnits::whole(knobs.streams_reader_bytes_per_second)};
}

/// Assumed: the exception, which is the model's, and its text (C4).
Unexpected<ApiError> too_many_readers(OperationContext& context) {
  context.trace.verdict = "throttled";
  return api_error(ErrorKind::kLimitExceededException,
                   "Too many operations for a given subscriber.");
}

Result<void> run_get_records(OperationContext& context, const GetRecordsRequest& request,
                             JsonWriter& out) {
  const ShardIterator& iterator = request.iterator;
  const FaultStream* const fault = stream_fault(context);
  if (context.now > iterator.issued + kIteratorLife ||
      (fault != nullptr && fault->kind == FaultStream::Kind::kExpireIterator)) {
    return api_error(ErrorKind::kExpiredIteratorException, "Shard iterator has expired");
  }
  TRY(const std::shared_ptr<StreamLog> log, find_stream(context, iterator.stream_arn));
  if (fault != nullptr) {
    apply_stream_fault(*fault, *log, iterator.shard, context.now);
  }
  const std::optional<ReaderLimits> readers = reader_limits(context);
  if (readers && !log->admit_reader(iterator.shard, *readers, context.now)) {
    return too_many_readers(context);
  }
  const RecordPage page =
      read_with_fault(fault, *log, iterator.shard, iterator.position, request.limits, context.now);
  if (page.status == RecordPage::Status::kUnknown) {
    return no_such_shard();
  }
  if (page.status == RecordPage::Status::kTrimmed) {
    return data_trimmed();
  }
  if (readers) {
    log->pay_read(iterator.shard, page.records);
  }
  context.trace.items += static_cast<std::uint32_t>(page.records.size());
  out.begin_object();
  out.key("Records");
  out.begin_array();
  for (const StreamRecord& record : page.records) {
    write_stream_record(out, log->info(), record, RecordForm::kStreams);
  }
  out.end_array();
  if (page.status == RecordPage::Status::kOpen) {
    out.key("NextShardIterator");
    out.string(stream_operations(context).seal().text(
        {log->info().arn, iterator.shard, page.next, context.now}));
  }
  out.end_object();
  return {};
}

}  // namespace

UNDERSTUDY_OPERATION(get_records)

}  // namespace understudy
