#include "emulator/operations/throughput_members.h"

#include <algorithm>

#include "emulator/operations/request_reader.h"
#include "emulator/operations/table_definition.h"

namespace understudy {

namespace {

constexpr std::int64_t kUnitsValueMax = 1'000'000'000'000;
constexpr std::string_view kReferToGuide =
    "Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher "
    "limits.";

std::string on_demand_subject(std::string_view index) {
  return index.empty() ? "for table" : "for index : " + std::string(index);
}

std::string warm_subject(std::string_view index) {
  return index.empty() ? "for table" : "for index " + std::string(index);
}

Unexpected<ApiError> limit_exceeded(std::string message) {
  return api_error(ErrorKind::kLimitExceededException, std::move(message));
}

/// OnDemandThroughput on a provisioned table: named is the first member given, read before write.
Unexpected<ApiError> on_demand_needs_on_demand(const OnDemandThroughput& limits,
                                               std::string_view index) {
  const std::string member = limits.max_read ? "MaxReadRequestUnits" : "MaxWriteRequestUnits";
  const std::string subject = index.empty() ? "" : " for index: " + std::string(index);
  return invalid_parameters(member + " for OnDemandThroughput" + subject +
                            " cannot be specified when table BillingMode is PROVISIONED.");
}

Unexpected<ApiError> warm_too_low(std::string_view member, std::string_view index,
                                  std::string_view than) {
  return invalid_parameters("Requested " + std::string(member) + " for WarmThroughput " +
                            warm_subject(index) + " is lower than " + std::string(than));
}

Result<void> check_initial_warm(const Throughput& warm, const Throughput& least, BillingMode mode,
                                std::string_view index) {
  const bool on_demand = mode == BillingMode::kPayPerRequest;
  constexpr std::string_view kInitial =
      "initial throughput for OnDemand. See: "
      "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
      "on-demand-capacity-mode.html#on-demand-capacity-mode-initial";
  if (warm.read < least.read) {
    return warm_too_low("ReadUnitsPerSecond", index,
                        on_demand ? kInitial : "ReadCapacityUnits of ProvisionedThroughput");
  }
  if (warm.write < least.write) {
    return warm_too_low("WriteUnitsPerSecond", index,
                        on_demand ? kInitial : "WriteCapacityUnits of ProvisionedThroughput");
  }
  return {};
}

Result<void> read_initial(std::optional<OnDemandThroughput>& on_demand, WarmThroughput& warm,
                          const JsonNode& node, BillingMode mode, const Throughput& provisioned,
                          std::string_view index) {
  on_demand = read_on_demand(node);
  if (on_demand) {
    if (mode == BillingMode::kProvisioned) {
      return on_demand_needs_on_demand(*on_demand, index);
    }
    TRY_VOID(check_on_demand_range(*on_demand, index, false));
  }
  const Throughput least = mode == BillingMode::kPayPerRequest ? kOnDemandInitial : provisioned;
  warm.units = least;
  if (const auto request = read_warm(node)) {
    warm.requested = true;
    warm.units = merge_warm(*request, least);
    TRY_VOID(check_initial_warm(warm.units, least, mode, index));
  }
  return {};
}

Result<void> check_quota(const Throughput& units, std::string_view subject,
                         std::string_view scope_of, const Scope& scope) {
  const auto above = [&](std::string_view member, std::int64_t value) {
    return limit_exceeded("The requested " + std::string(member) + std::string(subject) + ", " +
                          std::to_string(value) + ", is above the per " + std::string(scope_of) +
                          " maximum for the account in " + std::string(scope.region) + ". Per " +
                          std::string(scope_of) + " maximum: " + std::to_string(kTableUnitsMax) +
                          ". " + std::string(kReferToGuide));
  };
  if (units.read > kTableUnitsMax) {
    return above("ReadCapacityUnits", units.read);
  }
  if (units.write > kTableUnitsMax) {
    return above("WriteCapacityUnits", units.write);
  }
  return {};
}

void add_up(Throughput& sum, const Throughput& units) {
  sum.read += units.read;
  sum.write += units.write;
}

Throughput reserved_by_account(const Catalog& catalog, const Scope& scope) {
  Throughput sum;
  for (const TableRef& table : catalog.tables(scope)) {
    const auto settings = table->lock()->settings;
    if (settings->billing_mode == BillingMode::kPayPerRequest) {
      continue;
    }
    add_up(sum, settings->provisioned.units);
    for (const IndexSettings& index : settings->indexes) {
      add_up(sum, index.provisioned.units);
    }
  }
  return sum;
}

}  // namespace

std::optional<Throughput> read_throughput(const JsonNode& holder) {
  const JsonNode* node = holder.find("ProvisionedThroughput");
  if (node == nullptr) {
    return std::nullopt;
  }
  return Throughput{read_integer(*node, "ReadCapacityUnits").value_or(0),
                    read_integer(*node, "WriteCapacityUnits").value_or(0)};
}

Result<void> check_throughput_bounds(const Throughput& throughput) {
  const auto out_of_bounds = [](std::int64_t value, std::string_view member) {
    return validation_error("Given value " + std::to_string(value) + " for " + std::string(member) +
                            " is out of bounds");
  };
  if (throughput.read > kUnitsValueMax) {
    return out_of_bounds(throughput.read, "ReadCapacityUnits");
  }
  if (throughput.write > kUnitsValueMax) {
    return out_of_bounds(throughput.write, "WriteCapacityUnits");
  }
  return {};
}

std::optional<OnDemandThroughput> read_on_demand(const JsonNode& holder) {
  const JsonNode* node = holder.find("OnDemandThroughput");
  if (node == nullptr) {
    return std::nullopt;
  }
  OnDemandThroughput limits{read_integer(*node, "MaxReadRequestUnits"),
                            read_integer(*node, "MaxWriteRequestUnits")};
  return limits.max_read || limits.max_write ? std::optional(limits) : std::nullopt;
}

Result<void> check_on_demand_range(const OnDemandThroughput& limits, std::string_view index,
                                   bool clearing) {
  const auto fits = [clearing](const std::optional<std::int64_t>& value) {
    return !value || *value >= 1 || (clearing && *value == -1);
  };
  for (const auto& [member, value] : {std::pair("MaxReadRequestUnits", limits.max_read),
                                      std::pair("MaxWriteRequestUnits", limits.max_write)}) {
    if (!fits(value)) {
      return invalid_parameters("Requested " + std::string(member) + " for OnDemandThroughput " +
                                on_demand_subject(index) + " is outside of valid range");
    }
  }
  return {};
}

std::optional<WarmRequest> read_warm(const JsonNode& holder) {
  const JsonNode* node = holder.find("WarmThroughput");
  if (node == nullptr) {
    return std::nullopt;
  }
  WarmRequest request{read_integer(*node, "ReadUnitsPerSecond"),
                      read_integer(*node, "WriteUnitsPerSecond")};
  return request.read || request.write ? std::optional(request) : std::nullopt;
}

Throughput merge_warm(const WarmRequest& request, const Throughput& current) {
  return {request.read.value_or(current.read), request.write.value_or(current.write)};
}

Result<void> read_initial_limits(TableSettings& settings, const JsonNode& input) {
  return read_initial(settings.on_demand, settings.warm, input, settings.billing_mode,
                      settings.provisioned.units, {});
}

Result<void> read_initial_limits(IndexSettings& index, const JsonNode& node, BillingMode mode) {
  return read_initial(index.on_demand, index.warm, node, mode, index.provisioned.units, index.name);
}

Result<void> check_table_quota(const Throughput& units, const Scope& scope) {
  return check_quota(units, "", "table", scope);
}

Result<void> check_index_quota(const Throughput& units, std::string_view index,
                               const Scope& scope) {
  return check_quota(units, " for index " + std::string(index), "index", scope);
}

Result<void> check_limits_quota(const std::optional<OnDemandThroughput>& on_demand,
                                const Throughput& warm, std::string_view index,
                                const Scope& scope) {
  const auto above = [&](std::string_view member, const std::string& what, std::string_view quota) {
    return limit_exceeded("Subscriber limit exceeded: Requested " + std::string(member) + " for " +
                          what + " exceeds " + std::string(quota) + " of the account in region " +
                          std::string(scope.region));
  };
  if (on_demand) {
    const std::string what = "OnDemandThroughput " + on_demand_subject(index);
    if (on_demand->max_read.value_or(0) > kTableUnitsMax) {
      return above("MaxReadRequestUnits", what, "TableMaxReadCapacityUnits");
    }
    if (on_demand->max_write.value_or(0) > kTableUnitsMax) {
      return above("MaxWriteRequestUnits", what, "TableMaxWriteCapacityUnits");
    }
  }
  const std::string what = "WarmThroughput " + warm_subject(index);
  if (warm.read > kTableUnitsMax) {
    return above("ReadUnitsPerSecond", what, "TableMaxReadCapacityUnits");
  }
  if (warm.write > kTableUnitsMax) {
    return above("WriteUnitsPerSecond", what, "TableMaxWriteCapacityUnits");
  }
  return {};
}

Result<void> check_account_quota(const Catalog& catalog, const Scope& scope,
                                 const Throughput& more) {
  if (more.read <= 0 && more.write <= 0) {
    return {};
  }
  const Throughput reserved = reserved_by_account(catalog, scope);
  const auto above = [&](std::string_view member, std::int64_t current, std::int64_t requested) {
    return limit_exceeded(
        "This request would have caused the " + std::string(member) +
        " limit to be exceeded for the account in " + std::string(scope.region) + ". Current " +
        std::string(member) + " reserved by the account: " + std::to_string(current) +
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

}  // namespace understudy
