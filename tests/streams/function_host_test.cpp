#include "streams/function_host.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <vector>

#include "emulator/api/engine.h"
#include "emulator/api/late_answer.h"
#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/clock/scheduler.h"
#include "emulator/clock/timeline.h"
#include "emulator/faults/rule_book.h"
#include "streams/streams.h"

namespace understudy {
namespace {

using ::testing::HasSubstr;
using Answer = Expected<std::string, std::string>;

EngineOptions with(Clock& clock) {
  EngineOptions options;
  options.clock = &clock;
  return options;
}

// A real table, its real stream, a C++ function: in virtual time.
class FunctionHostTest : public ::testing::Test {
 protected:
  FunctionHostTest() {
    call("CreateTable",
         R"({"TableName":"tab","AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],
             "KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],"BillingMode":"PAY_PER_REQUEST",
             "StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_AND_OLD_IMAGES"}})");
    const std::string table = call("DescribeTable", R"({"TableName":"tab"})");
    const std::size_t at = table.find(R"("LatestStreamArn":")") + 19;
    stream_ = table.substr(at, table.find('"', at) - at);
  }

  std::string call(const char* operation, const std::string& body) {
    const Engine::Answer answer = engine_.call(operation, body);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.body;
  }
  void put(const std::string& id, int n) {
    call("PutItem", R"({"TableName":"tab","Item":{"id":{"S":")" + id + R"("},"n":{"N":")" +
                        std::to_string(n) + "\"}}}");
  }
  void map(FunctionCallback callback, const std::string& more = "") {
    FunctionSettings settings;
    settings.name = "f";
    settings.callback = std::move(callback);
    ASSERT_TRUE(host_.functions().add(std::move(settings)).has_value());
    const auto made =
        host_.mappings().create(R"({"FunctionName":"f","EventSourceArn":")" + stream_ +
                                R"(","StartingPosition":"TRIM_HORIZON")" + more + "}");
    ASSERT_TRUE(made.has_value()) << made.error().message;
  }
  void run() { engine_.scheduler().run_due(clock_.now()); }

  VirtualClock clock_{1'760'000'000'000'000};
  Engine engine_{with(clock_)};
  Timeline timeline_{clock_, engine_.scheduler()};
  Streams streams_{engine_};
  FunctionHost host_{engine_, streams_};
  std::string stream_;
};

