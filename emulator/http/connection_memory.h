// Memory of connections: one block each for the session and its buffer, outside the heap, so that
// it goes back to the system when the connection does, whatever else was allocated meanwhile. A few
// blocks are kept for clients that connect for every request. Only pages that were written to
// count: the buffer has room for a long request in one read, and costs what short ones need. Not
// thread-safe: one per worker.
#pragma once

#include <sys/mman.h>

#include <array>
#include <cstddef>

#include "emulator/base/check.h"

namespace understudy {

class ConnectionMemory {
 public:
  static constexpr std::size_t kSessionBytesMax = 4096;
  static constexpr std::size_t kBufferBytes = std::size_t{64} * 1024;
  /// What a buffer may go on holding.
  static constexpr std::size_t kKeptBufferBytes = std::size_t{16} * 1024;
  static constexpr std::size_t kBlockBytes = kSessionBytesMax + kBufferBytes;

  ConnectionMemory() = default;
  ~ConnectionMemory() { forget_kept(); }
  ConnectionMemory(const ConnectionMemory&) = delete;
  ConnectionMemory& operator=(const ConnectionMemory&) = delete;

  /// A block of kBlockBytes, page-aligned: the session's part, then the buffer's.
  void* take() {
    if (kept_ > 0) {
      return blocks_[--kept_];
    }
    void* const block =
        mmap(nullptr, kBlockBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(block != MAP_FAILED);
    return block;
  }
  /// Gives the far end of a block's buffer back to the system; it reads as zeros afterwards.
  static void forget_long_request(char* buffer) {
    madvise(buffer + kKeptBufferBytes, kBufferBytes - kKeptBufferBytes, MADV_DONTNEED);
  }
  void forget_kept() {
    while (kept_ > 0) {
      munmap(blocks_[--kept_], kBlockBytes);
    }
  }
  void give_back(void* block) {
    if (kept_ < blocks_.size()) {
      blocks_[kept_++] = block;
    } else {
      munmap(block, kBlockBytes);
    }
  }

 private:
  std::array<void*, 8> blocks_{};
  std::size_t kept_ = 0;
};

}  // namespace understudy
