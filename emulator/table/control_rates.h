// ControlRates: how often a tenant may call the control plane (B7, C4), where knobs say so. Changes
// of tables share one bucket; DescribeTimeToLive, DescribeStream and ListStreams have their own.
// Not thread-safe: guarded by the catalog.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "emulator/capacity/knobs.h"
#include "emulator/service/api_error.h"

namespace understudy {

class ControlRates {
 public:
  /// Error: ThrottlingException "The rate of control plane requests made by this account is too
  /// high" or "Rate exceeded".
  Result<void> admit(const CapacityKnobs& knobs, std::string_view tenant,
                     std::string_view operation, Microseconds now);

 private:
  using Buckets = std::map<std::string, TokenBucket, std::less<>>;  ///< by tenant
  std::map<std::string_view, Buckets> buckets_;                     ///< by what is limited
};

}  // namespace understudy
