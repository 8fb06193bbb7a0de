// What capacity does that a case cannot say: the journal, metrics, control, determinism.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "emulator/api/engine.h"
#include "emulator/clock/scheduler.h"
#include "emulator/faults/fault.h"
#include "emulator/faults/rule_book.h"
#include "emulator/table/capacity_control.h"
#include "emulator/table/catalog.h"
#include "emulator/table/metrics_view.h"

namespace understudy::throttling_test {
namespace {

constexpr Microseconds kNoon = 1'768'478'400 * kSecond;

std::string create(const std::string& name, int read, int write) {
  return R"({"TableName":")" + name +
         R"(","AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],)"
         R"("KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],"ProvisionedThroughput":)"
         R"({"ReadCapacityUnits":)" +
         std::to_string(read) + R"(,"WriteCapacityUnits":)" + std::to_string(write) + "}}";
}
std::string put(const std::string& key) {
  return R"({"TableName":"things","Item":{"pk":{"S":")" + key + R"("}}})";
}

/// The only tenant there is.
std::string only_tenant(Engine& engine) {
  return engine.catalog().tenants().front().first;
}

class KeptEntries final : public Journal {
 public:
  struct Kept {
    std::string operation, error, verdict, bucket, reason;
    std::int64_t balance = 0;
    std::vector<RefusedAttempt> refused;
  };
  void record(const JournalEntry& entry) override {
    kept.push_back({std::string(entry.operation),
                    std::string(entry.error),
                    std::string(entry.verdict),
                    std::string(entry.bucket),
                    std::string(entry.reason),
                    entry.balance_thousandths,
                    {entry.refused.begin(), entry.refused.end()}});
    for (RefusedAttempt& attempt : kept.back().refused) {
      attempt.table = attempt.index = {};  // Views into the request's memory.
    }
  }
  std::vector<Kept> kept;
};

class ThrottlingTest : public ::testing::Test {
 protected:
  EngineOptions options(bool throttle) {
    EngineOptions made;
    made.clock = &clock_;
    made.journal = &journal_;
    made.simulation.throttle = throttle;
    made.simulation.metrics = true;
    return made;
  }
  VirtualClock clock_{kNoon};
  KeptEntries journal_;
};

TEST_F(ThrottlingTest, TellsTheJournalWhichBucketRefusedOnWhatBalance) {
  Engine engine(options(true));
  engine.call("CreateTable", create("things", 5, 1));
  EXPECT_EQ(engine.call("PutItem", put("a")).status, 200);
  EXPECT_EQ(engine.call("PutItem", put("a")).status, 400);
  const KeptEntries::Kept& entry = journal_.kept.back();
  EXPECT_EQ(entry.error, "ProvisionedThroughputExceededException");
  EXPECT_EQ(entry.verdict, "throttled");
  EXPECT_EQ(entry.reason, "TableWriteProvisionedThroughputExceeded");
  EXPECT_EQ(entry.bucket, "arn:aws:dynamodb:us-east-1:000000000000:table/things");
  EXPECT_EQ(entry.balance, 0);
  ASSERT_EQ(entry.refused.size(), 1U);
  EXPECT_EQ(entry.refused[0].bucket, "throughput");
}

TEST_F(ThrottlingTest, TellsTheJournalEachRefusedItemOfABatch) {
  Engine engine(options(true));
  engine.call("CreateTable", create("things", 5, 1));
  const auto answer = engine.call(
      "BatchWriteItem",
      R"({"RequestItems":{"things":[{"PutRequest":{"Item":{"pk":{"S":"a"}}}},)"
      R"({"PutRequest":{"Item":{"pk":{"S":"b"}}}},{"PutRequest":{"Item":{"pk":{"S":"c"}}}}]}})");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(journal_.kept.back().refused.size(), 2U);
}

TEST_F(ThrottlingTest, MetersConsumptionThrottlesAndRequestsByMinute) {
  Engine engine(options(true));
  engine.call("CreateTable", create("things", 5, 2));
  for (int i = 0; i < 3; ++i) {
    engine.call("PutItem", put("a"));
  }
  engine.call("GetItem", R"({"TableName":"absent","Key":{"pk":{"S":"a"}}})");
  const auto all = metrics_view(engine.catalog());
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].table, "");
  EXPECT_EQ(all[0].point(Metric::kUserErrors, kNoon)->sum, 1000);
  EXPECT_EQ(all[1].table, "things");
  EXPECT_EQ(all[1].point(Metric::kConsumedWriteCapacityUnits, kNoon)->sum, 2000);
  EXPECT_EQ(all[1].point(Metric::kWriteThrottleEvents, kNoon)->sum, 1000);
  EXPECT_EQ(all[1].provisioned_at(kNoon)->write, 2);
  EXPECT_FALSE(all[1].provisioned_at(kNoon - 1));
  EXPECT_EQ(all[2].operation, "PutItem");
  EXPECT_EQ(all[2].point(Metric::kSuccessfulRequestLatency, kNoon)->samples, 2);
  EXPECT_EQ(all[2].point(Metric::kThrottledRequests, kNoon)->sum, 1000);
}

