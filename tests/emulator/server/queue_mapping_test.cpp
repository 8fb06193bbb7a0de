#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/queue/queue_service.h"
#include "emulator/server/instance.h"
#include "streams/function_host.h"

namespace understudy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using Answer = Expected<std::string, std::string>;
using Bodies = std::vector<std::string>;

// A queue, a function and a mapping between them, in virtual time.
class QueueMappingTest : public testing::Test {
 protected:
  QueueMappingTest() : instance_(options(), features()) {
    FunctionSettings settings;
    settings.name = "consumer";
    settings.callback = [this](std::string_view event) {
      Arena arena;
      const auto parsed = parse_json(event, arena);
      Bodies bodies;
      for (const JsonNode& record : parsed->find("Records")->elements()) {
        bodies.emplace_back(record.find("body")->text());
      }
      batches_.push_back(bodies);
      event_ = event;
      return answer_(bodies);
    };
    EXPECT_TRUE(instance_.functions()->functions().add(std::move(settings)).has_value());
    arn_ = *instance_.queues().create("work", {{"VisibilityTimeout", "30"}});
  }

  EngineOptions options() {
    EngineOptions options;
    options.clock = &clock_;
    return options;
  }
  static Features features() {
    Features features;
    features.functions = std::make_shared<FunctionHostOptions>();
    return features;
  }
  void map(const std::string& more = "") {
    const auto made = instance_.functions()->mappings().create(
        R"({"FunctionName":"consumer","EventSourceArn":")" + arn_ + "\"" + more + "}");
    ASSERT_TRUE(made.has_value()) << made.error().message;
    EXPECT_THAT(made->body, HasSubstr(R"("BatchSize":)"));
  }
  void send(const std::string& body) {
    OutgoingMessage message;
    message.body = body;
    ASSERT_TRUE(instance_.queues().send("work", std::move(message)).has_value());
  }
  [[nodiscard]] Bodies all() const {
    Bodies bodies;
    for (const Bodies& batch : batches_) {
      bodies.insert(bodies.end(), batch.begin(), batch.end());
    }
    std::ranges::sort(bodies);
    return bodies;
  }

  VirtualClock clock_{1'760'000'000 * kSecond};
  Instance instance_;
  std::string arn_;
  std::function<Answer(const Bodies&)> answer_ = [](const Bodies&) { return Answer("null"); };
  std::vector<Bodies> batches_;
  std::string event_;
};

TEST_F(QueueMappingTest, RefusesWhatOnlyStreamsHave) {
  const auto error = [this](const std::string& member) {
    const auto made = instance_.functions()->mappings().create(
        R"({"FunctionName":"consumer","EventSourceArn":")" + arn_ + "\"," + member + "}");
    return made ? "made" : made.error().type + ": " + made.error().message;
  };
  EXPECT_EQ(error(R"("StartingPosition":"LATEST")"),
            "InvalidParameterValueException: StartingPosition is not valid for SQS event sources.");
  EXPECT_EQ(error(R"("ParallelizationFactor":1)"),
            "InvalidParameterValueException: Unsupported ParallelizationFactor parameter for given "
            "event source mapping type.");
  EXPECT_EQ(error(R"("DestinationConfig":{"OnFailure":{"Destination":"file:x"}})"),
            "InvalidParameterValueException: Unsupported DestinationConfig parameter for given "
            "event source mapping type.");
}

