// What of the service's behaviour under load is simulated. All off by default: then a table has no
// Simulation, and nobody pays for one.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "emulator/capacity/knobs.h"
#include "emulator/table/table_settings.h"

namespace understudy {

/// What a table and its global indexes serve in place of what their settings say, for what-if
/// questions. DescribeTable goes on telling the settings.
struct AssumedCapacity {
  bool on_demand = false;
  Throughput units;  ///< provisioned
  /// By name. An index that is not named keeps its own units; those of the table if the table
  /// itself was on demand.
  std::map<std::string, Throughput, std::less<>> indexes;
};
/// By the table's name, of any tenant.
using AssumedCapacities = std::map<std::string, AssumedCapacity, std::less<>>;

struct SimulationOptions {
  bool throttle = false;  ///< refuse what is above capacity; implies metering
  bool metrics = false;   ///< meter capacity and requests, refuse nothing
  bool replicas = false;  ///< followers and global indexes lag (section E)
  CapacityKnobs knobs;
  std::shared_ptr<const AssumedCapacities> assumed;  ///< null: none

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
