// Which changes refuse each other while one is under way, and in which words (D1).
// Source: notes of the AWS Controllers for Kubernetes (October 2026), DDB-TABLE-119, -149, -159,
// -175, -286, -369, -375, -376, -444, -458.
#pragma once

#include <string_view>

#include "emulator/service/api_error.h"
#include "emulator/table/table.h"

namespace understudy {

/// Error of all: ResourceInUseException.

/// Provisioned throughput of the table, or its billing mode.
Result<void> check_throughput_free(const TableState& state);
Result<void> check_stream_free(const TableState& state);
Result<void> check_table_class_free(const TableState& state);
/// Maximum on-demand throughput of the table.
Result<void> check_on_demand_free(const TableState& state);
/// Creating or deleting an index. Error also: LimitExceededException, one index at a time.
Result<void> check_index_work_free(const TableState& state);
/// Updating that index.
Result<void> check_index_free(const TableState& state, const IndexSettings& index);
/// Deleting that index.
Result<void> check_index_deletable(const TableState& state, const IndexSettings& index);

}  // namespace understudy
