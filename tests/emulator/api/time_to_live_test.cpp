// Time to live as a client sees it: items expire, stay for a while, and are gone (D2).
#include "emulator/table/time_to_live.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "emulator/api/engine.h"
#include "emulator/clock/scheduler.h"
#include "emulator/clock/timeline.h"
#include "emulator/table/catalog.h"
#include "emulator/table/change.h"

namespace understudy::time_to_live_test {
namespace {

constexpr Microseconds kNoon = 1'768'478'400 * kSecond;

/// Remembers who deleted what.
struct Deletions final : ChangeKeeper {
  struct Sink final : ChangeSink {
    explicit Sink(std::vector<ChangeOrigin>& origins) : origins_(origins) {}
    void append(const TableState& /*state*/, const Change& change) override {
      if (change.after == nullptr) {
        origins_.push_back(change.stamp.origin);
      }
    }
    [[nodiscard]] std::shared_ptr<ChangeSink> copy() const override {
      return std::make_shared<Sink>(origins_);
    }
    std::vector<ChangeOrigin>& origins_;
  };
  std::shared_ptr<ChangeSink> follow(const TableState& /*state*/,
                                     std::shared_ptr<ChangeSink> /*present*/,
                                     Microseconds /*now*/) override {
    return std::make_shared<Sink>(origins);
  }
  void leave(std::shared_ptr<ChangeSink> /*present*/, Microseconds /*now*/) override {}
  void forget(std::optional<std::string_view> /*tenant*/) override {}
  std::vector<ChangeOrigin> origins;
};

class TimeToLiveTest : public testing::Test {
 protected:
  explicit TimeToLiveTest(const SimulationOptions& simulation = {})
      : engine_({.seed = 3, .simulation = simulation, .clock = &clock_}) {
    engine_.catalog().set_change_keeper(deletions_);
    call("CreateTable",
         R"({"TableName":"tab","KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],)"
         R"("AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"},)"
         R"({"AttributeName":"g","AttributeType":"S"}],"BillingMode":"PAY_PER_REQUEST",)"
         R"("GlobalSecondaryIndexes":[{"IndexName":"by-g","KeySchema":[{"AttributeName":"g",)"
         R"("KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}]})");
    set_ttl(true);
  }

  std::string call(std::string_view operation, const std::string& body) {
    return engine_.call(operation, body).body;
  }
  std::string set_ttl(bool enabled, const std::string& attribute = "t") {
    return call("UpdateTimeToLive", R"({"TableName":"tab","TimeToLiveSpecification":{"Enabled":)" +
                                        std::string(enabled ? "true" : "false") +
                                        R"(,"AttributeName":")" + attribute + "\"}}");
  }
  /// Puts an item whose attribute t has that value.
  void put(const std::string& key, const std::string& value) {
    call("PutItem", R"({"TableName":"tab","Item":{"p":{"S":")" + key + R"("},"g":{"S":"x"},"t":)" +
                        value + "}}");
  }
  /// Puts an item that expires `from_now` after noon.
  void put_expiring(const std::string& key, Microseconds from_noon) {
    put(key, R"({"N":")" + std::to_string((kNoon + from_noon) / kSecond) + "\"}");
  }
  bool has(const std::string& key) {
    return call("GetItem", R"({"TableName":"tab","Key":{"p":{"S":")" + key + "\"}}}") != "{}";
  }
  std::string count(const std::string& index = "") {
    const std::string answer = call(
        "Scan", R"({"TableName":"tab","Select":"COUNT")" +
                    (index.empty() ? std::string() : R"(,"IndexName":")" + index + "\"") + "}");
    return answer.substr(0, answer.find(','));
  }

  VirtualClock clock_{kNoon};
  Deletions deletions_;
  Engine engine_;
  Timeline timeline_{clock_, engine_.scheduler()};
};

TEST_F(TimeToLiveTest, DeletesWithTheFirstSweepAfterExpiry) {
  put_expiring("soon", 90 * kSecond);
  put_expiring("later", 3600 * kSecond);
  timeline_.advance(119 * kSecond);
  EXPECT_TRUE(has("soon")) << "expired, and an item like any other until it is deleted";
  EXPECT_EQ(count("by-g"), R"({"Count":2)");
  timeline_.advance(kSecond);
  EXPECT_FALSE(has("soon"));
  EXPECT_TRUE(has("later"));
  EXPECT_EQ(count(), R"({"Count":1)");
  EXPECT_EQ(count("by-g"), R"({"Count":1)");
  EXPECT_EQ(deletions_.origins, std::vector{ChangeOrigin::kTimeToLive});
}

