#include "emulator/storage/collection.h"

#include <boost/container/small_vector.hpp>

#include "emulator/storage/partition.h"

namespace understudy {

using storage::Partition;
using storage::PartitionKey;
using storage::Slot;
using storage::SortKey;

namespace {

constexpr std::size_t kFoundAtOnce = 25;  ///< the writes of one batch

}  // namespace

Collection::Collection(const Collection& other)
    : partitions_(other.partitions_),
      item_count_(other.item_count_),
      size_bytes_(other.size_bytes_) {
  storage::add_reference(partitions_);
}

Collection::Collection(Collection&& other) noexcept
    : partitions_(std::exchange(other.partitions_, Slot())),
      item_count_(std::exchange(other.item_count_, 0)),
      size_bytes_(std::exchange(other.size_bytes_, 0)) {}

Collection& Collection::operator=(Collection other) noexcept {
  std::swap(partitions_, other.partitions_);
  std::swap(item_count_, other.item_count_);
  std::swap(size_bytes_, other.size_bytes_);
  return *this;
}

Collection::~Collection() {
  storage::release(partitions_);
}

const Partition* Collection::find_partition(std::string_view partition, KeyHash hash) const {
  const Slot leaf = storage::radix_find(partitions_, PartitionKey{hash, partition});
  return leaf.empty() ? nullptr : leaf.partition();
}

ItemRef Collection::find(const EncodedKey& key) const {
  const Partition* partition = find_partition(key.partition, key.hash);
  if (partition == nullptr) {
    return nullptr;
  }
  const Slot entry = storage::radix_find(partition->entries(), SortKey{key.sort});
  return entry.empty() ? nullptr : ItemRef(storage::entry_item(entry));
}

// Block by block down the trees, each for all keys before the next.
void Collection::find_all(std::span<const EncodedKey* const> keys, std::span<ItemRef> items) const {
  if (partitions_.empty()) {
    return;
  }
  boost::container::small_vector<Slot, kFoundAtOnce> slots;
  for (const EncodedKey* key : keys) {
    slots.push_back(storage::radix_nearest(partitions_, PartitionKey{key->hash, key->partition}));
    slots.back().prefetch();
  }
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const Partition& partition = *slots[i].partition();
    const bool found =
        PartitionKey::of(slots[i]) == PartitionKey{keys[i]->hash, keys[i]->partition};
    slots[i] = found ? partition.entries() : Slot();
    slots[i].prefetch();
  }
  for (std::size_t i = 0; i < keys.size(); ++i) {
    slots[i] = storage::radix_nearest(slots[i], SortKey{keys[i]->sort});
    slots[i].prefetch();
  }
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (!slots[i].empty() && SortKey::of(slots[i]) == SortKey{keys[i]->sort}) {
      items[i] = ItemRef(storage::entry_item(slots[i]));
    }
  }
}

ItemRef Collection::put(const EncodedKey& key, ItemRef item) {
  const PartitionKey partition_key{key.hash, key.partition};
  size_bytes_ += item->size_bytes();
  const Slot entry = storage::make_entry(std::move(item), key.sort);
  ItemRef before;
  if (Slot* const leaf = storage::radix_claim_if_there(partitions_, partition_key)) {
    before = Partition::own(*leaf)->put(entry);
  } else {
    storage::radix_insert(partitions_, partition_key,
                          Slot(Partition::make(key.partition, key.hash, entry)));
  }
  if (before != nullptr) {
    size_bytes_ -= before->size_bytes();
  } else {
    ++item_count_;
  }
  return before;
}

ItemRef Collection::erase(const EncodedKey& key) {
  // Looked up first: erasing what is not there must not clone a path.
  ItemRef before = find(key);
  if (before == nullptr) {
    return before;
  }
  const PartitionKey partition_key{key.hash, key.partition};
  if (find_partition(key.partition, key.hash)->item_count() == 1) {
    storage::release(storage::radix_remove(partitions_, partition_key));
  } else {
    Slot& leaf = storage::radix_claim(partitions_, partition_key);
    Partition::own(leaf)->erase(key.sort);
  }
  --item_count_;
  size_bytes_ -= before->size_bytes();
  return before;
}