TEST_F(QueueMappingTest, DeliversAndDeletes) {
  map();
  send("a");
  send("b");
  instance_.advance(kSecond);
  EXPECT_THAT(all(), ElementsAre("a", "b"));
  EXPECT_THAT(event_, HasSubstr(R"("eventSource":"aws:sqs","eventSourceARN":")" + arn_));
  EXPECT_THAT(event_, HasSubstr(R"("ApproximateReceiveCount":"1")"));
  instance_.advance(120 * kSecond);
  EXPECT_THAT(all(), ElementsAre("a", "b"));
  EXPECT_EQ(instance_.queues().depth("work")->total(), 0);
}

TEST_F(QueueMappingTest, AFailedBatchComesAgainAfterItsVisibilityTimeOut) {
  int calls = 0;
  answer_ = [&](const Bodies&) {
    return ++calls == 1 ? Answer(Unexpected<std::string>{"no"}) : Answer("null");
  };
  map();
  send("a");
  instance_.advance(29 * kSecond);
  EXPECT_EQ(calls, 1);
  instance_.advance(5 * kSecond);
  EXPECT_EQ(calls, 2);
  EXPECT_EQ(instance_.queues().depth("work")->total(), 0);
}

// What a function answers is anybody's text: taken for a list, it was read past its end.
TEST_F(QueueMappingTest, AReportThatIsNoListOfIdsFailsTheBatch) {
  std::string sevens;
  for (int i = 0; i < 4000; ++i) {
    sevens += "\\u0007";
  }
  std::vector<std::string> reports = {"\"" + sevens + "\"",
                                      "7",
                                      R"({"itemIdentifier":"a"})",
                                      R"(["a"])",
                                      "[null]",
                                      R"([{"itemIdentifier":7}])",
                                      R"([{"itemIdentifier":["a"]}])"};
  answer_ = [&](const Bodies&) {
    if (reports.empty()) {
      return Answer("{}");
    }
    const std::string report = reports.back();
    reports.pop_back();
    return Answer(R"({"batchItemFailures":)" + report + "}");
  };
  send("a");
  map(R"(,"FunctionResponseTypes":["ReportBatchItemFailures"])");
  instance_.advance(kHour);
  EXPECT_EQ(batches_, std::vector<Bodies>(8, Bodies{"a"}));
  EXPECT_EQ(instance_.queues().depth("work")->total(), 0);
}

TEST_F(QueueMappingTest, ReportedMessagesComeAgainTheOthersDoNot) {
  answer_ = [this](const Bodies& bodies) {
    if (bodies.size() < 2) {
      return Answer("{}");
    }
    Arena arena;
    const auto parsed = parse_json(event_, arena);
    const std::string id(parsed->find("Records")->elements()[1].find("messageId")->text());
    return Answer(R"({"batchItemFailures":[{"itemIdentifier":")" + id + "\"}]}");
  };
  send("a");
  send("b");
  map(R"(,"FunctionResponseTypes":["ReportBatchItemFailures"])");
  instance_.advance(kSecond);
  EXPECT_THAT(batches_, ElementsAre(ElementsAre("a", "b")));
  EXPECT_EQ(instance_.queues().depth("work")->total(), 1);
  instance_.advance(60 * kSecond);
  EXPECT_THAT(all(), ElementsAre("a", "b", "b"));
}

TEST_F(QueueMappingTest, OneWindowMakesOneBatch) {
  map(R"(,"BatchSize":50,"MaximumBatchingWindowInSeconds":5,"ScalingConfig":{"MaximumConcurrency":2})");
  for (int i = 0; i < 25; ++i) {
    send(std::to_string(i));
  }
  instance_.advance(20 * kSecond);
  EXPECT_EQ(all().size(), 25U);
  EXPECT_LE(batches_.size(), 2U);
}

TEST_F(QueueMappingTest, FilteredMessagesAreDeleted) {
  map(R"(,"FilterCriteria":{"Filters":[{"Pattern":"{\"body\":{\"kind\":[\"x\"]}}"}]})");
  send(R"({"kind":"x"})");
  send(R"({"kind":"y"})");
  send("no JSON");
  instance_.advance(kSecond);
  EXPECT_THAT(all(), ElementsAre(R"({"kind":"x"})"));
  EXPECT_EQ(instance_.queues().depth("work")->total(), 0);
}

TEST_F(QueueMappingTest, AQueueThatGoesAwayIsAskedAgainNowAndThen) {
  map();
  ASSERT_TRUE(instance_.queues().destroy("work").has_value());
  instance_.advance(60 * kSecond);
  ASSERT_TRUE(instance_.queues().create("work").has_value());
  send("late");
  instance_.advance(60 * kSecond);
  EXPECT_THAT(all(), ElementsAre("late"));
}

TEST_F(QueueMappingTest, AQueueThatIsNotThereIsRefused) {
  const auto made = instance_.functions()->mappings().create(
      R"({"FunctionName":"consumer","EventSourceArn":"arn:aws:sqs:us-east-1:000000000000:none"})");
  ASSERT_FALSE(made.has_value());
  EXPECT_THAT(made.error().message, HasSubstr("NonExistentQueue"));
}

}  // namespace
}  // namespace understudy
