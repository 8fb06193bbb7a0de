// ReadMeter: what the pages of Query and Scan cost.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "emulator/capacity/admission.h"
#include "emulator/capacity/units.h"
#include "emulator/storage/collection.h"
#include "emulator/table/table.h"

namespace understudy {

/// Sums up what a walk reads. A Query rounds the page once. A Scan rounds per storage partition it
/// passes, an empty one costing the minimum. Source: A4.
class ReadMeter {
 public:
  /// `partitions` equal shares of the hash space, of which [first, last] is walked.
  ReadMeter(ReadConsistency consistency, std::uint64_t partitions, KeyHash first, KeyHash last);
  /// The partitions of a table whose capacity is simulated, where they stand.
  ReadMeter(ReadConsistency consistency, std::shared_ptr<const PartitionCuts> cuts,
            const EncodedKey& first, KeyHash last);
  /// One item evaluated.
  void add(const EntryView& entry, std::size_t bytes) {
    if (partitions_ > 1) {
      advance_to(partition_of({entry.partition, entry.sort_key, entry.hash}));
    }
    bytes_ += bytes;
  }
  /// The partition that holds the entry.
  [[nodiscard]] std::uint64_t partition_of(const EncodedKey& key) const;
  /// What each partition passed was charged, once finished; of a Query: the one where it began.
  struct Share {
    std::uint64_t partition = 0;
    CapacityUnits units;
  };
  [[nodiscard]] std::span<const Share> shares() const { return shares_; }
  [[nodiscard]] const PartitionCuts* cuts() const { return cuts_.get(); }
  /// The units, once nothing more comes. `whole`: the walk reached the end of its range.
  CapacityUnits finish(bool whole);

 private:
  void advance_to(std::uint64_t partition);
  void close_partition();

  ReadConsistency consistency_;
  std::shared_ptr<const PartitionCuts> cuts_;
  std::uint64_t partitions_;
  std::uint64_t current_;
  std::uint64_t last_;
  std::size_t bytes_ = 0;
  CapacityUnits units_;
  std::vector<Share> shares_;  ///< only with cuts_
};

/// Storage partitions of a table or index: what its throughput needs. Source: B1.3, B1.9; that a
/// Scan charges each of them is inferred from one capture (A4).
std::uint64_t storage_partitions(const TableSettings& settings, const IndexSettings* index);

}  // namespace understudy
