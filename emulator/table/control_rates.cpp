#include "emulator/table/control_rates.h"

namespace understudy {
namespace {

struct Limit {
  CapacityUnits burst;
  CapacityUnits per_second;
};

bool admits(std::map<std::string, TokenBucket, std::less<>>& buckets, const Limit& limit,
            std::string_view tenant, Microseconds now) {
  auto found = buckets.find(tenant);
  if (found == buckets.end()) {
    found = buckets
                .emplace(std::string(tenant),
                         TokenBucket({limit.per_second, limit.burst}, limit.burst, now))
                .first;
  }
  const CapacityUnits one = CapacityUnits::whole(1);
  if (!found->second.admits(one, AdmissionRule::kFullCost, {}, now)) {
    return false;
  }
  found->second.debit(one);
  return true;
}

}  // namespace

// A no-op UpdateTable, deletion protection and TTL are exempt on the service; here only calls that
// are no change of a table are. Source of the texts: AWS Controllers for Kubernetes (B3, B7).
Result<void> ControlRates::admit(const CapacityKnobs& knobs, std::string_view tenant,
                                 std::string_view operation, Microseconds now) {
  const bool mutation =
      operation == "CreateTable" || operation == "UpdateTable" || operation == "DeleteTable";
  if (mutation && knobs.control_mutations_burst > 0 &&
      !admits(mutations_,
              {CapacityUnits::whole(knobs.control_mutations_burst),
               CapacityUnits::whole(knobs.control_mutations_per_second)},
              tenant, now)) {
    return api_error(ErrorKind::kThrottlingException,
                     "The rate of control plane requests made by this account is too high");
  }
  if (operation == "DescribeTimeToLive" && knobs.describe_ttl_burst > 0 &&
      !admits(describe_ttl_,
              {CapacityUnits::whole(knobs.describe_ttl_burst),
               CapacityUnits::whole(knobs.describe_ttl_per_second)},
              tenant, now)) {
    return api_error(ErrorKind::kThrottlingException, "Rate exceeded");
  }
  return {};
}

}  // namespace understudy
