// Time in a server: due work runs although nobody asks, and the clock is steered under it.
#include "emulator/server/ticker.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <string>
#include <thread>

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

std::string batch(int first, const char* table) {
  std::string puts;
  for (int i = first; i < first + 25; ++i) {
    puts += std::string(puts.empty() ? "" : ",") + R"({"PutRequest":{"Item":{"pk":{"S":")" +
            std::to_string(i) + R"("}}}})";
  }
  return R"({"RequestItems":{")" + std::string(table) + "\":[" + puts + "]}}";
}

/// A table of 1,100 items, made and filled; how many requests did not go well.
int make_large(Engine& engine, const char* table) {
  int refused = 0;
  const auto call = [&](const char* operation, const std::string& body) {
    refused += engine.call(operation, body).status == 200 ? 0 : 1;
  };
  call(
      "CreateTable",
      R"({"BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[{"AttributeName":"pk",)"
      R"("AttributeType":"S"}],"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],"TableName":")" +
          std::string(table) + "\"}");
  for (int i = 0; i < 1'100; i += 25) {
    call("BatchWriteItem", batch(i, table));
  }
  return refused;
}

// What they leave is freed beside the requests; ThreadSanitizer watches in ./dev check.
TEST(Ticker, FreesWhatLargeTablesLeaveWhileRequestsGoOn) {
  Server server;
  ASSERT_TRUE(server.start());
  Engine& engine = server.engine();
  ASSERT_EQ(make_large(engine, "steady"), 0);
  engine.snapshot("steady");
  std::atomic<int> refused = 0;
  std::thread reader([&] {
    for (int i = 0; i < 50; ++i) {
      refused += engine.call("Scan", R"({"TableName":"steady"})").status == 200 ? 0 : 1;
    }
  });
  std::thread restorer([&] {
    for (int i = 0; i < 10; ++i) {
      engine.restore("steady");
      engine.snapshot("copy");
    }
  });
  reader.join();
  restorer.join();
  for (int i = 0; i < 3; ++i) {
    refused += make_large(engine, "fleeting");
    refused += engine.call("DeleteTable", R"({"TableName":"fleeting"})").status == 200 ? 0 : 1;
  }
  server.stop();  // Perhaps before the last one's were taken up.
  EXPECT_EQ(refused, 0);
  EXPECT_EQ(make_large(engine, "fleeting"), 0);
  EXPECT_EQ(engine.call("DeleteTable", R"({"TableName":"fleeting"})").status, 200);
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
