// The Kinesis destination: what is delivered, where it can be read, and how it is sent on.
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <set>
#include <string>
#include <vector>

#include "streams/kinesis/kinesis_outbox.h"
#include "streams/web/web_server.h"
#include "tests/streams/streamed_engine.h"

namespace understudy {
namespace {

using testing::StreamedEngine;

constexpr const char* kStream = "arn:aws:kinesis:us-east-1:000000000000:stream/changes";

std::string about(const std::string& table) {
  return R"({"TableName":")" + table + R"(","StreamArn":")" + kStream + R"(")";
}

void create_plain(StreamedEngine& emulated, const std::string& table) {
  emulated.run("CreateTable", R"({"TableName":")" + table +
                                  R"(","BillingMode":"PAY_PER_REQUEST",)"
                                  R"("KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],)"
                                  R"("AttributeDefinitions":[{"AttributeName":"pk",)"
                                  R"("AttributeType":"S"}]})");
}

std::string data_of(const KinesisRecord& record) {
  Buffer buffer;
  JsonWriter out(buffer);
  write_kinesis_data(out, record);
  return std::string(buffer.view());
}

TEST(KinesisDestination, DeliversEachChangeWithBothImages) {
  StreamedEngine emulated;
  create_plain(emulated, "things");
  emulated.put("things", "a", "unheard");
  emulated.run("EnableKinesisStreamingDestination", about("things") + "}");
  emulated.put("things", "a", "heard");
  emulated.put("things", "a", "heard");
  const auto records = emulated.streams.kinesis().read(0, 10);
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].stream_arn, kStream);
  EXPECT_EQ(records[0].partition_key.size(), 32U);
  const std::string data = data_of(records[0]);
  EXPECT_EQ(data.find(R"({"awsRegion":"us-east-1","eventID":")"), 0U) << data;
  EXPECT_NE(data.find(R"("eventName":"MODIFY","userIdentity":null,"recordFormat":)"
                      R"("application/json","tableName":"things","dynamodb":{)"
                      R"("ApproximateCreationDateTime":1768478400000,"Keys":{"pk":{"S":"a"}},)"
                      R"("NewImage":{"pk":{"S":"a"},"x":{"S":"heard"}},)"
                      R"("OldImage":{"pk":{"S":"a"},"x":{"S":"unheard"}},"SizeBytes":23},)"
                      R"("eventSource":"aws:dynamodb"})"),
            std::string::npos)
      << data;
}

TEST(KinesisDestination, WritesMicrosecondsWhereAskedFor) {
  StreamedEngine emulated;
  create_plain(emulated, "things");
  emulated.run("EnableKinesisStreamingDestination",
               about("things") + R"(,"EnableKinesisStreamingConfiguration":)"
                                 R"({"ApproximateCreationDateTimePrecision":"MICROSECOND"}})");
  emulated.clock.advance(1);
  emulated.put("things", "a");
  const auto records = emulated.streams.kinesis().read(0, 10);
  ASSERT_EQ(records.size(), 1U);
  EXPECT_NE(data_of(records[0]).find("1768478400000001"), std::string::npos);
}

TEST(KinesisDestination, DeliversNothingOnceDisabled) {
  StreamedEngine emulated;
  create_plain(emulated, "things");
  emulated.run("EnableKinesisStreamingDestination", about("things") + "}");
  emulated.run("DisableKinesisStreamingDestination", about("things") + "}");
  emulated.put("things", "a");
  EXPECT_TRUE(emulated.streams.kinesis().read(0, 10).empty());
}

TEST(KinesisDestination, StandsBesideAStream) {
  StreamedEngine emulated;
  const auto stream = emulated.create("things");
  emulated.run("EnableKinesisStreamingDestination", about("things") + "}");
  emulated.put("things", "a");
  EXPECT_EQ(emulated.streams.kinesis().read(0, 10).size(), 1U);
  EXPECT_EQ(emulated.all(*stream, 0).size(), 1U);
}

TEST(KinesisOutbox, DropsTheOldestBeyondItsBound) {
  KinesisOutbox outbox(2);
  const auto table = std::make_shared<const TableSettings>();
  Arena arena;
  const ItemRef item = make_item({}, {}, arena);
  const ItemRef none;
  const EncodedKey key;
  for (int i = 0; i < 3; ++i) {
    outbox.append(table, {.stream_arn = kStream}, {key, none, item, {}});
  }
  const auto records = outbox.read(0, 10);
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].number, 2U);
  EXPECT_EQ(outbox.read(2, 10).size(), 1U);
  EXPECT_TRUE(outbox.read(0, 10, "arn:of:another").empty());
  outbox.forget(std::nullopt);
  EXPECT_TRUE(outbox.read(0, 10).empty());
}

