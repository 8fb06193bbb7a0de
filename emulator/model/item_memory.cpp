#include "emulator/model/item_memory.h"

#include <array>
#include <new>
#include <utility>

#include "emulator/base/sanitizer.h"

namespace understudy {
namespace {

// The size classes of malloc: multiples of 16, of which it takes 8 for itself.
constexpr std::size_t kClassBytes = 16;
constexpr std::size_t kClasses = 256;
constexpr std::size_t kCacheLineBytes = 64;

constexpr std::size_t class_of(std::size_t bytes) {
  return (bytes + 8 + kClassBytes - 1) / kClassBytes;
}
constexpr std::size_t bytes_of(std::size_t size_class) {
  return size_class * kClassBytes - 8;
}

struct FreeBlock {
  FreeBlock* next;
};

/// What one thread keeps, the newest block first.
class KeptBlocks {
 public:
  constexpr KeptBlocks() = default;
  KeptBlocks(const KeptBlocks&) = delete;
  KeptBlocks& operator=(const KeptBlocks&) = delete;
  ~KeptBlocks() {
    for (FreeBlock* block : newest_) {
      while (block != nullptr) {
        ::operator delete(std::exchange(block, block->next));
      }
    }
    newest_ = {};
    room_ = 0;  // Other thread-local objects may still give back some.
  }

  void* take(std::size_t size_class) {
    FreeBlock* const block = newest_[size_class];
    if (block != nullptr) {
      newest_[size_class] = block->next;
      room_ += bytes_of(size_class);
    }
    return block;
  }

  bool keep(void* block, std::size_t size_class) {
    const std::size_t bytes = bytes_of(size_class);
    if (bytes > room_) {
      return false;
    }
    room_ -= bytes;
    newest_[size_class] = ::new (block) FreeBlock{newest_[size_class]};
    // The next item is written into it soon, and nothing was read of it but its beginning.
    for (std::size_t at = kCacheLineBytes; at < bytes; at += kCacheLineBytes) {
      __builtin_prefetch(static_cast<char*>(block) + at, 1);
    }
    return true;
  }

 private:
  std::array<FreeBlock*, kClasses> newest_{};
  std::size_t room_ = kKeptItemBytesMax;
};

// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): memory of a thread.
constinit thread_local KeptBlocks kept_blocks;

}  // namespace

void* take_item_block(std::size_t bytes) {
  const std::size_t size_class = class_of(bytes);
  if (!kMemoryIsWatched && size_class < kClasses) {
    if (void* const block = kept_blocks.take(size_class)) {
      return block;
    }
    bytes = bytes_of(size_class);
  }
  return ::operator new(bytes);
}

void give_back_item_block(void* block, std::size_t bytes) {
  const std::size_t size_class = class_of(bytes);
  if (kMemoryIsWatched || size_class >= kClasses || !kept_blocks.keep(block, size_class)) {
    ::operator delete(block);
  }
}

}  // namespace understudy
