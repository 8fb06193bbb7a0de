// ProvisionedThroughput, OnDemandThroughput and WarmThroughput members of tables and global
// indexes: what may be given under which billing mode, ranges and quotas. Source of the texts:
// notes of the AWS Controllers for Kubernetes (October 2026), DDB-TABLE-038, -039, -128, -154,
// -155, -171, -456.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/base/json.h"
#include "emulator/service/api_error.h"
#include "emulator/table/catalog.h"
#include "emulator/table/scope.h"
#include "emulator/table/table_settings.h"

namespace understudy {

/// Quotas of a table or index, and of all tables of an account in a region together.
/// Source: Developer Guide, "Service quotas"; DescribeLimits (DDB-TABLE-131).
inline constexpr std::int64_t kTableUnitsMax = 40'000;
inline constexpr std::int64_t kAccountUnitsMax = 80'000;

/// What an on-demand table serves from its first moment on.
inline constexpr Throughput kOnDemandInitial{12'000, 4'000};

/// ProvisionedThroughput of a table or index; nullopt where absent.
std::optional<Throughput> read_throughput(const JsonNode& holder);
/// "Given value <n> for ReadCapacityUnits is out of bounds".
Result<void> check_throughput_bounds(const Throughput& throughput);

/// OnDemandThroughput; nullopt where absent or without members.
std::optional<OnDemandThroughput> read_on_demand(const JsonNode& holder);
/// Members must be at least 1; `clearing`: or -1. `index`: its name, or empty for the table.
Result<void> check_on_demand_range(const OnDemandThroughput& limits, std::string_view index,
                                   bool clearing);

/// WarmThroughput; nullopt where absent or without members.
struct WarmRequest {
  std::optional<std::int64_t> read;
  std::optional<std::int64_t> write;
};
std::optional<WarmRequest> read_warm(const JsonNode& holder);
/// The request over what is there: members not given keep their value.
Throughput merge_warm(const WarmRequest& request, const Throughput& current);

/// What CreateTable says about a table's or an index's throughput beyond the provisioned numbers:
/// OnDemandThroughput and WarmThroughput. `settings.billing_mode` and the provisioned numbers must
/// be set.
Result<void> read_initial_limits(TableSettings& settings, const JsonNode& input);
Result<void> read_initial_limits(IndexSettings& index, const JsonNode& node, BillingMode mode);

/// Quotas of the account and region: 40,000 units for each table and index, 80,000 for all
/// together. Error: LimitExceededException.
Result<void> check_table_quota(const Throughput& units, const Scope& scope);
Result<void> check_index_quota(const Throughput& units, std::string_view index, const Scope& scope);
Result<void> check_limits_quota(const std::optional<OnDemandThroughput>& on_demand,
                                const Throughput& warm, std::string_view index, const Scope& scope);
/// `more`: what is asked for in addition to what all tables have.
Result<void> check_account_quota(const Catalog& catalog, const Scope& scope,
                                 const Throughput& more);

}  // namespace understudy
