#include "emulator/base/decimal_text.h"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <charconv>
#include <cstdint>
#include <limits>

#include "emulator/base/random.h"

namespace understudy {
namespace {

std::string by_the_library(double value) {
  std::array<char, 512> text{};
  return {text.data(), std::to_chars(text.data(), text.data() + text.size(), value).ptr};
}

TEST(DecimalText, IsWhatTheLibraryWrites) {
  for (const double value : {0.0,
                             -0.0,
                             1.0,
                             -1.5,
                             0.1,
                             0.3,
                             1.0 / 3,
                             100000.0,
                             123456.0,
                             1e5,
                             1e15,
                             1e16,
                             1e21,
                             1e22,
                             1e23,
                             -2.5e-7,
                             0.0001,
                             0.00001,
                             5e-324,
                             9007199254740993.0,
                             1.7976931348623157e308,
                             std::numeric_limits<double>::infinity(),
                             -std::numeric_limits<double>::infinity(),
                             std::numeric_limits<double>::quiet_NaN()}) {
    EXPECT_EQ(decimal_text(value), by_the_library(value));
  }
}

TEST(DecimalText, IsWhatTheLibraryWritesForAnyBits) {
  Random random(7);
  for (int i = 0; i < 20'000; ++i) {
    const auto value = std::bit_cast<double>(random.next());
    EXPECT_EQ(decimal_text(value), by_the_library(value));
    const double common = static_cast<double>(random.next() % 1'000'000'000) / 1000;
    EXPECT_EQ(decimal_text(common), by_the_library(common));
  }
}

}  // namespace
}  // namespace understudy
