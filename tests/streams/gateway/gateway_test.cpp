#include "streams/gateway/gateway.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <deque>
#include <future>

#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "tests/streams/gateway/socket_client.h"

namespace understudy {
namespace {

using ::testing::HasSubstr;
using Answer = Expected<std::string, std::string>;

// Events that a function was invoked with, for a test to wait for.
class Events {
 public:
  void push(std::string_view event) {
    const std::lock_guard lock(mutex_);
    events_.emplace_back(event);
    came_.notify_all();
  }
  std::string next() {
    std::unique_lock lock(mutex_);
    came_.wait_for(lock, std::chrono::seconds(20), [this] { return !events_.empty(); });
    if (events_.empty()) {
      return "no event came";
    }
    std::string event = std::move(events_.front());
    events_.pop_front();
    return event;
  }

 private:
  std::mutex mutex_;
  std::condition_variable came_;
  std::deque<std::string> events_;
};

std::string member(const std::string& json, std::string_view object, std::string_view name) {
  Arena arena;
  const auto parsed = parse_json(json, arena);
  const JsonNode* node = parsed ? &*parsed : nullptr;
  node = node != nullptr && !object.empty() ? node->find(object) : node;
  node = node != nullptr ? node->find(name) : nullptr;
  return node != nullptr ? std::string(node->text()) : "";
}

class GatewayTest : public ::testing::Test {
 protected:
  void TearDown() override {
    web_.stop();
    functions_.stop();
  }

  void add(const std::string& name, FunctionCallback callback) {
    FunctionSettings settings;
    settings.name = name;
    settings.callback = std::move(callback);
    ASSERT_TRUE(functions_.add(std::move(settings)).has_value());
  }
  // A function that keeps its events and answers that.
  void add_listener(const std::string& name, const std::string& answer = R"({"statusCode":200})") {
    add(name, [this, answer](std::string_view event) {
      events_.push(event);
      return Answer(answer);
    });
  }
  WebSocketGateway& open(WebSocketApiSettings settings) {
    settings.port = 0;
    gateways_.push_back(std::make_unique<WebSocketGateway>(web_, functions_, clock_, Random(1),
                                                           std::move(settings), nullptr));
    gateway_ = gateways_.back().get();
    const auto opened = gateway_->open();
    EXPECT_TRUE(opened.has_value()) << (opened ? "" : opened.error());
    return *gateway_;
  }
  static std::string management(const std::string& id) {
    std::string escaped = id;
    escaped.replace(escaped.find('='), 1, "%3D");
    return "/prod/@connections/" + escaped;
  }

