// Record and replay: the same answers byte for byte, and what comes out otherwise is told.
#include "emulator/server/replay.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>

#include "emulator/api/journal_fan.h"
#include "emulator/clock/clock.h"
#include "emulator/clock/steerable_clock.h"
#include "emulator/server/recorder.h"
#include "emulator/server/server.h"
#include "tests/emulator/api/exchange.h"

namespace understudy {
namespace {

namespace fs = std::filesystem;

class ReplayTest : public testing::Test {
 protected:
  ReplayTest() : folder_(fs::temp_directory_path() / fs::path("understudy-replay-" + name())) {
    fs::create_directories(folder_);
  }
  ~ReplayTest() override { fs::remove_all(folder_); }

  static std::string name() {
    return testing::UnitTest::GetInstance()->current_test_info()->name();
  }
  [[nodiscard]] std::string path(const std::string& file) const { return folder_ / file; }

  /// Records what `script` asks of an instance that starts on the machine's time.
  template <class Script>
  void record(const std::vector<std::string>& arguments, const EngineOptions& options,
              const Script& script) const {
    const auto recorder = Recorder::open(path("record.jsonl"));
    ASSERT_TRUE(recorder);
    Instance instance(options);
    (*recorder)->begin({options.seed, instance.engine().clock().now(), arguments});
    instance.journals().add(**recorder);
    script(instance);
  }
  struct Replayed {
    int code = 0;
    std::string out;
  };
  [[nodiscard]] Replayed run(ReplayOptions options = {}) const {
    options.record = path("record.jsonl");
    std::FILE* const out = std::fopen(path("out.txt").c_str(), "wb");
    options.out = out;
    options.err = out;
    const int code = replay(options);
    std::fclose(out);
    std::ifstream file(path("out.txt"));
    return {code, {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()}};
  }

