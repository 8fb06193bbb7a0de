// An answer that comes in parts over one connection, while others are served.
#include "emulator/api/stream_answer.h"

#include <gtest/gtest.h>

#include <future>
#include <mutex>

#include "emulator/api/request_handler.h"
#include "emulator/http/listener.h"
#include "tests/emulator/http/wire_client.h"

namespace understudy {
namespace {

/// Streams to whoever asks for /events, and answers all else at once.
class Streaming final : public RequestHandler {
 public:
  void handle(const Request& request, Response& response) override {
    response.clear();
    if (request.target == "/events") {
      auto stream = std::make_shared<StreamAnswer>();
      stream->send("first ");
      response.content_type = "text/event-stream";
      response.stream = stream;
      begun_.set_value(std::move(stream));
    } else {
      response.body.append("at once");
    }
  }
  void refuse(int status, Response& response) override { response.status = status; }

  std::promise<std::shared_ptr<StreamAnswer>> begun_;
};

constexpr std::string_view kAskForEvents = "GET /events HTTP/1.1\r\nHost: x\r\n\r\n";

class StreamAnswerTest : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = Listener::open({}, handler_);
    ASSERT_TRUE(opened);
    listener_ = *std::move(opened);
  }
  std::shared_ptr<StreamAnswer> begin(WireClient& client) {
    EXPECT_TRUE(client.send(kAskForEvents));
    return handler_.begun_.get_future().get();
  }

  Streaming handler_;
  std::unique_ptr<Listener> listener_;
};

TEST_F(StreamAnswerTest, SendsPartsAsTheyCome) {
  WireClient client(listener_->port());
  const auto stream = begin(client);
  std::string received = client.receive_until("first \r\n");
  EXPECT_NE(received.find("Transfer-Encoding: chunked\r\n"), std::string::npos);
  EXPECT_EQ(received.find("x-amz-crc32"), std::string::npos);
  EXPECT_TRUE(received.ends_with("\r\n\r\n6\r\nfirst \r\n")) << received;
  WireClient other(listener_->port());
  EXPECT_TRUE(other.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  EXPECT_EQ(other.receive().body, "at once");
  EXPECT_TRUE(stream->send("second"));
  EXPECT_EQ(client.receive_until("second\r\n"), "6\r\nsecond\r\n");
  stream->send(std::string(100'000, 'x'));
  stream->end();
  EXPECT_TRUE(client.receive_until("0\r\n\r\n").starts_with("186a0\r\nxxx"));
  EXPECT_TRUE(client.ended());
  EXPECT_FALSE(stream->send("late"));
}

TEST_F(StreamAnswerTest, NoticesThatTheClientLeft) {
  WireClient client(listener_->port());
  const auto stream = begin(client);
  client.receive_until("first \r\n");
  client.close();
  while (stream->open()) {
    std::this_thread::yield();
  }
  EXPECT_FALSE(stream->send("nobody"));
}

TEST_F(StreamAnswerTest, EndsWhenTheServerStops) {
  WireClient client(listener_->port());
  const auto stream = begin(client);
  client.receive_until("first \r\n");
  listener_->stop();
  EXPECT_FALSE(stream->open());
  EXPECT_TRUE(client.ended());
}

TEST(StreamAnswer, EndsWhereNobodyReads) {
  StreamAnswer stream;
  const std::string part(StreamAnswer::kWaitingBytesMax / 2, 'x');
  EXPECT_TRUE(stream.send(part));
  EXPECT_TRUE(stream.send(part));
  EXPECT_FALSE(stream.send("y"));
  const StreamAnswer::Taken taken = stream.take();
  EXPECT_EQ(taken.bytes.size(), StreamAnswer::kWaitingBytesMax);
  EXPECT_TRUE(taken.ended);
}

}  // namespace
}  // namespace understudy