TEST_F(ThrottlingTest, CountsWhatFaultRulesAnswerAsTheServicesOwn) {
  Engine engine(options(true));
  engine.call("CreateTable", create("things", 5, 5));
  ASSERT_TRUE(engine.faults().install(
      {Fault("busy").on("PutItem").throttle("TableWriteProvisionedThroughputExceeded"),
       Fault("broken").on("GetItem").error("500")}));
  EXPECT_EQ(engine.call("PutItem", put("a")).status, 400);
  EXPECT_EQ(engine.call("GetItem", R"({"TableName":"things","Key":{"pk":{"S":"a"}}})").status, 500);
  const auto all = metrics_view(engine.catalog());
  const auto count = [&](std::string_view table, std::string_view operation, Metric metric) {
    for (const auto& view : all) {
      if (view.table == table && view.operation == operation && view.point(metric, kNoon)) {
        return view.point(metric, kNoon)->sum / 1000;
      }
    }
    return std::int64_t{0};
  };
  EXPECT_EQ(count("things", "PutItem", Metric::kThrottledRequests), 1);
  EXPECT_EQ(count("things", "", Metric::kWriteThrottleEvents), 1);
  EXPECT_EQ(count("things", "GetItem", Metric::kSystemErrors), 1);
  EXPECT_EQ(count("", "", Metric::kUserErrors), 0) << "a throttle is none";
  EXPECT_EQ(count("", "", Metric::kSystemErrors), 1);
}

TEST_F(ThrottlingTest, RemembersHowProvisionedUnitsChanged) {
  Engine engine(options(false));
  engine.call("CreateTable", create("things", 5, 2));
  clock_.advance(90 * kSecond);
  engine.call("UpdateTable", R"({"TableName":"things","ProvisionedThroughput":)"
                             R"({"ReadCapacityUnits":50,"WriteCapacityUnits":2}})");
  Scope scope;
  const std::string tenant = only_tenant(engine);
  scope.tenant = tenant;
  const auto arm = arm_metrics(engine.catalog(), scope, "things", "");
  ASSERT_TRUE(arm);
  EXPECT_EQ(arm->provisioned_at(kNoon + 89 * kSecond)->read, 5);
  EXPECT_EQ(arm->provisioned_at(kNoon + 90 * kSecond)->read, 50);
  EXPECT_FALSE(arm_metrics(engine.catalog(), scope, "things", "no_such_index"));
}

TEST_F(ThrottlingTest, LetsPeopleChangeCapacityWhileItRuns) {
  Engine engine(options(true));
  engine.call("CreateTable", create("things", 5, 100));
  CapacityControl control(engine.catalog());
  const std::string tenant = only_tenant(engine);
  const CapacityControl::Target things{tenant, "things", ""};
  EXPECT_TRUE(control.set_balance(things, Dimension::kWrite, {}));
  EXPECT_EQ(engine.call("PutItem", put("a")).status, 400);
  EXPECT_TRUE(control.set_balance(things, Dimension::kWrite, CapacityUnits::whole(50)));
  EXPECT_EQ(engine.call("PutItem", put("a")).status, 200);

  const auto views = control.view(std::nullopt);
  ASSERT_EQ(views.size(), 1U);
  EXPECT_EQ(views[0].arms[0].buckets.write.balance, CapacityUnits::whole(49));
  const PartitionId only = views[0].arms[0].partitions[0].id;
  EXPECT_TRUE(control.limit_partition(things, only, Dimension::kWrite, CapacityUnits::whole(1)));
  EXPECT_EQ(engine.call("PutItem", put("a")).status, 200);
  EXPECT_EQ(engine.call("PutItem", put("a")).status, 400);
  EXPECT_TRUE(control.limit_partition(things, only, Dimension::kWrite, std::nullopt));

  control.set_refusing(false);
  EXPECT_EQ(engine.call("PutItem", put("a")).status, 200);
  EXPECT_TRUE(control.set_knob("burst_seconds", "0"));
  EXPECT_FALSE(control.set_knob("burst_seconds", "10"));
  EXPECT_EQ(control.knobs().burst_seconds, 10);
  EXPECT_FALSE(control.set_balance({tenant, "absent", ""}, Dimension::kRead, {}));
}