  VirtualClock clock_{1'760'000'000 * Microseconds{1'000'000}};
  Events events_;
  FunctionRegistry functions_{clock_, Random(1), {.threads = 2}, nullptr};
  std::vector<std::unique_ptr<WebSocketGateway>> gateways_;  // all live until the end
  WebSocketGateway* gateway_ = nullptr;                      // the newest
  WebServer web_;
};

TEST_F(GatewayTest, InvokesConnectBeforeTheHandshakeAndDisconnectAfterTheEnd) {
  add_listener("manager");
  WebSocketApiSettings settings;
  settings.routes = {{"$connect", "manager"}, {"$disconnect", "manager"}};
  const std::uint16_t port = open(settings).port();
  std::string id;
  {
    SocketClient client(port);
    ASSERT_EQ(client.open("/prod?user=ann"), 101);
    EXPECT_THAT(client.head(), HasSubstr("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    const std::string event = events_.next();
    EXPECT_EQ(member(event, "requestContext", "routeKey"), "$connect");
    EXPECT_EQ(member(event, "requestContext", "eventType"), "CONNECT");
    EXPECT_EQ(member(event, "requestContext", "messageDirection"), "IN");
    EXPECT_EQ(member(event, "requestContext", "stage"), "prod");
    EXPECT_EQ(member(event, "requestContext", "connectedAt"), "1760000000000");
    EXPECT_EQ(member(event, "requestContext", "requestTime"), "09/Oct/2025:08:53:20 +0000");
    EXPECT_EQ(member(event, "requestContext", "domainName"), "localhost:" + std::to_string(port));
    EXPECT_EQ(member(event, "queryStringParameters", "user"), "ann");
    EXPECT_EQ(member(event, "headers", "User-Agent"), "test");
    EXPECT_THAT(event, HasSubstr(R"("identity":{"sourceIp":"127.0.0.1","userAgent":"test"})"));
    id = member(event, "requestContext", "connectionId");
    EXPECT_EQ(id.size(), 16U);
    EXPECT_TRUE(id.ends_with('='));
    client.send_frame(0x88, std::string("\x03\xe8", 2) + "bye");
    EXPECT_EQ(client.frame().opcode, 8);
  }
  const std::string event = events_.next();
  EXPECT_EQ(member(event, "requestContext", "eventType"), "DISCONNECT");
  EXPECT_EQ(member(event, "requestContext", "connectionId"), id);
  EXPECT_EQ(member(event, "requestContext", "disconnectStatusCode"), "1000");
  EXPECT_EQ(member(event, "requestContext", "disconnectReason"), "bye");
}

TEST_F(GatewayTest, ARefusedConnectEndsTheHandshakeWithItsStatus) {
  add_listener("no", R"({"statusCode":401})");
  add("broken", [](std::string_view) { return Answer(Unexpected<std::string>{"oops"}); });
  WebSocketApiSettings settings;
  settings.routes = {{"$connect", "no"}};
  EXPECT_EQ(SocketClient(open(settings).port()).open("/prod"), 401);
  EXPECT_EQ(SocketClient(gateway_->port()).open("/other"), 403);
  EXPECT_EQ(SocketClient(gateway_->port()).request("GET", "/prod"), 426);
  settings.routes = {{"$connect", "broken"}};
  EXPECT_EQ(SocketClient(open(settings).port()).open("/prod"), 502);
  EXPECT_EQ(gateway_->counters().refused, 1U);
  for (const char* nonsense : {"", "null", "[]", R"({"statusCode":[200]})", R"({"statusCode":"2"})",
                               R"({"statusCode":99999999999})"}) {
    add_listener("answers" + std::to_string(gateways_.size()), nonsense);
    settings.routes = {{"$connect", "answers" + std::to_string(gateways_.size())}};
    EXPECT_EQ(SocketClient(open(settings).port()).open("/prod"), 502) << nonsense;
  }
  add_listener("odd", R"({"statusCode":"200","headers":"no headers"})");
  settings.routes = {{"$connect", "odd"}};
  EXPECT_EQ(SocketClient(open(settings).port()).open("/prod"), 101);
}

TEST_F(GatewayTest, RoutesMessagesByTheirAction) {
  add_listener("orders");
  add_listener("rest");
  WebSocketApiSettings settings;
  settings.routes = {{"order", "orders"}, {"$default", "rest"}};
  SocketClient client(open(settings).port());
  ASSERT_EQ(client.open("/prod"), 101);
  client.send_text(R"({"action":"order","n":1})");
  std::string event = events_.next();
  EXPECT_EQ(member(event, "requestContext", "routeKey"), "order");
  EXPECT_EQ(member(event, "requestContext", "eventType"), "MESSAGE");
  EXPECT_EQ(member(event, "", "body"), R"({"action":"order","n":1})");
  EXPECT_FALSE(member(event, "requestContext", "messageId").empty());
  client.send_text("no JSON at all");
  EXPECT_EQ(member(events_.next(), "requestContext", "routeKey"), "$default");
  // A client cannot ask for the routes of the gateway.
  client.send_text(R"({"action":"$connect"})");
  EXPECT_EQ(member(events_.next(), "requestContext", "routeKey"), "$default");
}

TEST_F(GatewayTest, AMessageWithoutARouteIsForbidden) {
  add("broken", [](std::string_view) { return Answer(Unexpected<std::string>{"oops"}); });
  WebSocketApiSettings settings;
  settings.routes = {{"break", "broken"}};
  SocketClient client(open(settings).port());
  ASSERT_EQ(client.open("/prod"), 101);
  client.send_text("hello");
  const std::string answer = client.frame().payload;
  EXPECT_EQ(member(answer, "", "message"), "Forbidden");
  EXPECT_EQ(member(answer, "", "connectionId").size(), 16U);
  EXPECT_FALSE(member(answer, "", "requestId").empty());
  client.send_text(R"({"action":"break"})");
  EXPECT_EQ(member(client.frame().payload, "", "message"), "Internal server error");
}

TEST_F(GatewayTest, ServersSendToDescribeAndEndConnections) {
  add_listener("manager");
  WebSocketApiSettings settings;
  settings.routes = {{"$connect", "manager"}};
  SocketClient client(open(settings).port());
  ASSERT_EQ(client.open("/prod"), 101);
  const std::string id = member(events_.next(), "requestContext", "connectionId");
  SocketClient server(gateway_->port());
  EXPECT_EQ(server.request("POST", management(id), "hello"), 200);
  EXPECT_EQ(client.frame().payload, "hello");
  EXPECT_EQ(server.request("GET", management(id)), 200);
  EXPECT_EQ(member(server.body(), "identity", "sourceIp"), "127.0.0.1");
  EXPECT_FALSE(member(server.body(), "", "connectedAt").empty());
  EXPECT_EQ(server.request("POST", management(id), std::string(128 * 1024 + 1, 'x')), 413);
  EXPECT_THAT(server.head(), HasSubstr("x-amzn-ErrorType: PayloadTooLargeException"));
  EXPECT_EQ(server.request("DELETE", management(id)), 204);
  EXPECT_EQ(client.frame().close_code(), 1000);
  EXPECT_EQ(server.request("POST", management(id), "late"), 410);
  EXPECT_THAT(server.head(), HasSubstr("x-amzn-ErrorType: GoneException"));
  EXPECT_EQ(server.request("POST", management("AAAAAAAAAAAAAAA="), "x"), 410);
}

// The stream of a table of connections can be faster than the handshake.
TEST_F(GatewayTest, APostWaitsForTheHandshake) {
  std::promise<void> posted;
  std::promise<PostOutcome> outcome;
  add("manager", [&](std::string_view event) {
    gateway_->post(member(std::string(event), "requestContext", "connectionId"), "early",
                   [&](PostOutcome how) { outcome.set_value(how); });
    posted.set_value();
    return Answer(R"({"statusCode":200})");
  });
  WebSocketApiSettings settings;
  settings.routes = {{"$connect", "manager"}};
  SocketClient client(open(settings).port());
  ASSERT_EQ(client.open("/prod"), 101);
  posted.get_future().wait();
  EXPECT_EQ(client.frame().payload, "early");
  EXPECT_EQ(outcome.get_future().get(), PostOutcome::kSent);
}

TEST_F(GatewayTest, BrokenClientsAreClosedWithTheReason) {
  add_listener("default");
  WebSocketApiSettings settings;
  settings.routes = {{"$default", "default"}};
  const std::uint16_t port = open(settings).port();
  const auto close_code = [&](int first, const std::string& payload) {
    SocketClient client(port);
    EXPECT_EQ(client.open("/prod"), 101);
    client.send_frame(first, payload);
    return client.frame().close_code();
  };
  EXPECT_EQ(close_code(0x81, std::string(32 * 1024 + 1, 'x')), 1009);
  EXPECT_EQ(close_code(0x81, "\xff\xfe"), 1007);
  EXPECT_EQ(close_code(0x83, "x"), 1002);
}

TEST_F(GatewayTest, IdleAndOldConnectionsEndByTheClock) {
  WebSocketApiSettings settings;
  SocketClient client(open(settings).port());
  ASSERT_EQ(client.open("/prod"), 101);
  clock_.advance(9 * kMinute);
  client.send_text("still here");
  EXPECT_EQ(member(client.frame().payload, "", "message"), "Forbidden");
  clock_.advance(10 * kMinute);
  EXPECT_EQ(client.frame().close_code(), 1001);
  SocketClient busy(gateway_->port());
  ASSERT_EQ(busy.open("/prod"), 101);
  for (int i = 0; i < 12; ++i) {
    clock_.advance(9 * kMinute);
    busy.send_text("x");
    ASSERT_EQ(busy.frame().opcode, 1) << i;
  }
  clock_.advance(12 * kMinute);
  EXPECT_EQ(busy.frame().close_code(), 1001);
}

// One client that never reads: it is cut off, the other hears everything.
TEST_F(GatewayTest, ASlowClientIsClosedAndSlowsNobody) {
  add_listener("manager");
  WebSocketApiSettings settings;
  settings.routes = {{"$connect", "manager"}};
  settings.queue_bytes_max = 256 * 1024;
  const std::uint16_t port = open(settings).port();
  SocketClient slow(port, 4096);
  ASSERT_EQ(slow.open("/prod"), 101);
  const std::string slow_id = member(events_.next(), "requestContext", "connectionId");
  SocketClient good(port);
  ASSERT_EQ(good.open("/prod"), 101);
  const std::string good_id = member(events_.next(), "requestContext", "connectionId");
  const std::string message(30'000, 'x');
  PostOutcome last = PostOutcome::kSent;
  for (int i = 0; i < 1'000 && last == PostOutcome::kSent; ++i) {
    gateway_->post(slow_id, message, [&](PostOutcome how) { last = how; });
    gateway_->post(good_id, message, [](PostOutcome how) { EXPECT_EQ(how, PostOutcome::kSent); });
    ASSERT_EQ(good.frame().payload.size(), message.size());
  }
  EXPECT_EQ(last, PostOutcome::kGone);
  EXPECT_EQ(gateway_->counters().slow_closed, 1U);
}

// A function's runtime ends where its event is no JSON: one client must not do that to the others.
TEST_F(GatewayTest, EventsAreJsonWhateverBytesAClientSends) {
  add_listener("manager");
  WebSocketApiSettings settings;
  settings.routes = {{"$connect", "manager"}};
  SocketClient client(open(settings).port());
  client.send(
      "GET /prod?%ff=%fe&\xe9=1 HTTP/1.1\r\nHost: localhost\r\nUser-Agent: caf\xe9\r\n"
      "X-Odd: \xff\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
  const std::string event = events_.next();
  EXPECT_EQ(member(event, "headers", "User-Agent"), "caf\u00e9");
  EXPECT_EQ(member(event, "headers", "X-Odd"), "\u00ff");
  EXPECT_EQ(member(event, "queryStringParameters", "\u00ff"), "\u00fe");
}

// Under load: clients that never read, ping without end, stop in the middle of a frame, send too
// much. Those that behave hear every message in its order; what the others cost is counted.
TEST_F(GatewayTest, ManyBrokenClientsSlowNobody) {
  add_listener("manager");
  WebSocketApiSettings settings;
  settings.routes = {{"$connect", "manager"}};
  settings.queue_bytes_max = 256 * 1024;
  const std::uint16_t port = open(settings).port();
  constexpr std::size_t kEach = 4;
  std::vector<std::unique_ptr<SocketClient>> clients;
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < 5 * kEach; ++i) {
    clients.push_back(std::make_unique<SocketClient>(port, i < kEach ? 0 : 4096));
    ASSERT_EQ(clients.back()->open("/prod"), 101);
    ids.push_back(member(events_.next(), "requestContext", "connectionId"));
  }
  for (std::size_t i = 0; i < kEach; ++i) {
    clients[2 * kEach + i]->send(std::string("\x82\xfe\x7d\x00....half", 12));  // of 32,000 bytes
    for (int ping = 0; ping < 2'000; ++ping) {
      clients[3 * kEach + i]->send_frame(0x89, std::string(100, 'p'));
    }
    clients[4 * kEach + i]->send_frame(0x81, std::string(64 * 1024, 'x'));
    EXPECT_EQ(clients[4 * kEach + i]->frame().close_code(), 1009);
  }
  const std::string filler(30'000, 'x');
  for (int i = 0; i < 300; ++i) {
    const std::string message = std::to_string(i) + filler;
    for (const std::string& id : ids) {
      gateway_->post(id, message, [](PostOutcome) {});
    }
    for (std::size_t good = 0; good < kEach; ++good) {
      ASSERT_EQ(clients[good]->frame().payload, message);
    }
  }
  const GatewayCounters counters = gateway_->counters();
  EXPECT_EQ(counters.slow_closed, 3 * kEach);
  EXPECT_GE(counters.dropped, 3 * kEach);
}

// The other policy: what does not fit is lost to that client, which stays.
TEST_F(GatewayTest, MessagesThatDoNotFitMayBeDropped) {
  add_listener("manager");
  WebSocketApiSettings settings;
  settings.routes = {{"$connect", "manager"}};
  settings.queue_bytes_max = 64 * 1024;
  settings.slow_client = WebSocketApiSettings::SlowClient::kDrop;
  SocketClient slow(open(settings).port(), 4096);
  ASSERT_EQ(slow.open("/prod"), 101);
  const std::string id = member(events_.next(), "requestContext", "connectionId");
  int sent = 0;
  PostOutcome last = PostOutcome::kSent;
  for (int i = 0; i < 1'000 && last == PostOutcome::kSent; ++i) {
    gateway_->post(id, std::string(30'000, 'x'), [&](PostOutcome how) { last = how; });
    sent += last == PostOutcome::kSent ? 1 : 0;
  }
  EXPECT_EQ(last, PostOutcome::kLimitExceeded);
  EXPECT_EQ(gateway_->counters().dropped, 1U);
  EXPECT_EQ(gateway_->counters().slow_closed, 0U);
  for (int i = 0; i < sent; ++i) {
    ASSERT_EQ(slow.frame().payload.size(), 30'000U);
  }
  gateway_->post(id, "still here", [](PostOutcome how) { EXPECT_EQ(how, PostOutcome::kSent); });
  EXPECT_EQ(slow.frame().payload, "still here");
}

TEST_F(GatewayTest, ServesItsPage) {
  WebSocketApiSettings settings;
  settings.page = "<p>hello";
  SocketClient client(open(settings).port());
  EXPECT_EQ(client.request("GET", "/"), 200);
  EXPECT_EQ(client.body(), "<p>hello");
}

}  // namespace
}  // namespace understudy
