// Memory of items. A replaced item's block serves the next item of its size on the same thread:
// malloc would look at the block's neighbours, which no cache holds, and a batch of writes spent a
// tenth of its time there.
#pragma once

#include <cstddef>

namespace understudy {

/// A block of at least `bytes`, aligned to 16. Any thread. Throws std::bad_alloc.
void* take_item_block(std::size_t bytes);

/// Gives back a block that was taken for `bytes`, on any thread. Each thread keeps
/// kKeptItemBytesMax at most, until it ends.
void give_back_item_block(void* block, std::size_t bytes);

inline constexpr std::size_t kKeptItemBytesMax = std::size_t{128} * 1024;

}  // namespace understudy
