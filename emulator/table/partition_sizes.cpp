#include "emulator/table/partition_sizes.h"

#include <algorithm>
#include <optional>
#include <vector>

namespace understudy {
namespace {

Collection::Cursor all_of(const Collection& entries) {
  return Collection::Cursor::scan(entries, {0, 0}, {UINT64_MAX, UINT64_MAX}, nullptr);
}

KeyPosition position_of(const EntryView& entry) {
  return KeyPosition::of({entry.partition, entry.sort_key, entry.hash});
}

/// What each partition holds.
std::vector<std::size_t> sizes_of(const PartitionMap& partitions, const Collection& entries) {
  std::vector<std::size_t> sizes(partitions.size());
  for (Collection::Cursor cursor = all_of(entries); !cursor.done(); cursor.next()) {
    sizes[partitions.find(position_of(cursor.entry()))] += cursor.entry().item->size_bytes();
  }
  return sizes;
}

/// Where to cut so that about half of the bytes lie before; nullopt: all lie at one position.
std::optional<KeyPosition> middle_of(const PartitionMap& partitions, std::size_t index,
                                     const Collection& entries, std::size_t bytes,
                                     bool whole_collections) {
  std::size_t before = 0;
  std::optional<KeyPosition> first;
  for (Collection::Cursor cursor = all_of(entries); !cursor.done(); cursor.next()) {
    const KeyPosition exact = position_of(cursor.entry());
    if (partitions.find(exact) != index) {
      continue;
    }
    const KeyPosition position = whole_collections ? KeyPosition::collection(exact.hash) : exact;
    if (!first) {
      first = position;
    }
    if (before >= bytes / 2 && *first < position) {
      return position;
    }
    before += cursor.entry().item->size_bytes();
  }
  return std::nullopt;
}

}  // namespace

void divide_large_partitions(ThroughputArm& arm, const Collection& entries,
                             const PartitionSizeRule& rule, Microseconds now) {
  PartitionMap& partitions = arm.partitions();
  for (bool divided = true; divided;) {
    divided = false;
    const std::vector<std::size_t> sizes = sizes_of(partitions, entries);
    // From behind, so that the numbers of those before stay.
    for (std::size_t i = sizes.size(); i > 0; --i) {
      if (sizes[i - 1] <= rule.bytes_max) {
        continue;
      }
      const auto cut = middle_of(partitions, i - 1, entries, sizes[i - 1], rule.whole_collections);
      divided = (cut && partitions.split(partitions[i - 1].id, cut, now)) || divided;
    }
  }
}

}  // namespace understudy
