// Time in a server: due work runs although nobody asks, and the clock is steered under it.
#include "emulator/server/ticker.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>

#include "emulator/server/server.h"

namespace understudy {
namespace {

TEST(Ticker, RunsDueWorkWithoutRequests) {
  ServerOptions options;
  options.features.clock.rate = 1000;
  Server server(options);
  ASSERT_TRUE(server.start());
  std::promise<Microseconds> ran;
  const Microseconds due = server.engine().clock().now() + 10'000'000;  // 10 ms of the machine's
  server.engine().scheduler().at(due, [&](Microseconds at) { ran.set_value(at); });
  EXPECT_EQ(ran.get_future().get(), due);
  EXPECT_GE(server.engine().clock().now(), due);
}

// A write under a frozen clock is due to its stream's readers at once, not with the next request.
TEST(Ticker, RunsWhatIsDueNowWhileTheClockStandsStill) {
  ServerOptions options;
  options.features.clock = {0, 1'000'000};
  Server server(options);
  ASSERT_TRUE(server.start());
  std::promise<Microseconds> ran;
  auto future = ran.get_future();
  server.engine().scheduler().at(1'000'001, [](Microseconds) { FAIL() << "not due yet"; });
  server.engine().scheduler().at(1'000'000, [&](Microseconds at) { ran.set_value(at); });
  ASSERT_EQ(future.wait_for(std::chrono::seconds(10)), std::future_status::ready);
  EXPECT_EQ(future.get(), 1'000'000);
  EXPECT_EQ(server.engine().clock().now(), 1'000'000);
}

TEST(Ticker, NoticesThatTheClockWasMoved) {
  Server server;
  ASSERT_TRUE(server.start());
  std::promise<void> ran;
  server.engine().scheduler().at(server.engine().clock().now() + kHour,
                                 [&](Microseconds) { ran.set_value(); });
  // Not by advance(), which would run the work itself: the ticker is to see it.
  server.instance().steerable_clock()->set(server.engine().clock().now() + 2 * kHour);
  ran.get_future().get();
}

TEST(Instance, StandsStillUntilMoved) {
  Features features;
  features.clock = {0, 1'000'000};
  Instance instance({}, features);
  EXPECT_EQ(instance.engine().clock().now(), 1'000'000);
  EXPECT_EQ(instance.advance(kHour), 1'000'000 + kHour);
  EXPECT_EQ(instance.engine().clock().now(), 1'000'000 + kHour);
  EXPECT_FALSE(instance.set_time(0));
}

TEST(Instance, MovesTheVirtualClockItWasGiven) {
  VirtualClock clock(5);
  EngineOptions options;
  options.clock = &clock;
  Instance instance(options);
  instance.advance(kHour);
  EXPECT_EQ(clock.now(), kHour + 5);
  EXPECT_EQ(instance.steerable_clock(), nullptr);
}

}  // namespace
}  // namespace understudy
