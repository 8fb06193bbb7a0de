#include "emulator/capacity/partitions.h"

#include <algorithm>
#include <utility>

#include "emulator/service/limits.h"

namespace understudy {
namespace {

constexpr Microseconds kRecordKept = kStreamRetentionSeconds * 1'000'000;
/// One sample of heat for each quarter of a second at the ceiling.
constexpr std::int64_t kSamplesPerSecond = 4;

__extension__ using Hash128 = unsigned __int128;

Hash128 number_of(KeyHash hash) {
  return (static_cast<Hash128>(hash.high) << 64) | hash.low;
}

KeyHash hash_of(Hash128 number) {
  return {static_cast<std::uint64_t>(number >> 64), static_cast<std::uint64_t>(number)};
}

std::int64_t ceil_divide(std::int64_t value, std::int64_t by) {
  return (value + by - 1) / by;
}

/// Between both; nullopt: nothing is. `end` nullopt: the number after the last.
std::optional<KeyHash> middle_of(KeyHash first, std::optional<KeyHash> end) {
  const Hash128 width = (end ? number_of(*end) : Hash128{0}) - number_of(first);
  // The whole space wraps to a width of zero.
  const Hash128 half = width == 0 ? Hash128{1} << 127 : width / 2;
  return half == 0 ? std::nullopt : std::optional(hash_of(number_of(first) + half));
}

std::vector<KeyPosition> equal_ranges(std::int64_t count) {
  std::vector<KeyPosition> firsts{KeyPosition{}};
  const Hash128 width = ~Hash128{0} / static_cast<Hash128>(count);
  for (std::int64_t i = 1; i < count; ++i) {
    // Powers of two divide the space without a remainder: their width is short by one.
    const bool exact = (count & (count - 1)) == 0;
    firsts.push_back(
        KeyPosition::collection(hash_of((width + (exact ? 1 : 0)) * static_cast<Hash128>(i))));
  }
  return firsts;
}

}  // namespace

PartitionCuts::PartitionCuts(std::vector<KeyPosition> firsts) : firsts_(std::move(firsts)) {
  highs_.reserve(firsts_.size());
  for (const KeyPosition& first : firsts_) {
    highs_.push_back(first.hash.high);
  }
}

std::int64_t provisioned_partitions(const PerDimension<CapacityUnits>& rate,
                                    const CapacityKnobs& knobs) {
  // Over a common denominator, so that 3000/0 needs one and 3000/1 two.
  const std::int64_t reads = knobs.partition_read_units;
  const std::int64_t writes = knobs.partition_write_units;
  const auto load = static_cast<__int128>(rate.read.thousandths) * writes +
                    static_cast<__int128>(rate.write.thousandths) * reads;
  const auto whole = static_cast<__int128>(reads) * writes * 1000;
  const auto count = static_cast<std::int64_t>((load + whole - 1) / whole);
  return std::clamp<std::int64_t>(count, 1, knobs.partitions_max);
}

std::int64_t on_demand_partitions(const PerDimension<CapacityUnits>& ceiling,
                                  const CapacityKnobs& knobs) {
  const std::int64_t count =
      std::max(ceil_divide(ceiling.read.thousandths, knobs.partition_read_units * 1000),
               ceil_divide(ceiling.write.thousandths, knobs.partition_write_units * 1000));
  return std::clamp<std::int64_t>(count, 1, knobs.partitions_max);
}

PartitionMap::PartitionMap(std::int64_t count, const PartitionTuning& tuning, Microseconds now)
    : knobs_(*tuning.knobs),
      rate_(tuning.rate),
      uniform_(tuning.uniform),
      whole_collections_(tuning.whole_collections) {
  count = std::clamp<std::int64_t>(count, 1, knobs_.partitions_max);
  set_cuts(equal_ranges(count));
  for (std::int64_t i = 0; i < count; ++i) {
    partitions_.push_back(new_partition(kWholeShare / count, now));
    open_record(partitions_.back(), {}, static_cast<std::size_t>(i), now);
  }
}

std::optional<std::size_t> PartitionMap::find_id(PartitionId id) const {
  const auto at = std::ranges::find(partitions_, id, &Partition::id);
  return at == partitions_.end()
             ? std::nullopt
             : std::optional(static_cast<std::size_t>(at - partitions_.begin()));
}

void PartitionMap::refund(std::size_t index, Dimension dimension, CapacityUnits cost) {
  partitions_[index].ceiling[dimension].refund(cost);
  if (uniform_) {
    partitions_[index].even_share[dimension].refund(cost);
  }
}

BucketTuning PartitionMap::ceiling_tuning(Dimension dimension) const {
  const CapacityUnits ceiling = knobs_.partition_ceiling(dimension);
  return {ceiling, ceiling};  // Burst never lifts it (B1.2): one second's worth.
}

BucketTuning PartitionMap::tuning_of(const Partition& partition, Dimension dimension) const {
  const std::optional<CapacityUnits>& limit = partition.limit[dimension];
  return limit ? BucketTuning{*limit, *limit} : ceiling_tuning(dimension);
}

bool PartitionMap::limit(PartitionId id, Dimension dimension, std::optional<CapacityUnits> ceiling,
                         Microseconds now) {
  const auto index = find_id(id);
  if (!index) {
    return false;
  }
  Partition& partition = partitions_[*index];
  partition.limit[dimension] = ceiling;
  partition.ceiling[dimension].retune(tuning_of(partition, dimension), now);
  return true;
}

BucketTuning PartitionMap::share_tuning(Dimension dimension, std::int64_t share) const {
  const auto whole = static_cast<__int128>(rate_[dimension].thousandths) * share;
  const CapacityUnits rate{static_cast<std::int64_t>(whole / kWholeShare)};
  return {rate, rate * knobs_.burst_seconds};
}

Partition PartitionMap::new_partition(std::int64_t share, Microseconds now) {
  Partition partition;
  partition.id = next_id_++;
  partition.share = share;
  for (const Dimension dimension : kDimensions) {
    const BucketTuning ceiling = ceiling_tuning(dimension);
    partition.ceiling[dimension] = TokenBucket(ceiling, ceiling.capacity, now);
    const BucketTuning even = share_tuning(dimension, share);
    const std::int64_t seconds = std::max<std::int64_t>(knobs_.initial_burst_seconds, 1);
    partition.even_share[dimension] = TokenBucket(even, even.rate * seconds, now);
    const std::uint64_t seed = static_cast<std::uint64_t>(knobs_.seed) * 0x9E3779B97F4A7C15U +
                               partition.id * 2 + static_cast<std::uint64_t>(dimension);
    partition.heat[dimension].samples =
        HeatSamples(seed, {ceiling.rate.thousandths / kSamplesPerSecond});
  }
  return partition;
}

void PartitionMap::retune(const PartitionTuning& tuning, Microseconds now) {
  const bool was_uniform = uniform_;
  knobs_ = *tuning.knobs;
  rate_ = tuning.rate;
  uniform_ = tuning.uniform;
  whole_collections_ = tuning.whole_collections;
  for (Partition& partition : partitions_) {
    for (const Dimension dimension : kDimensions) {
      partition.ceiling[dimension].retune(tuning_of(partition, dimension), now);
      const BucketTuning even = share_tuning(dimension, partition.share);
      partition.even_share[dimension].retune(even, now);
      if (uniform_ && !was_uniform) {
        partition.even_share[dimension].set_balance(even.rate, now);
      }
    }
  }
}

void PartitionMap::grow_to(std::int64_t count, Microseconds now) {
  count = std::min(count, knobs_.partitions_max);
  while (std::cmp_less(size(), count)) {
    const std::size_t before = size();
    for (std::size_t i = before; i > 0 && std::cmp_less(size(), knobs_.partitions_max); --i) {
      if (const auto cut = middle(i - 1)) {
        divide(i - 1, {*cut}, now);
      }
    }
    if (size() == before) {
      return;
    }
  }
}

bool PartitionMap::split(PartitionId id, std::optional<KeyPosition> cut, Microseconds now) {
  const auto index = find_id(id);
  if (!index || std::cmp_greater_equal(size(), knobs_.partitions_max)) {
    return false;
  }
  if (!cut) {
    cut = middle(*index);
  }
  if (!cut || !is_inside(*index, *cut)) {
    return false;
  }
  divide(*index, {*cut}, now);
  return true;
}

bool PartitionMap::merge(PartitionId id, Microseconds now) {
  const auto found = find_id(id);
  if (!found || *found + 1 >= size()) {
    return false;
  }
  const std::size_t left = *found;
  const Partition& a = partitions_[left];
  Partition& b = partitions_[left + 1];
  Partition merged = new_partition(a.share + b.share, now);
  for (const Dimension dimension : kDimensions) {
    TokenBucket ceiling = a.ceiling[dimension];
    merged.ceiling[dimension].set_balance(
        std::min(ceiling.balance(now), b.ceiling[dimension].balance(now)), now);
    merged.even_share[dimension] = a.even_share[dimension];
    merged.even_share[dimension].absorb(b.even_share[dimension], now);
  }
  std::vector<PartitionId> parents{a.id, b.id};
  close_record(a.id, now);
  close_record(b.id, now);
  partitions_.erase(partitions_.begin() + static_cast<std::ptrdiff_t>(left) + 1);
  partitions_[left] = std::move(merged);
  std::vector<KeyPosition> firsts;
  for (std::size_t i = 0; i < cuts_->size(); ++i) {
    if (i != left + 1) {
      firsts.push_back(cuts_->first(i));
    }
  }
  set_cuts(std::move(firsts));
  open_record(partitions_[left], std::move(parents), left, now);
  return true;
}

bool PartitionMap::is_inside(std::size_t index, const KeyPosition& cut) const {
  const auto end = cuts_->end(index);
  return cuts_->first(index) < cut && (!end || cut < *end);
}

std::optional<KeyPosition> PartitionMap::middle(std::size_t index) const {
  const KeyPosition first = cuts_->first(index);
  const auto end = cuts_->end(index);
  if (const auto hash = middle_of(first.hash, end ? std::optional(end->hash) : std::nullopt);
      hash && !(end && end->hash == first.hash)) {
    return KeyPosition::collection(*hash);
  }
  // Within one collection, or from within one to the end of it.
  const bool to_the_end = !end || end->hash != first.hash;
  const auto sort = middle_of(first.sort, to_the_end ? std::nullopt : std::optional(end->sort));
  if (!sort || whole_collections_) {
    return std::nullopt;
  }
  return KeyPosition{first.hash, *sort};
}

void PartitionMap::divide(std::size_t index, const Cuts& cuts, Microseconds now) {
  Partition parent = std::move(partitions_[index]);
  const auto pieces = static_cast<std::int64_t>(cuts.size()) + 1;
  std::vector<Partition> children;
  for (std::int64_t i = 0; i < pieces; ++i) {
    // The last one gets what is left: shares and balances add up to the parent's.
    const bool last = i + 1 == pieces;
    Partition child = new_partition(last ? parent.share : parent.share / 2, now);
    parent.share -= child.share;
    for (const Dimension dimension : kDimensions) {
      child.ceiling[dimension] = parent.ceiling[dimension];
      child.limit[dimension] = parent.limit[dimension];
      child.even_share[dimension] =
          last ? parent.even_share[dimension] : parent.even_share[dimension].take_half(now);
    }
    children.push_back(std::move(child));
  }
  close_record(parent.id, now);
  std::vector<KeyPosition> firsts;
  for (std::size_t i = 0; i < cuts_->size(); ++i) {
    firsts.push_back(cuts_->first(i));
    if (i == index) {
      firsts.insert(firsts.end(), cuts.begin(), cuts.end());
    }
  }
  set_cuts(std::move(firsts));
  partitions_[index] = std::move(children[0]);
  partitions_.insert(partitions_.begin() + static_cast<std::ptrdiff_t>(index) + 1,
                     std::make_move_iterator(children.begin() + 1),
                     std::make_move_iterator(children.end()));
  for (std::size_t i = 0; i < children.size(); ++i) {
    open_record(partitions_[index + i], {parent.id}, index + i, now);
  }
}

void PartitionMap::set_cuts(std::vector<KeyPosition> firsts) {
  cuts_ = std::make_shared<const PartitionCuts>(std::move(firsts));
}

void PartitionMap::open_record(const Partition& partition, std::vector<PartitionId> parents,
                               std::size_t index, Microseconds now) {
  records_.push_back({partition.id, std::move(parents), cuts_->first(index), cuts_->end(index), now,
                      std::nullopt});
}

void PartitionMap::close_record(PartitionId id, Microseconds now) {
  for (PartitionRecord& record : records_) {
    if (record.id == id) {
      record.closed = now;
    }
  }
  std::erase_if(records_, [now](const PartitionRecord& record) {
    return record.closed && *record.closed + kRecordKept < now;
  });
}

}  // namespace understudy
