// The part of PartitionMap that divides hot partitions: when, and where (B1.7, B2).
#include <utility>

#include "emulator/capacity/partitions.h"

namespace understudy {

std::optional<Dimension> PartitionMap::hot_dimension(const Partition& partition) const {
  for (const Dimension dimension : {Dimension::kWrite, Dimension::kRead}) {
    const std::int64_t hot_seconds =
        partition.heat[dimension].hot_windows * knobs_.heat_window_seconds;
    if (hot_seconds > 0 && hot_seconds >= knobs_.split_after_seconds) {
      return dimension;
    }
  }
  return std::nullopt;
}

void PartitionMap::close_window(std::int64_t windows, bool may_split, Microseconds now) {
  for (const Dimension dimension : kDimensions) {
    const CapacityUnits hot_from{knobs_.partition_ceiling(dimension).thousandths *
                                 knobs_.heat_window_seconds * knobs_.split_threshold_percent / 100};
    for (Partition& partition : partitions_) {
      partition.heat[dimension].close_window(hot_from, windows);
    }
  }
  if (!may_split) {
    return;
  }
  for (std::size_t i = size(); i > 0; --i) {
    const auto dimension = hot_dimension(partitions_[i - 1]);
    if (!dimension) {
      continue;
    }
    const Cuts cuts = heat_cuts(i - 1, *dimension);
    if (!cuts.empty() && std::cmp_less_equal(size() + cuts.size(), knobs_.partitions_max)) {
      divide(i - 1, cuts, now);
    }
  }
}

PartitionMap::Cuts PartitionMap::cuts_around(std::size_t index, const KeyPosition& first,
                                             const std::optional<KeyPosition>& end) const {
  Cuts cuts;
  if (is_inside(index, first)) {
    cuts.push_back(first);
  }
  if (end && is_inside(index, *end)) {
    cuts.push_back(*end);
  }
  return cuts;
}

PartitionMap::Cuts PartitionMap::heat_cuts(std::size_t index, Dimension dimension) const {
  const HeatSamples& samples = partitions_[index].heat[dimension].samples;
  const auto hottest = samples.hottest();
  const auto median = samples.median();
  if (!hottest || !median) {
    return {};
  }
  if (hottest->percent > knobs_.isolation_percent) {
    const KeyPosition& item = hottest->position;
    // Nothing is left to cut when the item is alone: it stays at the ceiling.
    return whole_collections_
               ? cuts_around(index, KeyPosition::collection(item.hash), item.next_collection())
               : cuts_around(index, item, item.next());
  }
  const KeyPosition collection = KeyPosition::collection(median->hash);
  const bool divisible = !whole_collections_ &&
                         samples.collection_percent(median->hash) > knobs_.isolation_percent &&
                         samples.rising_percent(median->hash) < knobs_.monotonic_percent;
  if (divisible && is_inside(index, *median)) {
    return {*median};
  }
  // The collection stays whole: before it, or after it.
  Cuts cuts = cuts_around(index, collection, median->next_collection());
  if (cuts.size() > 1) {
    cuts.pop_back();
  }
  return cuts;
}

}  // namespace understudy
