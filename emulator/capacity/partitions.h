// PartitionMap: the storage partitions of a table or global secondary index, contiguous ranges of
// key positions. Each has ceilings of its own, is divided when it is hot, when throughput rises or
// by hand, and remembers where it came from (the shards of a stream follow it).
// Not thread-safe: guarded by its table's lock. PartitionCuts is immutable and can be walked
// outside of it.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "emulator/capacity/heat.h"
#include "emulator/capacity/key_position.h"
#include "emulator/capacity/knobs.h"
#include "emulator/capacity/token_bucket.h"

namespace understudy {

using PartitionId = std::uint64_t;

/// Where partitions begin.
class PartitionCuts {
 public:
  /// Ascending; the first is the lowest position.
  explicit PartitionCuts(std::vector<KeyPosition> firsts);
  [[nodiscard]] std::size_t size() const { return firsts_.size(); }
  /// Index of the partition that holds the position.
  [[nodiscard]] std::size_t find(const KeyPosition& position) const {
    // Without a branch that depends on the key: random keys would mispredict each step.
    std::size_t base = 0;
    for (std::size_t left = highs_.size(); left > 1;) {
      const std::size_t half = left / 2;
      base += highs_[base + half] <= position.hash.high ? half : 0;
      left -= half;
    }
    while (base > 0 && position < firsts_[base]) {
      --base;
    }
    return base;
  }
  [[nodiscard]] const KeyPosition& first(std::size_t partition) const { return firsts_[partition]; }
  /// Where the partition ends (exclusive); nullopt: at the end of the key space.
  [[nodiscard]] std::optional<KeyPosition> end(std::size_t partition) const {
    return partition + 1 < firsts_.size() ? std::optional(firsts_[partition + 1]) : std::nullopt;
  }

 private:
  std::vector<KeyPosition> firsts_;
  std::vector<std::uint64_t> highs_;  // First 8 bytes of each.
};

/// One open partition.
struct Partition {
  PartitionId id = 0;
  /// Share of the table's rate under Allocation::kUniform, of kWholeShare.
  std::int64_t share = 0;
  PerDimension<TokenBucket> ceiling;
  PerDimension<TokenBucket> even_share;  ///< only under Allocation::kUniform
  PerDimension<Heat> heat;
  /// A ceiling lower or higher than the knobs say (fault injection).
  PerDimension<std::optional<CapacityUnits>> limit;
};
inline constexpr std::int64_t kWholeShare = std::int64_t{1} << 40;

/// Where a partition came from. Closed ones stay as long as a stream remembers their records.
struct PartitionRecord {
  PartitionId id = 0;
  std::vector<PartitionId> parents;  ///< one of a divided, several of merged partitions
  KeyPosition first;
  std::optional<KeyPosition> end;  ///< exclusive; nullopt: the end of the key space
  Microseconds created = 0;
  std::optional<Microseconds> closed;
};

/// Partitions that throughput needs: ceil(read/3000 + write/1000). Source: 2017 developer guide,
/// "Guidelines for tables" (B1.3).
std::int64_t provisioned_partitions(const PerDimension<CapacityUnits>& rate,
                                    const CapacityKnobs& knobs);
/// max(ceil(read/3000), ceil(write/1000)). Assumed: B2; a new table has four.
std::int64_t on_demand_partitions(const PerDimension<CapacityUnits>& ceiling,
                                  const CapacityKnobs& knobs);

/// What a map is made or tuned with.
struct PartitionTuning {
  const CapacityKnobs* knobs = nullptr;
  PerDimension<CapacityUnits> rate;  ///< of the table; what Allocation::kUniform divides
  bool uniform = false;              ///< provisioned, with Allocation::kUniform
  /// Item collections are never divided, because the table has local secondary indexes.
  bool whole_collections = false;
};

class PartitionMap {
 public:
  /// `count` equal ranges of the hash, at least one.
  PartitionMap(std::int64_t count, const PartitionTuning& tuning, Microseconds now);

