// HTTP as clients speak it, over a real socket on 127.0.0.1.
#include "emulator/http/listener.h"

#include <gtest/gtest.h>

#include <future>

#include "emulator/api/engine.h"
#include "emulator/api/late_answer.h"
#include "emulator/api/side_service.h"
#include "emulator/base/crc32.h"
#include "tests/emulator/http/wire_client.h"

namespace understudy {
namespace {

constexpr std::string_view kNoTables = R"({"TableNames":[]})";

class ListenerTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = Listener::open({.threads = 2}, engine_);
    ASSERT_TRUE(opened) << opened.error();
    listener_ = *std::move(opened);
  }
  [[nodiscard]] WireClient connect() const { return WireClient(listener_->port()); }

  Engine engine_;
  std::unique_ptr<Listener> listener_;
};

// A service beside DynamoDB that answers when the test says so.
class SlowService final : public SideService {
 public:
  [[nodiscard]] bool claims(const Request& request) const override {
    return request.target == "/slow";
  }
  void handle(const Request& /*request*/, Microseconds /*now*/, Response& response) override {
    auto late = std::make_shared<LateAnswer>();
    response.late = late;
    asked_.set_value(std::move(late));
  }
  /// The next request's answer.
  std::shared_ptr<LateAnswer> asked() {
    auto late = asked_.get_future().get();
    asked_ = {};
    return late;
  }

 private:
  std::promise<std::shared_ptr<LateAnswer>> asked_;
};

class LateAnswerTest : public testing::Test {
 protected:
  void SetUp() override {
    engine_.add_service(slow_);
    auto opened = Listener::open({}, engine_);
    ASSERT_TRUE(opened) << opened.error();
    listener_ = *std::move(opened);
  }

  SlowService slow_;
  Engine engine_;
  std::unique_ptr<Listener> listener_;
};

constexpr std::string_view kSlowRequest = "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n";

TEST_F(LateAnswerTest, ComesWhenItIsThereAndHoldsUpNobodyElse) {
  WireClient slow(listener_->port());
  ASSERT_TRUE(slow.send(kSlowRequest));
  const auto late = slow_.asked();
  WireClient other(listener_->port());
  ASSERT_TRUE(other.send(call("ListTables", "{}")));
  EXPECT_EQ(other.receive().body, kNoTables);
  EXPECT_TRUE(late->complete({201, "text/plain", "done", "x-mine: 1\r\n"}));
  const WireAnswer answer = slow.receive();
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.body, "done");
  EXPECT_TRUE(answer.has_line("x-mine: 1"));
  EXPECT_TRUE(answer.has_line("x-amz-crc32: " + std::to_string(crc32("done"))));
  EXPECT_FALSE(late->complete({})) << "an answer is given once";
}

TEST_F(LateAnswerTest, IsFollowedByWhatWasSentAhead) {
  WireClient client(listener_->port());
  ASSERT_TRUE(client.send(std::string(kSlowRequest) + call("ListTables", "{}")));
  slow_.asked()->complete({200, "text/plain", "first", {}});
  EXPECT_EQ(client.receive().body, "first");
  EXPECT_EQ(client.receive().body, kNoTables);
}

TEST_F(LateAnswerTest, GoesOutAsAFaultRuleSays) {
  WireClient client(listener_->port());
  ASSERT_TRUE(client.send(std::string(kSlowRequest) + call("ListTables", "{}")));
  LateAnswer::Change change;
  change.delivery = Delivery{Delivery::Kind::kDribble, 1000, 1000, 40};
  change.wrong_crc32 = true;
  const auto late = slow_.asked();
  late->change(std::move(change));
  late->complete({200, "text/plain", "first", {}});
  const WireAnswer answer = client.receive();
  EXPECT_EQ(answer.body, "first");
  EXPECT_TRUE(answer.has_line("x-amz-crc32: " + std::to_string(~crc32("first"))));
  EXPECT_EQ(client.receive().body, kNoTables);
}

