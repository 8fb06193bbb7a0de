// What comes in from those who do not speak HTTP, do not finish, or do not stop: no crash, no
// lasting memory, and correct answers to everybody else meanwhile.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <chrono>
#include <thread>

#include "emulator/api/engine.h"
#include "emulator/base/random.h"
#include "emulator/http/listener.h"
#include "tests/emulator/http/wire_client.h"

namespace understudy {
namespace {

/// Whether `holds` becomes true within some seconds, long before which it should.
template <class Predicate>
bool eventually(const Predicate& holds) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(20);
  while (!holds()) {
    if (std::chrono::steady_clock::now() > give_up) {
      return false;
    }
    std::this_thread::yield();
  }
  return true;
}

class HostileTest : public testing::Test {
 protected:
  void open(HttpLimits limits = {}) {
    limits.sweep_interval = std::chrono::milliseconds(20);
    auto opened = Listener::open({.threads = 2, .limits = limits}, engine_);
    ASSERT_TRUE(opened) << opened.error();
    listener_ = *std::move(opened);
  }
  void SetUp() override {
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    open();
  }
  void TearDown() override { expect_service(); }

  [[nodiscard]] WireClient connect() const { return WireClient(listener_->port()); }
  void expect_service() const {
    WireClient client = connect();
    ASSERT_TRUE(client.send(call("ListTables", "{}")));
    EXPECT_EQ(client.receive().body, R"({"TableNames":[]})");
  }
  /// Status of the answer to these bytes; the connection must end with it.
  [[nodiscard]] int refusal_of(std::string_view bytes) const {
    WireClient client = connect();
    client.send(bytes);
    const WireAnswer answer = client.receive();
    EXPECT_TRUE(client.ended());
    EXPECT_NE(answer.head.find("\r\nx-amzn-RequestId: "), std::string::npos);
    EXPECT_TRUE(answer.has_line("x-amz-crc32: 0"));
    EXPECT_TRUE(answer.has_line("Connection: close"));
    return answer.status;
  }

