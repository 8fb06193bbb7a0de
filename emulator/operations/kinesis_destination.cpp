#include "emulator/operations/kinesis_destination.h"

#include <algorithm>
#include <string>
#include <utility>

#include "emulator/operations/request_reader.h"

namespace understudy {
namespace {

void store(TableState& state, const KinesisDestination& destination) {
  change_settings(state, [&](TableSettings& settings) {
    const auto place = std::ranges::find(settings.kinesis, destination.stream_arn,
                                         &KinesisDestination::stream_arn);
    if (place == settings.kinesis.end()) {
      settings.kinesis.push_back(destination);
    } else {
      *place = destination;
    }
  });
}

}  // namespace

KinesisDestinationRequest read_kinesis_request(const JsonNode& input,
                                               std::string_view configuration) {
  KinesisDestinationRequest request;
  request.table = read_string(input, "TableName");
  request.stream_arn = read_string(input, "StreamArn");
  if (const JsonNode* const node = input.find(configuration)) {
    request.precision = read_string(*node, "ApproximateCreationDateTimePrecision");
  }
  return request;
}

const KinesisDestination* find_destination(const TableSettings& settings, std::string_view arn) {
  const auto found = std::ranges::find(settings.kinesis, arn, &KinesisDestination::stream_arn);
  return found == settings.kinesis.end() ? nullptr : &*found;
}

void change_destination(const OperationContext& context, const TableRef& table, TableState& state,
                        KinesisStep step) {
  Catalog& catalog = context.catalog;
  store(state, step.now);
  catalog.follow_changes(state, context.now);
  change_after(catalog, table, state, transition_length(catalog.transitions(), step.transition),
               [&catalog, then = std::move(step.then)](TableState& changed) {
                 store(changed, then);
                 catalog.follow_changes(changed, catalog.clock().now());
               });
}

Result<void> check_table_settled(const TableState& state) {
  if (state.status != TableStatus::kCreating && state.status != TableStatus::kDeleting) {
    return {};
  }
  // Assumed: as other changes of a table that comes or goes.
  return api_error(
      ErrorKind::kResourceInUseException,
      "Attempt to change a resource which is still in use: Table is being " +
          std::string(state.status == TableStatus::kCreating ? "created: " : "deleted: ") +
          state.settings->name);
}

std::string_view destination_status_name(KinesisDestination::Status status) {
  using Status = KinesisDestination::Status;
  switch (status) {
    case Status::kEnabling:
      return "ENABLING";
    case Status::kActive:
      return "ACTIVE";
    case Status::kDisabling:
      return "DISABLING";
    case Status::kDisabled:
      return "DISABLED";
    case Status::kEnableFailed:
      return "ENABLE_FAILED";
    case Status::kUpdating:
      return "UPDATING";
  }
  return {};
}

std::string_view precision_name(const KinesisDestination& destination) {
  return destination.microseconds ? "MICROSECOND" : "MILLISECOND";
}

void write_kinesis_answer(JsonWriter& out, std::string_view table, const KinesisDestination& shown,
                          std::string_view configuration) {
  out.begin_object();
  out.key("TableName");
  out.string(table);
  out.key("StreamArn");
  out.string(shown.stream_arn);
  out.key("DestinationStatus");
  out.string(destination_status_name(shown.status));
  if (shown.precision_given) {
    out.key(configuration);
    out.begin_object();
    out.key("ApproximateCreationDateTimePrecision");
    out.string(precision_name(shown));
    out.end_object();
  }
  out.end_object();
}

}  // namespace understudy
