#include "emulator/table/control_rates.h"

#include <algorithm>
#include <array>
#include <string>

namespace understudy {
namespace {

constexpr std::string_view kTooManyChanges =
    "The rate of control plane requests made by this account is too high";
constexpr std::string_view kRateExceeded = "Rate exceeded";

/// Operations of the same `shared` draw on one bucket.
struct ControlLimit {
  std::string_view operation;
  std::string_view shared;
  std::int64_t CapacityKnobs::*burst;  ///< calls; 0: no limit
  std::int64_t CapacityKnobs::*per_second;
  std::string_view message;
};

// A no-op UpdateTable, deletion protection and TTL are exempt on the service; here only calls that
// are no change of a table are. Source of the texts: AWS Controllers for Kubernetes (B3, B7); of
// the streams' one: aws-sdk-java-v2#470 (C4).
constexpr auto kControlLimits = std::to_array<ControlLimit>({
    {"CreateTable", "mutations", &CapacityKnobs::control_mutations_burst,
     &CapacityKnobs::control_mutations_per_second, kTooManyChanges},
    {"UpdateTable", "mutations", &CapacityKnobs::control_mutations_burst,
     &CapacityKnobs::control_mutations_per_second, kTooManyChanges},
    {"DeleteTable", "mutations", &CapacityKnobs::control_mutations_burst,
     &CapacityKnobs::control_mutations_per_second, kTooManyChanges},
    {"DescribeTimeToLive", "DescribeTimeToLive", &CapacityKnobs::describe_ttl_burst,
     &CapacityKnobs::describe_ttl_per_second, kRateExceeded},
    {"DescribeStream", "DescribeStream", &CapacityKnobs::describe_stream_burst,
     &CapacityKnobs::describe_stream_per_second, kRateExceeded},
    {"ListStreams", "ListStreams", &CapacityKnobs::list_streams_burst,
     &CapacityKnobs::list_streams_per_second, kRateExceeded},
});

}  // namespace

Result<void> ControlRates::admit(const CapacityKnobs& knobs, std::string_view tenant,
                                 std::string_view operation, Microseconds now) {
  const auto* const limit = std::ranges::find(kControlLimits, operation, &ControlLimit::operation);
  if (limit == kControlLimits.end() || knobs.*limit->burst == 0) {
    return {};
  }
  Buckets& buckets = buckets_[limit->shared];
  auto found = buckets.find(tenant);
  if (found == buckets.end()) {
    const CapacityUnits burst = CapacityUnits::whole(knobs.*limit->burst);
    const CapacityUnits rate = CapacityUnits::whole(knobs.*limit->per_second);
    found = buckets.emplace(std::string(tenant), TokenBucket({rate, burst}, burst, now)).first;
  }
  const CapacityUnits one = CapacityUnits::whole(1);
  if (!found->second.admits(one, AdmissionRule::kFullCost, {}, now)) {
    return api_error(ErrorKind::kThrottlingException, std::string(limit->message));
  }
  found->second.debit(one);
  return {};
}

}  // namespace understudy
