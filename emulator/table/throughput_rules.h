// Rules of throughput numbers that need to know tables or the account: quotas, how often they may
// be lowered, what warm throughput may become. Source of the texts: notes of the AWS Controllers
// for Kubernetes (October 2026), DDB-TABLE-039, -128, -154, -155, -171, -184, -185, -326, -443.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "emulator/clock/clock.h"
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

/// WarmThroughput as given: members not given stay.
struct WarmRequest {
  std::optional<std::int64_t> read;
  std::optional<std::int64_t> write;
};
/// The request over what is there.
Throughput merge_warm(const WarmRequest& request, const Throughput& current);
/// The larger of both, member by member.
Throughput larger(const Throughput& a, const Throughput& b);

/// In all of these `index` is its name, or empty for the table itself.

/// Error: LimitExceededException above 40,000 units.
Result<void> check_units_quota(const Throughput& units, std::string_view index, const Scope& scope);
Result<void> check_limits_quota(const std::optional<OnDemandThroughput>& on_demand,
                                const Throughput& warm, std::string_view index, const Scope& scope);
/// Units that all provisioned tables and indexes of the tenant have together. Locks each table.
Throughput reserved_by_account(const Catalog& catalog, const Scope& scope);
/// Error: LimitExceededException where `more` on top of `reserved` is above the account's quota.
Result<void> check_account_quota(const Throughput& reserved, const Throughput& more,
                                 const Scope& scope);

/// OnDemandThroughput's members must be at least 1; `clearing`: or -1.
Result<void> check_on_demand_range(const OnDemandThroughput& limits, std::string_view index,
                                   bool clearing);
/// OnDemandThroughput on a provisioned table, in UpdateTable's words: named is the first member
/// given.
Unexpected<ApiError> on_demand_needs_on_demand(const OnDemandThroughput& limits,
                                               std::string_view index);
/// Members given replace those that are there; -1 stays visible until drop_cleared().
void merge_on_demand(std::optional<OnDemandThroughput>& current, const OnDemandThroughput& wanted);
void drop_cleared(std::optional<OnDemandThroughput>& limits);
/// Warm throughput of something new: not below `least`, which is what it serves anyway.
Result<void> check_initial_warm(const Throughput& warm, const Throughput& least, BillingMode mode,
                                std::string_view index);
/// Warm throughput only rises.
Result<void> check_warm_rises(const Throughput& wanted, const Throughput& current,
                              std::string_view index);

/// Lowering provisioned throughput: four times a UTC day, then once an hour.
/// Error: LimitExceededException naming the next moment.
Result<void> check_decrease(const ProvisionedThroughput& current, const Throughput& wanted,
                            Microseconds now);
/// Whether either number falls.
bool is_decrease(const Throughput& from, const Throughput& to);
bool is_increase(const Throughput& from, const Throughput& to);
/// Decreases count for one UTC day.
std::int64_t decreases_today(const ProvisionedThroughput& provisioned, Microseconds now);
/// The numbers changed at that moment: counters and times go with them.
void apply_throughput(ProvisionedThroughput& current, const Throughput& wanted, Microseconds now);

}  // namespace understudy
