// Queues from C++: what drills and event source mappings rely on. Time is a virtual clock's.
#include "emulator/queue/queue_service.h"

#include <gtest/gtest.h>

#include <chrono>
#include <optional>

#include "emulator/api/engine.h"
#include "emulator/api/late_answer.h"
#include "emulator/clock/clock.h"
#include "emulator/clock/scheduler.h"
#include "emulator/clock/timeline.h"
#include "emulator/faults/rule_book.h"

namespace understudy {
namespace {

class QueueServiceTest : public testing::Test {
 protected:
  static EngineOptions options(Clock& clock) {
    EngineOptions options;
    options.clock = &clock;
    return options;
  }
  void advance(Microseconds by) { timeline_.advance(by); }

  std::vector<std::string> bodies(QueueRef queue, std::int64_t most = 10) {
    std::vector<std::string> bodies;
    const auto received = queues_.receive(queue, {.messages_max = most});
    EXPECT_TRUE(received.has_value());
    for (const ReceivedMessage& message : *received) {
      bodies.push_back(message.body);
    }
    return bodies;
  }
  ReceivedMessage receive_one(QueueRef queue) {
    auto received = queues_.receive(queue);
    EXPECT_TRUE(received.has_value());
    EXPECT_EQ(received->size(), 1U);
    return received->empty() ? ReceivedMessage{} : received->front();
  }
  void send(QueueRef queue, std::string body) {
    OutgoingMessage message;
    message.body = std::move(body);
    EXPECT_TRUE(queues_.send(queue, std::move(message)).has_value());
  }
  void send_to_group(QueueRef queue, std::string body, std::string group) {
    OutgoingMessage message;
    message.deduplication_id = body;
    message.body = std::move(body);
    message.group_id = std::move(group);
    EXPECT_TRUE(queues_.send(queue, std::move(message)).has_value());
  }

  VirtualClock clock_{1'700'000'000LL * kSecond};
  Engine engine_{options(clock_)};
  Timeline timeline_{clock_, engine_.scheduler()};
  QueueService queues_{engine_};
};

using Bodies = std::vector<std::string>;

TEST_F(QueueServiceTest, HandsOutAMessageUntilItIsRemoved) {
  EXPECT_EQ(*queues_.create("work"), "arn:aws:sqs:us-east-1:000000000000:work");
  send("work", "a");
  const ReceivedMessage first = receive_one("work");
  EXPECT_EQ(first.body, "a");
  EXPECT_EQ(first.receive_count, 1);
  EXPECT_TRUE(bodies("work").empty());  // In flight.
  advance(30 * kSecond);
  const ReceivedMessage again = receive_one("work");
  EXPECT_EQ(again.message_id, first.message_id);
  EXPECT_EQ(again.receive_count, 2);
  EXPECT_TRUE(queues_.remove("work", again.receipt_handle).has_value());
  advance(3600 * kSecond);
  EXPECT_EQ(queues_.depth("work")->total(), 0);
}

TEST_F(QueueServiceTest, KeepsAMessageWhoseOlderHandleIsRemoved) {
  (void)queues_.create("work");
  send("work", "a");
  const ReceivedMessage first = receive_one("work");
  advance(31 * kSecond);
  (void)receive_one("work");
  EXPECT_TRUE(queues_.remove("work", first.receipt_handle).has_value());
  EXPECT_EQ(queues_.depth("work")->in_flight, 1);
}

TEST_F(QueueServiceTest, CountsVisibleInFlightAndDelayed) {
  (void)queues_.create("work");
  send("work", "a");
  send("work", "b");
  OutgoingMessage late;
  late.body = "c";
  late.delay_seconds = 5;
  (void)queues_.send("work", late);
  (void)receive_one("work");
  advance(2 * kSecond);
  const QueueDepth depth = *queues_.depth("work");
  EXPECT_EQ(depth.visible, 1);
  EXPECT_EQ(depth.in_flight, 1);
  EXPECT_EQ(depth.delayed, 1);
  EXPECT_EQ(depth.oldest_age, 2 * kSecond);
  advance(3 * kSecond);
  EXPECT_EQ(bodies("work"), (Bodies{"b", "c"}));
}

TEST_F(QueueServiceTest, MovesWhatWasReceivedTooOftenToTheDeadLetterQueue) {
  const std::string dead = *queues_.create("dead");
  ASSERT_TRUE(queues_
                  .create("work", {{"RedrivePolicy", R"({"deadLetterTargetArn": ")" + dead +
                                                         R"(", "maxReceiveCount": "2"})"}})
                  .has_value());
  send("work", "poison");
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(bodies("work"), Bodies{"poison"});
    advance(30 * kSecond);
  }
  EXPECT_TRUE(bodies("work").empty());
  const ReceivedMessage message = receive_one(dead);
  EXPECT_EQ(message.body, "poison");
  EXPECT_EQ(message.receive_count, 3);
  EXPECT_EQ(message.dead_letter_source, "arn:aws:sqs:us-east-1:000000000000:work");
}

TEST_F(QueueServiceTest, ForgetsMessagesPastTheirRetention) {
  (void)queues_.create("work", {{"MessageRetentionPeriod", "60"}});
  send("work", "a");
  advance(61 * kSecond);
  EXPECT_EQ(queues_.depth("work")->total(), 0);
}

TEST_F(QueueServiceTest, EndsALongPollAsSoonAsAMessageIsThere) {
  (void)queues_.create("work");
  int told = 0;
  Bodies got;
  const auto tell = [&](const QueueResult<QueueService::Received>& received) {
    ++told;
    for (const ReceivedMessage& message : *received) {
      got.push_back(message.body);
    }
  };
  queues_.receive_by("work", {}, clock_.now() + 20 * kSecond, tell);
  advance(5 * kSecond);
  EXPECT_EQ(told, 0);
  send("work", "a");
  EXPECT_EQ(told, 1);
  EXPECT_EQ(got, Bodies{"a"});
  // One that comes to nothing.
  queues_.receive_by("work", {}, clock_.now() + 20 * kSecond, tell);
  advance(20 * kSecond);
  EXPECT_EQ(told, 2);
  EXPECT_EQ(got.size(), 1U);
  // And one that a visibility time-out ends: 10 s from now.
  queues_.receive_by("work", {}, clock_.now() + 20 * kSecond, tell);
  advance(9 * kSecond);
  EXPECT_EQ(told, 2);
  advance(1 * kSecond);
  EXPECT_EQ(told, 3);
  EXPECT_EQ(got, (Bodies{"a", "a"}));
}

class LongPollFaultTest : public QueueServiceTest {
 protected:
  /// A ReceiveMessage over the wire that waits; its answer comes to `told_`.
  void poll() {
    Request request;
    request.body = R"({"QueueUrl":"http://localhost/000000000000/work","WaitTimeSeconds":20})";
    request.add_header("X-Amz-Target", "AmazonSQS.ReceiveMessage");
    request.add_header("Content-Type", "application/x-amz-json-1.0");
    Response response;
    engine_.handle(request, response);
    ASSERT_NE(response.late, nullptr) << response.body.view();
    response.late->when_complete([this](LateAnswer::Content content) { told_ = content; });
  }
  void install(const Fault& fault) {
    const auto done = engine_.faults().install(fault);
    ASSERT_TRUE(done) << done.error().text();
  }