TEST_F(ThrottlingTest, SnapshotsKeepBalances) {
  Engine engine(options(true));
  engine.call("CreateTable", create("things", 5, 2));
  engine.call("PutItem", put("a"));
  engine.snapshot("half");
  EXPECT_EQ(engine.call("PutItem", put("a")).status, 200);
  EXPECT_EQ(engine.call("PutItem", put("a")).status, 400);
  EXPECT_TRUE(engine.restore("half"));
  EXPECT_EQ(engine.call("PutItem", put("a")).status, 200);
  EXPECT_EQ(engine.call("PutItem", put("a")).status, 400);
}

TEST_F(ThrottlingTest, WithoutALeaderOnlyEventualReadsAreAnswered) {
  EngineOptions made = options(false);
  made.simulation.replicas = true;
  Engine engine(std::move(made));
  engine.call("CreateTable", create("things", 5, 5));
  engine.call("PutItem", put("a"));
  clock_.advance(kSecond);
  CapacityControl control(engine.catalog());
  const std::string tenant = only_tenant(engine);
  EXPECT_TRUE(control.take_down({tenant, "things", ""}, Replica::kLeader, 10 * kSecond));
  const std::string get = R"({"TableName":"things","Key":{"pk":{"S":"a"}})";
  EXPECT_EQ(engine.call("PutItem", put("b")).status, 500);
  EXPECT_EQ(engine.call("GetItem", get + R"(,"ConsistentRead":true})").status, 500);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(engine.call("GetItem", get + "}").body, R"({"Item":{"pk":{"S":"a"}}})");
  }
  clock_.advance(10 * kSecond);
  EXPECT_EQ(engine.call("PutItem", put("b")).status, 200);
}

TEST_F(ThrottlingTest, SaysWhichReplicaAnsweredAndHowFarItIsBehind) {
  EngineOptions made = options(false);
  made.simulation.replicas = true;
  made.simulation.knobs.replica_lag = ReplicaLag::kStuckFollower;
  made.simulation.knobs.eventual_reads = EventualReads::kAlwaysStale;
  Engine engine(std::move(made));
  engine.call("CreateTable", create("things", 5, 5));
  engine.call("PutItem", put("a"));
  clock_.advance(kSecond);
  Response response;
  engine.call("GetItem", R"({"TableName":"things","Key":{"pk":{"S":"a"}}})", {}, response);
  EXPECT_EQ(response.extra_headers, "x-understudy-replica: follower-2; behind-us=1000000\r\n");
  EXPECT_EQ(response.body.view(), "{}");
}

TEST_F(ThrottlingTest, ATransactionThatTakesTimeIsAnsweredWhenItHasEnded) {
  EngineOptions made = options(false);
  made.simulation.knobs.transaction_ms = 40;
  Engine engine(std::move(made));
  engine.call("CreateTable", create("things", 5, 5));
  Response response;
  engine.call("TransactWriteItems",
              R"({"TransactItems":[{"Put":{"TableName":"things","Item":{"pk":{"S":"a"}}}}]})", {},
              response);
  EXPECT_EQ(response.status, 200);
  ASSERT_NE(response.delivery, nullptr);
  EXPECT_EQ(response.delivery->delay, 40'000);
}

TEST_F(ThrottlingTest, MetersWhatBackfillingAnIndexTook) {
  Engine engine(options(false));
  engine.call("CreateTable", create("things", 5, 5));
  engine.call("PutItem", R"({"TableName":"things","Item":{"pk":{"S":"a"},"g":{"S":"1"}}})");
  const auto answer = engine.call(
      "UpdateTable",
      R"({"TableName":"things","AttributeDefinitions":[{"AttributeName":"g","AttributeType":"S"}],)"
      R"("GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":"by_g","KeySchema":)"
      R"([{"AttributeName":"g","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"},)"
      R"("ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1}}}]})");
  ASSERT_EQ(answer.status, 200) << answer.body;
  Scope scope;
  const std::string tenant = only_tenant(engine);
  scope.tenant = tenant;
  const auto arm = arm_metrics(engine.catalog(), scope, "things", "by_g");
  ASSERT_TRUE(arm);
  EXPECT_EQ(arm->point(Metric::kOnlineIndexConsumedWriteCapacity, kNoon)->sum, 1000);
  EXPECT_EQ(arm->point(Metric::kOnlineIndexPercentageProgress, kNoon)->largest, 100'000);
}

/// Reads make the table's writes slow, by a rule; `when` is its member.
Fault slowing(const std::string& id, double writes) {
  return Fault(id).on("GetItem").capacity(
      {.kind = FaultCapacity::Kind::kOverride, .read_units = std::nullopt, .write_units = writes});
}
std::int64_t write_rate(Engine& engine) {
  const auto tables = CapacityControl(engine.catalog()).view(std::nullopt);
  return tables.front().arms.front().buckets[Dimension::kWrite].rate.thousandths / 1000;
}
constexpr const char* kGet = R"({"TableName":"things","Key":{"pk":{"S":"a"}}})";