TEST_F(FunctionHostTest, AFunctionGetsTheRecordsAsLambdaWritesThem) {
  std::vector<std::string> events;
  map([&](std::string_view event) {
    events.emplace_back(event);
    return Answer("null");
  });
  put("a", 1);
  put("a", 2);
  call("DeleteItem", R"({"TableName":"tab","Key":{"id":{"S":"a"}}})");
  run();
  std::string all;
  for (const std::string& event : events) {
    all += event;
  }
  const std::size_t insert = all.find(R"("eventName":"INSERT")");
  const std::size_t modify = all.find(R"("eventName":"MODIFY")");
  const std::size_t remove = all.find(R"("eventName":"REMOVE")");
  EXPECT_TRUE(insert < modify && modify < remove) << all;
  EXPECT_THAT(all, HasSubstr(R"("eventSourceARN":")" + stream_));
  EXPECT_THAT(all, HasSubstr(R"("OldImage":{"id":{"S":"a"},"n":{"N":"1"}})"));
  EXPECT_THAT(all, HasSubstr(R"("ApproximateCreationDateTime":1760000000)"));
}

// A drill on real shards: down for a day's half, over several of their four-hour lives.
TEST_F(FunctionHostTest, NothingIsLostOverTwelveHoursAndThreeGenerationsOfShards) {
  bool down = true;
  std::vector<int> seen;
  map([&](std::string_view event) -> Answer {
    if (down) {
      return Unexpected<std::string>{"down"};
    }
    Arena arena;
    const auto parsed = parse_json(event, arena);
    for (const JsonNode& record : parsed->find("Records")->elements()) {
      const JsonNode& image = *record.find("dynamodb")->find("NewImage");
      seen.push_back(std::stoi(std::string(image.find("n")->find("N")->text())));
    }
    return std::string("null");
  });
  for (int n = 1; n <= 72; ++n) {
    put("one-key", n);
    timeline_.advance(10 * kMinute);
  }
  EXPECT_TRUE(seen.empty());
  down = false;
  timeline_.advance(kHour);
  ASSERT_EQ(seen.size(), 72U);
  EXPECT_TRUE(std::ranges::is_sorted(seen));
}

// Between two tests of a suite: what is written after a snapshot was restored is new, wherever the
// mapping stood, be it past a shard that is open again.
TEST_F(FunctionHostTest, NothingIsLostAfterASnapshotWasRestored) {
  std::vector<std::string> seen;
  map([&](std::string_view event) {
    Arena arena;
    const auto parsed = parse_json(event, arena);
    for (const JsonNode& record : parsed->find("Records")->elements()) {
      seen.emplace_back(record.find("dynamodb")->find("Keys")->find("id")->find("S")->text());
    }
    return Answer("null");
  });
  const auto put_all = [&](int n) {
    for (int id = 0; id < 16; ++id) {
      put("id-" + std::to_string(id), n);
    }
    run();
  };
  put_all(1);
  engine_.snapshot("one");
  put_all(2);
  ASSERT_TRUE(engine_.restore("one"));
  put_all(3);
  EXPECT_EQ(seen.size(), 48U);
  ASSERT_TRUE(engine_.faults().install(Fault("split")
                                           .on("GetRecords")
                                           .table("tab")
                                           .once()
                                           .stream({.kind = FaultStream::Kind::kSplit})));
  put_all(4);
  ASSERT_TRUE(engine_.restore("one"));
  put_all(5);
  EXPECT_EQ(seen.size(), 80U);
}

// Two functions in a circle through the table, each write a record: each is delivered once.
TEST_F(FunctionHostTest, AFunctionMayWriteToItsOwnTable) {
  int events = 0;
  map([&](std::string_view event) {
    ++events;
    for (int n = 1; n < 4; ++n) {
      if (event.find(R"("N":")" + std::to_string(n)) != std::string_view::npos) {
        put("a", n + 1);
      }
    }
    return Answer("null");
  });
  put("a", 1);
  run();
  EXPECT_EQ(events, 4);
}

TEST_F(FunctionHostTest, TheLambdaApiIsOnTheEnginesPort) {
  map([](std::string_view) { return Answer(R"("hello")"); });
  Request request;
  request.target = "/2015-03-31/functions/f/invocations";
  request.body = "{}";
  Response response;
  engine_.handle(request, response);
  EXPECT_NE(response.late, nullptr);
  request.method = "GET";
  request.target = "/2015-03-31/event-source-mappings/";
  engine_.handle(request, response);
  EXPECT_THAT(std::string(response.body.view()), HasSubstr(stream_));
}

// An invocation that answers in place answers before the rules were asked what becomes of it.
TEST_F(FunctionHostTest, InvocationsMeetFaultRules) {
  map([](std::string_view) { return Answer(R"("hello")"); });
  ASSERT_TRUE(engine_.faults().install(
      {Fault("slow").on("Invoke").table("f").latency(std::chrono::milliseconds(30)),
       Fault("other").on("Invoke").table("g").error("ServiceException"),
       Fault("lost").on("Invoke").after_commit().skip(1).error("ServiceException")}));
  std::vector<LateAnswer::Content> answers;
  for (int i = 0; i < 2; ++i) {
    Request request;
    request.target = "/2015-03-31/functions/f/invocations";
    request.body = "{}";
    Response response;
    engine_.handle(request, response);
    ASSERT_NE(response.late, nullptr);
    response.late->when_complete(
        [&answers](LateAnswer::Content content) { answers.push_back(std::move(content)); });
    run();
  }
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[0].body, R"("hello")");
  ASSERT_TRUE(answers[0].delivery.has_value());
  EXPECT_EQ(answers[0].delivery->delay, 30'000);
  EXPECT_EQ(answers[1].status, 500);
  EXPECT_THAT(answers[1].extra_headers, HasSubstr("ServiceException"));
  ASSERT_TRUE(answers[1].delivery.has_value());
  EXPECT_EQ(answers[1].delivery->delay, 30'000);
}

TEST_F(FunctionHostTest, GatewaysNeedTheNetwork) {
  WebSocketApiSettings settings;
  settings.port = 0;
  const auto added = host_.add_gateway(std::move(settings));
  ASSERT_FALSE(added.has_value());
  EXPECT_EQ(added.error(), "a WebSocket API needs a server's network");
}

}  // namespace
}  // namespace understudy