  std::optional<LateAnswer::Content> told_;
};

// Rules once had their way only with answers that were there at once.
TEST_F(LongPollFaultTest, IsDelayedByARule) {
  (void)queues_.create("work");
  engine_.add_service(queues_);
  install(Fault("slow").on("ReceiveMessage").latency(std::chrono::milliseconds(20)));
  poll();
  EXPECT_FALSE(told_.has_value());
  send("work", "a");
  ASSERT_TRUE(told_.has_value());
  EXPECT_NE(told_->body.find(R"("Body":"a")"), std::string::npos);
  ASSERT_TRUE(told_->delivery.has_value());
  EXPECT_EQ(told_->delivery->kind, Delivery::Kind::kWhole);
  EXPECT_EQ(told_->delivery->delay, 20'000);
}

TEST_F(LongPollFaultTest, IsReplacedByAnErrorAfterTheMessageWasTaken) {
  (void)queues_.create("work");
  engine_.add_service(queues_);
  install(Fault("lost").on("ReceiveMessage").after_commit().error("OverLimit", "as ruled"));
  poll();
  EXPECT_FALSE(told_.has_value()) << "an answer that is lost is no earlier for it";
  send("work", "a");
  ASSERT_TRUE(told_.has_value());
  EXPECT_EQ(told_->status, 403);
  EXPECT_NE(told_->body.find("OverLimit"), std::string::npos) << told_->body;
  EXPECT_NE(told_->body.find("as ruled"), std::string::npos) << told_->body;
  EXPECT_EQ(told_->body.find(R"("Body")"), std::string::npos) << told_->body;
  EXPECT_EQ(queues_.depth("work")->in_flight, 1);
}

TEST_F(LongPollFaultTest, IsLostOnItsWayByARule) {
  (void)queues_.create("work");
  engine_.add_service(queues_);
  install(Fault("gone").on("ReceiveMessage").after_commit().reset());
  poll();
  advance(20 * kSecond);
  ASSERT_TRUE(told_.has_value());
  ASSERT_TRUE(told_->delivery.has_value());
  EXPECT_EQ(told_->delivery->kind, Delivery::Kind::kReset);
}

TEST_F(QueueServiceTest, WakesTheWaitersOfTheDeadLetterQueue) {
  const std::string dead = *queues_.create("dead");
  (void)queues_.create("work", {{"RedrivePolicy", R"({"deadLetterTargetArn": ")" + dead +
                                                      R"(", "maxReceiveCount": 1})"}});
  (void)queues_.set_attributes(dead, {{"RedrivePolicy",
                                       R"({"deadLetterTargetArn":
                    "arn:aws:sqs:us-east-1:000000000000:work", "maxReceiveCount": 1})"}});
  send("work", "a");
  (void)receive_one("work");
  advance(30 * kSecond);
  int told = 0;
  const auto tell = [&](const QueueResult<QueueService::Received>& received) {
    told += static_cast<int>(received->size());
  };
  queues_.receive_by(dead, {}, clock_.now() + 20 * kSecond, tell);
  queues_.receive_by("work", {}, clock_.now() + 20 * kSecond, tell);
  EXPECT_EQ(told, 1);
  // Two queues that are each other's dead-letter queue go on, but do not spin.
  advance(600 * kSecond);
  EXPECT_EQ(queues_.depth("work")->total() + queues_.depth(dead)->total(), 1);
}

TEST_F(QueueServiceTest, HandsOutAFifoQueueInTheOrderOfItsGroups) {
  (void)queues_.create("work.fifo", {{"FifoQueue", "true"}});
  send_to_group("work.fifo", "a1", "a");
  send_to_group("work.fifo", "b1", "b");
  send_to_group("work.fifo", "a2", "a");
  const ReceivedMessage a1 = receive_one("work.fifo");
  EXPECT_EQ(a1.body, "a1");
  EXPECT_EQ(a1.sequence_number.size(), 20U);
  EXPECT_EQ(bodies("work.fifo"), Bodies{"b1"});  // a2 waits for a1.
  EXPECT_TRUE(queues_.remove("work.fifo", a1.receipt_handle).has_value());
  EXPECT_EQ(bodies("work.fifo"), Bodies{"a2"});
}

// Source: LS:test_fifo_group_visibility_extends_with_change_message_visibility.
TEST_F(QueueServiceTest, HoldsBackWhatFollowsAMessageInFlightOnly) {
  for (std::size_t held = 0; held < 3; ++held) {
    const std::string name = "work" + std::to_string(held) + ".fifo";
    (void)queues_.create(name, {{"FifoQueue", "true"}, {"VisibilityTimeout", "1"}});
    for (const char* body : {"foo", "bar", "baz"}) {
      send_to_group(name, body, "1");
    }
    const auto all = queues_.receive(name, {.messages_max = 5});
    ASSERT_EQ(all->size(), 3U);
    EXPECT_TRUE(queues_.change_visibility(name, (*all)[held].receipt_handle, 4).has_value());
    advance(2 * kSecond);
    Bodies free{"foo", "bar", "baz"};
    free.resize(held);
    EXPECT_EQ(bodies(name), free);
  }
}

TEST_F(QueueServiceTest, TakesADuplicateOnlyAfterFiveMinutes) {
  (void)queues_.create("work.fifo", {{"FifoQueue", "true"}, {"ContentBasedDeduplication", "true"}});
  OutgoingMessage message;
  message.body = "a";
  message.group_id = "g";
  const SentMessage first = *queues_.send("work.fifo", message);
  const SentMessage second = *queues_.send("work.fifo", message);
  EXPECT_EQ(first.message_id, second.message_id);
  EXPECT_EQ(queues_.depth("work.fifo")->total(), 1);
  advance(300 * kSecond);
  EXPECT_NE(queues_.send("work.fifo", message)->message_id, first.message_id);
  EXPECT_EQ(queues_.depth("work.fifo")->total(), 2);
}

TEST_F(QueueServiceTest, LimitsWhatIsInFlight) {
  (void)queues_.create("work");
  for (int i = 0; i < 120'000; ++i) {
    send("work", "a");
  }
  for (int i = 0; i < 12'000; ++i) {
    ASSERT_EQ(queues_.receive("work", {.messages_max = 10})->size(), 10U);
  }
  send("work", "b");
  const auto refused = queues_.receive("work");
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().kind, QueueErrorKind::kOverLimit);
}

TEST_F(QueueServiceTest, KeepsTenantsApart) {
  EXPECT_EQ(*queues_.create({"work", "111111111111"}), "arn:aws:sqs:us-east-1:111111111111:work");
  EXPECT_FALSE(queues_.depth("work").has_value());
  EXPECT_TRUE(queues_.depth({"work", "111111111111"}).has_value());
  queues_.reset("default");
  EXPECT_EQ(queues_.arns("111111111111").size(), 1U);
  queues_.reset();
  EXPECT_TRUE(queues_.arns("111111111111").empty());
}

TEST_F(QueueServiceTest, SaysNothingIsThereWhenTheQueueGoes) {
  (void)queues_.create("work");
  int told = 0;
  queues_.receive_by("work", {}, clock_.now() + 20 * kSecond,
                     [&](const QueueResult<QueueService::Received>& received) {
                       told += received->empty() ? 1 : 100;
                     });
  EXPECT_TRUE(queues_.destroy("work").has_value());
  EXPECT_EQ(told, 1);
  EXPECT_EQ(queues_.send("work", {.body = "a"}).error().kind, QueueErrorKind::kQueueDoesNotExist);
}

TEST_F(QueueServiceTest, GivesTheSameIdsForTheSameSeed) {
  Engine other{options(clock_)};
  QueueService twin(other);
  (void)queues_.create("work");
  (void)twin.create("work");
  EXPECT_EQ(queues_.send("work", {.body = "a"})->message_id,
            twin.send("work", {.body = "a"})->message_id);
}

}  // namespace
}  // namespace understudy
