// The way of a feature toggle with all its threads: writers, the web server's thread, functions on
// worker threads, clients that come and go. What ThreadSanitizer should see of functions and
// gateways.
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "emulator/api/engine.h"
#include "streams/function_host.h"
#include "streams/streams.h"
#include "tests/streams/gateway/socket_client.h"

namespace understudy {
namespace {

using Answer = Expected<std::string, std::string>;

constexpr int kClients = 4;
constexpr int kVisits = 5;  // of each client

std::string text_between(std::string_view text, std::string_view before, char after) {
  const std::size_t at = text.find(before);
  if (at == std::string_view::npos) {
    return {};
  }
  const std::size_t start = at + before.size();
  return std::string(text.substr(start, text.find(after, start) - start));
}

class LiveTest : public ::testing::Test {
 protected:
  ~LiveTest() override { host_.stop(); }

  std::string call(const char* operation, const std::string& body) {
    const Engine::Answer answer = engine_.call(operation, body);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.body;
  }
  std::string create(const std::string& table) {
    return text_between(
        call("CreateTable",
             R"({"TableName":")" + table +
                 R"(","AttributeDefinitions":[{"AttributeName":"id","AttributeType":"S"}],)"
                 R"("KeySchema":[{"AttributeName":"id","KeyType":"HASH"}],)"
                 R"("BillingMode":"PAY_PER_REQUEST",)"
                 R"("StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_IMAGE"}})"),
        R"("LatestStreamArn":")", '"');
  }
  void add(const std::string& name, FunctionCallback callback) {
    FunctionSettings settings;
    settings.name = name;
    settings.callback = std::move(callback);
    ASSERT_TRUE(host_.functions().add(std::move(settings)).has_value());
  }

  // $connect and $disconnect: a row per client.
  Answer manage(std::string_view event) {
    const std::string id = text_between(event, R"("connectionId":")", '"');
    const std::string key = R"({"id":{"S":")" + id + R"("}})";
    if (event.find(R"("eventType":"CONNECT")") != std::string_view::npos) {
      call("PutItem", R"({"TableName":"connections","Item":)" + key + "}");
    } else {
      call("DeleteItem", R"({"TableName":"connections","Key":)" + key + "}");
      const std::lock_guard lock(mutex_);
      ++left_;
      changed_.notify_all();
    }
    return std::string(R"({"statusCode":200})");
  }
  // The stream of toggles: each batch to all clients.
  Answer push(std::string_view event) {
    const std::string rows = call("Scan", R"({"TableName":"connections"})");
    constexpr std::string_view kId = R"("id":{"S":")";
    for (std::size_t at = rows.find(kId); at != std::string::npos; at = rows.find(kId, at + 1)) {
      gateway_.load()->post(text_between(std::string_view(rows).substr(at), kId, '"'), event,
                            [](PostOutcome) {});
    }
    return std::string("null");
  }

  void visit() {
    SocketClient client(gateway_.load()->port());
    ASSERT_EQ(client.open("/prod"), 101);
    EXPECT_NE(client.frame().payload.find("Records"), std::string::npos);
  }

  Engine engine_;
  Streams streams_{engine_};
  FunctionHost host_{engine_, streams_, {.network = true, .threads = 3}};
  std::atomic<WebSocketGateway*> gateway_{nullptr};
  std::mutex mutex_;
  std::condition_variable changed_;
  int left_ = 0;
};

TEST_F(LiveTest, ClientsComeAndGoWhileTogglesChange) {
  create("connections");
  const std::string stream = create("toggles");
  add("manager", [this](std::string_view event) { return manage(event); });
  add("push", [this](std::string_view event) { return push(event); });
  WebSocketApiSettings api;
  api.port = 0;
  api.routes = {{"$connect", "manager"}, {"$disconnect", "manager"}};
  const auto opened = host_.add_gateway(std::move(api));
  ASSERT_TRUE(opened.has_value()) << opened.error();
  gateway_ = *opened;
  ASSERT_TRUE(host_.mappings()
                  .create(R"({"FunctionName":"push","StartingPosition":"LATEST","BatchSize":10,)"
                          R"("ParallelizationFactor":2,"EventSourceArn":")" +
                          stream + "\"}")
                  .has_value());
  std::atomic<bool> over{false};
  std::vector<std::thread> writers;
  for (int writer = 0; writer < 2; ++writer) {
    writers.emplace_back([&, writer] {
      for (int n = 0; !over; ++n) {
        call("PutItem", R"({"TableName":"toggles","Item":{"id":{"S":")" + std::to_string(writer) +
                            R"("},"n":{"N":")" + std::to_string(n) + "\"}}}");
        std::this_thread::yield();
      }
    });
  }
  std::vector<std::thread> clients;
  for (int client = 0; client < kClients; ++client) {
    clients.emplace_back([this] {
      for (int i = 0; i < kVisits; ++i) {
        visit();
      }
    });
  }
  for (std::thread& client : clients) {
    client.join();
  }
  {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, std::chrono::seconds(60),
                                  [this] { return left_ == kClients * kVisits; }))
        << left_ << " have left";
  }
  over = true;
  for (std::thread& writer : writers) {
    writer.join();
  }
  EXPECT_EQ(text_between(call("Scan", R"({"TableName":"connections"})"), R"("Count":)", ','), "0");
  EXPECT_EQ(gateway_.load()->counters().connected, static_cast<std::uint64_t>(kClients * kVisits));
}

}  // namespace
}  // namespace understudy