  [[nodiscard]] std::size_t size() const { return partitions_.size(); }
  [[nodiscard]] std::size_t find(const KeyPosition& position) const {
    return cuts_->find(position);
  }
  [[nodiscard]] Partition& operator[](std::size_t index) { return partitions_[index]; }
  [[nodiscard]] const Partition& operator[](std::size_t index) const { return partitions_[index]; }
  [[nodiscard]] const std::shared_ptr<const PartitionCuts>& cuts() const { return cuts_; }
  /// Open partitions and those closed not long ago, in the order they were created.
  [[nodiscard]] const std::deque<PartitionRecord>& records() const { return records_; }
  [[nodiscard]] std::optional<std::size_t> find_id(PartitionId id) const;

  /// Whether the partition lets the cost in; `debt_seconds`: of its ceiling's rate.
  bool admits(std::size_t index, Dimension dimension, CapacityUnits cost, AdmissionRule rule,
              std::int64_t debt_seconds, Microseconds now) {
    Partition& partition = partitions_[index];
    TokenBucket& ceiling = partition.ceiling[dimension];
    const bool even =
        !uniform_ || partition.even_share[dimension].admits(
                         cost, rule, partition.even_share[dimension].rate() * debt_seconds, now);
    return ceiling.admits(cost, rule, ceiling.rate() * debt_seconds, now) && even;
  }
  void debit(std::size_t index, Dimension dimension, CapacityUnits cost) {
    partitions_[index].ceiling[dimension].debit(cost);
    if (uniform_) {
      partitions_[index].even_share[dimension].debit(cost);
    }
  }
  void refund(std::size_t index, Dimension dimension, CapacityUnits cost);

  /// Other rates or knobs. Balances stay, cut to the new capacities.
  void retune(const PartitionTuning& tuning, Microseconds now);
  /// Doubles the partitions until there are at least so many. Source: B1.4 (provisioned); Assumed:
  /// on-demand tables grow the same way.
  void grow_to(std::int64_t count, Microseconds now);

  /// Divides at `cut`, or in the middle of the range. False: there is no such partition, the cut is
  /// not inside of it, or there are partitions_max.
  bool split(PartitionId id, std::optional<KeyPosition> cut, Microseconds now);
  /// Another ceiling for one partition; nullopt: the knobs' again. Its children have it, too.
  /// False: there is no such partition.
  bool limit(PartitionId id, Dimension dimension, std::optional<CapacityUnits> ceiling,
             Microseconds now);
  /// Merges it with its right neighbour. False: there is no such partition or neighbour.
  bool merge(PartitionId id, Microseconds now);

  /// A heat window is over (`windows` of them, when nothing was asked for long): divides what has
  /// been hot long enough (B2).
  void close_window(std::int64_t windows, bool may_split, Microseconds now);

 private:
  /// At most this many cuts at once: an item is cut out at both of its sides.
  using Cuts = std::vector<KeyPosition>;

  [[nodiscard]] BucketTuning ceiling_tuning(Dimension dimension) const;
  [[nodiscard]] BucketTuning tuning_of(const Partition& partition, Dimension dimension) const;
  [[nodiscard]] BucketTuning share_tuning(Dimension dimension, std::int64_t share) const;
  [[nodiscard]] bool is_inside(std::size_t index, const KeyPosition& cut) const;
  [[nodiscard]] std::optional<KeyPosition> middle(std::size_t index) const;
  [[nodiscard]] Cuts heat_cuts(std::size_t index, Dimension dimension) const;
  [[nodiscard]] Cuts cuts_around(std::size_t index, const KeyPosition& first,
                                 const std::optional<KeyPosition>& end) const;
  [[nodiscard]] std::optional<Dimension> hot_dimension(const Partition& partition) const;
  /// Assumed: children have their parent's balance below the ceiling, and divide its even share.
  void divide(std::size_t index, const Cuts& cuts, Microseconds now);
  Partition new_partition(std::int64_t share, Microseconds now);
  void open_record(const Partition& partition, std::vector<PartitionId> parents, std::size_t index,
                   Microseconds now);
  void close_record(PartitionId id, Microseconds now);
  void set_cuts(std::vector<KeyPosition> firsts);

  CapacityKnobs knobs_;
  PerDimension<CapacityUnits> rate_;
  bool uniform_ = false;
  bool whole_collections_ = false;
  std::vector<Partition> partitions_;
  std::shared_ptr<const PartitionCuts> cuts_;
  std::deque<PartitionRecord> records_;
  PartitionId next_id_ = 0;
};

}  // namespace understudy
