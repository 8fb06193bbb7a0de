// Persistent radix trees over the blocks of radix_node.h: look-up, insertion, removal and an
// ordered walk. A tree is a Slot: empty, a single leaf, or a node. Its shape depends on its keys
// alone, not on their history, so nothing needs rebalancing, and what is erased leaves nothing
// behind. Nodes hold no key bytes but the digit they branch on: a look-up goes by those and
// compares the whole key once, at the leaf it ends in.
//
// Thread rule: as in radix_node.h.
#pragma once

#include <boost/container/small_vector.hpp>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "emulator/storage/radix_node.h"

namespace understudy::storage {

/// Keys compare by their digits; of() is the key of a leaf.
template <class K>
concept RadixKey = std::equality_comparable<K> && requires(const K& key, Slot leaf) {
  { key.digit(std::size_t{}) } -> std::same_as<Digit>;
  { key.common_prefix(key) } -> std::same_as<std::size_t>;
  { K::of(leaf) } -> std::same_as<K>;
};

/// A leaf of a tree that is not empty: the one of that key, if there is one, else one that has as
/// long a prefix in common with the key as any.
template <RadixKey Key>
Slot radix_nearest(Slot tree, const Key& key) {
  while (tree.is_node()) {
    const RadixNode& node = *tree.node();
    const std::size_t position = node.find(key.digit(node.offset()));
    tree = node.child(position == RadixNode::kNone ? 0 : position);
  }
  return tree;
}

/// The leaf under that key, or an empty slot.
template <RadixKey Key>
Slot radix_find(Slot tree, const Key& key) {
  if (tree.empty()) {
    return tree;
  }
  while (tree.is_node()) {
    const RadixNode& node = *tree.node();
    const std::size_t position = node.find(key.digit(node.offset()));
    if (position == RadixNode::kNone) {
      return {};
    }
    tree = node.child(position);
  }
  return Key::of(tree) == key ? tree : Slot();
}

/// Where the leaf of a key stands that is in the tree, for changing it: the path to it belongs to
/// this tree alone afterwards.
template <RadixKey Key>
Slot& radix_claim(Slot& tree, const Key& key) {
  Slot* slot = &tree;
  while (slot->is_node()) {
    RadixNode* node = RadixNode::own(*slot);
    slot = &node->child(node->find(key.digit(node->offset())));
  }
  return *slot;
}

/// The same of a key that may not be in the tree: nullptr then. Part of the path to where it would
/// stand belongs to this tree alone afterwards all the same.
template <RadixKey Key>
Slot* radix_claim_if_there(Slot& tree, const Key& key) {
  Slot* slot = &tree;
  if (slot->empty()) {
    return nullptr;
  }
  while (slot->is_node()) {
    RadixNode* node = RadixNode::own(*slot);
    const std::size_t position = node->find(key.digit(node->offset()));
    if (position == RadixNode::kNone) {
      return nullptr;
    }
    slot = &node->child(position);
  }
  return Key::of(*slot) == key ? slot : nullptr;
}

/// Adds a leaf under a key that is not in the tree. Takes over the leaf's reference.
template <RadixKey Key>
void radix_insert(Slot& tree, const Key& key, Slot leaf) {
  if (tree.empty()) {
    tree = leaf;
    return;
  }
  const Key nearest = Key::of(radix_nearest(tree, key));
  const std::size_t fork = key.common_prefix(nearest);
  Slot* slot = &tree;
  while (slot->is_node() && slot->node()->offset() < fork) {
    RadixNode* node = RadixNode::own(*slot);
    slot = &node->child(node->find(key.digit(node->offset())));
  }
  if (slot->is_node() && slot->node()->offset() == fork) {
    RadixNode::own(*slot);
    RadixNode::insert(*slot, key.digit(fork), leaf);
  } else {
    *slot = Slot(RadixNode::make_branch(fork, key.digit(fork), leaf, nearest.digit(fork), *slot));
  }
}

/// Takes the leaf of a key out that is in the tree; its reference goes to the caller.
template <RadixKey Key>
Slot radix_remove(Slot& tree, const Key& key) {
  Slot* slot = &tree;
  while (slot->is_node()) {
    RadixNode* node = RadixNode::own(*slot);
    const std::size_t position = node->find(key.digit(node->offset()));
    if (!node->child(position).is_node()) {
      return RadixNode::remove(*slot, position);
    }
    slot = &node->child(position);
  }
  return std::exchange(*slot, Slot());
}

/// Stands on a leaf of a tree that lives unchanged meanwhile, or past either end.
class RadixWalk {
 public:
  RadixWalk() = default;
  RadixWalk(const RadixWalk&) = default;
  RadixWalk& operator=(const RadixWalk&) = default;
  ~RadixWalk() = default;

