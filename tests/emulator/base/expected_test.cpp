#include "emulator/base/expected.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace understudy {
namespace {

Expected<std::unique_ptr<int>, std::string> half(int number) {
  if (number % 2 != 0) {
    return Unexpected{"odd: " + std::to_string(number)};
  }
  return std::make_unique<int>(number / 2);
}

Expected<int, std::string> quarter(int number) {
  TRY(const auto once, half(number));
  TRY(const auto twice, half(*once));
  return *twice;
}

Expected<void, std::string> check_even(int number) {
  TRY_VOID(half(number));
  return {};
}

TEST(Expected, HoldsAValueOrAnError) {
  const auto good = half(4);
  ASSERT_TRUE(good);
  EXPECT_TRUE(good.has_value());
  EXPECT_EQ(**good, 2);
  const auto bad = half(3);
  ASSERT_FALSE(bad);
  EXPECT_EQ(bad.error(), "odd: 3");
}

TEST(Expected, TryReturnsTheFirstError) {
  EXPECT_EQ(quarter(8).value(), 2);
  EXPECT_EQ(quarter(6).error(), "odd: 3");
  EXPECT_EQ(quarter(5).error(), "odd: 5");
}

TEST(Expected, MayHoldNothingButSuccess) {
  EXPECT_TRUE(check_even(2));
  EXPECT_EQ(check_even(1).error(), "odd: 1");
}

TEST(Expected, GivesItsValueAway) {
  const std::unique_ptr<int> taken = half(10).value();
  EXPECT_EQ(*taken, 5);
  std::unique_ptr<int> moved = *half(20);
  EXPECT_EQ(*moved, 10);
}

}  // namespace
}  // namespace understudy
