// Collection: the entries of a table or of an index. Partitions in hash order (scan order), entries
// of a partition in sort key order. A copy shares all nodes and costs nothing; the first write
// after a copy clones only the path it changes. That is how snapshots, rewinds and long reads work:
// take a copy under the table's lock, read it outside.
//
// Thread rule: a Collection is written under its table's lock; copies may be read from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

#include "emulator/model/item.h"
#include "emulator/model/key_codec.h"
#include "emulator/storage/radix_tree.h"

namespace understudy {

/// What a cursor stands on. Valid while the Collection it came from lives unchanged.
struct EntryView {
  const Item* item = nullptr;  ///< the item as stored in, or projected into, this collection
  std::string_view sort_key;   ///< order-preserving bytes in this collection
  std::string_view partition;  ///< the partition's bytes
  KeyHash hash;                ///< the partition's hash
};

class Collection {
 public:
  Collection() = default;
  Collection(const Collection& other);
  Collection(Collection&& other) noexcept;
  Collection& operator=(Collection other) noexcept;
  ~Collection();

  /// The item under that key, or null.
  [[nodiscard]] ItemRef find(const EncodedKey& key) const;
  /// find() of many keys: items[i] is the one under *keys[i]. Takes a fraction of the time, because
  /// what one key waits for comes from memory while the others are looked up.
  void find_all(std::span<const EncodedKey* const> keys, std::span<ItemRef> items) const;
  /// Stores `item` under `key` and returns what stood there. The item may have been built for
  /// another collection (an index over a table with all attributes shares the table's block): then
  /// the collection keeps the key's sort bytes itself.
  ItemRef put(const EncodedKey& key, ItemRef item);
  /// Removes the entry and returns it, or null.
  ItemRef erase(const EncodedKey& key);

  [[nodiscard]] std::size_t item_count() const { return item_count_; }
  /// Sum of the items' billed sizes.
  [[nodiscard]] std::size_t size_bytes() const { return size_bytes_; }
  /// Items of one partition; 0 where there are none.
  [[nodiscard]] std::size_t partition_item_count(std::string_view partition, KeyHash hash) const;
  /// Billed bytes of one partition's items; 0 where there are none.
  [[nodiscard]] std::size_t partition_size_bytes(std::string_view partition, KeyHash hash) const;

  class Cursor;

 private:
  friend class Cursor;
  [[nodiscard]] const storage::Partition* find_partition(std::string_view partition,
                                                         KeyHash hash) const;

  storage::Slot partitions_;  ///< tree of partitions by hash, then partition key
  std::size_t item_count_ = 0;
  std::size_t size_bytes_ = 0;
};

/// Walks entries. Keep the Collection (or a copy) alive and unchanged meanwhile, and the bounds'
/// bytes.
class Collection::Cursor {
 public:
  Cursor(const Cursor&) = default;
  Cursor& operator=(const Cursor&) = default;
  ~Cursor() = default;

  /// Entries of one partition with low <= sort key < high, ascending or descending.
  static Cursor range(const Collection& collection, std::string_view partition, KeyHash hash,
                      std::string_view low, std::optional<std::string_view> high, bool ascending);
  /// All entries in scan order whose partition's hash is in [first, last]; starts after `after`,
  /// when given (the key need not exist any more).
  static Cursor scan(const Collection& collection, KeyHash first, KeyHash last,
                     const EncodedKey* after);

  [[nodiscard]] bool done() const { return entry_.item == nullptr; }
  [[nodiscard]] const EntryView& entry() const { return entry_; }
  /// To the next entry; must not be done.
  void next();

 private:
  enum class Mode : std::uint8_t { kAscending, kDescending, kScan };

  Cursor() = default;
  /// Makes entry_ of where entries_ stands, or done when that is outside of the range.
  void show();
  /// Scan: to the first entry of the partition that partitions_ stands on, or done.
  void enter_partition();

  EntryView entry_;
  Mode mode_ = Mode::kAscending;
  storage::RadixWalk entries_;
  storage::RadixWalk partitions_;         ///< scan only
  KeyHash last_hash_;                     ///< scan only
  std::string_view low_;                  ///< descending only
  std::optional<std::string_view> high_;  ///< ascending only
};

}  // namespace understudy
