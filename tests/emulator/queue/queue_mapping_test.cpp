// Queues that feed a target: what a consumer of buffered writes sees. Time is a virtual clock's.
#include "emulator/queue/queue_mapping.h"

#include <gtest/gtest.h>

#include "emulator/api/engine.h"
#include "emulator/clock/clock.h"
#include "emulator/clock/scheduler.h"
#include "emulator/clock/timeline.h"

namespace understudy {
namespace {

class QueueMappingTest : public testing::Test {
 protected:
  static EngineOptions options(Clock& clock) {
    EngineOptions options;
    options.clock = &clock;
    return options;
  }
  void send(int messages) {
    for (int i = 0; i < messages; ++i) {
      OutgoingMessage message;
      message.body = "m" + std::to_string(i);
      ASSERT_TRUE(queues_.send("work", std::move(message)).has_value());
    }
  }

  VirtualClock clock_{1'700'000'000LL * kSecond};
  Engine engine_{options(clock_)};
  Timeline timeline_{clock_, engine_.scheduler()};
  QueueService queues_{engine_};
};

TEST_F(QueueMappingTest, DrainsAQueueInBatches) {
  (void)queues_.create("work");
  std::vector<std::string> events;
  const QueueMapping mapping(engine_, queues_, "work", {.batch_size = 10},
                             [&](std::string event, const QueueMapping::Done& done) {
                               events.push_back(std::move(event));
                               done(true, {});
                             });
  send(2'500);
  timeline_.advance(kSecond);
  EXPECT_EQ(queues_.depth("work")->total(), 0);
  EXPECT_EQ(mapping.counters().removed, 2'500);
  EXPECT_EQ(mapping.counters().batches, 250);
  EXPECT_NE(events.front().find(R"("body":"m0")"), std::string::npos);
  EXPECT_NE(
      events.front().find(
          R"("eventSource":"aws:sqs","eventSourceARN":"arn:aws:sqs:us-east-1:000000000000:work","awsRegion":"us-east-1")"),
      std::string::npos);
}

TEST_F(QueueMappingTest, BringsAFailedBatchBackUntilItIsDead) {
  const std::string dead = *queues_.create("dead");
  (void)queues_.create("work", {{"RedrivePolicy", R"({"deadLetterTargetArn": ")" + dead +
                                                      R"(", "maxReceiveCount": 3})"}});
  int calls = 0;
  const QueueMapping mapping(engine_, queues_, "work", {},
                             [&](const std::string&, const QueueMapping::Done& done) {
                               ++calls;
                               done(false, {});
                             });
  send(1);
  timeline_.advance(29 * kSecond);
  EXPECT_EQ(calls, 1);
  timeline_.advance(120 * kSecond);
  EXPECT_EQ(calls, 3);
  EXPECT_EQ(queues_.depth("work")->total(), 0);
  EXPECT_EQ(queues_.depth(dead)->visible, 1);
}

TEST_F(QueueMappingTest, RemovesWhatTheTargetDoesNotName) {
  (void)queues_.create("work");
  int calls = 0;
  const QueueMapping mapping(engine_, queues_, "work", {.report_item_failures = true},
                             [&](const std::string& event, const QueueMapping::Done& done) {
                               ++calls;
                               const std::size_t at = event.find(R"("messageId":")") + 13;
                               done(true, calls > 1
                                              ? std::string()
                                              : R"({"batchItemFailures":[{"itemIdentifier":")" +
                                                    event.substr(at, 36) + R"("}]})");
                             });
  send(1);
  timeline_.advance(kSecond);
  EXPECT_EQ(mapping.counters().failed, 1);
  EXPECT_EQ(queues_.depth("work")->in_flight, 1);
  timeline_.advance(30 * kSecond);
  EXPECT_EQ(mapping.counters().removed, 1);
  EXPECT_EQ(queues_.depth("work")->total(), 0);
}

TEST_F(QueueMappingTest, HasSoManyBatchesUnderWayAtMost) {
  (void)queues_.create("work");
  std::vector<QueueMapping::Done> under_way;
  const QueueMapping mapping(
      engine_, queues_, "work", {.batch_size = 5, .concurrency = 3},
      [&](const std::string&, QueueMapping::Done done) { under_way.push_back(std::move(done)); });
  timeline_.advance(kSecond);
  send(100);
  timeline_.advance(kSecond);
  EXPECT_EQ(under_way.size(), 3U);
  under_way[0](true, {});
  timeline_.advance(kSecond);
  EXPECT_EQ(under_way.size(), 4U);
}

TEST_F(QueueMappingTest, WaitsForAQueueThatIsNotThereYetAndEndsCleanly) {
  int calls = 0;
  {
    const QueueMapping mapping(engine_, queues_, "work", {},
                               [&](const std::string&, const QueueMapping::Done& done) {
                                 ++calls;
                                 done(true, {});
                               });
    timeline_.advance(5 * kSecond);
    (void)queues_.create("work");
    send(1);
    timeline_.advance(20 * kSecond);
    EXPECT_EQ(calls, 1);
  }
  send(1);
  timeline_.advance(60 * kSecond);
  EXPECT_EQ(calls, 1);
}

}  // namespace
}  // namespace understudy
