#include "emulator/operations/throughput_members.h"

#include <algorithm>

#include "emulator/operations/request_reader.h"
#include "emulator/operations/table_definition.h"

namespace understudy {

namespace {

constexpr std::int64_t kUnitsValueMax = 1'000'000'000'000;
/// OnDemandThroughput on a provisioned table: named is the first member given, read before write.
Unexpected<ApiError> on_demand_at_creation(const OnDemandThroughput& limits,
                                           std::string_view index) {
  const std::string member = limits.max_read ? "MaxReadRequestUnits" : "MaxWriteRequestUnits";
  const std::string subject = index.empty() ? "" : " for index: " + std::string(index);
  return invalid_parameters(member + " for OnDemandThroughput" + subject +
                            " cannot be specified when table BillingMode is PROVISIONED.");
}

Result<void> read_initial(std::optional<OnDemandThroughput>& on_demand, WarmThroughput& warm,
                          const JsonNode& node, BillingMode mode, const Throughput& provisioned,
                          std::string_view index) {
  on_demand = read_on_demand(node);
  if (on_demand) {
    if (mode == BillingMode::kProvisioned) {
      return on_demand_at_creation(*on_demand, index);
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

std::optional<WarmRequest> read_warm(const JsonNode& holder) {
  const JsonNode* node = holder.find("WarmThroughput");
  if (node == nullptr) {
    return std::nullopt;
  }
  WarmRequest request{read_integer(*node, "ReadUnitsPerSecond"),
                      read_integer(*node, "WriteUnitsPerSecond")};
  return request.read || request.write ? std::optional(request) : std::nullopt;
}

Result<void> read_initial_limits(TableSettings& settings, const JsonNode& input) {
  return read_initial(settings.on_demand, settings.warm, input, settings.billing_mode,
                      settings.provisioned.units, {});
}

Result<void> read_initial_limits(IndexSettings& index, const JsonNode& node, BillingMode mode) {
  return read_initial(index.on_demand, index.warm, node, mode, index.provisioned.units, index.name);
}

}  // namespace understudy
