// An engine with streams on a virtual clock, for the streams room's tests.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/api/engine.h"
#include "emulator/api/tenant.h"
#include "emulator/clock/clock.h"
#include "emulator/clock/scheduler.h"
#include "streams/record_watch.h"
#include "streams/streams.h"

namespace understudy::testing {

/// Thursday, January 15, 2026, noon UTC.
inline constexpr Microseconds kNoon = Microseconds{1768478400} * 1'000'000;

class StreamedEngine {
 public:
  explicit StreamedEngine(const StreamOptions& options = {}, EngineOptions engine_options = {})
      : engine(with_clock(std::move(engine_options))), streams(engine, options) {}

  std::string run(std::string_view operation, const std::string& body) {
    const Engine::Answer answer = engine.call(operation, body);
    EXPECT_EQ(answer.status, 200) << operation << ' ' << body << ": " << answer.body;
    return answer.body;
  }
  /// A table with partition key pk (S) and one shard. Returns its stream.
  std::shared_ptr<StreamReader> create(const std::string& table,
                                       const std::string& view = "NEW_AND_OLD_IMAGES") {
    run("CreateTable",
        R"({"TableName":")" + table +
            R"(","KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],)"
            R"("AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],)"
            R"("ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":5},)"
            R"("StreamSpecification":{"StreamEnabled":true,"StreamViewType":")" +
            view + R"("}})");
    return stream_of(table);
  }
  void put(const std::string& table, const std::string& pk, const std::string& text = "") {
    run("PutItem", R"({"TableName":")" + table + R"(","Item":{"pk":{"S":")" + pk +
                       R"("},"x":{"S":")" + text + R"("}}})");
  }
  std::shared_ptr<StreamReader> stream_of(const std::string& table) {
    const auto found = streams.list(kTenant, table);
    EXPECT_FALSE(found.empty());
    return found.empty() ? nullptr : found.back();
  }
  /// Everything that can be read of a shard.
  std::vector<StreamRecord> all(StreamReader& stream, ShardNumber shard) {
    std::vector<StreamRecord> records;
    SequenceNumber position = stream.trim_horizon(shard, clock.now()).value_or(0);
    for (;;) {
      RecordPage page = stream.read(shard, position, {}, clock.now());
      if (page.records.empty()) {
        return records;
      }
      position = page.next;
      records.insert(records.end(), page.records.begin(), page.records.end());
    }
  }

  static constexpr std::string_view kTenant = kSharedTenant;
  VirtualClock clock{kNoon};
  Engine engine;
  Streams streams;

 private:
  EngineOptions with_clock(EngineOptions options) {
    options.clock = &clock;
    return options;
  }
};

}  // namespace understudy::testing