/// Refuses the first request, keeps the second.
class Endpoint : public WebHandler {
 public:
  void on_request(WebExchangeRef exchange) override {
    if (++requests_ == 1) {
      exchange->answer({.status = 500});
      return;
    }
    if (requests_ == 2) {
      got.set_value(exchange->request);
    }
    exchange->answer({.status = 200, .body = R"({"FailedRecordCount":0,"Records":[]})"});
  }
  std::promise<WebRequest> got;

 private:
  int requests_ = 0;
};

/// Records are sent to `endpoint`, which `server` opens.
StreamOptions sending_to(WebHandler& endpoint, WebServer& server) {
  const auto port = server.open({}, endpoint);
  EXPECT_TRUE(port);
  StreamOptions options;
  options.kinesis_endpoint = "http://127.0.0.1:" + std::to_string(port ? *port : 0);
  return options;
}

TEST(KinesisSender, PutsRecordsToTheEndpointUntilTheyAreTaken) {
  Endpoint endpoint;
  WebServer server;
  StreamedEngine emulated(sending_to(endpoint, server));
  create_plain(emulated, "things");
  emulated.run("EnableKinesisStreamingDestination", about("things") + "}");
  emulated.put("things", "a");
  auto future = endpoint.got.get_future();
  ASSERT_EQ(future.wait_for(std::chrono::seconds(10)), std::future_status::ready);
  const WebRequest request = future.get();
  EXPECT_EQ(request.header("X-Amz-Target"), "Kinesis_20131202.PutRecords");
  EXPECT_EQ(request.body.find(std::string(R"({"StreamARN":")") + kStream +
                              R"(","StreamName":"changes","Records":[{"Data":")"),
            0U)
      << request.body;
  server.stop();
}

/// Takes at most the first record of the first request, as a data stream does that is written to
/// too fast; then all.
class BusyEndpoint : public WebHandler {
 public:
  void on_request(WebExchangeRef exchange) override {
    Arena arena;
    const auto parsed = parse_json(exchange->request.body, arena);
    std::vector<std::string> datas;
    for (const JsonNode& record : parsed->find("Records")->elements()) {
      datas.emplace_back(record.find("Data")->text());
    }
    const std::size_t takes = refused_ ? datas.size() : std::min<std::size_t>(1, datas.size() - 1);
    refused_ = true;
    std::string answers;
    for (std::size_t i = 0; i < datas.size(); ++i) {
      answers += i < takes ? R"({"SequenceNumber":"1"},)"
                           : R"({"ErrorCode":"ProvisionedThroughputExceededException"},)";
    }
    answers.pop_back();
    exchange->answer({.status = 200,
                      .body = R"({"FailedRecordCount":)" + std::to_string(datas.size() - takes) +
                              R"(,"Records":[)" + answers + "]}"});
    taken_.insert(taken_.end(), datas.begin(), datas.begin() + static_cast<std::ptrdiff_t>(takes));
    if (taken_.size() == kRecords) {
      all.set_value(std::set<std::string>(taken_.begin(), taken_.end()).size());
    }
  }
  static constexpr std::size_t kRecords = 40;
  std::promise<std::size_t> all;

 private:
  bool refused_ = false;
  std::vector<std::string> taken_;
};

TEST(KinesisSender, PutsAgainWhatWasRefusedInAnAnswerOf200) {
  BusyEndpoint endpoint;
  WebServer server;
  StreamedEngine emulated(sending_to(endpoint, server));
  create_plain(emulated, "things");
  emulated.run("EnableKinesisStreamingDestination", about("things") + "}");
  for (std::size_t i = 0; i < BusyEndpoint::kRecords; ++i) {
    emulated.put("things", std::to_string(i));
  }
  auto future = endpoint.all.get_future();
  ASSERT_EQ(future.wait_for(std::chrono::seconds(10)), std::future_status::ready);
  EXPECT_EQ(future.get(), BusyEndpoint::kRecords);
  server.stop();
}

}  // namespace
}  // namespace understudy
