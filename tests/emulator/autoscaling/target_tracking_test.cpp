// The scaler under load that is told: when it acts, by how much, and what it leaves alone.
#include "emulator/autoscaling/target_tracking.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/emulator/autoscaling/scaled_engine.h"

namespace understudy {
namespace {

// Alarms exported from real accounts: target 70 and 50, of one unit.
TEST(TargetTracking, HasTheThresholdsOfTheService) {
  EXPECT_DOUBLE_EQ(autoscaling::thresholds(70, 1).high, 42);
  EXPECT_DOUBLE_EQ(autoscaling::thresholds(70, 1).low, 30);
  EXPECT_DOUBLE_EQ(autoscaling::thresholds(50, 1).high, 30);
  EXPECT_DOUBLE_EQ(autoscaling::thresholds(50, 1).low, 18);
}

TEST(TargetTracking, RoundsUpToWholeUnits) {
  const std::int64_t minutes[] = {60 * 7000, 60 * 6000};
  EXPECT_EQ(autoscaling::units_on_target(minutes, 70), 10);
  EXPECT_EQ(autoscaling::units_on_target(minutes, 69), 11);
}

using Tracking = ScaledEngine;

TEST_F(Tracking, ScalesOutAfterTwoMinutesAboveTheTarget) {
  create_table();
  register_writes(1, 100);
  track_writes(50);
  pass_minutes(1, 4);  // 80 % of 5
  pass_minutes(1, 2);
  pass_minutes(1, 4);
  EXPECT_EQ(write_units(), 5) << "one minute at a time is no alarm";
  pass_minutes(1, 5);
  EXPECT_EQ(write_units(), 5) << "the numbers of the second minute are under way";
  pass_minutes(1, 5);
  EXPECT_EQ(write_units(), 10);
  const auto done = activities();
  ASSERT_EQ(done.size(), 1U);
  EXPECT_EQ(done[0]["Description"], "Setting write capacity units to 10.");
  EXPECT_EQ(done[0]["StatusCode"], "Successful");
  EXPECT_EQ(done[0]["StatusMessage"],
            "Successfully set write capacity units to 10. Change successfully fulfilled by "
            "dynamodb.");
  const std::string cause = done[0]["Cause"];
  EXPECT_TRUE(cause.starts_with("monitor alarm TargetTracking-table/Music-AlarmHigh-")) << cause;
  EXPECT_TRUE(cause.ends_with(" in state ALARM triggered policy writes")) << cause;
}

TEST_F(Tracking, ScalesInAfterFifteenQuietMinutesAndNotBelowTheMinimum) {
  create_table();
  register_writes(2, 100);
  track_writes(50);
  pass_minutes(15, 0.5);
  EXPECT_EQ(write_units(), 5) << "the fifteenth minute's numbers are under way";
  pass_minutes(1, 0.5);
  EXPECT_EQ(write_units(), 2) << "one unit would do, two are the minimum";
}

// Case: DDB-TABLE-315.
TEST_F(Tracking, ScalesAnIdleTableIn) {
  create_table();
  register_writes(1, 100);
  track_writes(70);
  pass(20 * kTestMinute);
  EXPECT_EQ(write_units(), 1);
}

TEST_F(Tracking, StaysWithinTheMaximum) {
  create_table();
  register_writes(1, 8);
  track_writes(50);
  pass_minutes(5, 20);
  EXPECT_EQ(write_units(), 8);
  EXPECT_EQ(activities().size(), 1U) << "an alarm that stays on has nothing left to do";
}

TEST_F(Tracking, LeavesADeadBandBetweenTheAlarms) {
  create_table();
  register_writes(1, 100);
  track_writes(70);
  pass_minutes(30, 3);  // 60 %: below 70, above 50
  EXPECT_EQ(write_units(), 5);
  EXPECT_TRUE(activities().empty());
}

TEST_F(Tracking, WaitsForTheCooldownOfAScaleOut) {
  create_table();
  register_writes(1, 100);
  track_writes(50, {{"ScaleOutCooldown", 600}});
  pass_minutes(3, 5);
  ASSERT_EQ(write_units(), 10);
  pass_minutes(4, 7);  // wants 14: four more, the first step was five
  EXPECT_EQ(write_units(), 10);
  pass_minutes(3, 20);  // wants 40: a larger step than the first
  EXPECT_EQ(write_units(), 40);
  pass_minutes(12, 25);
  EXPECT_EQ(write_units(), 50);
}

TEST_F(Tracking, WaitsForTheCooldownOfAScaleIn) {
  create_table();
  register_writes(1, 100);
  track_writes(70, {{"ScaleInCooldown", 3600}});
  pass_minutes(16, 1);
  ASSERT_EQ(write_units(), 2);
  pass_minutes(30, 0);
  EXPECT_EQ(write_units(), 2);
  pass_minutes(31, 0);
  EXPECT_EQ(write_units(), 1);
}

TEST_F(Tracking, NeverScalesInWhereThatIsDisabledOrSuspended) {
  create_table();
  register_writes(1, 100);
  track_writes(70, {{"DisableScaleIn", true}});
  pass_minutes(20, 0);
  EXPECT_EQ(write_units(), 5);
  track_writes(70, {{"DisableScaleIn", false}});
  scale("RegisterScalableTarget",
        with(writes_of_music(), {{"SuspendedState", {{"DynamicScalingInSuspended", true}}}}));
  pass_minutes(2, 0);
  EXPECT_EQ(write_units(), 5);
  scale("RegisterScalableTarget",
        with(writes_of_music(), {{"SuspendedState", {{"DynamicScalingInSuspended", false}}}}));
  pass_minutes(1, 0);
  EXPECT_EQ(write_units(), 1);
}

// B6: four decreases a UTC day, then one an hour.
TEST_F(Tracking, MeetsTheLimitOfDecreasesAndSaysSo) {
  create_table();
  register_writes(1, 100);
  track_writes(50);
  for (int units : {40, 30, 20, 10}) {
    dynamodb("UpdateTable",
             {{"TableName", "Music"},
              {"ProvisionedThroughput", {{"ReadCapacityUnits", 5}, {"WriteCapacityUnits", 50}}}});
    dynamodb("UpdateTable", {{"TableName", "Music"},
                             {"ProvisionedThroughput",
                              {{"ReadCapacityUnits", 5}, {"WriteCapacityUnits", units}}}});
  }
  pass_minutes(40, 1);  // 15 of them until the alarms know of the ten units
  EXPECT_EQ(write_units(), 10);
  const auto done = activities();
  ASSERT_EQ(done.size(), 1U) << "a failure that repeats itself is told once";
  EXPECT_EQ(done[0]["StatusCode"], "Failed");
  const std::string message = done[0]["StatusMessage"];
  EXPECT_TRUE(message.starts_with(
      "Failed to set write capacity units to 2. Reason: Failed updating table: Subscriber limit "
      "exceeded: Provisioned throughput decreases are limited within a given UTC day."))
      << message;
  pass_minutes(25, 1);
  EXPECT_EQ(write_units(), 2) << "an hour after the last decrease";
}

TEST_F(Tracking, NoticesUnitsSetByHandAfterAQuarterOfAnHour) {
  create_table();
  register_writes(1, 100);
  track_writes(50);
  dynamodb("UpdateTable",
           {{"TableName", "Music"},
            {"ProvisionedThroughput", {{"ReadCapacityUnits", 5}, {"WriteCapacityUnits", 20}}}});
  pass_minutes(14, 2);  // 40 % of the five units that the alarms are made for
  EXPECT_EQ(write_units(), 20);
  pass_minutes(6, 2);
  EXPECT_EQ(write_units(), 4);
}

TEST_F(Tracking, ScalesAnIndexByItsOwnPolicy) {
  create_table();
  const nlohmann::json index = {{"ServiceNamespace", "dynamodb"},
                                {"ResourceId", "table/Music/index/ByYear"},
                                {"ScalableDimension", "dynamodb:index:ReadCapacityUnits"}};
  scale("RegisterScalableTarget", with(index, {{"MinCapacity", 1}, {"MaxCapacity", 50}}));
  scale("PutScalingPolicy",
        with(index, {{"PolicyName", "reads"},
                     {"PolicyType", "TargetTrackingScaling"},
                     {"TargetTrackingScalingPolicyConfiguration",
                      {{"TargetValue", 50},
                       {"PredefinedMetricSpecification",
                        {{"PredefinedMetricType", "DynamoDBReadCapacityUtilization"}}}}}}));
  for (int i = 0; i < 3; ++i) {
    metrics_.tell({"Music", "ByYear", ""}, "ConsumedReadCapacityUnits", clock_.now(), 60 * 10);
    pass(kTestMinute);
  }
  const auto table = dynamodb("DescribeTable", {{"TableName", "Music"}})["Table"];
  const auto units = table["GlobalSecondaryIndexes"][0]["ProvisionedThroughput"];
  EXPECT_EQ(units["ReadCapacityUnits"], 20);
  EXPECT_EQ(units["WriteCapacityUnits"], 5);
  EXPECT_EQ(table["ProvisionedThroughput"]["ReadCapacityUnits"], 5);
}

TEST_F(Tracking, OutlivesItsTable) {
  create_table();
  register_writes(1, 100);
  track_writes(50);
  dynamodb("DeleteTable", {{"TableName", "Music"}});
  pass_minutes(3, 5);
  EXPECT_EQ(scale("DescribeScalableTargets", {{"ServiceNamespace", "dynamodb"}})["ScalableTargets"]
                .size(),
            1U);
  create_table();
  pass_minutes(3, 5);
  EXPECT_EQ(write_units(), 10);
}

class SlowTable : public ScaledEngine {
 protected:
  SlowTable() : ScaledEngine(slow()) {}
  static EngineOptions slow() {
    EngineOptions options;
    options.transition_ms = 5000;
    return options;
  }
};

TEST_F(SlowTable, WaitsForItsChangeToBeFulfilled) {
  create_table();
  pass(5'000'000);
  register_writes(10, 100);
  auto done = activities();
  ASSERT_EQ(done.size(), 1U);
  EXPECT_EQ(done[0]["Cause"], "minimum capacity was set to 10");
  EXPECT_EQ(done[0]["StatusCode"], "InProgress");
  EXPECT_EQ(done[0]["StatusMessage"],
            "Successfully set write capacity units to 10. Waiting for change to be fulfilled by "
            "dynamodb.");
  EXPECT_FALSE(done[0].contains("EndTime"));
  pass(6'000'000);
  done = activities();
  EXPECT_EQ(done[0]["StatusCode"], "Successful");
  EXPECT_EQ(done[0]["EndTime"], done[0]["StartTime"].get<double>() + 5);
  EXPECT_EQ(write_units(), 10);
}

}  // namespace
}  // namespace understudy
