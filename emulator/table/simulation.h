// Simulation: what one table has beside its items where the service's behaviour under load is
// simulated: admission by capacity, metrics, running transactions, lagging replicas. A table of a
// plain engine has none. A value: a copied table (a snapshot) copies it.
// Not thread-safe: guarded by its table's lock.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "emulator/capacity/admission.h"
#include "emulator/capacity/capacity_hold.h"
#include "emulator/table/metrics_view.h"
#include "emulator/table/replication.h"
#include "emulator/table/request_metrics.h"
#include "emulator/table/running_transactions.h"
#include "emulator/table/simulation_options.h"
#include "emulator/table/table_settings.h"

namespace understudy {

struct PlannedWrite;
struct TableState;

struct Simulation {
  Simulation(const TableSettings& settings, std::shared_ptr<const SimulationOptions> given,
             const Clock& time);

  /// The table's settings are others now.
  void settings_changed(const TableSettings& settings);
  /// Other knobs or switches.
  void options_changed(const TableSettings& settings,
                       std::shared_ptr<const SimulationOptions> given);

  /// The write is about to be committed: replicas get it later. `state` is as before it.
  void log_write(const TableState& state, const PlannedWrite& write, Microseconds now);

  std::shared_ptr<const SimulationOptions> options;
  const Clock* clock;
  Admission admission;
  RequestMetrics requests;
  RunningTransactions transactions;
  std::optional<Replication> replication;  ///< where replicas are simulated

  /// What fault rules hold other than settings, knobs and people say, until they are over; of one
  /// thing the last one counts (CapacityControl).
  struct Held {
    std::string index;  ///< empty: the table
    Dimension dimension = Dimension::kRead;
    std::optional<PartitionId> partition;  ///< its ceiling; nullopt: the rate
    CapacityUnits units;
    std::optional<CapacityUnits> before;
    CapacityHold by;

    [[nodiscard]] bool is_of(std::string_view arm, Dimension which,
                             std::optional<PartitionId> part) const {
      return index == arm && dimension == which && partition == part;
    }
  };
  std::vector<Held> held;

  /// How provisioned units changed, by arm: the table's name is empty.
  struct ProvisionedHistory {
    std::string index;
    std::vector<ProvisionedSince> changes;
  };
  std::vector<ProvisionedHistory> provisioned;

 private:
  void divide_by_size(const TableState& state, Microseconds now);
  void note_provisioned(const TableSettings& settings, Microseconds now);

  /// Bytes in the table from which on partitions are looked at for their sizes.
  std::size_t sizes_from_;
};

/// What admission is told of a table; `assumed` may be null.
CapacitySettings capacity_settings(const TableSettings& settings, const AssumedCapacities* assumed);

}  // namespace understudy
