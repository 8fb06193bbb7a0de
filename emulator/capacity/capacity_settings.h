// What admission needs to know of a table's settings: a projection of DescribeTable's numbers, made
// by the room that owns them. Thread-safe: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "emulator/capacity/token_bucket.h"
#include "emulator/capacity/units.h"

namespace understudy {

/// The table, or one of its global secondary indexes.
struct ArmSettings {
  std::string name;  ///< of the index; empty: the table
  /// Units per second: provisioned. Of no meaning on demand.
  PerDimension<CapacityUnits> provisioned;
  /// WarmThroughput: what an on-demand arm serves at least; on a provisioned one only a number.
  PerDimension<CapacityUnits> warm;
  /// OnDemandThroughput.
  PerDimension<std::optional<CapacityUnits>> maximum;
};

struct CapacitySettings {
  bool on_demand = false;
  ArmSettings table;
  /// By position in the table's settings. nullopt: a local secondary index, whose units are its
  /// table's, or an index that is being deleted.
  std::vector<std::optional<ArmSettings>> indexes;
  bool has_local_indexes = false;
  bool split_for_heat = true;
};

}  // namespace understudy
