#include "emulator/capacity/on_demand.h"

#include <gtest/gtest.h>

namespace understudy::on_demand_test {
namespace {

constexpr Microseconds kStart = 1'700'000'040'000'000;

CapacityUnits units(std::int64_t whole) {
  return CapacityUnits::whole(whole);
}

/// Consumes `a_second` in each of `seconds` from `from` on, and ends the last one.
Microseconds consume(OnDemandScaling& scaling, Microseconds from, std::int64_t seconds,
                     std::int64_t a_second) {
  for (std::int64_t i = 0; i < seconds; ++i) {
    scaling.roll(CapacityKnobs{}, from + i * kSecond);
    scaling.count(units(a_second));
  }
  scaling.roll(CapacityKnobs{}, from + seconds * kSecond);
  return from + seconds * kSecond;
}

TEST(OnDemandScaling, AveragesOverSixtySeconds) {
  OnDemandScaling scaling(units(4000), kStart);
  const Microseconds end = consume(scaling, kStart, 30, 9000);
  EXPECT_EQ(scaling.peak(), units(4500));
  (void)consume(scaling, end, 30, 9000);
  EXPECT_EQ(scaling.peak(), units(9000));
}

TEST(OnDemandScaling, ServesTwiceThePreviousPeakAfterHalfAnHour) {
  OnDemandScaling scaling(units(4000), kStart);
  const Microseconds reached = consume(scaling, kStart, 60, 4000);
  scaling.roll(CapacityKnobs{}, reached + 1800 * kSecond - 1);
  EXPECT_LT(scaling.ceiling(), units(8000));
  scaling.roll(CapacityKnobs{}, reached + 1800 * kSecond);
  EXPECT_EQ(scaling.ceiling(), units(8000));
  EXPECT_EQ(scaling.ceiling_since(), reached + 1800 * kSecond);
}

// Nobody asks for a day: the rise is dated when it happened.
TEST(OnDemandScaling, DatesARiseThatNobodySaw) {
  OnDemandScaling scaling(units(4000), kStart);
  const Microseconds reached = consume(scaling, kStart, 60, 4000);
  scaling.roll(CapacityKnobs{}, reached + 86'400 * kSecond);
  EXPECT_EQ(scaling.ceiling(), units(8000));
  EXPECT_EQ(scaling.ceiling_since(), reached + 1800 * kSecond);
}

TEST(OnDemandScaling, NeverServesLessThanBefore) {
  OnDemandScaling scaling(units(4000), kStart);
  const Microseconds reached = consume(scaling, kStart, 60, 4000);
  const Microseconds later = consume(scaling, reached + 3600 * kSecond, 60, 10);
  EXPECT_EQ(scaling.ceiling(), units(8000));
  scaling.set_least(units(6000), later);
  EXPECT_EQ(scaling.ceiling(), units(8000));
  scaling.set_least(units(20'000), later);
  EXPECT_EQ(scaling.ceiling(), units(20'000));
  EXPECT_EQ(scaling.ceiling_since(), later);
}

TEST(OnDemandScaling, IsNotRaisedByTrafficBelowHalfOfWhatItServes) {
  OnDemandScaling scaling(units(4000), kStart);
  const Microseconds reached = consume(scaling, kStart, 600, 2000);
  scaling.roll(CapacityKnobs{}, reached + 3600 * kSecond);
  EXPECT_EQ(scaling.ceiling(), units(4000));
}

TEST(OnDemandScaling, GoesOnFromAClockThatWasSetBack) {
  OnDemandScaling scaling(units(4000), kStart);
  (void)consume(scaling, kStart, 10, 4000);
  const Microseconds reached = consume(scaling, kStart - 7200 * kSecond, 60, 6000);
  scaling.roll(CapacityKnobs{}, reached + 1800 * kSecond);
  EXPECT_GE(scaling.ceiling(), units(12'000));
}

}  // namespace
}  // namespace understudy::on_demand_test
