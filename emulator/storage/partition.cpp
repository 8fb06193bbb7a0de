#include "emulator/storage/partition.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <new>
#include <utility>

#include "emulator/base/check.h"
#include "emulator/storage/radix_tree.h"

namespace understudy::storage {

namespace {

void append_bytes(void* behind, std::string_view bytes) {
  if (!bytes.empty()) {
    std::memcpy(behind, bytes.data(), bytes.size());
  }
}

std::size_t common_prefix_bytes(std::string_view a, std::string_view b) {
  const std::size_t end = std::min(a.size(), b.size());
  std::size_t at = 0;
  for (; at + 8 <= end; at += 8) {
    std::uint64_t from_a = 0;
    std::uint64_t from_b = 0;
    std::memcpy(&from_a, a.data() + at, 8);
    std::memcpy(&from_b, b.data() + at, 8);
    if (from_a != from_b) {
      break;
    }
  }
  while (at < end && a[at] == b[at]) {
    ++at;
  }
  return at;
}

/// What an entry taken out of a tree held; gives up the entry's reference.
ItemRef take_item(Slot entry) {
  if (entry.kind() == SlotKind::kItem) {
    return {entry.item(), false};
  }
  ItemRef item(entry.index_entry()->item());
  release(entry);
  return item;
}

}  // namespace

IndexEntry::IndexEntry(ItemRef item, std::string_view sort)
    : sort_bytes_(static_cast<std::uint32_t>(sort.size())), item_(std::move(item)) {
  append_bytes(this + 1, sort);
}

IndexEntry* IndexEntry::make(ItemRef item, std::string_view sort) {
  return ::new (::operator new(sizeof(IndexEntry) + sort.size())) IndexEntry(std::move(item), sort);
}

void IndexEntry::release() {
  if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    this->~IndexEntry();
    ::operator delete(static_cast<void*>(this));
  }
}

Slot make_entry(ItemRef item, std::string_view sort) {
  if (item->sort_key() == sort) {
    return Slot(item.detach());
  }
  return Slot(IndexEntry::make(std::move(item), sort));
}

Partition::Partition(std::string_view key, KeyHash hash)
    : hash_(hash), size_bytes_(0), key_bytes_(key.size()) {
  CHECK(key.size() < (std::size_t{1} << 16));
  append_bytes(this + 1, key);
}

Partition* Partition::allocate(std::string_view key, KeyHash hash) {
  return ::new (::operator new(sizeof(Partition) + key.size())) Partition(key, hash);
}

Partition* Partition::make(std::string_view key, KeyHash hash, Slot entry) {
  Partition* partition = allocate(key, hash);
  partition->item_count_ = 1;
  partition->size_bytes_ = entry_item(entry)->size_bytes();
  partition->entries_ = entry;
  return partition;
}

Partition* Partition::own(Slot& slot) {
  Partition* partition = slot.partition();
  if (partition->references_.load(std::memory_order_acquire) == 1) {
    return partition;
  }
  Partition* copy = allocate(partition->key(), partition->hash_);
  copy->item_count_ = partition->item_count_;
  copy->size_bytes_ = partition->size_bytes_;
  copy->entries_ = partition->entries_;
  storage::add_reference(copy->entries_);
  storage::release(std::exchange(slot, Slot(copy)));
  return copy;
}

ItemRef Partition::put(Slot entry) {
  const SortKey key = SortKey::of(entry);
  size_bytes_ += entry_item(entry)->size_bytes();
  if (Slot* const stored = radix_claim_if_there(entries_, key)) {
    ItemRef before = take_item(std::exchange(*stored, entry));
    size_bytes_ -= before->size_bytes();
    return before;
  }
  radix_insert(entries_, key, entry);
  ++item_count_;
  return nullptr;
}

ItemRef Partition::erase(std::string_view sort) {
  ItemRef before = take_item(radix_remove(entries_, SortKey{sort}));
  size_bytes_ -= before->size_bytes();
  --item_count_;
  return before;
}

void Partition::release() {
  if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    storage::release(entries_);
    this->~Partition();
    ::operator delete(static_cast<void*>(this));
  }
}

std::size_t SortKey::common_prefix(const SortKey& other) const {
  return common_prefix_bytes(bytes, other.bytes);
}

std::size_t PartitionKey::common_prefix(const PartitionKey& other) const {
  if (hash.high != other.hash.high) {
    return static_cast<std::size_t>(std::countl_zero(hash.high ^ other.hash.high)) / 4;
  }
  if (hash.low != other.hash.low) {
    return 16 + static_cast<std::size_t>(std::countl_zero(hash.low ^ other.hash.low)) / 4;
  }
  return 32 + common_prefix_bytes(bytes, other.bytes);
}

}  // namespace understudy::storage
