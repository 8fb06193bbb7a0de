// Request ids as the service writes them: 52 characters, 26 random digits of base 32 and an end
// that is the same on every answer. Thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>

#include "emulator/base/random.h"

namespace understudy {

/// On a cache line of its own: every request of every thread writes to it, and what else an engine
/// has is only read.
class alignas(64) RequestIds {
 public:
  explicit RequestIds(Random random) : key_(random.next()) {}

  /// The n-th call writes the n-th id of the seed, whichever thread it comes from.
  void write_next(std::array<char, 52>& id);
  /// Begins anew with the first id of that seed.
  void reseed(Random random) {
    key_.store(random.next(), std::memory_order_relaxed);
    written_.store(0, std::memory_order_relaxed);
  }

 private:
  std::atomic<std::uint64_t> key_;
  std::atomic<std::uint64_t> written_{0};
};

}  // namespace understudy
