// Clocks that are steered, and time that is moved with the work that hangs on it.
#include "emulator/clock/timeline.h"

#include <gtest/gtest.h>

#include <vector>

#include "emulator/clock/steerable_clock.h"

namespace understudy {
namespace {

TEST(SteerableClock, ShowsItsBaseUntilSteered) {
  VirtualClock base(1000);
  SteerableClock clock(base);
  EXPECT_EQ(clock.now(), 1000);
  base.advance(5);
  EXPECT_EQ(clock.now(), 1005);
  EXPECT_EQ(clock.rate(), 1);
  EXPECT_FALSE(clock.steered());
}

TEST(SteerableClock, RunsFasterStandsStillAndGoesOn) {
  VirtualClock base(1000);
  SteerableClock clock(base);
  clock.set_rate(60);
  base.advance(10);
  EXPECT_EQ(clock.now(), 1600);
  clock.set_rate(0);
  base.advance(10);
  EXPECT_EQ(clock.now(), 1600);
  clock.set(5000);
  EXPECT_EQ(clock.now(), 5000);
  clock.set_rate(1);
  base.advance(7);
  EXPECT_EQ(clock.now(), 5007);
}

TEST(Timeline, ShowsEachPieceOfWorkItsOwnTime) {
  VirtualClock clock(0);
  Scheduler scheduler;
  Timeline timeline(clock, scheduler);
  std::vector<Microseconds> seen;
  const auto look = [&](Microseconds due) {
    EXPECT_EQ(due, clock.now());
    seen.push_back(clock.now());
  };
  scheduler.at(3 * kSecond, look);
  scheduler.at(kSecond, [&](Microseconds due) {
    look(due);
    scheduler.at(due + kSecond, look);
  });
  scheduler.at(6 * kSecond, look);
  EXPECT_EQ(timeline.advance(5 * kSecond), 5 * kSecond);
  EXPECT_EQ(clock.now(), 5 * kSecond);
  EXPECT_EQ(seen, (std::vector<Microseconds>{kSecond, 2 * kSecond, 3 * kSecond}));
  EXPECT_FALSE(timeline.set(4 * kSecond));
  EXPECT_EQ(clock.now(), 5 * kSecond);
  EXPECT_TRUE(timeline.set(6 * kSecond));
  EXPECT_EQ(seen.back(), 6 * kSecond);
}

TEST(Scheduler, SaysWhenTheNextWorkIsSooner) {
  Scheduler scheduler;
  int woken = 0;
  scheduler.on_sooner([&] { ++woken; });
  const auto nothing = [](Microseconds) {};
  scheduler.at(10, nothing);
  scheduler.at(20, nothing);
  EXPECT_EQ(woken, 1);
  scheduler.at(5, nothing);
  EXPECT_EQ(woken, 2);
  scheduler.run_due(5);
  EXPECT_EQ(woken, 2);
}

}  // namespace
}  // namespace understudy
