#include "emulator/storage/radix_node.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <new>
#include <utility>

#include "emulator/base/check.h"
#include "emulator/model/item.h"
#include "emulator/storage/partition.h"

namespace understudy::storage {

namespace {

// Steps that fill malloc's size classes; the last holds 256 digits and the end.
constexpr std::array<std::uint16_t, 15> kCapacities = {2,  4,  6,  8,   12,  16,  24, 32,
                                                       48, 64, 96, 128, 160, 208, 264};

}  // namespace

std::size_t RadixNode::capacity_for(std::size_t count) {
  const auto* capacity = std::lower_bound(kCapacities.begin(), kCapacities.end(), count);
  CHECK(capacity != kCapacities.end());
  return *capacity;
}

std::size_t RadixNode::block_bytes(std::size_t capacity) {
  return sizeof(RadixNode) + ((capacity + 7) & ~std::size_t{7}) + capacity * sizeof(Slot);
}

RadixNode* RadixNode::allocate(std::size_t offset, std::size_t capacity) {
  return ::new (::operator new(block_bytes(capacity))) RadixNode(offset, capacity);
}

void RadixNode::deallocate(RadixNode* node) {
  ::operator delete(static_cast<void*>(node));
}

RadixNode* RadixNode::copy_with_capacity(std::size_t capacity) const {
  RadixNode* copy = allocate(offset_, capacity);
  copy->count_ = count_;
  copy->has_end_ = has_end_;
  std::memcpy(copy->digits(), digits(), count_);
  std::memcpy(static_cast<void*>(copy->children()), children(), count_ * sizeof(Slot));
  return copy;
}

RadixNode* RadixNode::make_branch(std::size_t offset, Digit digit, Slot child, Digit other_digit,
                                  Slot other_child) {
  RadixNode* node = allocate(offset, capacity_for(2));
  node->insert_at(0, digit, child);
  node->insert_at(other_digit < digit ? 0 : 1, other_digit, other_child);
  return node;
}

RadixNode* RadixNode::own(Slot& slot) {
  RadixNode* node = slot.node();
  if (node->references_.load(std::memory_order_acquire) == 1) {
    return node;
  }
  RadixNode* copy = node->copy_with_capacity(capacity_for(node->count_));
  std::for_each_n(copy->children(), copy->count_, add_reference);
  release(std::exchange(slot, Slot(copy)));
  return copy;
}

std::size_t RadixNode::lower_bound(Digit digit) const {
  if (digit == kEndDigit) {
    return 0;
  }
  const std::uint8_t* at = std::lower_bound(digits() + has_end_, digits() + count_, digit);
  return static_cast<std::size_t>(at - digits());
}

void RadixNode::insert_at(std::size_t position, Digit digit, Slot child) {
  const std::size_t behind = count_ - position;
  std::memmove(digits() + position + 1, digits() + position, behind);
  std::memmove(static_cast<void*>(children() + position + 1), children() + position,
               behind * sizeof(Slot));
  digits()[position] = static_cast<std::uint8_t>(digit);
  children()[position] = child;
  ++count_;
  if (digit == kEndDigit) {
    has_end_ = 1;
  }
}

void RadixNode::insert(Slot& slot, Digit digit, Slot child) {
  RadixNode* node = slot.node();
  const std::size_t position = node->lower_bound(digit);
  if (node->count_ == node->capacity_) {
    RadixNode* grown = node->copy_with_capacity(capacity_for(node->count_ + 1U));
    deallocate(node);
    slot = Slot(grown);
    node = grown;
  }
  node->insert_at(position, digit, child);
}

Slot RadixNode::remove(Slot& slot, std::size_t position) {
  RadixNode* node = slot.node();
  const Slot removed = node->child(position);
  if (node->count_ == 2) {
    slot = node->child(1 - position);
    deallocate(node);
    return removed;
  }
  const std::size_t behind = node->count_ - position - 1;
  std::memmove(node->digits() + position, node->digits() + position + 1, behind);
  std::memmove(static_cast<void*>(node->children() + position), node->children() + position + 1,
               behind * sizeof(Slot));
  --node->count_;
  if (position == 0) {
    node->has_end_ = 0;
  }
  if (node->count_ * 2U <= node->capacity_ && capacity_for(node->count_) < node->capacity_) {
    slot = Slot(node->copy_with_capacity(capacity_for(node->count_)));
    deallocate(node);
  }
  return removed;
}

void RadixNode::drop(Slot slot, Dying& dying) {
  switch (slot.kind()) {
    case SlotKind::kItem:
      if (!slot.empty()) {
        intrusive_ptr_release(slot.item());
      }
      return;
    case SlotKind::kIndexEntry:
      slot.index_entry()->release();
      return;
    case SlotKind::kPartition:
      slot.partition()->release();
      return;
    case SlotKind::kNode:
      break;
  }
  RadixNode* node = slot.node();
  if (node->references_.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    static_assert(offsetof(RadixNode, count_) >= sizeof(Dying));
    std::memcpy(static_cast<void*>(node), &dying, sizeof(Dying));
    dying.next = node;
  }
}

void add_reference(Slot slot) {
  switch (slot.kind()) {
    case SlotKind::kItem:
      if (!slot.empty()) {
        intrusive_ptr_add_ref(slot.item());
      }
      return;
    case SlotKind::kIndexEntry:
      slot.index_entry()->add_reference();
      return;
    case SlotKind::kPartition:
      slot.partition()->add_reference();
      return;
    case SlotKind::kNode:
      slot.node()->references_.fetch_add(1, std::memory_order_relaxed);
      return;
  }
}

void release(Slot slot) {
  // A list instead of recursion: a tree may be as deep as its keys are long.
  RadixNode::Dying dying;
  RadixNode::drop(slot, dying);
  while (dying.next != nullptr) {
    RadixNode* node = dying.next;
    std::memcpy(&dying, static_cast<const void*>(node), sizeof(RadixNode::Dying));
    for (std::size_t position = 0; position < node->count_; ++position) {
      RadixNode::drop(node->child(position), dying);
    }
    RadixNode::deallocate(node);
  }
}

}  // namespace understudy::storage