// What a rule did to capacity outlived it.
TEST_F(ThrottlingTest, CapacityOfARuleEndsWithTheRule) {
  Engine engine(options(true));
  engine.call("CreateTable", create("things", 10, 10));
  ASSERT_TRUE(engine.faults().install(slowing("first", 3)).has_value());
  engine.call("GetItem", kGet);
  EXPECT_EQ(write_rate(engine), 3);
  engine.snapshot("slow");
  ASSERT_TRUE(engine.faults().install(slowing("second", 2)).has_value());
  engine.call("GetItem", kGet);
  EXPECT_EQ(write_rate(engine), 2);
  EXPECT_TRUE(engine.faults().remove("second"));
  EXPECT_EQ(write_rate(engine), 3);
  engine.faults().clear();
  EXPECT_EQ(write_rate(engine), 10);
  EXPECT_TRUE(engine.restore("slow"));
  EXPECT_EQ(write_rate(engine), 10);
  ASSERT_TRUE(engine.faults().install(slowing("first", 4)).has_value());
  engine.call("GetItem", kGet);
  ASSERT_TRUE(engine.faults().replace({}).has_value());
  EXPECT_EQ(write_rate(engine), 10);
}

TEST_F(ThrottlingTest, CapacityOfARuleEndsWithItsTime) {
  Engine engine(options(true));
  engine.call("CreateTable", create("things", 10, 10));
  const std::string tenant = only_tenant(engine);
  CapacityControl(engine.catalog())
      .override_rate({tenant, "things", ""}, Dimension::kWrite, CapacityUnits{7'000});
  const auto at = [&](std::int64_t seconds) {
    clock_.set(kNoon + seconds * kSecond);
    engine.scheduler().run_due(clock_.now());
    return write_rate(engine);
  };
  // A used up count ends nothing.
  ASSERT_TRUE(engine.faults()
                  .install(slowing("brief", 3).times(1).time_to_live(std::chrono::seconds(60)))
                  .has_value());
  engine.call("GetItem", kGet);
  engine.call("GetItem", kGet);
  EXPECT_EQ(at(59), 3);
  EXPECT_EQ(at(60), 7);  // What a person said holds again.
}

TEST_F(ThrottlingTest, APinnedPartitionIsWideAgainWithoutItsRule) {
  Engine engine(options(true));
  engine.call("CreateTable", create("things", 2000, 1000));
  ASSERT_TRUE(engine.faults()
                  .install(Fault("pin").on("GetItem").capacity(
                      {.kind = FaultCapacity::Kind::kPinHotPartition,
                       .read_units = std::nullopt,
                       .write_units = 0}))
                  .has_value());
  engine.call("GetItem", kGet);
  EXPECT_EQ(engine.call("PutItem", put("a")).status, 400);
  engine.faults().clear();
  clock_.advance(kSecond);
  EXPECT_EQ(engine.call("PutItem", put("a")).status, 200);
}

/// V11 of B10: the same seed and requests, the same answers and metrics.
TEST_F(ThrottlingTest, TheSameSeedGivesTheSameAnswers) {
  const auto script = [this](std::int64_t seed) {
    clock_.set(kNoon);
    EngineOptions made = options(true);
    made.journal = nullptr;
    made.simulation.replicas = true;
    made.simulation.knobs.seed = seed;
    Engine engine(std::move(made));
    engine.call("CreateTable", create("things", 20, 10));
    std::string all;
    for (int i = 0; i < 2000; ++i) {
      clock_.advance(7'000 + i % 13 * 1'000);
      const std::string key = std::to_string(i * 7919 % 17);
      all += engine
                 .call("PutItem", R"({"TableName":"things","Item":{"pk":{"S":")" + key +
                                      R"("},"n":{"N":")" + std::to_string(i) + R"("}}})")
                 .body;
      all += engine.call("GetItem", R"({"TableName":"things","Key":{"pk":{"S":")" + key + R"("}}})")
                 .body;
    }
    for (const MetricsSeries& series : metrics_view(engine.catalog())) {
      for (const MinuteMetrics::Minute& minute : series.minutes) {
        for (const MetricPoint& point : minute.points) {
          all += std::to_string(point.sum) + " ";
        }
      }
    }
    return all;
  };
  const std::string first = script(1);
  EXPECT_TRUE(first == script(1));
  EXPECT_TRUE(first != script(2));
}

}  // namespace
}  // namespace understudy::throttling_test
