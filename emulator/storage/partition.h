// What the trees hold: a Partition is all entries under one partition key (a tree by sort key
// bytes, or just the entry where there is only one); an IndexEntry is an item under sort key bytes
// of its own. Both are counted blocks with their key bytes behind them.
//
// Thread rule: as in radix_node.h.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "emulator/model/item.h"
#include "emulator/model/key_codec.h"
#include "emulator/storage/radix_node.h"

namespace understudy::storage {

/// An item whose own sort_key() is that of another collection. Immutable.
class IndexEntry {
 public:
  IndexEntry(const IndexEntry&) = delete;
  IndexEntry& operator=(const IndexEntry&) = delete;
  static IndexEntry* make(ItemRef item, std::string_view sort);

  [[nodiscard]] const Item* item() const { return item_.get(); }
  [[nodiscard]] std::string_view sort_key() const {
    return {reinterpret_cast<const char*>(this + 1), sort_bytes_};
  }

  void add_reference() { references_.fetch_add(1, std::memory_order_relaxed); }
  void release();

 private:
  IndexEntry(ItemRef item, std::string_view sort);
  ~IndexEntry() = default;

  std::atomic<std::uint32_t> references_{1};
  std::uint32_t sort_bytes_;
  ItemRef item_;
};

/// A counted slot for an item under those sort bytes.
Slot make_entry(ItemRef item, std::string_view sort);
/// The item of an entry's slot.
inline const Item* entry_item(Slot entry) {
  return entry.kind() == SlotKind::kItem ? entry.item() : entry.index_entry()->item();
}
/// The sort key bytes of an entry's slot.
inline std::string_view entry_sort_key(Slot entry) {
  return entry.kind() == SlotKind::kItem ? entry.item()->sort_key()
                                         : entry.index_entry()->sort_key();
}

class Partition {
 public:
  Partition(const Partition&) = delete;
  Partition& operator=(const Partition&) = delete;

  /// A partition of one entry; takes over the reference.
  static Partition* make(std::string_view key, KeyHash hash, Slot entry);
  /// The partition in `slot`, cloned first when other trees reach it too.
  static Partition* own(Slot& slot);

  [[nodiscard]] std::string_view key() const {
    return {reinterpret_cast<const char*>(this + 1), key_bytes_};
  }
  [[nodiscard]] KeyHash hash() const { return hash_; }
  [[nodiscard]] std::size_t item_count() const { return item_count_; }
  [[nodiscard]] std::size_t size_bytes() const { return size_bytes_; }
  /// Entries by their sort key bytes; never empty.
  [[nodiscard]] Slot entries() const { return entries_; }

  /// For owned partitions. Stores the entry, whose reference is taken over, and returns the item
  /// that stood under its sort key, or null.
  ItemRef put(Slot entry);
  /// For owned partitions of at least two entries. Removes the entry of that sort key, which is
  /// there.
  ItemRef erase(std::string_view sort);

  void add_reference() { references_.fetch_add(1, std::memory_order_relaxed); }
  void release();

 private:
  Partition(std::string_view key, KeyHash hash);
  ~Partition() = default;
  static Partition* allocate(std::string_view key, KeyHash hash);

  std::atomic<std::uint32_t> references_{1};
  std::uint32_t item_count_ = 0;
  KeyHash hash_;
  std::uint64_t size_bytes_ : 48;
  std::uint64_t key_bytes_ : 16;
  Slot entries_;
};
static_assert(sizeof(Partition) == 40);

/// Key of the tree of a partition's entries.
struct SortKey {
  std::string_view bytes;

  [[nodiscard]] Digit digit(std::size_t at) const {
    return at < bytes.size() ? static_cast<std::uint8_t>(bytes[at]) : kEndDigit;
  }
  static SortKey of(Slot leaf) { return {entry_sort_key(leaf)}; }
  friend bool operator==(const SortKey&, const SortKey&) = default;
  [[nodiscard]] std::size_t common_prefix(const SortKey& other) const;
};

/// Key of the tree of partitions: the hash's 32 half bytes, most significant first, then the
/// partition key. Half bytes keep nodes small: with whole bytes a look-up among 1,000,000
/// partitions takes a fifth less, but the first write after a copy two to three times as long.
struct PartitionKey {
  KeyHash hash;
  std::string_view bytes;

  [[nodiscard]] Digit digit(std::size_t at) const {
    if (at < 32) {
      const std::uint64_t word = at < 16 ? hash.high : hash.low;
      return static_cast<std::uint8_t>((word >> (60 - 4 * (at % 16))) & 15);
    }
    return at - 32 < bytes.size() ? static_cast<std::uint8_t>(bytes[at - 32]) : kEndDigit;
  }
  static PartitionKey of(Slot leaf) { return {leaf.partition()->hash(), leaf.partition()->key()}; }
  friend bool operator==(const PartitionKey&, const PartitionKey&) = default;
  [[nodiscard]] std::size_t common_prefix(const PartitionKey& other) const;
};

}  // namespace understudy::storage
