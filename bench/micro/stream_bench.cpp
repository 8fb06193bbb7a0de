// What a stream costs a PutItem (goal: 15 % at most), and how long after a commit its record is
// read by GetRecords (goal: 1 ms). In-process, JSON to JSON.
#include <benchmark/benchmark.h>

#include <string>
#include <vector>

#include "bench/http/workload.h"
#include "emulator/api/engine.h"
#include "streams/streams.h"

namespace understudy::bench {
namespace {

constexpr Shape kShape{.items = 1000};

/// The bench's table with 1000 items, then with a stream of that view type; empty: none.
void make_table(Engine& engine, const std::string& view) {
  engine.call("CreateTable", create_table("bench"));
  for (const Operation& operation : fill(kShape, "bench")) {
    engine.call(operation.name, operation.body);
  }
  if (!view.empty()) {
    const auto answer = engine.call(
        "UpdateTable",
        R"({"TableName":"bench","StreamSpecification":{"StreamEnabled":true,"StreamViewType":")" +
            view + R"("}})");
    if (answer.status != 200) {
      std::abort();
    }
  }
}

void put(benchmark::State& state, const char* view) {
  Engine engine;
  Streams streams(engine);
  make_table(engine, view);
  // Twice, with another number: a put that changes nothing makes no record.
  std::vector<Operation> operations = scenario("put", kShape, "bench");
  for (Operation put : scenario("put", kShape, "bench")) {
    constexpr std::string_view kCount = R"("count":{"N":")";
    put.body[put.body.find(kCount) + kCount.size()] = '0';
    operations.push_back(std::move(put));
  }
  std::vector<Request> requests(operations.size());
  for (std::size_t i = 0; i < operations.size(); ++i) {
    requests[i].body = operations[i].body;
    requests[i].add_header("X-Amz-Target", "DynamoDB_20120810.PutItem");
    requests[i].add_header("Content-Type", "application/x-amz-json-1.0");
    requests[i].add_header(
        "Authorization",
        "AWS4-HMAC-SHA256 Credential=a/20261121/us-east-1/dynamodb/aws4_request, "
        "SignedHeaders=host, Signature=00");
    requests[i].add_header("X-Amz-Date", "20261121T000000Z");
  }
  Response response;
  std::size_t next = 0;
  for (auto _ : state) {
    engine.handle(requests[next++ % requests.size()], response);
    if (response.status != 200) {
      state.SkipWithError(std::string(response.body.view()).c_str());
      break;
    }
  }
}

/// The text of a member of an answer.
std::string member(const std::string& body, const std::string& name) {
  const std::string before = "\"" + name + "\":\"";
  const std::size_t start = body.find(before) + before.size();
  return body.substr(start, body.find('"', start) - start);
}

void commit_to_read(benchmark::State& state) {
  Engine engine;
  Streams streams(engine);
  engine.call("CreateTable",
              R"({"TableName":"one","KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],)"
              R"("AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],)"
              R"("ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":5},)"
              R"("StreamSpecification":{"StreamEnabled":true,"StreamViewType":"NEW_IMAGE"}})");
  const std::string arn = member(engine.call("ListStreams", "{}").body, "StreamArn");
  const std::string shard =
      member(engine.call("DescribeStream", R"({"StreamArn":")" + arn + R"("})").body, "ShardId");
  std::string iterator =
      member(engine
                 .call("GetShardIterator", R"({"StreamArn":")" + arn + R"(","ShardId":")" + shard +
                                               R"(","ShardIteratorType":"LATEST"})")
                 .body,
             "ShardIterator");
  std::size_t next = 0;
  for (auto _ : state) {
    engine.call("PutItem",
                R"({"TableName":"one","Item":{"pk":{"S":")" + std::to_string(next++) + R"("}}})");
    const auto read = engine.call("GetRecords", R"({"ShardIterator":")" + iterator + R"("})");
    if (read.body.find("INSERT") == std::string::npos) {
      state.SkipWithError(read.body.c_str());
      break;
    }
    iterator = member(read.body, "NextShardIterator");
  }
}

BENCHMARK_CAPTURE(put, plain, "");
BENCHMARK_CAPTURE(put, keys_only, "KEYS_ONLY");
BENCHMARK_CAPTURE(put, new_and_old_images, "NEW_AND_OLD_IMAGES");
BENCHMARK(commit_to_read);

}  // namespace
}  // namespace understudy::bench

BENCHMARK_MAIN();
