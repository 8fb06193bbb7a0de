// What of the service's behaviour under load is simulated. All off by default: then a table has no
// Simulation, and nobody pays for one.
#pragma once

#include "emulator/capacity/knobs.h"

namespace understudy {

struct SimulationOptions {
  bool throttle = false;  ///< refuse what is above capacity; implies metering
  bool metrics = false;   ///< meter capacity and requests, refuse nothing
  bool replicas = false;  ///< followers and global indexes lag (section E)
  CapacityKnobs knobs;

  /// Whether tables are simulated at all.
  [[nodiscard]] bool any() const {
    return throttle || metrics || replicas || knobs.transaction_ms > 0;
  }
};

/// Sets what `--profile aws-like` says: throttling, replicas, limits of the control plane.
void set_aws_like(SimulationOptions& options);
/// Expired items go 10 to 30 minutes late, as measured on AWS. Source: D2.
void set_ttl_aws_like(CapacityKnobs& knobs);

}  // namespace understudy