TEST_F(LateAnswerTest, IsAbandonedWhenTheListenerStops) {
  WireClient client(listener_->port());
  ASSERT_TRUE(client.send(kSlowRequest));
  const auto late = slow_.asked();
  listener_->stop();
  EXPECT_TRUE(client.ended());
  EXPECT_TRUE(late->abandoned());
  EXPECT_FALSE(late->complete({}));
}

TEST_F(ListenerTest, AnswersRequestAfterRequestOnOneConnection) {
  WireClient client = connect();
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(client.send(call("ListTables", "{}")));
    const WireAnswer answer = client.receive();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, kNoTables);
  }
}

TEST_F(ListenerTest, SendsTheHeadersOfTheService) {
  WireClient client = connect();
  ASSERT_TRUE(client.send(call("ListTables", "{}")));
  const WireAnswer answer = client.receive();
  EXPECT_TRUE(answer.has_line("Server: Server"));
  EXPECT_TRUE(answer.has_line("Content-Type: application/x-amz-json-1.0"));
  EXPECT_TRUE(answer.has_line("Content-Length: 17"));
  EXPECT_TRUE(answer.has_line("Connection: keep-alive"));
  EXPECT_TRUE(answer.has_line("x-amz-crc32: " + std::to_string(crc32(kNoTables))));
  EXPECT_NE(answer.head.find("\r\nx-amzn-RequestId: "), std::string::npos);
  EXPECT_NE(answer.head.find(" GMT\r\n"), std::string::npos);
}

TEST(Listener, WritesTheDateOfTheEnginesClock) {
  VirtualClock clock(1768478400LL * 1'000'000);
  Engine engine{{.clock = &clock}};
  auto listener = Listener::open({}, engine);
  ASSERT_TRUE(listener);
  WireClient client((*listener)->port());
  ASSERT_TRUE(client.send(call("ListTables", "{}")));
  EXPECT_TRUE(client.receive().has_line("Date: Thu, 15 Jan 2026 12:00:00 GMT"));
  clock.advance(61'000'000);
  ASSERT_TRUE(client.send(call("ListTables", "{}")));
  EXPECT_TRUE(client.receive().has_line("Date: Thu, 15 Jan 2026 12:01:01 GMT"));
  clock.advance(-120'000'000);
  ASSERT_TRUE(client.send(call("ListTables", "{}")));
  EXPECT_TRUE(client.receive().has_line("Date: Thu, 15 Jan 2026 11:59:01 GMT"));
}

TEST_F(ListenerTest, AnswersPipelinedRequestsInOrder) {
  WireClient client = connect();
  std::string requests;
  for (int i = 0; i < 200; ++i) {
    requests += call("ListTables", "{}");
    requests += call("GetItem", R"({"TableName":"absent","Key":{"p":{"S":"a"}}})");
  }
  ASSERT_TRUE(client.send(requests));
  for (int i = 0; i < 200; ++i) {
    ASSERT_EQ(client.receive().status, 200) << i;
    ASSERT_EQ(client.receive().status, 400) << i;
  }
}

TEST_F(ListenerTest, PutsRequestsTogetherFromSingleBytes) {
  WireClient client = connect();
  const std::string requests = call("ListTables", "{}") + call("ListTables", R"({"Limit":1})");
  for (const char byte : requests) {
    ASSERT_TRUE(client.send({&byte, 1}));
  }
  EXPECT_EQ(client.receive().body, kNoTables);
  EXPECT_EQ(client.receive().body, kNoTables);
}

TEST_F(ListenerTest, EndsTheConnectionWhenAsked) {
  WireClient client = connect();
  ASSERT_TRUE(client.send(call("ListTables", "{}", "Connection: close\r\n")));
  const WireAnswer answer = client.receive();
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.has_line("Connection: close"));
  EXPECT_TRUE(client.ended());
}

