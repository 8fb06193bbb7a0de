#include "streams/mappings/batch_document.h"

#include <algorithm>

#include "emulator/base/arena.h"
#include "emulator/clock/moment_text.h"
#include "streams/sequence_number.h"

namespace understudy {
namespace {

void text(JsonWriter& out, std::string_view name, std::string_view value) {
  out.key(name);
  out.string(value);
}

/// As Lambda writes moments: "2026-01-31T23:59:59Z".
std::string whole_seconds(Microseconds moment) {
  constexpr std::size_t kToSeconds = 19;
  return moment_text(moment).substr(0, kToSeconds) + "Z";
}

/// "2026-01-31T23:59:59.123Z"
std::string milliseconds(Microseconds moment) {
  constexpr std::size_t kToMilliseconds = 23;
  return moment_text(moment).substr(0, kToMilliseconds) + "Z";
}

void write_node(JsonWriter& out, const JsonNode& node) {
  switch (node.kind) {
    case JsonKind::kNull:
      out.raw("null");
      break;
    case JsonKind::kFalse:
    case JsonKind::kTrue:
      out.boolean(node.is(JsonKind::kTrue));
      break;
    case JsonKind::kInteger:
    case JsonKind::kDecimal:
      out.raw(node.text());
      break;
    case JsonKind::kString:
      out.string(node.text());
      break;
    case JsonKind::kArray:
      out.begin_array();
      for (const JsonNode& element : node.elements()) {
        write_node(out, element);
      }
      out.end_array();
      break;
    case JsonKind::kObject:
      out.begin_object();
      for (const auto& [name, value] : node.members()) {
        out.user_key(name);
        write_node(out, value);
      }
      out.end_object();
      break;
  }
}

}  // namespace

std::string batch_event(const RecordBatch& batch, const MappingSettings& settings,
                        std::string_view shard_id, std::string_view window_state) {
  Buffer buffer;
  JsonWriter out(buffer);
  out.begin_object();
  out.key("Records");
  out.begin_array();
  for (const SourceRecord& record : batch.records) {
    out.raw(record.json);
  }
  out.end_array();
  if (batch.window_start.has_value()) {
    out.key("window");
    out.begin_object();
    // Source: Lambda developer guide, "Tumbling windows".
    text(out, "start", whole_seconds(*batch.window_start));
    text(out, "end",
         whole_seconds(*batch.window_start + settings.tumbling_window_seconds * kSecond));
    out.end_object();
    out.key("state");
    out.raw(window_state);
    text(out, "shardId", shard_id);
    text(out, "eventSourceARN", settings.source_arn);
    out.key("isFinalInvokeForWindow");
    out.boolean(batch.final_of_window);
    out.key("isWindowTerminatedEarly");
    out.boolean(false);
  }
  out.end_object();
  return std::string(buffer.view());
}

ItemReport read_item_report(std::string_view payload, const RecordBatch& batch) {
  Arena arena;
  const auto parsed = parse_json(payload, arena);
  const JsonNode* const failures = parsed ? parsed->find("batchItemFailures") : nullptr;
  if (failures == nullptr || (failures->is(JsonKind::kArray) && failures->size == 0)) {
    return {};
  }
  ItemReport report;
  report.failed = true;
  if (!failures->is(JsonKind::kArray)) {
    return report;
  }
  for (const JsonNode& failure : failures->elements()) {
    const JsonNode* const id = failure.find("itemIdentifier");
    const bool known = id != nullptr && id->is(JsonKind::kString) &&
                       std::ranges::any_of(batch.records, [&](const SourceRecord& record) {
                         return record.sequence_number == id->text();
                       });
    if (!known) {
      report.first_failed.reset();
      return report;
    }
    if (!report.first_failed.has_value() || sequence_less(id->text(), *report.first_failed)) {
      report.first_failed = std::string(id->text());
    }
  }
  return report;
}

std::string state_of(std::string_view payload) {
  Arena arena;
  const auto parsed = parse_json(payload, arena);
  const JsonNode* const state = parsed ? parsed->find("state") : nullptr;
  if (state == nullptr) {
    return {};
  }
  Buffer buffer;
  JsonWriter out(buffer);
  write_node(out, *state);
  return std::string(buffer.view());
}

std::string failure_document(const GivenUpBatch& batch, const MappingSettings& settings,
                             std::string_view shard_id, std::string_view function_arn,
                             std::string_view request_id, Microseconds now) {
  const bool exhausted = batch.why == GivenUp::kRetriesExhausted;
  Buffer buffer;
  JsonWriter out(buffer);
  out.begin_object();
  out.key("requestContext");
  out.begin_object();
  text(out, "requestId", request_id);
  text(out, "functionArn", function_arn);
  text(out, "condition", exhausted ? "RetryAttemptsExhausted" : "RecordAgeExceeded");
  out.key("approximateInvokeCount");
  out.integer(batch.invocations);
  out.end_object();
  out.key("responseContext");
  out.begin_object();
  out.key("statusCode");
  out.integer(200);
  text(out, "executedVersion", "$LATEST");
  out.key("functionError");
  if (batch.reported) {
    out.raw("null");
  } else {
    out.string("Unhandled");
  }
  out.end_object();
  text(out, "version", "1.0");
  // Source: Lambda developer guide, "Configuring destinations for failed invocations".
  text(out, "timestamp", milliseconds(now));
  out.key("DDBStreamBatchInfo");
  out.begin_object();
  text(out, "shardId", shard_id);
  text(out, "startSequenceNumber", batch.records.front().sequence_number);
  text(out, "endSequenceNumber", batch.records.back().sequence_number);
  text(out, "approximateArrivalOfFirstRecord", whole_seconds(batch.records.front().created));
  text(out, "approximateArrivalOfLastRecord", whole_seconds(batch.records.back().created));
  out.key("batchSize");
  out.integer(static_cast<std::int64_t>(batch.records.size()));
  text(out, "streamArn", settings.source_arn);
  out.end_object();
  out.end_object();
  return std::string(buffer.view());
}

}  // namespace understudy
