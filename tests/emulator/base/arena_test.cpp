#include "emulator/base/arena.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>

namespace understudy {
namespace {

TEST(Arena, GivesAlignedRoomThatDoesNotOverlap) {
  Arena arena(64);
  std::uint8_t* last_end = nullptr;
  for (std::size_t bytes = 1; bytes < 200; ++bytes) {
    for (const std::size_t alignment : {1U, 2U, 8U, 16U, 64U}) {
      auto* start = static_cast<std::uint8_t*>(arena.allocate(bytes, alignment));
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(start) % alignment, 0U);
      std::fill(start, start + bytes, 0xAB);
      EXPECT_FALSE(start < last_end && start + bytes > last_end);
      last_end = start + bytes;
    }
  }
}

TEST(Arena, KeepsWhatWasAllocatedBeforeItGrew) {
  Arena arena(32);
  const std::string_view first = arena.copy("first");
  for (int i = 0; i < 100; ++i) {
    arena.allocate(100);
  }
  EXPECT_EQ(first, "first");
  EXPECT_EQ(arena.copy(""), "");
}

TEST(Arena, ReusesItsMemoryAfterReset) {
  Arena arena(1024);
  void* const before = arena.allocate(100);
  arena.reset();
  EXPECT_EQ(arena.allocate(100), before);
  arena.reset();
  arena.allocate(std::size_t{4} * 1024 * 1024);  // More than is kept.
  arena.reset();
  arena.reset();
  EXPECT_EQ(arena.copy("usable"), "usable");
}

TEST(Arena, MakesObjectsAndArrays) {
  struct Point {
    int x = 1;
    int y = 2;
  };
  Arena arena;
  EXPECT_EQ(arena.make<Point>()->y, 2);
  EXPECT_EQ(arena.make<Point>(5, 6)->x, 5);
  auto* numbers = arena.make_array<std::uint64_t>(1000);
  for (std::uint64_t i = 0; i < 1000; ++i) {
    numbers[i] = i;
  }
  EXPECT_EQ(numbers[999], 999U);
}

TEST(ArenaVector, GrowsAndKeepsItsItems) {
  Arena arena(64);
  ArenaVector<int> numbers(arena);
  EXPECT_TRUE(numbers.empty());
  for (int i = 0; i < 1000; ++i) {
    numbers.push_back(i);
  }
  ASSERT_EQ(numbers.size(), 1000U);
  EXPECT_EQ(numbers[500], 500);
  EXPECT_EQ(numbers.back(), 999);
  EXPECT_EQ(numbers.span().size(), 1000U);
  numbers.resize_down(10);
  EXPECT_EQ(numbers.back(), 9);
}

TEST(ArenaVector, IsABufferOfText) {
  Arena arena(64);
  ArenaVector<char> text(arena);
  std::string expected;
  for (int i = 0; i < 500; ++i) {
    text.append("piece ");
    text.append(',');
    char* to = text.grow(2);
    to[0] = 'x';
    to[1] = 'y';
    text.commit(1);
    expected += "piece ,x";
  }
  text.append("");
  EXPECT_EQ(std::string_view(text.data(), text.size()), expected);
}

}  // namespace
}  // namespace understudy
