// Collection: the entries of a table or of an index. Partitions in hash order (scan order), entries of
// a partition in sort key order. A copy shares all nodes and costs nothing; the first write after a
// copy clones only the path it changes. That is how snapshots, rewinds and long reads work: take a
// copy under the table's lock, read it outside.
//
// Thread rule: a Collection is written under its table's lock; copies may be read from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include "emulator/model/item.h"
#include "emulator/model/key_codec.h"

namespace understudy {

struct PartitionNode;  ///< cow_tree.h: entries of one partition key
struct DirectoryNode;  ///< cow_tree.h: partitions by hash

void intrusive_ptr_add_ref(const PartitionNode* node);
void intrusive_ptr_release(const PartitionNode* node);
void intrusive_ptr_add_ref(const DirectoryNode* node);
void intrusive_ptr_release(const DirectoryNode* node);

/// What a cursor stands on. Valid while the Collection it came from lives unchanged.
struct EntryView {
  const Item* item = nullptr;       ///< the item as stored in, or projected into, this collection
  std::string_view sort_key;        ///< order-preserving bytes in this collection
  std::string_view partition;       ///< the partition's bytes
  KeyHash hash;                     ///< the partition's hash
};

class Collection {
 public:
  Collection();
  Collection(const Collection&);
  Collection(Collection&&) noexcept;
  Collection& operator=(Collection) noexcept;
  ~Collection();

  /// The item under that key, or null.
  [[nodiscard]] ItemRef find(const EncodedKey& key) const;
  /// Stores `item` under `key` and returns what stood there. The item may have been built for another
  /// collection (an index over a table with all attributes shares the table's block): then the
  /// collection keeps the key's sort bytes itself.
  ItemRef put(const EncodedKey& key, ItemRef item);
  /// Removes the entry and returns it, or null.
  ItemRef erase(const EncodedKey& key);

  [[nodiscard]] std::size_t item_count() const { return item_count_; }
  /// Sum of the items' billed sizes.
  [[nodiscard]] std::size_t size_bytes() const { return size_bytes_; }
  /// Billed bytes of one partition's items; 0 where there are none.
  [[nodiscard]] std::size_t partition_size_bytes(std::string_view partition, KeyHash hash) const;

  class Cursor;

 private:
  friend class Cursor;
  boost::intrusive_ptr<DirectoryNode> root_;
  std::size_t item_count_ = 0;
  std::size_t size_bytes_ = 0;
};

/// Walks entries. Keep the Collection (or a copy) alive and unchanged meanwhile.
class Collection::Cursor {
 public:
  /// Entries of one partition with low <= sort key < high, ascending or descending.
  static Cursor range(const Collection& collection, std::string_view partition, KeyHash hash,
                      std::string_view low, std::optional<std::string_view> high, bool ascending);
  /// All entries in scan order whose partition's hash is in [first, last]; starts after `after`, when
  /// given (the key need not exist any more).
  static Cursor scan(const Collection& collection, KeyHash first, KeyHash last,
                     const EncodedKey* after);

  [[nodiscard]] bool done() const { return entry_.item == nullptr; }
  [[nodiscard]] const EntryView& entry() const { return entry_; }
  void next();

 private:
  EntryView entry_;
  // The storage room lays out what a walk needs: a stack of nodes, bounded by the trees' depth.
  static constexpr std::size_t kDepthMax = 12;
  struct Level {
    const void* node;
    std::uint32_t position;
  };
  Level directory_[kDepthMax] = {};
  Level partition_[kDepthMax] = {};
  std::uint8_t directory_depth_ = 0;
  std::uint8_t partition_depth_ = 0;
  bool ascending_ = true;
  bool whole_scan_ = false;
  std::string_view low_;
  std::optional<std::string_view> high_;
  KeyHash last_;
};

}  // namespace understudy
