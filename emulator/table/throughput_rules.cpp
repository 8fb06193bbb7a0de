#include "emulator/table/throughput_rules.h"

#include <algorithm>
#include <string>

#include "emulator/table/date_text.h"
#include "emulator/table/refusal.h"

namespace understudy {

namespace {

constexpr std::string_view kInitialOnDemand =
    "initial throughput for OnDemand. See: "
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
    "on-demand-capacity-mode.html#on-demand-capacity-mode-initial";
constexpr std::string_view kCurrentWarm =
    "current WarmThroughput, decreasing WarmThroughput is not supported";

constexpr std::string_view kReferToGuide =
    "Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher "
    "limits.";
constexpr std::int64_t kFreeDecreases = 4;
constexpr Microseconds kDecreaseInterval = 3600 * kMicrosecondsPerSecond;

/// The service writes "index :" here and "index" there.
std::string on_demand_subject(std::string_view index) {
  return index.empty() ? "OnDemandThroughput for table"
                       : "OnDemandThroughput for index : " + std::string(index);
}

std::string warm_subject(std::string_view index) {
  return index.empty() ? "WarmThroughput for table"
                       : "WarmThroughput for index " + std::string(index);
}

Unexpected<ApiError> warm_too_low(std::string_view member, std::string_view index,
                                  std::string_view than) {
  return invalid_parameters("Requested " + std::string(member) + " for " + warm_subject(index) +
                            " is lower than " + std::string(than));
}

}  // namespace

Throughput merge_warm(const WarmRequest& request, const Throughput& current) {
  return {request.read.value_or(current.read), request.write.value_or(current.write)};
}

Throughput larger(const Throughput& a, const Throughput& b) {
  return {std::max(a.read, b.read), std::max(a.write, b.write)};
}

Result<void> check_units_quota(const Throughput& units, std::string_view index,
                               const Scope& scope) {
  const std::string kind = index.empty() ? "table" : "index";
  const std::string subject = index.empty() ? "" : " for index " + std::string(index);
  const auto above = [&](std::string_view member, std::int64_t value) {
    return limit_exceeded("The requested " + std::string(member) + subject + ", " +
                          std::to_string(value) + ", is above the per " + kind +
                          " maximum for the account in " + std::string(scope.region) + ". Per " +
                          kind + " maximum: " + std::to_string(kTableUnitsMax) + ". " +
                          std::string(kReferToGuide));
  };
  if (units.read > kTableUnitsMax) {
    return above("ReadCapacityUnits", units.read);
  }
  if (units.write > kTableUnitsMax) {
    return above("WriteCapacityUnits", units.write);
  }
  return {};
}

Result<void> check_limits_quota(const std::optional<OnDemandThroughput>& on_demand,
                                const Throughput& warm, std::string_view index,
                                const Scope& scope) {
  const auto above = [&](std::string_view member, const std::string& subject,
                         std::string_view quota) {
    return subscriber_limit("Requested " + std::string(member) + " for " + subject + " exceeds " +
                            std::string(quota) + " of the account in region " +
                            std::string(scope.region));
  };
  if (on_demand && on_demand->max_read.value_or(0) > kTableUnitsMax) {
    return above("MaxReadRequestUnits", on_demand_subject(index), "TableMaxReadCapacityUnits");
  }
  if (on_demand && on_demand->max_write.value_or(0) > kTableUnitsMax) {
    return above("MaxWriteRequestUnits", on_demand_subject(index), "TableMaxWriteCapacityUnits");
  }
  if (warm.read > kTableUnitsMax) {
    return above("ReadUnitsPerSecond", warm_subject(index), "TableMaxReadCapacityUnits");
  }
  if (warm.write > kTableUnitsMax) {
    return above("WriteUnitsPerSecond", warm_subject(index), "TableMaxWriteCapacityUnits");
  }
  return {};
}

Throughput reserved_by_account(const Catalog& catalog, const Scope& scope) {
  Throughput sum;
  const auto add = [&sum](const Throughput& units) {
    sum.read += units.read;
    sum.write += units.write;
  };
  for (const TableRef& table : catalog.tables(scope)) {
    const auto settings = table->lock()->settings;
    if (settings->billing_mode == BillingMode::kPayPerRequest) {
      continue;
    }
    add(settings->provisioned.units);
    for (const IndexSettings& index : settings->indexes) {
      add(index.provisioned.units);
    }
  }
  return sum;
}

Result<void> check_account_quota(const Throughput& reserved, const Throughput& more,
                                 const Scope& scope) {
  const auto above = [&](const std::string& member, std::int64_t current, std::int64_t requested) {
    return limit_exceeded(
        "This request would have caused the " + member +
        " limit to be exceeded for the account in " + std::string(scope.region) + ". Current " +
        member + " reserved by the account: " + std::to_string(current) +
        ". Limit: " + std::to_string(kAccountUnitsMax) +
        ". Requested: " + std::to_string(requested) + ". " + std::string(kReferToGuide));
  };
  if (more.read > 0 && reserved.read + more.read > kAccountUnitsMax) {
    return above("ReadCapacityUnits", reserved.read, more.read);
  }
  if (more.write > 0 && reserved.write + more.write > kAccountUnitsMax) {
    return above("WriteCapacityUnits", reserved.write, more.write);
  }
  return {};
}

Result<void> check_on_demand_range(const OnDemandThroughput& limits, std::string_view index,
                                   bool clearing) {
  const auto fits = [clearing](const std::optional<std::int64_t>& value) {
    return !value || *value >= 1 || (clearing && *value == -1);
  };
  const auto outside = [index](std::string_view member) {
    return invalid_parameters("Requested " + std::string(member) + " for " +
                              on_demand_subject(index) + " is outside of valid range");
  };
  if (!fits(limits.max_read)) {
    return outside("MaxReadRequestUnits");
  }
  if (!fits(limits.max_write)) {
    return outside("MaxWriteRequestUnits");
  }
  return {};
}

Unexpected<ApiError> on_demand_needs_on_demand(const OnDemandThroughput& limits,
                                               std::string_view index) {
  const std::string member = limits.max_read ? "MaxReadRequestUnits" : "MaxWriteRequestUnits";
  const std::string subject = index.empty() ? "" : " for index : " + std::string(index);
  return invalid_parameters(member + " for OnDemandThroughput" + subject +
                            " cannot be specified when the table BillingMode is PROVISIONED");
}

void merge_on_demand(std::optional<OnDemandThroughput>& current, const OnDemandThroughput& wanted) {
  OnDemandThroughput merged = current.value_or(OnDemandThroughput{});
  merged.max_read = wanted.max_read ? wanted.max_read : merged.max_read;
  merged.max_write = wanted.max_write ? wanted.max_write : merged.max_write;
  current = merged;
}

void drop_cleared(std::optional<OnDemandThroughput>& limits) {
  if (!limits) {
    return;
  }
  if (limits->max_read == -1) {
    limits->max_read.reset();
  }
  if (limits->max_write == -1) {
    limits->max_write.reset();
  }
  if (!limits->max_read && !limits->max_write) {
    limits.reset();
  }
}

Result<void> check_initial_warm(const Throughput& warm, const Throughput& least, BillingMode mode,
                                std::string_view index) {
  const bool on_demand = mode == BillingMode::kPayPerRequest;
  if (warm.read < least.read) {
    return warm_too_low(
        "ReadUnitsPerSecond", index,
        on_demand ? kInitialOnDemand : "ReadCapacityUnits of ProvisionedThroughput");
  }
  if (warm.write < least.write) {
    return warm_too_low(
        "WriteUnitsPerSecond", index,
        on_demand ? kInitialOnDemand : "WriteCapacityUnits of ProvisionedThroughput");
  }
  return {};
}

Result<void> check_warm_rises(const Throughput& wanted, const Throughput& current,
                              std::string_view index) {
  if (wanted.read < current.read) {
    return warm_too_low("ReadUnitsPerSecond", index, kCurrentWarm);
  }
  if (wanted.write < current.write) {
    return warm_too_low("WriteUnitsPerSecond", index, kCurrentWarm);
  }
  return {};
}

bool is_decrease(const Throughput& from, const Throughput& to) {
  return to.read < from.read || to.write < from.write;
}

bool is_increase(const Throughput& from, const Throughput& to) {
  return to.read > from.read || to.write > from.write;
}

std::int64_t decreases_today(const ProvisionedThroughput& provisioned, Microseconds now) {
  return provisioned.last_decrease && *provisioned.last_decrease >= start_of_day(now)
             ? provisioned.decreases_today
             : 0;
}

Result<void> check_decrease(const ProvisionedThroughput& current, const Throughput& wanted,
                            Microseconds now) {
  const std::int64_t today = decreases_today(current, now);
  if (!is_decrease(current.units, wanted) || today < kFreeDecreases) {
    return {};
  }
  const Microseconds next =
      std::min(*current.last_decrease + kDecreaseInterval, start_of_day(now) + kMicrosecondsPerDay);
  if (now >= next) {
    return {};
  }
  return subscriber_limit(
      "Provisioned throughput decreases are limited within a given UTC day. After the first 4 "
      "decreases, each subsequent decrease in the same UTC day can be performed at most once every "
      "3600 seconds. Number of decreases today: " +
      std::to_string(today) + ". Last decrease at " + long_date_text(*current.last_decrease) +
      ". Next decrease can be made at " + long_date_text(next));
}

void apply_throughput(ProvisionedThroughput& current, const Throughput& wanted, Microseconds now) {
  if (is_decrease(current.units, wanted)) {
    current.decreases_today = decreases_today(current, now) + 1;
    current.last_decrease = now;
  }
  if (is_increase(current.units, wanted)) {
    current.last_increase = now;
  }
  current.units = wanted;
}

}  // namespace understudy
