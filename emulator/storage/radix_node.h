// The blocks that persistent trees are made of. A Slot is a counted pointer to an item, an index
// entry, a partition or an inner node, told apart by its low bits. A RadixNode branches on one
// digit of the key (a byte or half byte); all keys below it agree in the digits before. Blocks are
// reached by several trees at once: a block with one reference belongs to its tree and may be
// changed, a shared one is cloned first.
//
// Thread rule: counts are atomic, so trees may be copied and dropped anywhere. Only the owner of a
// tree changes it (under the table's lock), and only blocks that no other tree reaches.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace understudy {
class Item;
}

namespace understudy::storage {

class IndexEntry;
class Partition;
class RadixNode;

enum class SlotKind : std::uint8_t { kItem, kIndexEntry, kPartition, kNode };

/// One pointer and its kind; copying it does not count. Whoever keeps a slot has counted it.
class Slot {
 public:
  Slot() = default;
  explicit Slot(const Item* item) : Slot(item, SlotKind::kItem) {}
  explicit Slot(IndexEntry* entry) : Slot(entry, SlotKind::kIndexEntry) {}
  explicit Slot(Partition* partition) : Slot(partition, SlotKind::kPartition) {}
  explicit Slot(RadixNode* node) : Slot(node, SlotKind::kNode) {}

  [[nodiscard]] bool empty() const { return tagged_ == nullptr; }
  [[nodiscard]] SlotKind kind() const {
    return static_cast<SlotKind>(reinterpret_cast<std::uintptr_t>(tagged_) & kKindMask);
  }
  [[nodiscard]] bool is_node() const { return kind() == SlotKind::kNode; }
  // Each for slots of that kind only; item() also for empty ones.
  [[nodiscard]] const Item* item() const { return block<const Item>(SlotKind::kItem); }
  [[nodiscard]] IndexEntry* index_entry() const { return block<IndexEntry>(SlotKind::kIndexEntry); }
  [[nodiscard]] Partition* partition() const { return block<Partition>(SlotKind::kPartition); }
  [[nodiscard]] RadixNode* node() const { return block<RadixNode>(SlotKind::kNode); }
  /// Asks memory for the block, which a walk will need next: scans of 100,000 items take 15 % less.
  void prefetch() const { __builtin_prefetch(tagged_); }

 private:
  static constexpr std::uintptr_t kKindMask = 3;

  Slot(const void* block, SlotKind kind)
      : tagged_(static_cast<const char*>(block) + static_cast<std::size_t>(kind)) {}
  template <class T>
  T* block(SlotKind kind) const {
    return reinterpret_cast<T*>(const_cast<char*>(tagged_) - static_cast<std::size_t>(kind));
  }

  // The block's address plus its kind: blocks are aligned to 16.
  const char* tagged_ = nullptr;
};

/// Counts one more holder of what the slot points to; empty slots are allowed.
void add_reference(Slot slot);
/// Gives up a reference; frees the block, and all that only it held, with the last one.
void release(Slot slot);

/// A key's digit at some position, or kEndDigit behind its last: a key sorts before those it
/// begins.
using Digit = int;
inline constexpr Digit kEndDigit = -1;

/// A branch: the digits that keys have at offset(), ascending, each with its child. At least two.
class RadixNode {
 public:
  static constexpr std::size_t kNone = ~std::size_t{0};

  RadixNode(const RadixNode&) = delete;
  RadixNode& operator=(const RadixNode&) = delete;

  /// A node of two children with different digits. Takes over both references.
  static RadixNode* make_branch(std::size_t offset, Digit digit, Slot child, Digit other_digit,
                                Slot other_child);
  /// The node in `slot`, cloned first when other trees reach it too.
  static RadixNode* own(Slot& slot);
  /// Adds a child under a digit that has none to the node in `slot`, which must be owned.
  static void insert(Slot& slot, Digit digit, Slot child);
  /// Takes a child out of the node in `slot`, which must be owned; the reference goes to the
  /// caller. A node left with one child gives its place to that child.
  static Slot remove(Slot& slot, std::size_t position);

