// The constants of the models of capacity, replicas and control plane, each a row with name,
// default, unit, meaning and source. Thread-safe: values.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "emulator/capacity/token_bucket.h"

namespace understudy {

/// kAdaptive: a partition may use all of its table's capacity, up to its ceiling. kUniform: only
/// its share of the provisioned rate, with a burst of its own.
enum class Allocation : std::uint8_t { kAdaptive, kUniform };

/// How late something arrives: not at all, a moment, up to lag_slow_ms; kStuckFollower: the second
/// follower does not get anything any more, the first is typical.
enum class ReplicaLag : std::uint8_t { kTypical, kOff, kSlow, kStuckFollower };
/// Who answers an eventually consistent read.
enum class EventualReads : std::uint8_t { kAnyReplica, kAlwaysFresh, kAlwaysStale };

struct CapacityKnobs {
#define CAPACITY_KNOB(name, initial, ...) std::int64_t name = initial;
#define CAPACITY_CHOICE(name, Type, initial, ...) Type name = initial;
#define CAPACITY_NEEDS(what)
#include "emulator/capacity/knobs.inc"
#undef CAPACITY_KNOB
#undef CAPACITY_CHOICE
#undef CAPACITY_NEEDS

  /// A partition's ceiling per second.
  [[nodiscard]] CapacityUnits partition_ceiling(Dimension dimension) const;
  [[nodiscard]] CapacityUnits on_demand_initial(Dimension dimension) const;
  [[nodiscard]] CapacityUnits table_quota(Dimension dimension) const;

  friend bool operator==(const CapacityKnobs&, const CapacityKnobs&) = default;
};

struct CapacityKnobRow {
  std::string_view name;
  std::string_view initial;  ///< the default, as text
  std::string_view unit;     ///< of a choice: its values, separated by '|'
  std::string_view meaning;
  std::string_view source;
};
/// All rows, in the order of the table.
std::span<const CapacityKnobRow> capacity_knob_rows();

/// What must be simulated for a knob to do anything: capacity (it is throttled or metered),
/// replicas, either of them.
enum class KnobNeeds : std::uint8_t { kNothing, kCapacity, kReplicas, kAny };
/// `row`: one of capacity_knob_rows().
KnobNeeds knob_needs(const CapacityKnobRow& row);

/// The value as text; nullopt: there is no knob of that name.
std::optional<std::string> capacity_knob(const CapacityKnobs& knobs, std::string_view name);
/// Sets one knob from text. Returns what is wrong with it, in words for the user; `knobs` is then
/// as it was.
std::optional<std::string> set_capacity_knob(CapacityKnobs& knobs, std::string_view name,
                                             std::string_view value);

}  // namespace understudy
