#include "emulator/base/heap.h"

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <thread>
#include <vector>

// Where the program's code begins, on a page of its own, and where it ends: the linker's names.
// NOLINTBEGIN(bugprone-reserved-identifier,readability-identifier-naming)
extern "C" const char __executable_start[];
extern "C" const char etext[];
// NOLINTEND(bugprone-reserved-identifier,readability-identifier-naming)

namespace understudy {
namespace {

constexpr int kThresholdBytes = 1024 * 1024;
constexpr int kTopPadBytes = 128 * 1024;  // malloc's own
/// Source: glibc's malloc.c, FASTBIN_CONSOLIDATION_THRESHOLD.
constexpr std::size_t kTrimmingFreeBytes = std::size_t{64} * 1024;

void keep_at_end(int threshold_bytes, int pad_bytes) {
  mallopt(M_TRIM_THRESHOLD, threshold_bytes);  // NOLINT(concurrency-mt-unsafe)
  mallopt(M_TOP_PAD, pad_bytes);               // NOLINT(concurrency-mt-unsafe)
}

/// A thread has some freed blocks of each small size at hand, and malloc knows nothing of them
/// until it ends. Strewn over the heap they hold ten times their size; so another thread takes them
/// along.
void give_back_blocks_at_hand() {
  constexpr std::size_t kSmallBytesMax = 1024;
  constexpr std::size_t kStepBytes = 16;
  constexpr int kBlocksAtHand = 7;
  std::vector<std::unique_ptr<char[]>> blocks;
  for (std::size_t bytes = kStepBytes; bytes <= kSmallBytesMax; bytes += kStepBytes) {
    for (int i = 0; i < kBlocksAtHand; ++i) {
      blocks.emplace_back(new char[bytes]);
    }
  }
  std::thread([&blocks] { blocks.clear(); }).join();
}

}  // namespace

void let_go_of_memory() {
  mallopt(M_MMAP_THRESHOLD, kThresholdBytes);  // NOLINT(concurrency-mt-unsafe)
  keep_at_end(kThresholdBytes, kTopPadBytes);
}

void give_back_heap() {
  give_back_blocks_at_hand();
  malloc_trim(0);
  // That shortens the first thread's heap alone. Those of others are shortened by free(), of blocks
  // of this size, where more than the threshold is free at their end.
  keep_at_end(0, 0);
  void* volatile block = std::malloc(kTrimmingFreeBytes);  // volatile: or it would be left out
  std::free(block);
  keep_at_end(kThresholdBytes, kTopPadBytes);
}

void give_back_code() {
  const auto page_bytes = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  const auto code_bytes = static_cast<std::size_t>(etext - __executable_start);
  madvise(const_cast<char*>(__executable_start), code_bytes / page_bytes * page_bytes,
          MADV_DONTNEED);
}

}  // namespace understudy
