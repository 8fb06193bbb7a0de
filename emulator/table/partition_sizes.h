// Partitions that have grown too large are divided (B1.4). Not thread-safe: guarded by the table's
// lock.
#pragma once

#include <cstddef>

#include "emulator/capacity/throughput_arm.h"
#include "emulator/storage/collection.h"

namespace understudy {

/// How a table's or index's partitions may be divided.
struct PartitionSizeRule {
  std::size_t bytes_max = 0;
  bool whole_collections = false;  ///< item collections stay together: the table has local indexes
};

/// Divides each partition of the arm that holds more than the rule's bytes, in the middle of its
/// bytes, and the halves again. `entries`: what the arm's table or index holds; all of it is
/// walked.
void divide_large_partitions(ThroughputArm& arm, const Collection& entries,
                             const PartitionSizeRule& rule, Microseconds now);

}  // namespace understudy
