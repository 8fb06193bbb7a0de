#ifndef UNDERSTUDY_COUNT_WORK
#define UNDERSTUDY_COUNT_WORK
#endif
#include "emulator/base/guarded.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace understudy {
namespace {

TEST(Guarded, LetsOneThreadInAtATime) {
  Guarded<int> counter(0);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&counter] {
      for (int round = 0; round < 10'000; ++round) {
        ++*counter.lock();
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(*counter.lock(), 40'000);
}

TEST(Guarded, CountsItsLocksWhereWorkIsCounted) {
  const Guarded<std::vector<int>> numbers(std::size_t{3}, 7);
  const std::uint64_t before = work_counts().locks;
  EXPECT_EQ(numbers.lock()->size(), 3U);
  EXPECT_EQ(numbers.lock()->at(0), 7);
  EXPECT_EQ(work_counts().locks, before + 2);
}

}  // namespace
}  // namespace understudy