  /// Position in the key of the digit this node branches on.
  [[nodiscard]] std::size_t offset() const { return offset_; }
  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] Slot& child(std::size_t position) { return children()[position]; }
  [[nodiscard]] Slot child(std::size_t position) const { return children()[position]; }
  /// Position of that digit's child, or kNone.
  [[nodiscard]] std::size_t find(Digit digit) const;
  /// Position of the first child with that digit or a greater one; count() when there is none.
  [[nodiscard]] std::size_t lower_bound(Digit digit) const;

 private:
  friend void add_reference(Slot slot);
  friend void release(Slot slot);

  RadixNode(std::size_t offset, std::size_t capacity)
      : offset_(static_cast<std::uint32_t>(offset)),
        capacity_(static_cast<std::uint16_t>(capacity)) {}
  ~RadixNode() = default;

  static std::size_t capacity_for(std::size_t count);
  static std::size_t block_bytes(std::size_t capacity);
  static RadixNode* allocate(std::size_t offset, std::size_t capacity);
  static void deallocate(RadixNode* node);
  /// A node of that capacity with the same children; the references are as they were.
  [[nodiscard]] RadixNode* copy_with_capacity(std::size_t capacity) const;
  void insert_at(std::size_t position, Digit digit, Slot child);

  /// A node that nobody holds any more, waiting to be freed: the link lies over its header's first
  /// bytes.
  struct Dying {
    RadixNode* next = nullptr;
  };
  /// Gives up one reference to what the slot points to. A node that dies by it goes to the head of
  /// the list `dying`, with its children, for the caller to take apart.
  static void drop(Slot slot, Dying& dying);

  // Behind the header: capacity_ digits, rounded up to 8 bytes, then capacity_ slots. The digit of
  // the end child (always at position 0) is not meaningful.
  [[nodiscard]] std::uint8_t* digits() { return reinterpret_cast<std::uint8_t*>(this + 1); }
  [[nodiscard]] const std::uint8_t* digits() const {
    return reinterpret_cast<const std::uint8_t*>(this + 1);
  }
  [[nodiscard]] std::size_t digits_bytes() const { return (capacity_ + 7U) & ~std::size_t{7}; }
  [[nodiscard]] Slot* children() { return reinterpret_cast<Slot*>(digits() + digits_bytes()); }
  [[nodiscard]] const Slot* children() const {
    return reinterpret_cast<const Slot*>(digits() + digits_bytes());
  }

  std::atomic<std::uint32_t> references_{1};
  std::uint32_t offset_;
  std::uint16_t count_ = 0;
  std::uint16_t capacity_;
  std::uint16_t has_end_ = 0;  ///< 1: child 0 is the key that ends at offset()
};
static_assert(sizeof(RadixNode) == 16);

inline std::size_t RadixNode::find(Digit digit) const {
  if (digit == kEndDigit) {
    return has_end_ != 0 ? 0 : kNone;
  }
#if defined(__SSE2__)
  // Sixteen digits at once. The smallest block has 24 bytes behind the header, so the load stays
  // inside.
  if (count_ <= 16) {
    const __m128i all = _mm_loadu_si128(reinterpret_cast<const __m128i*>(digits()));
    const __m128i equal = _mm_cmpeq_epi8(all, _mm_set1_epi8(static_cast<char>(digit)));
    const std::uint32_t live = (1U << count_) - 1U - has_end_;
    const std::uint32_t hits = static_cast<std::uint32_t>(_mm_movemask_epi8(equal)) & live;
    return hits != 0 ? static_cast<std::size_t>(__builtin_ctz(hits)) : kNone;
  }
#endif
  const void* hit = __builtin_memchr(digits() + has_end_, digit, count_ - has_end_);
  return hit != nullptr ? static_cast<std::size_t>(static_cast<const std::uint8_t*>(hit) - digits())
                        : kNone;
}

}  // namespace understudy::storage