  Engine engine_;
  std::unique_ptr<Listener> listener_;
};

TEST_F(HostileTest, RefusesWhatIsNotHttp) {
  for (const char* bytes :
       {"hello\r\n\r\n", "POST\r\n\r\n", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
        "POST / HTTP/3.0\r\n\r\n", "POST / HTTP/1.1\r\nno colon\r\n\r\n",
        "POST / HTTP/1.1\r\n: no name\r\n\r\n", "POST / HTTP/1.1\nHost: x\n\n\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\n folded\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
        "POST / HTTP/1.1\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"}) {
    EXPECT_EQ(refusal_of(bytes), 400) << bytes;
  }
  EXPECT_EQ(refusal_of(std::string_view("POST / HTTP/1.1\r\na: b\0c\r\n\r\n", 28)), 400);
}

// Source: SCY:test_manual_requests (16 KB each; 400 without reading more).
TEST_F(HostileTest, RefusesHeadsWithoutEnd) {
  EXPECT_EQ(refusal_of(call("ListTables", "{}",
                            "header1: " + std::string(8192, 'x') +
                                "\r\nheader2: " + std::string(8192, 'y') + "\r\n")),
            400);
  EXPECT_EQ(refusal_of("POST /" + std::string(17'000, 'x') + " HTTP/1.1\r\n\r\n"), 400);
  std::string flood = "POST / HTTP/1.1\r\n";
  for (int i = 0; i < 5'000; ++i) {
    flood += "a: b\r\n";
  }
  EXPECT_EQ(refusal_of(flood), 400);
  EXPECT_EQ(refusal_of("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1;" +
                       std::string(20'000, 'x')),
            400);
}

TEST_F(HostileTest, TakesSixteenMegabytesAndNotAByteMore) {
  constexpr std::size_t kLimit = 16 * 1024 * 1024;
  WireClient client = connect();
  ASSERT_TRUE(client.send(call("ListTables", "{" + std::string(kLimit - 2, ' ') + "}")));
  EXPECT_EQ(client.receive().status, 200);

  // The whole body is sent before the answer is read, as Python does: it must not get lost in a
  // reset.
  WireClient over = connect();
  over.send(call("ListTables", "{" + std::string(kLimit - 1, ' ') + "}"));
  const WireAnswer refused = over.receive();
  EXPECT_EQ(refused.status, 413);
  EXPECT_TRUE(refused.has_line("Transfer-Encoding: chunked"));

  WireClient chunked = connect();
  ASSERT_TRUE(chunked.send(call_head("ListTables", "Transfer-Encoding: chunked\r\n") + "\r\n"));
  const std::string chunk = "100000\r\n" + std::string(0x100000, ' ') + "\r\n";
  for (int i = 0; i < 17; ++i) {
    chunked.send(chunk);
  }
  EXPECT_EQ(chunked.receive().status, 413);

  EXPECT_EQ(refusal_of(call_head("ListTables", "Content-Length: 99999999999\r\n") + "\r\n"), 413);
}

TEST_F(HostileTest, AnswersNestingAndBrokenTextInBodies) {
  WireClient client = connect();
  for (const std::string& body :
       {std::string(100'000, '['), std::string(100'000, '{'), std::string("\xff\xfe"),
        std::string("{\"TableName\":\"\xc3\x28\"}"), std::string("{\"a\":\"\\ud800\"}"),
        std::string("{\0}", 3)}) {
    ASSERT_TRUE(client.send(call("PutItem", body)));
    EXPECT_EQ(client.receive().status, 400);
  }
}

TEST_F(HostileTest, ShrugsOffThoseWhoHangUp) {
  const std::string request = call("ListTables", "{\"Limit\":1}");
  for (std::size_t length = 0; length < request.size(); length += 7) {
    WireClient client = connect();
    client.send(std::string_view(request).substr(0, length));
  }
  EXPECT_TRUE(eventually([&] { return listener_->connections() == 0; }));
}

// A seed is printed with a failure: the bytes are those of the seed.
TEST_F(HostileTest, SurvivesRandomDamage) {
  constexpr std::uint64_t kSeed = 20261121;
  Random random(kSeed);
  const std::string whole = call("ListTables", "{}") + call("GetItem", R"({"TableName":"t"})") +
                            call_head("ListTables", "Transfer-Encoding: chunked\r\n") +
                            "\r\n2\r\n{}\r\n0\r\n\r\n";
  for (int round = 0; round < 300; ++round) {
    std::string bytes = whole;
    for (std::uint64_t flips = 1 + random.below(8); flips > 0; --flips) {
      bytes[random.below(bytes.size())] = static_cast<char>(random.below(256));
    }
    bytes.resize(random.below(bytes.size() + 1));
    WireClient client = connect();
    client.send(bytes);
    client.finish_sending();
    while (client.receive().status != 0) {
    }
  }
  SCOPED_TRACE(testing::Message() << "seed " << kSeed);
  EXPECT_TRUE(eventually([&] { return listener_->connections() == 0; }));
}

TEST_F(HostileTest, EndsConnectionsThatTakeTooLong) {
  open({.head_timeout = std::chrono::milliseconds(100),
        .body_timeout = std::chrono::milliseconds(200),
        .idle_timeout = std::chrono::milliseconds(300)});
  WireClient slow_head = connect();
  WireClient slow_body = connect();
  WireClient idle = connect();
  ASSERT_TRUE(slow_head.send("POST / HTTP/1.1\r\nHost"));
  ASSERT_TRUE(slow_body.send(call_head("ListTables", "Content-Length: 100\r\n") + "\r\n{"));
  ASSERT_TRUE(idle.send(call("ListTables", "{}")));
  EXPECT_EQ(idle.receive().status, 200);
  EXPECT_TRUE(slow_head.ended());
  EXPECT_TRUE(slow_body.ended());
  EXPECT_TRUE(idle.ended());
}

// A trickle of bytes does not buy more time.
TEST_F(HostileTest, EndsHeadsThatTrickle) {
  open({.head_timeout = std::chrono::milliseconds(100)});
  WireClient client = connect();
  ASSERT_TRUE(client.send("POST / HTTP/1.1\r\nHost: "));
  EXPECT_TRUE(eventually([&] { return !client.send("x"); }));
}

TEST_F(HostileTest, ClosesWhatIsOverTheLimitOfConnections) {
  open({.connections_max = 2});
  WireClient first = connect();
  WireClient second = connect();
  for (WireClient* client : {&first, &second}) {
    ASSERT_TRUE(client->send(call("ListTables", "{}")));
    EXPECT_EQ(client->receive().status, 200);
  }
  WireClient third = connect();
  EXPECT_TRUE(third.ended());
  first.close();
  EXPECT_TRUE(eventually([&] { return listener_->connections() == 1; }));
}

// What becomes of their memory is tests/emulator/server/process_test.cpp's to see.
TEST_F(HostileTest, ServesTwoThousandAtOnce) {
  constexpr int kConnections = 2000;
  {
    std::vector<WireClient> clients;
    clients.reserve(kConnections);
    for (int i = 0; i < kConnections; ++i) {
      clients.emplace_back(listener_->port());
      ASSERT_TRUE(clients.back().connected()) << i;
    }
    for (WireClient& client : clients) {
      ASSERT_TRUE(client.send(call("ListTables", "{}")));
    }
    for (WireClient& client : clients) {
      ASSERT_EQ(client.receive().status, 200);
    }
    EXPECT_EQ(listener_->connections(), static_cast<std::size_t>(kConnections));
  }
  EXPECT_TRUE(eventually([&] { return listener_->connections() == 0; }));
}

}  // namespace
}  // namespace understudy