TEST_F(TimeToLiveTest, SparesAnItemWhoseDateMovedOn) {
  put_expiring("a", 30 * kSecond);
  timeline_.advance(59 * kSecond);
  call("UpdateItem", R"({"TableName":"tab","Key":{"p":{"S":"a"}},"UpdateExpression":"SET t = :t",)"
                     R"("ExpressionAttributeValues":{":t":{"N":"1768999999"}}})");
  timeline_.advance(10 * kMinute);
  EXPECT_TRUE(has("a"));
}

TEST_F(TimeToLiveTest, LooksAtNumbersOfTheLastFiveYearsOnly) {
  put("text", R"({"S":"1768478000"})");
  put("set", R"({"NS":["1768478000"]})");
  put("map", R"({"M":{"t":{"N":"1768478000"}}})");
  put("zero", R"({"N":"0"})");
  put("negative", R"({"N":"-1768478000"})");
  put_expiring("ancient", -(Microseconds{5} * 365 * 86'400 + 1) * kSecond);
  put("beyond", R"({"N":"1E+100"})");
  put("exponent", R"({"N":"1.768478E+9"})");
  put("fraction", R"({"N":"1768478399.999"})");
  put_expiring("old", -(Microseconds{5} * 365 * 86'400 - 3600) * kSecond);
  timeline_.advance(kMinute);
  EXPECT_EQ(count(), R"({"Count":7)");
  EXPECT_FALSE(has("exponent"));
  EXPECT_FALSE(has("fraction"));
  EXPECT_FALSE(has("old"));
}

TEST_F(TimeToLiveTest, RestsWhereItIsSwitchedOff) {
  put_expiring("a", 0);
  set_ttl(false);
  timeline_.advance(60 * kMinute);
  EXPECT_TRUE(has("a"));
  EXPECT_EQ(engine_.scheduler().next_due(), INT64_MAX) << "no table has it: nothing is swept";
  set_ttl(true);
  timeline_.advance(kMinute);
  EXPECT_FALSE(has("a"));
}

TEST_F(TimeToLiveTest, GoesOnAfterARestore) {
  put_expiring("a", 10 * kMinute);
  engine_.snapshot("s");
  engine_.reset();
  timeline_.advance(20 * kMinute);
  engine_.restore("s");
  EXPECT_TRUE(has("a"));
  timeline_.advance(kMinute);
  EXPECT_FALSE(has("a"));
}

class AwsLikeTimeToLiveTest : public TimeToLiveTest {
 protected:
  AwsLikeTimeToLiveTest() : TimeToLiveTest(aws_like()) {}
  static SimulationOptions aws_like() {
    SimulationOptions simulation;
    set_ttl_aws_like(simulation.knobs);
    return simulation;
  }
};

TEST_F(AwsLikeTimeToLiveTest, IsTenToThirtyMinutesLate) {
  for (int i = 0; i < 100; ++i) {
    put_expiring(std::to_string(i), 0);
  }
  timeline_.advance(10 * kMinute);
  EXPECT_EQ(count(), R"({"Count":100)");
  timeline_.advance(10 * kMinute);
  EXPECT_NE(count(), R"({"Count":100)");
  EXPECT_NE(count(), R"({"Count":0)");
  timeline_.advance(11 * kMinute);
  EXPECT_EQ(count(), R"({"Count":0)");
}

TEST_F(AwsLikeTimeToLiveTest, RefusesASecondChangeForHalfAnHour) {
  const std::string refused =
      R"({"__type":"com.amazon.coral.validate#ValidationException","message":)"
      R"("Time to live has been modified multiple times within a fixed interval"})";
  timeline_.advance(30 * kMinute);
  EXPECT_EQ(set_ttl(false), refused);
  timeline_.advance(kMinute);
  EXPECT_NE(set_ttl(false), refused);
}

}  // namespace
}  // namespace understudy::time_to_live_test
