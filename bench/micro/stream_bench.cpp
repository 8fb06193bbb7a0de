// What a stream costs a PutItem (goal: 15 % at most), and how long after a commit its record is
// read by GetRecords (goal: 1 ms). In-process, JSON to JSON.
#include <benchmark/benchmark.h>

#include <string>
#include <string_view>

#include "bench/micro/bench_engine.h"
#include "streams/streams.h"

namespace understudy::bench {
namespace {

void put(benchmark::State& state, const char* view) {
  Engine engine;
  Streams streams(engine);
  fill_table(engine);
  if (!std::string_view(view).empty()) {
    enable_stream(engine, view);
  }
  RequestCycle requests("replace");
  Response response;
  for (auto _ : state) {
    engine.handle(requests.next(), response);
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