std::size_t Collection::partition_item_count(std::string_view partition, KeyHash hash) const {
  const Partition* found = find_partition(partition, hash);
  return found == nullptr ? 0 : found->item_count();
}

std::size_t Collection::partition_size_bytes(std::string_view partition, KeyHash hash) const {
  const Partition* found = find_partition(partition, hash);
  return found == nullptr ? 0 : found->size_bytes();
}

Collection::Cursor Collection::Cursor::range(const Collection& collection,
                                             std::string_view partition, KeyHash hash,
                                             std::string_view low,
                                             std::optional<std::string_view> high, bool ascending) {
  Cursor cursor;
  const Partition* found = collection.find_partition(partition, hash);
  if (found == nullptr) {
    return cursor;
  }
  cursor.entry_.partition = found->key();
  cursor.entry_.hash = hash;
  if (ascending) {
    cursor.mode_ = Mode::kAscending;
    cursor.high_ = high;
    cursor.entries_.to_lower_bound(found->entries(), SortKey{low});
  } else {
    cursor.mode_ = Mode::kDescending;
    cursor.low_ = low;
    if (high) {
      cursor.entries_.to_lower_bound(found->entries(), SortKey{*high});
    }
    if (cursor.entries_.leaf().empty()) {
      cursor.entries_.to_last(found->entries());
    } else {
      cursor.entries_.previous();
    }
  }
  cursor.show();
  return cursor;
}

Collection::Cursor Collection::Cursor::scan(const Collection& collection, KeyHash first,
                                            KeyHash last, const EncodedKey* after) {
  Cursor cursor;
  cursor.mode_ = Mode::kScan;
  cursor.last_hash_ = last;
  if (after == nullptr || after->hash < first) {
    cursor.partitions_.to_lower_bound(collection.partitions_, PartitionKey{first, {}});
    cursor.enter_partition();
    return cursor;
  }
  const PartitionKey start{after->hash, after->partition};
  cursor.partitions_.to_lower_bound(collection.partitions_, start);
  cursor.enter_partition();
  const Slot leaf = cursor.partitions_.leaf();
  if (!cursor.done() && PartitionKey::of(leaf) == start) {
    cursor.entries_.to_lower_bound(leaf.partition()->entries(), SortKey{after->sort});
    const Slot entry = cursor.entries_.leaf();
    if (!entry.empty() && storage::entry_sort_key(entry) == after->sort) {
      cursor.entries_.next();
    }
    cursor.show();
  }
  return cursor;
}

void Collection::Cursor::next() {
  if (mode_ == Mode::kDescending) {
    entries_.previous();
  } else {
    entries_.next();
  }
  show();
}

void Collection::Cursor::show() {
  const Slot entry = entries_.leaf();
  if (entry.empty()) {
    entry_.item = nullptr;
    if (mode_ == Mode::kScan) {
      partitions_.next();
      enter_partition();
    }
    return;
  }
  entry_.item = storage::entry_item(entry);
  entry_.sort_key = storage::entry_sort_key(entry);
  if (mode_ == Mode::kDescending ? entry_.sort_key < low_ : high_ && entry_.sort_key >= *high_) {
    entry_.item = nullptr;
  }
}

void Collection::Cursor::enter_partition() {
  const Slot leaf = partitions_.leaf();
  if (leaf.empty() || leaf.partition()->hash() > last_hash_) {
    entry_.item = nullptr;
    return;
  }
  entry_.partition = leaf.partition()->key();
  entry_.hash = leaf.partition()->hash();
  entries_.to_first(leaf.partition()->entries());
  show();
}

}  // namespace understudy