  fs::path folder_;
};

std::string ask(Instance& instance, std::string_view operation, std::string_view body) {
  return exchange(instance.engine(), call_headers(operation), body).body;
}

/// Time-dependent answers, ids, errors, due work between requests.
void mixed_script(Instance& instance) {
  ask(instance, "CreateTable", kCreateTable);
  ask(instance, "DescribeTable", R"({"TableName":"tab"})");
  ask(instance, "UpdateTimeToLive",
      R"({"TableName":"tab","TimeToLiveSpecification":{"Enabled":true,"AttributeName":"t"}})");
  for (int i = 0; i < 50; ++i) {
    ask(instance, "PutItem",
        R"({"TableName":"tab","Item":{"p":{"S":")" + std::to_string(i) + R"("},"t":{"N":")" +
            std::to_string(instance.engine().clock().now() / 1'000'000 + i) + "\"}}}");
  }
  ask(instance, "PutItem", R"({"TableName":"tab","Item":{}})");
  ask(instance, "PutItem", "\xFF");
  exchange(instance.engine(), {{"host", "x"}}, R"({"by":"90s"})", "POST", "/_admin/clock/advance");
  ask(instance, "Scan", R"({"TableName":"tab"})");
  ask(instance, "DescribeTable", R"({"TableName":"tab"})");
}

TEST_F(ReplayTest, GivesTheSameAnswers) {
  record({"--seed=7"}, {.seed = 7}, mixed_script);
  const Replayed replayed = run();
  EXPECT_EQ(replayed.code, 0);
  EXPECT_EQ(replayed.out, "replayed 57 requests in this process: 57 the same, 0 differ\n");
}

TEST_F(ReplayTest, SaysWhyThereIsNoRecord) {
  const std::string nowhere = path("nowhere/record.jsonl");
  EXPECT_EQ(Recorder::open(nowhere).error(),
            "cannot write the record " + nowhere + ": No such file or directory");
}

TEST_F(ReplayTest, KeepsNoKeyOfTheAdminApi) {
  record({}, {}, [](Instance& instance) {
    exchange(instance.engine(),
             {{"host", "x"},
              {"authorization", "Bearer opensesame"},
              {"X-Understudy-Token", "opensesame"}},
             R"({"seed":3})", "PUT", "/_admin/seed");
    exchange(instance.engine(), {{"host", "x"}, {"origin", "http://elsewhere"}}, R"({"seed":4})",
             "PUT", "/_admin/seed");
    ask(instance, "CreateTable", kCreateTable);
  });
  std::ifstream file(path("record.jsonl"));
  const std::string kept{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  EXPECT_NE(kept.find("/_admin/seed"), std::string::npos);
  EXPECT_EQ(kept.find("opensesame"), std::string::npos) << kept;
  EXPECT_EQ(kept.find("elsewhere"), std::string::npos) << "turned away: nothing to ask again";
  EXPECT_NE(run().out.find("2 the same, 0 differ"), std::string::npos);
}

TEST_F(ReplayTest, TellsWhatCameOutOtherwise) {
  record({"--seed=8"}, {.seed = 8}, [](Instance& instance) {
    ask(instance, "CreateTable", kCreateTable);
    instance.engine().call("PutItem", R"({"TableName":"tab","Item":{"p":{"S":"unseen"}}})");
    ask(instance, "Scan", R"({"TableName":"tab"})");
  });
  const Replayed replayed = run();
  EXPECT_EQ(replayed.code, 1);
  EXPECT_NE(replayed.out.find("line 3: Scan at "), std::string::npos) << replayed.out;
  EXPECT_NE(replayed.out.find("  recorded: 200 {"), std::string::npos);
  EXPECT_NE(replayed.out.find(R"("S":"unseen")"), std::string::npos);
  EXPECT_NE(replayed.out.find(R"("Count":0)"), std::string::npos);
  EXPECT_NE(replayed.out.find("1 the same, 1 differ"), std::string::npos);
}

TEST_F(ReplayTest, AsksAServerOnItsOwnClock) {
  record({}, {}, mixed_script);
  Server server;
  ASSERT_TRUE(server.start());
  const Replayed replayed = run({.endpoint = server.url()});
  EXPECT_EQ(replayed.code, 1) << "its clock is ahead of the record";
  EXPECT_NE(replayed.out.find("(by its own clock: "), std::string::npos) << replayed.out;
  EXPECT_EQ(server.instance().steerable_clock()->rate(), 1);
}

TEST_F(ReplayTest, AsksAServerThatStandsStillBeforeTheRecord) {
  record({}, {}, mixed_script);
  ServerOptions options;
  options.features.clock = {0, 1'000'000};
  Server server(options);
  ASSERT_TRUE(server.start());
  const Replayed replayed = run({.endpoint = server.url()});
  EXPECT_EQ(replayed.code, 0) << replayed.out;
  EXPECT_EQ(replayed.out, "replayed 57 requests at " + server.url() + ": 57 the same, 0 differ\n");
}

TEST_F(ReplayTest, AsksWhatIf) {
  std::ofstream(path("knobs.yaml")) << "partition_write_units: 5\n";
  record({}, {}, [](Instance& instance) {
    ask(instance, "CreateTable", kCreateTable);
    for (int i = 0; i < 20; ++i) {
      ask(instance, "PutItem", R"({"TableName":"tab","Item":{"p":{"S":"hot"}}})");
    }
  });
  const Replayed replayed = run({.what_if = path("knobs.yaml")});
  EXPECT_EQ(replayed.code, 0);
  EXPECT_NE(replayed.out.find("PutItem                              20              0"),
            std::string::npos)
      << replayed.out;
  EXPECT_NE(replayed.out.find("times TableWriteKeyRangeThroughputExceeded, first at"),
            std::string::npos)
      << replayed.out;
}

constexpr std::string_view kCreateProvisioned =
    R"({"TableName":"small","KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],)"
    R"("AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"},)"
    R"({"AttributeName":"g","AttributeType":"S"}],)"
    R"("ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":5},)"
    R"("GlobalSecondaryIndexes":[{"IndexName":"by_g",)"
    R"("KeySchema":[{"AttributeName":"g","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"},)"
    R"("ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":5}}]})";

/// 20 writes at one moment to a table on demand and to one of 5 units.
void two_tables_script(Instance& instance) {
  ask(instance, "CreateTable", kCreateTable);
  ask(instance, "CreateTable", kCreateProvisioned);
  for (int i = 0; i < 20; ++i) {
    const std::string item = R"("Item":{"p":{"S":")" + std::to_string(i) + R"("},"g":{"S":"x"}}})";
    ask(instance, "PutItem", R"({"TableName":"tab",)" + item);
    ask(instance, "UpdateItem",
        R"({"TableName":"small","Key":{"p":{"S":")" + std::to_string(i) +
            R"("}},"UpdateExpression":"SET g = :g",)"
            R"("ExpressionAttributeValues":{":g":{"S":"x"}}})");
  }
  // What the traffic itself changes does not undo the question.
  ask(instance, "UpdateTable", R"({"TableName":"tab","BillingMode":"PAY_PER_REQUEST"})");
}

