#include "emulator/capacity/throttle.h"

#include <optional>
#include <string>

namespace understudy {
namespace {

// Source: B3; which of them were seen on the wire stands there. Where logs show no final period
// there is none. Assumed: the wire type of the on-demand index, maximum and account rows; that a
// refused key range of a provisioned table has no sentence of its own.
constexpr std::string_view kMoreTableUnits =
    "The level of configured provisioned throughput for the table was exceeded. Consider "
    "increasing your provisioning level with the UpdateTable API.";
constexpr std::string_view kMoreIndexUnits =
    "The level of configured provisioned throughput for one or more global secondary indexes of "
    "the table was exceeded. Consider increasing your provisioning level for the under-provisioned "
    "global secondary indexes with the UpdateTable API";
constexpr std::string_view kTableScaling =
    "Throughput exceeds the current capacity of your table or index. DynamoDB is automatically "
    "scaling your table or index so please try again shortly. If exceptions persist, check if you "
    "have a hot key: "
    "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
    "bp-partition-key-design.html";
constexpr std::string_view kIndexScaling =
    "Throughput exceeds the current capacity for one or more global secondary indexes. DynamoDB is "
    "automatically scaling your index so please try again shortly.";
constexpr std::string_view kOnDemandMaximum =
    "Throughput exceeds the maximum OnDemandThroughput configured on table or index";
constexpr std::string_view kAccountQuota =
    "Throughput exceeds the current throughput limit for your account. To request a limit "
    "increase, contact AWS Support at https://aws.amazon.com/support";

// Assumed: member casing on the wire is that of the model.
constexpr ThrottleAnswer kProvisionedTable{
    ErrorKind::kProvisionedThroughputExceededException, kMoreTableUnits, "ThrottlingReasons",
    "ProvisionedThroughputExceeded", "ProvisionedThroughputExceeded"};
constexpr ThrottleAnswer kProvisionedIndex{
    ErrorKind::kProvisionedThroughputExceededException, kMoreIndexUnits, "ThrottlingReasons",
    "ProvisionedThroughputExceeded", "ProvisionedThroughputExceeded"};
constexpr ThrottleAnswer kOnDemandTable{ErrorKind::kThrottlingException, kTableScaling,
                                        "throttlingReasons", "ThrottlingError", "ThrottlingError"};
constexpr ThrottleAnswer kOnDemandIndex{ErrorKind::kThrottlingException, kIndexScaling,
                                        "throttlingReasons", "ThrottlingError", "ThrottlingError"};
constexpr ThrottleAnswer kMaximum{ErrorKind::kThrottlingException, kOnDemandMaximum,
                                  "throttlingReasons", "ThrottlingError", "ThrottlingError"};
constexpr ThrottleAnswer kAccount{ErrorKind::kRequestLimitExceeded, kAccountQuota,
                                  "ThrottlingReasons", "", "RequestLimitExceeded"};

// By index, dimension and cause.
constexpr std::array<std::string_view, kThrottlingReasonCount> kReasonNames{
    "TableReadProvisionedThroughputExceeded",  "TableReadKeyRangeThroughputExceeded",
    "TableReadMaxOnDemandThroughputExceeded",  "TableReadAccountLimitExceeded",
    "TableWriteProvisionedThroughputExceeded", "TableWriteKeyRangeThroughputExceeded",
    "TableWriteMaxOnDemandThroughputExceeded", "TableWriteAccountLimitExceeded",
    "IndexReadProvisionedThroughputExceeded",  "IndexReadKeyRangeThroughputExceeded",
    "IndexReadMaxOnDemandThroughputExceeded",  "IndexReadAccountLimitExceeded",
    "IndexWriteProvisionedThroughputExceeded", "IndexWriteKeyRangeThroughputExceeded",
    "IndexWriteMaxOnDemandThroughputExceeded", "IndexWriteAccountLimitExceeded",
};

}  // namespace

std::string_view throttling_reason_name(const ThrottlingReason& reason) {
  return kReasonNames[(reason.index ? 8U : 0U) + static_cast<std::size_t>(reason.dimension) * 4 +
                      static_cast<std::size_t>(reason.cause)];
}

std::optional<ThrottlingReason> find_throttling_reason(std::string_view name) {
  for (std::size_t i = 0; i < kReasonNames.size(); ++i) {
    if (kReasonNames[i] == name) {
      return ThrottlingReason{i >= 8, static_cast<Dimension>(i / 4 % 2),
                              static_cast<ThrottleCause>(i % 4)};
    }
  }
  return std::nullopt;
}

const ThrottleAnswer& throttle_answer(const Refusal& first) {
  switch (first.reason.cause) {
    case ThrottleCause::kAccountLimit:
      return kAccount;
    case ThrottleCause::kMaxOnDemandThroughput:
      return kMaximum;
    case ThrottleCause::kProvisionedThroughput:
    case ThrottleCause::kKeyRangeThroughput:
      break;
  }
  if (first.on_demand) {
    return first.reason.index ? kOnDemandIndex : kOnDemandTable;
  }
  return first.reason.index ? kProvisionedIndex : kProvisionedTable;
}

void append_throttling_reason(std::string& json, const Refusal& refusal, std::string_view table_arn,
                              std::string_view index) {
  json += R"({"reason":")";
  json += throttling_reason_name(refusal.reason);
  json += R"(","resource":")";
  json += table_arn;  // Neither ARNs nor index names have characters that JSON escapes.
  if (!index.empty()) {
    json += "/index/";
    json += index;
  }
  json += "\"}";
}

}  // namespace understudy
