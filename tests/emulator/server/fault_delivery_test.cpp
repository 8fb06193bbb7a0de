// How answers go out where fault rules have their way: over a socket, and as data in-process.
#include <gtest/gtest.h>

#include <chrono>

#include "emulator/clock/clock.h"
#include "emulator/faults/rule_book.h"
#include "emulator/server/server.h"
#include "tests/emulator/http/wire_client.h"

namespace understudy {
namespace {

using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;
using std::chrono_literals::operator""min;

constexpr std::string_view kTable =
    R"({"TableName":"tab","KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],)"
    R"("AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],)"
    R"("BillingMode":"PAY_PER_REQUEST"})";
constexpr std::string_view kPut = R"({"TableName":"tab","Item":{"pk":{"S":"a"}}})";
constexpr std::string_view kGet = R"({"TableName":"tab","Key":{"pk":{"S":"a"}}})";

class FaultDeliveryTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(server_.start());
    ASSERT_EQ(server_.engine().call("CreateTable", kTable).status, 200);
  }
  void install(const Fault& fault) {
    const auto done = server_.instance().faults().install(fault);
    ASSERT_TRUE(done) << done.error().text();
  }
  bool stored() {
    server_.instance().faults().clear();
    return server_.engine().call("GetItem", kGet).body != "{}";
  }
  Server server_{{.limits = {.drain_timeout = 50ms, .sweep_interval = 20ms}}};
};

TEST_F(FaultDeliveryTest, ResetsBeforeOrAfterTheCommit) {
  install(Fault("a").reset());
  WireClient before(server_.port());
  before.send(call("PutItem", kPut));
  EXPECT_EQ(before.receive().status, 0);
  EXPECT_FALSE(stored());
  install(Fault("b").after_commit().reset());
  WireClient after(server_.port());
  after.send(call("PutItem", kPut));
  EXPECT_EQ(after.receive().status, 0);
  EXPECT_TRUE(stored());
}

TEST_F(FaultDeliveryTest, DelaysAnAnswerAndServesTheRequestsBehindIt) {
  install(Fault("a").once().latency(50ms));
  WireClient client(server_.port());
  client.send(call("PutItem", kPut) + call("GetItem", kGet) + call("ListTables", "{}"));
  EXPECT_EQ(client.receive().status, 200);
  EXPECT_EQ(client.receive().body, R"({"Item":{"pk":{"S":"a"}}})");
  EXPECT_EQ(client.receive().body, R"({"TableNames":["tab"]})");
}

TEST_F(FaultDeliveryTest, TruncatesTheBodyAndEndsTheConnection) {
  install(Fault("a").on("ListTables").truncate(7));
  WireClient client(server_.port());
  client.send(call("ListTables", "{}"));
  const WireAnswer answer = client.receive();
  EXPECT_EQ(answer.status, 0);
  EXPECT_TRUE(answer.has_line("Content-Length: 22"));
  EXPECT_FALSE(client.ended()) << "the part that came";
}

TEST_F(FaultDeliveryTest, DripsAWholeAnswer) {
  install(Fault("a").dribble(100, 2ms));
  WireClient client(server_.port());
  for (int i = 0; i < 2; ++i) {
    client.send(call("ListTables", "{}"));
    EXPECT_EQ(client.receive().body, R"({"TableNames":["tab"]})");
  }
}

TEST_F(FaultDeliveryTest, SendsWhatIsNoJson) {
  install(Fault("a").raw(504, "<html>"));
  WireClient client(server_.port());
  client.send(call("ListTables", "{}"));
  const WireAnswer answer = client.receive();
  EXPECT_EQ(answer.status, 504);
  EXPECT_EQ(answer.body, "<html>");
  EXPECT_TRUE(answer.has_line("Content-Type: text/html"));
}

TEST_F(FaultDeliveryTest, SpoilsTheChecksumAndSaysWhenToRetry) {
  install(Fault("a").times(1).wrong_crc32().retry_after(250ms));
  WireClient client(server_.port());
  client.send(call("ListTables", "{}") + call("ListTables", "{}"));
  const WireAnswer spoilt = client.receive();
  const WireAnswer good = client.receive();
  EXPECT_TRUE(spoilt.has_line("x-amz-retry-after: 250"));
  const auto checksum = [](const WireAnswer& answer) {
    const std::size_t at = answer.head.find("x-amz-crc32: ");
    return answer.head.substr(at, answer.head.find('\r', at) - at);
  };
  EXPECT_NE(checksum(spoilt), checksum(good));
}

TEST_F(FaultDeliveryTest, HangsUntilTheClientLeavesOrTheServerStops) {
  install(Fault("a").hang(10min));
  auto leaving = std::make_unique<WireClient>(server_.port());
  WireClient staying(server_.port());
  leaving->send(call("ListTables", "{}"));
  staying.send(call("ListTables", "{}"));
  leaving.reset();
  server_.stop();  // Within its drain time-out, not after ten minutes.
  EXPECT_EQ(staying.receive().status, 0);
}

TEST_F(FaultDeliveryTest, AHangEndsInAReset) {
  install(Fault("a").hang(20ms));
  WireClient client(server_.port());
  client.send(call("ListTables", "{}"));
  EXPECT_EQ(client.receive().status, 0);
}

TEST(FaultData, InProcessCallersGetTheDelayAsData) {
  VirtualClock clock(1'768'478'400'000'000);
  Instance instance({.clock = &clock});
  ASSERT_EQ(instance.engine().call("CreateTable", kTable).status, 200);
  ASSERT_TRUE(instance.faults().install(Fault("a").on("PutItem").latency(5s)));
  const Engine::Answer slow = instance.engine().call("PutItem", kPut);
  ASSERT_NE(slow.delivery, nullptr);
  EXPECT_EQ(slow.delivery->delay, 5'000'000);
  EXPECT_EQ(slow.status, 200);
  EXPECT_EQ(instance.engine().call("GetItem", kGet).delivery, nullptr);
}

TEST(FaultData, BadRequestsDoNotGetThatFarUnlessOnArrival) {
  Instance instance;
  ASSERT_EQ(instance.engine().call("CreateTable", kTable).status, 200);
  ASSERT_TRUE(instance.faults().install(Fault("a").on("PutItem").error("503")));
  EXPECT_EQ(
      instance.engine().call("PutItem", R"({"TableName":"tab","Item":{"pk":{"S":1}}})").status,
      400);
  EXPECT_EQ(instance.faults().find("a")->matches, 0U);
  EXPECT_EQ(instance.engine().call("PutItem", kPut).status, 503);
  ASSERT_TRUE(
      instance.faults().replace({Fault("b").on("PutItem").on_arrival().error("503").rule()}));
  EXPECT_EQ(instance.engine().call("PutItem", R"({"TableName":7})").status, 503);
}

}  // namespace
}  // namespace understudy