TEST_F(ListenerTest, SpeaksHttp10) {
  WireClient client = connect();
  ASSERT_TRUE(client.send("GET / HTTP/1.0\r\n\r\n"));
  EXPECT_EQ(client.receive().status, 200);
  EXPECT_TRUE(client.ended());
  WireClient keeping = connect();
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(keeping.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
    EXPECT_EQ(keeping.receive().status, 200);
  }
}

TEST_F(ListenerTest, AnswersHeadWithoutABody) {
  WireClient client = connect();
  ASSERT_TRUE(client.send("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n" + call("ListTables", "{}")));
  EXPECT_EQ(client.receive(true).status, 404);
  EXPECT_EQ(client.receive().body, kNoTables);
}

TEST_F(ListenerTest, TakesChunkedBodies) {
  WireClient client = connect();
  const std::string head = call_head("ListTables", "Transfer-Encoding: chunked\r\n") + "\r\n";
  for (const char* body : {"2\r\n{}\r\n0\r\n\r\n", "1\r\n{\r\n1;name=value\r\n}\r\n0\r\n\r\n",
                           "2\r\n{}\r\n0\r\nX-Amz-Target: trailer\r\n\r\n"}) {
    ASSERT_TRUE(client.send(head + body));
    EXPECT_EQ(client.receive().body, kNoTables) << body;
  }
  for (const char byte : head + "1\r\n{\r\n1\r\n}\r\n0\r\n\r\n") {
    ASSERT_TRUE(client.send({&byte, 1}));
  }
  EXPECT_EQ(client.receive().body, kNoTables);
}

TEST_F(ListenerTest, TakesLongChunkedBodies) {
  WireClient client = connect();
  std::string request =
      call_head("ListTables", "Transfer-Encoding: chunked\r\n") + "\r\n1\r\n{\r\n";
  for (int i = 0; i < 300; ++i) {
    request += "1000\r\n" + std::string(0x1000, ' ') + "\r\n";
  }
  request += "1\r\n}\r\n0\r\n\r\n";
  ASSERT_TRUE(client.send(request + call("ListTables", "{}")));
  EXPECT_EQ(client.receive().body, kNoTables);
  EXPECT_EQ(client.receive().body, kNoTables);
}

TEST_F(ListenerTest, TakesBodiesLongerThanItsBuffer) {
  WireClient client = connect();
  for (const std::size_t size : {15'000U, 16'384U, 17'000U, 70'000U, 3'000'000U}) {
    const std::string body = "{" + std::string(size, ' ') + "}";
    ASSERT_TRUE(client.send(call("ListTables", body) + call("ListTables", "{}")));
    EXPECT_EQ(client.receive().body, kNoTables) << size;
    EXPECT_EQ(client.receive().body, kNoTables) << size;
  }
}

TEST_F(ListenerTest, SaysContinueToThoseWhoWait) {
  WireClient client = connect();
  ASSERT_TRUE(client.send(call_head("ListTables", "Expect: 100-continue\r\nContent-Length: 2\r\n") +
                          "\r\n"));
  EXPECT_EQ(client.receive().status, 100);
  ASSERT_TRUE(client.send("{}"));
  EXPECT_EQ(client.receive().body, kNoTables);
  // Whose body has come already needs no invitation.
  ASSERT_TRUE(client.send(call("ListTables", "{}", "Expect: 100-continue\r\n")));
  EXPECT_EQ(client.receive().status, 200);
}

class ListenerWithItemsTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(
        engine_
            .call("CreateTable",
                  R"({"TableName":"tab","KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],)"
                  R"("AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"}],)"
                  R"("BillingMode":"PAY_PER_REQUEST"})")
            .status,
        200);
    auto opened = Listener::open({.threads = 1}, engine_);
    ASSERT_TRUE(opened) << opened.error();
    listener_ = *std::move(opened);
  }
  void put(const std::string& key, std::size_t bytes) {
    ASSERT_EQ(engine_
                  .call("PutItem", R"({"TableName":"tab","Item":{"p":{"S":")" + key +
                                       R"("},"v":{"S":")" + std::string(bytes, 'v') + R"("}}})")
                  .status,
              200);
  }
  static std::string get(const std::string& key) {
    return call("GetItem", R"({"TableName":"tab","Key":{"p":{"S":")" + key + R"("}}})");
  }
  static void expect_item(const WireAnswer& answer, const std::string& key, std::size_t bytes) {
    ASSERT_EQ(answer.status, 200);
    ASSERT_EQ(answer.body, R"({"Item":{"p":{"S":")" + key + R"("},"v":{"S":")" +
                               std::string(bytes, 'v') + R"("}}})");
    ASSERT_TRUE(answer.has_line("x-amz-crc32: " + std::to_string(crc32(answer.body))));
  }
  [[nodiscard]] WireClient connect() const { return WireClient(listener_->port()); }

  Engine engine_;
  std::unique_ptr<Listener> listener_;
};

