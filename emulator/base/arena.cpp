#include "emulator/base/arena.h"

#include <algorithm>
#include <new>

namespace understudy {
namespace {
constexpr std::size_t kLargestKeptBlockBytes = std::size_t{1024} * 1024;
}

void* Arena::allocate_in_new_block(std::size_t bytes, std::size_t alignment) {
  const std::size_t wanted = sizeof(Block) + alignment + bytes;
  if (newest_ != nullptr) {
    block_bytes_ = std::min(block_bytes_ * 2, kLargestKeptBlockBytes);
  }
  const std::size_t size = std::max(wanted, block_bytes_);
  auto* block = static_cast<Block*>(::operator new(size));
  block->previous = newest_;
  block->bytes = size;
  newest_ = block;
  next_ = reinterpret_cast<char*>(block + 1);
  end_ = reinterpret_cast<char*>(block) + size;
  return allocate(bytes, alignment);
}

void Arena::release(Block* keep) {
  for (Block* block = newest_; block != nullptr;) {
    Block* previous = block->previous;
    if (block != keep) {
      ::operator delete(block);
    }
    block = previous;
  }
}

void Arena::reset() {
  if (newest_ == nullptr) {
    return;
  }
  Block* keep = newest_->bytes <= kLargestKeptBlockBytes ? newest_ : nullptr;
  release(keep);
  newest_ = keep;
  if (keep == nullptr) {
    next_ = end_ = nullptr;
    return;
  }
  keep->previous = nullptr;
  next_ = reinterpret_cast<char*>(keep + 1);
  end_ = reinterpret_cast<char*>(keep) + keep->bytes;
}

}  // namespace understudy