  /// Empty when the walk has passed an end.
  [[nodiscard]] Slot leaf() const { return leaf_; }

  void to_first(Slot tree) {
    steps_.clear();
    descend_first(tree);
  }
  void to_last(Slot tree) {
    steps_.clear();
    descend_last(tree);
  }
  /// To the first leaf whose key is not less than `key`.
  template <RadixKey Key>
  void to_lower_bound(Slot tree, const Key& key);
  void next();
  void previous();

 private:
  struct Step {
    const RadixNode* node;
    std::size_t position;
  };

  void descend_first(Slot slot) {
    while (slot.is_node()) {
      steps_.push_back({slot.node(), 0});
      slot = steps_.back().node->child(0);
    }
    leaf_ = slot;
  }
  void descend_last(Slot slot) {
    while (slot.is_node()) {
      steps_.push_back({slot.node(), slot.node()->count() - 1});
      slot = steps_.back().node->child(steps_.back().position);
    }
    leaf_ = slot;
  }

  // Inline room for keys of usual shapes; a tree is at most as deep as its longest key.
  boost::container::small_vector<Step, 12> steps_;
  Slot leaf_;
};

template <RadixKey Key>
void RadixWalk::to_lower_bound(Slot tree, const Key& key) {
  steps_.clear();
  leaf_ = Slot();
  if (tree.empty()) {
    return;
  }
  const Key nearest = Key::of(radix_nearest(tree, key));
  const std::size_t fork = key.common_prefix(nearest);
  const Digit digit = key.digit(fork);
  const Digit nearest_digit = nearest.digit(fork);
  const bool present = digit == nearest_digit;
  Slot slot = tree;
  while (slot.is_node() && (present || slot.node()->offset() < fork)) {
    const RadixNode* node = slot.node();
    steps_.push_back({node, node->find(key.digit(node->offset()))});
    slot = node->child(steps_.back().position);
  }
  if (present) {
    leaf_ = slot;
  } else if (slot.is_node() && slot.node()->offset() == fork) {
    const RadixNode* node = slot.node();
    const std::size_t position = node->lower_bound(digit);
    if (position < node->count()) {
      steps_.push_back({node, position});
      descend_first(node->child(position));
    } else {
      next();
    }
  } else if (digit < nearest_digit) {
    descend_first(slot);
  } else {
    next();
  }
}

inline void RadixWalk::next() {
  while (!steps_.empty()) {
    Step& step = steps_.back();
    if (++step.position < step.node->count()) {
      if (step.position + 1 < step.node->count()) {
        step.node->child(step.position + 1).prefetch();
      }
      descend_first(step.node->child(step.position));
      return;
    }
    steps_.pop_back();
  }
  leaf_ = Slot();
}

inline void RadixWalk::previous() {
  while (!steps_.empty()) {
    Step& step = steps_.back();
    if (step.position-- > 0) {
      if (step.position > 0) {
        step.node->child(step.position - 1).prefetch();
      }
      descend_last(step.node->child(step.position));
      return;
    }
    steps_.pop_back();
  }
  leaf_ = Slot();
}

}  // namespace understudy::storage
