// What Enable-, Disable-, Update- and DescribeKinesisStreamingDestination share. The destinations
// of a table are in its settings; who delivers reads them there (streams/kinesis). Source: section
// C6.
#pragma once

#include <string_view>

#include "emulator/operations/operation.h"
#include "emulator/table/lifecycle.h"

namespace understudy {

/// What all three changes are asked with.
struct KinesisDestinationRequest {
  std::string_view table;
  std::string_view stream_arn;
  std::string_view precision;  ///< empty: not given
};
/// `configuration`: the member that holds the precision.
KinesisDestinationRequest read_kinesis_request(const JsonNode& input,
                                               std::string_view configuration);

/// The destination of that ARN, or nullptr.
const KinesisDestination* find_destination(const TableSettings& settings, std::string_view arn);

/// Another state of a destination now, and the one it has in the end; the keeper of changes hears
/// of both. Under the table's lock.
struct KinesisStep {
  KinesisDestination now;
  KinesisDestination then;
  Transition transition = Transition::kKinesisEnabling;
};
void change_destination(const OperationContext& context, const TableRef& table, TableState& state,
                        KinesisStep step);

/// Error: ResourceInUseException where the table is CREATING or DELETING.
Result<void> check_table_settled(const TableState& state);

std::string_view destination_status_name(KinesisDestination::Status status);
std::string_view precision_name(const KinesisDestination& destination);
/// `"TableName":…,"StreamArn":…,"DestinationStatus":…` and, when given, the configuration as an
/// object.
void write_kinesis_answer(JsonWriter& out, std::string_view table, const KinesisDestination& shown,
                          std::string_view configuration);

}  // namespace understudy
