// Record and replay: the same answers byte for byte, and what comes out otherwise is told.
#include "emulator/server/replay.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>

#include "emulator/api/journal_fan.h"
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