TEST_F(ReplayTest, AsksWhatIfTablesHadOtherCapacity) {
  VirtualClock clock(1'768'478'400'000'000);
  record({"--throttle"}, {.simulation = {.throttle = true}, .clock = &clock}, two_tables_script);
  const auto what_if = [this](const std::string& text) {
    std::ofstream(path("knobs.yaml")) << text;
    const Replayed replayed = run({.what_if = path("knobs.yaml")});
    EXPECT_EQ(replayed.code, 0);
    return replayed.out;
  };
  const std::string as_was = what_if("tables: {}\n");
  EXPECT_NE(as_was.find("PutItem                              20              0              0"),
            std::string::npos)
      << as_was;
  EXPECT_NE(as_was.find("UpdateItem                           20             15             15"),
            std::string::npos)
      << as_was;
  const std::string other = what_if(
      "initial_burst_seconds: 0\n"
      "tables:\n  tab: {read: 5, write: 8}\n  small: on_demand\n  absent: on_demand\n");
  EXPECT_NE(other.find("PutItem                              20              0             12"),
            std::string::npos)
      << other;
  EXPECT_NE(other.find("UpdateItem                           20             15              0"),
            std::string::npos)
      << other;
  EXPECT_NE(other.find("table tab: 12 times TableWriteProvisionedThroughputExceeded"),
            std::string::npos)
      << other;
  EXPECT_NE(other.find("table absent has a capacity in the what-if, but is not in the record"),
            std::string::npos)
      << other;
  EXPECT_EQ(other.find("table small"), std::string::npos) << other;
  const std::string index =
      what_if("tables:\n  small: {read: 50, write: 50, indexes: {by_g: {read: 1, write: 3}}}\n");
  EXPECT_NE(index.find("table small index by_g: 17 times"), std::string::npos) << index;
}

TEST_F(ReplayTest, SaysWhatIsWrongWithAWhatIf) {
  record({}, {}, [](Instance&) {});
  const auto refusal = [this](const std::string& text) {
    std::ofstream(path("knobs.yaml")) << text;
    const Replayed replayed = run({.what_if = path("knobs.yaml")});
    EXPECT_EQ(replayed.code, 2);
    const std::string begin = "understudy: --what-if: " + path("knobs.yaml");
    EXPECT_TRUE(replayed.out.starts_with(begin)) << replayed.out;
    return replayed.out.substr(begin.size());
  };
  EXPECT_EQ(refusal("tables:\n  orders: fast\n"),
            ":2: member 'tables.orders': expected on_demand or {read: UNITS, write: UNITS}\n");
  EXPECT_EQ(refusal("tables:\n  orders:\n    read: 5\n"),
            ":2: member 'tables.orders': member 'write' is missing\n");
  EXPECT_EQ(refusal("tables:\n  orders: {read: 0, write: 1}\n"),
            ":2: member 'tables.orders.read': expected an integer from 1 to 1000000000, not '0'\n");
  EXPECT_EQ(refusal("tables:\n  orders: {read: 1, write: 1, index: {}}\n"),
            ":2: member 'tables.orders.index': unknown member (did you mean 'indexes'?)\n");
  EXPECT_EQ(refusal("no_knob: 1\ntables: {}\n"), ":1: member 'no_knob': is no knob\n");
}

TEST_F(ReplayTest, SaysWhatIsNoRecord) {
  EXPECT_EQ(run().code, 2);
  std::ofstream(path("record.jsonl")) << "{}\n";
  EXPECT_EQ(run().out,
            "understudy: " + path("record.jsonl") + " is no record of understudy --record\n");
  record({}, {}, [](Instance&) {});
  std::ofstream(path("record.jsonl"), std::ios::app) << "nonsense\n";
  const Replayed replayed = run();
  EXPECT_EQ(replayed.code, 2);
  EXPECT_NE(replayed.out.find("record.jsonl:2: not a line of a record"), std::string::npos);
}

}  // namespace
}  // namespace understudy
