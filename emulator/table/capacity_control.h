// CapacityControl: what people, fault rules and tests may do to the capacity of tables while the
// engine runs, and what it looks like from inside. Works where the engine simulates capacity
// (--throttle, --metrics); elsewhere there are no tables to be found.
//
// Thread-safe: tables are locked one by one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/capacity/capacity_hold.h"
#include "emulator/capacity/throughput_arm.h"
#include "emulator/table/catalog.h"
#include "emulator/table/replication.h"

namespace understudy {

/// Everything that is known of one table's capacity, ready to be written as JSON.
struct TableCapacityView {
  std::string tenant;
  std::string table;
  std::vector<ArmView> arms;  ///< the table, then its global indexes
};

class CapacityControl {
 public:
  explicit CapacityControl(Catalog& catalog) : catalog_(catalog) {}

  /// A table (index empty) or a global secondary index.
  struct Target {
    std::string_view tenant;
    std::string_view table;
    std::string_view index;
  };
  // All of these: false where there is no such target, or it has no capacity.

  /// Another rate than the settings say; nullopt: theirs again.
  bool override_rate(const Target& target, Dimension dimension, std::optional<CapacityUnits> rate);
  /// The same by a fault rule, of the rate or of a partition's ceiling, as long as `by` lasts; then
  /// what was before holds again.
  bool hold(const Target& target, Dimension dimension, std::optional<PartitionId> partition,
            CapacityUnits units, const CapacityHold& by);
  /// Takes back what fault rules held, of all tables, that are over by now.
  void release_holds();
  /// What the bucket holds, burst included; 0 drains it. Cut to what it can hold.
  bool set_balance(const Target& target, Dimension dimension, CapacityUnits balance);
  /// One partition's ceiling: a hot partition stays as narrow as that until nullopt takes it back.
  bool limit_partition(const Target& target, PartitionId partition, Dimension dimension,
                       std::optional<CapacityUnits> ceiling);
  /// The partition that holds the key of that hash (RequestTrace::key_hash is its first half).
  std::optional<PartitionId> partition_of(const Target& target, const KeyHash& hash);
  /// Divided in the middle; merged with its right neighbour.
  bool split_partition(const Target& target, PartitionId partition);
  bool merge_partition(const Target& target, PartitionId partition);

  /// The replica of that table does not answer from now on for so long; a follower gets nothing
  /// meanwhile. False also where replicas are not simulated.
  bool take_down(const Target& target, Replica replica, Microseconds length);

  /// False: everything is let in, debited and metered all the same. All tables.
  void set_refusing(bool refusing);
  [[nodiscard]] CapacityKnobs knobs() const;
  /// Returns what is wrong with it, in words for the user; nothing is changed then. All tables.
  std::optional<std::string> set_knob(std::string_view name, std::string_view value);
  void set_knobs(const CapacityKnobs& knobs);

  /// Tables of one tenant, or of all, sorted by tenant and name.
  [[nodiscard]] std::vector<TableCapacityView> view(std::optional<std::string_view> tenant) const;

 private:
  template <class Change>
  bool change(const Target& target, const Change& change);

  Catalog& catalog_;
};

}  // namespace understudy