TEST_F(ListenerWithItemsTest, SendsLongAnswersToSlowReaders) {
  put("a", 390'000);
  put("b", 390'000);
  WireClient client = connect();
  std::string requests;
  for (int i = 0; i < 30; ++i) {  // far more than a socket's buffers hold
    requests += call("Scan", R"({"TableName":"tab"})");
  }
  ASSERT_TRUE(client.send(requests));
  for (int i = 0; i < 30; ++i) {
    const WireAnswer answer = client.receive();
    ASSERT_EQ(answer.status, 200);
    ASSERT_GT(answer.body.size(), 780'000U);
    ASSERT_TRUE(answer.has_line("x-amz-crc32: " + std::to_string(crc32(answer.body))));
  }
}

// Requests of connections that ask at the same time are read, answered and sent together.
TEST_F(ListenerWithItemsTest, AnswersManyAtOnceEachToItsOwn) {
  constexpr int kClients = 40;
  constexpr int kRounds = 100;
  std::vector<WireClient> clients;
  for (int i = 0; i < kClients; ++i) {
    put(std::to_string(i), 100);
    clients.push_back(connect());
  }
  put("long", 9'000);
  for (int round = 0; round < kRounds; ++round) {
    // Long answers wait for no others, and make requests wait for none for a while.
    const auto key_of = [round](int i) {
      return round >= kRounds / 2 && i % 7 == 0 ? "long" : std::to_string(i);
    };
    std::vector<std::string> rests;
    for (int i = 0; i < kClients; ++i) {
      const std::string request = get(key_of(i));
      const std::string ahead = i % 5 == 0 ? request + request : request;
      const std::size_t first_part = i % 6 == 1 ? ahead.size() / 2 : ahead.size();
      ASSERT_TRUE(clients[static_cast<std::size_t>(i)].send(ahead.substr(0, first_part)));
      rests.push_back(ahead.substr(first_part));
    }
    for (int i = kClients - 1; i >= 0; --i) {
      WireClient& client = clients[static_cast<std::size_t>(i)];
      ASSERT_TRUE(client.send(rests[static_cast<std::size_t>(i)]));
      if ((i + round) % 9 == 0) {  // leaves with its answer on the way
        client = connect();
        continue;
      }
      for (int answers = i % 5 == 0 ? 2 : 1; answers > 0; --answers) {
        const std::string key = key_of(i);
        expect_item(client.receive(), key, key == "long" ? 9'000U : 100U);
      }
    }
  }
}

TEST_F(ListenerWithItemsTest, AnswersManyAtOnceThoughNoneIsRead) {
  constexpr int kRounds = 1'500;  // Answers of 4.5 MB: more than a socket's buffers hold.
  put("a", 3'000);
  std::vector<WireClient> clients;
  for (int i = 0; i < 6; ++i) {
    clients.emplace_back(listener_->port(), 4096);
  }
  WireClient last = connect();
  for (int round = 0; round < kRounds; ++round) {
    for (WireClient& client : clients) {
      ASSERT_TRUE(client.send(get("a")));
    }
    ASSERT_TRUE(last.send(get("a")));  // its answer tells that the others were dealt with
    expect_item(last.receive(), "a", 3'000);
  }
  for (int round = 0; round < kRounds; ++round) {
    for (WireClient& client : clients) {
      expect_item(client.receive(), "a", 3'000);
    }
  }
}

// Memory of long requests is given back between requests, never under one that has just come.
TEST(Listener, KeepsLongRequestsWholeWhileItGivesBackMemory) {
  Engine engine;
  auto listener =
      Listener::open({.limits = {.sweep_interval = std::chrono::milliseconds(1)}}, engine);
  ASSERT_TRUE(listener);
  WireClient client((*listener)->port());
  std::string numbers = "1";
  while (numbers.size() < 40'000) {
    numbers += ",22";
  }
  const std::string request = call("ListTables", R"({"Limit":5,"ignored":[)" + numbers + "]}");
  for (int i = 0; i < 2'000; ++i) {
    ASSERT_TRUE(client.send(request));
    ASSERT_EQ(client.receive().body, kNoTables) << i;
  }
}

TEST_F(ListenerTest, AnswersWhoHasFinishedSending) {
  WireClient client = connect();
  ASSERT_TRUE(client.send(call("ListTables", "{}")));
  client.finish_sending();
  EXPECT_EQ(client.receive().body, kNoTables);
  EXPECT_TRUE(client.ended());
}

TEST_F(ListenerTest, SeesTheEndThatComesWithARequest) {
  for (const std::size_t size : {0U, 15'000U, 30'000U}) {
    for (const bool asked_before : {false, true}) {
      WireClient client = connect();
      if (asked_before) {
        ASSERT_TRUE(client.send(call("ListTables", "{}")));
        EXPECT_EQ(client.receive().body, kNoTables);
      }
      ASSERT_TRUE(client.send_last(call("ListTables", "{" + std::string(size, ' ') + "}")));
      EXPECT_EQ(client.receive().body, kNoTables);
      EXPECT_TRUE(client.ended()) << size;
    }
  }
}

TEST_F(ListenerTest, ClosesIdleConnectionsWhenItStops) {
  WireClient client = connect();
  ASSERT_TRUE(client.send(call("ListTables", "{}")));
  EXPECT_EQ(client.receive().status, 200);
  listener_->stop();
  EXPECT_TRUE(client.ended());
  EXPECT_FALSE(WireClient(listener_->port()).connected());
}

// What was sent before the server stops is answered, read already or not.
TEST_F(ListenerTest, LetsBegunRequestsFinishWhenItStops) {
  WireClient client = connect();
  const std::string request = call("ListTables", "{}");
  ASSERT_TRUE(client.send(request));
  EXPECT_EQ(client.receive().status, 200);
  ASSERT_TRUE(client.send(request.substr(0, request.size() - 1)));
  ASSERT_TRUE(client.send(request.substr(request.size() - 1)));
  listener_->stop();
  EXPECT_EQ(client.receive().status, 200);
  EXPECT_TRUE(client.ended());
}

TEST(Listener, SaysWhyItCannotListen) {
  Engine engine;
  auto first = Listener::open({}, engine);
  ASSERT_TRUE(first);
  const auto second = Listener::open({.port = (*first)->port()}, engine);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error(), "cannot listen on 127.0.0.1:" + std::to_string((*first)->port()) +
                                ": Address already in use (port 0: any free one)");
  EXPECT_EQ(Listener::open({.host = "example.com"}, engine).error(),
            "'example.com' is not an address to listen on");
  EXPECT_NE(
      Listener::open({.tls_certificate_file = "/absent.pem", .tls_key_file = "/absent.pem"}, engine)
          .error()
          .find("cannot read TLS certificate /absent.pem"),
      std::string::npos);
}

TEST(Listener, TakesLocalhostAndIpv6ByName) {
  Engine engine;
  EXPECT_TRUE(Listener::open({.host = "localhost"}, engine));
}

}  // namespace
}  // namespace understudy
