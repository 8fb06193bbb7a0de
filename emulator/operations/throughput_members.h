// ProvisionedThroughput, OnDemandThroughput and WarmThroughput members of tables and global
// indexes: what may be given under which billing mode. Source of the texts:
// notes of the AWS Controllers for Kubernetes (October 2026), DDB-TABLE-038, -039, -128, -154,
// -155, -171, -456.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "emulator/base/json.h"
#include "emulator/service/api_error.h"
#include "emulator/table/table_settings.h"
#include "emulator/table/throughput_rules.h"

namespace understudy {

/// ProvisionedThroughput of a table or index; nullopt where absent.
std::optional<Throughput> read_throughput(const JsonNode& holder);
/// "Given value <n> for ReadCapacityUnits is out of bounds".
Result<void> check_throughput_bounds(const Throughput& throughput);

/// OnDemandThroughput; nullopt where absent or without members.
std::optional<OnDemandThroughput> read_on_demand(const JsonNode& holder);
/// WarmThroughput; nullopt where absent or without members.
std::optional<WarmRequest> read_warm(const JsonNode& holder);

/// What CreateTable says about a table's or an index's throughput beyond the provisioned numbers:
/// OnDemandThroughput and WarmThroughput. `settings.billing_mode` and the provisioned numbers must
/// be set.
Result<void> read_initial_limits(TableSettings& settings, const JsonNode& input);
Result<void> read_initial_limits(IndexSettings& index, const JsonNode& node, BillingMode mode);

}  // namespace understudy
