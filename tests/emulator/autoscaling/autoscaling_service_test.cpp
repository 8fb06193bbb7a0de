// The API: what it keeps, what it refuses and in which words, scheduled actions.
#include "emulator/autoscaling/autoscaling_service.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/emulator/autoscaling/scaled_engine.h"

namespace understudy {
namespace {

using Api = ScaledEngine;
using nlohmann::json;

TEST_F(Api, DescribesWhatWasRegistered) {
  create_table();
  const std::string arn =
      scale("RegisterScalableTarget",
            with(writes_of_music(), {{"MinCapacity", 2}, {"MaxCapacity", 9}}))["ScalableTargetARN"];
  EXPECT_TRUE(
      arn.starts_with("arn:aws:application-autoscaling:us-east-1:000000000000:scalable-target/"))
      << arn;
  const json page = scale("DescribeScalableTargets", {{"ServiceNamespace", "dynamodb"}});
  ASSERT_EQ(page["ScalableTargets"].size(), 1U);
  const json target = page["ScalableTargets"][0];
  EXPECT_EQ(target["ResourceId"], "table/Music");
  EXPECT_EQ(target["MinCapacity"], 2);
  EXPECT_EQ(target["MaxCapacity"], 9);
  EXPECT_EQ(target["CreationTime"], 1768478400.0);
  EXPECT_EQ(target["ScalableTargetARN"], arn);
  EXPECT_EQ(target["SuspendedState"], json::parse(R"({"DynamicScalingInSuspended":false,
    "DynamicScalingOutSuspended":false,"ScheduledScalingSuspended":false})"));
  scale("RegisterScalableTarget", with(writes_of_music(), {{"MaxCapacity", 20}}));
  const json again = scale("DescribeScalableTargets", {{"ServiceNamespace", "dynamodb"}});
  EXPECT_EQ(again["ScalableTargets"][0]["MinCapacity"], 2);
  EXPECT_EQ(again["ScalableTargets"][0]["MaxCapacity"], 20);
  EXPECT_TRUE(
      scale("DescribeScalableTargets", {{"ServiceNamespace", "ecs"}})["ScalableTargets"].empty());
}

// Case: DDB-TABLE-315 (bounds are enforced when they are set).
TEST_F(Api, BringsTheTableWithinItsBoundsAtOnce) {
  create_table();
  register_writes(8, 20);
  EXPECT_EQ(write_units(), 8);
  EXPECT_EQ(activities()[0]["Cause"], "minimum capacity was set to 8");
  register_writes(1, 3);
  EXPECT_EQ(write_units(), 3);
  EXPECT_EQ(activities()[0]["Cause"], "maximum capacity was set to 3");
}

TEST_F(Api, RefusesTargetsThatCannotBe) {
  const json bounds = {{"MinCapacity", 1}, {"MaxCapacity", 5}};
  EXPECT_EQ(scale_error("RegisterScalableTarget", with(writes_of_music(), bounds)),
            "ValidationException: DynamoDB table does not exist: table/Music");
  create_table();
  json target = with(writes_of_music(), bounds);
  target["ResourceId"] = "table/Music/index/Absent";
  EXPECT_EQ(scale_error("RegisterScalableTarget", target),
            "ValidationException: Unsupported service namespace, resource type or scalable "
            "dimension");
  target["ScalableDimension"] = "dynamodb:index:WriteCapacityUnits";
  EXPECT_EQ(scale_error("RegisterScalableTarget", target),
            "ValidationException: DynamoDB index does not exist: table/Music/index/Absent");
  EXPECT_EQ(scale_error("RegisterScalableTarget", {{"ServiceNamespace", "dynamo"}}),
            "ValidationException: 3 validation errors detected: Value 'dynamo' at "
            "'serviceNamespace' failed to satisfy constraint: Member must satisfy enum value set: "
            "[ecs, elasticmapreduce, ec2, appstream, dynamodb, rds, sagemaker, custom-resource, "
            "comprehend, lambda, cassandra, kafka, elasticache, neptune, workspaces]; Value null "
            "at 'resourceId' failed to satisfy constraint: Member must not be null; Value null at "
            "'scalableDimension' failed to satisfy constraint: Member must not be null");
  EXPECT_EQ(scale_error("RegisterScalableTarget",
                        with(writes_of_music(), {{"MinCapacity", 5}, {"MaxCapacity", 4}})),
            "ValidationException: Maximum capacity cannot be less than minimum capacity");
  EXPECT_TRUE(scale_error("RegisterScalableTarget", writes_of_music())
                  .starts_with("ValidationException: Minimum capacity and maximum capacity are"));
  EXPECT_EQ(scale_error("Nonsense", json::object()), "UnknownOperationException: ");
}

TEST_F(Api, RefusesOnDemandTables) {
  create_table();
  dynamodb("UpdateTable", {{"TableName", "Music"}, {"BillingMode", "PAY_PER_REQUEST"}});
  EXPECT_EQ(scale_error("RegisterScalableTarget",
                        with(writes_of_music(), {{"MinCapacity", 1}, {"MaxCapacity", 4}})),
            "ValidationException: DynamoDB table is in PAY_PER_REQUEST billing mode: table/Music");
}

TEST_F(Api, KeepsAPolicyWithItsFourAlarms) {
  create_table();
  register_writes(1, 10);
  track_writes(70, {{"ScaleInCooldown", 60}});
  const json policies =
      scale("DescribeScalingPolicies", {{"ServiceNamespace", "dynamodb"}})["ScalingPolicies"];
  ASSERT_EQ(policies.size(), 1U);
  const json policy = policies[0];
  EXPECT_EQ(policy["PolicyType"], "TargetTrackingScaling");
  EXPECT_EQ(policy["TargetTrackingScalingPolicyConfiguration"],
            json::parse(R"({"TargetValue":70.0,"PredefinedMetricSpecification":
              {"PredefinedMetricType":"DynamoDBWriteCapacityUtilization"},"ScaleInCooldown":60})"));
  ASSERT_EQ(policy["Alarms"].size(), 4U);
  const std::string arn = policy["PolicyARN"];
  EXPECT_TRUE(arn.starts_with("arn:aws:autoscaling:us-east-1:000000000000:scalingPolicy:"));
  EXPECT_TRUE(arn.ends_with(":resource/dynamodb/table/Music:policyName/writes")) << arn;

  const auto alarms = scaling_.alarms("default");
  ASSERT_EQ(alarms.size(), 4U);
  EXPECT_TRUE(alarms[0].name.starts_with("TargetTracking-table/Music-AlarmHigh-"));
  EXPECT_DOUBLE_EQ(alarms[0].threshold, 210);
  EXPECT_EQ(alarms[0].evaluation_periods, 2);
  EXPECT_DOUBLE_EQ(alarms[1].threshold, 150);
  EXPECT_EQ(alarms[1].evaluation_periods, 15);
  EXPECT_EQ(alarms[3].metric, "ProvisionedWriteCapacityUnits");
  EXPECT_DOUBLE_EQ(alarms[3].threshold, 5);
  EXPECT_EQ(alarms[0].state, AlarmState::kInsufficientData);
  pass_minutes(3, 5);
  EXPECT_EQ(scaling_.alarms("default")[0].state, AlarmState::kAlarm);

  scale("DeleteScalingPolicy", with(writes_of_music(), {{"PolicyName", "writes"}}));
  EXPECT_TRUE(scaling_.alarms("default").empty());
  EXPECT_EQ(scale_error("DeleteScalingPolicy", with(writes_of_music(), {{"PolicyName", "writes"}})),
            "ObjectNotFoundException: No scaling policy found for service namespace: dynamodb, "
            "resource ID: table/Music, scalable dimension: dynamodb:table:WriteCapacityUnits, "
            "policy name: writes");
}

TEST_F(Api, RefusesPoliciesThatCannotBe) {
  create_table();
  const json metric = {{"PredefinedMetricType", "DynamoDBWriteCapacityUtilization"}};
  const auto put = [&](const json& more) {
    return scale_error("PutScalingPolicy",
                       with(with(writes_of_music(), {{"PolicyName", "writes"},
                                                     {"PolicyType", "TargetTrackingScaling"}}),
                            more));
  };
  const json tracking = {{"TargetTrackingScalingPolicyConfiguration",
                          {{"TargetValue", 70}, {"PredefinedMetricSpecification", metric}}}};
  EXPECT_EQ(put(tracking),
            "ObjectNotFoundException: No scalable target registered for service namespace: "
            "dynamodb, resource ID: table/Music, scalable dimension: "
            "dynamodb:table:WriteCapacityUnits");
  register_writes(1, 10);
  EXPECT_TRUE(put({{"PolicyType", "StepScaling"}}).starts_with("ValidationException: Policy type"));
  json other = tracking;
  other["TargetTrackingScalingPolicyConfiguration"]["TargetValue"] = 95;
  EXPECT_TRUE(
      put(other).starts_with("ValidationException: Target value must be between 20 and 90"));
  other = tracking;
  other["TargetTrackingScalingPolicyConfiguration"]["PredefinedMetricSpecification"]
       ["PredefinedMetricType"] = "DynamoDBReadCapacityUtilization";
  EXPECT_TRUE(put(other).starts_with("ValidationException: Invalid predefined metric type"));
  EXPECT_EQ(put({{"TargetTrackingScalingPolicyConfiguration", json::object()}}),
            "ValidationException: 1 validation error detected: Value null at "
            "'targetTrackingScalingPolicyConfiguration.targetValue' failed to satisfy constraint: "
            "Member must not be null");
  EXPECT_EQ(put(tracking), "");
  EXPECT_EQ(put(with(tracking, {{"PolicyName", "second"}})),
            "ValidationException: Only one TargetTrackingScaling policy for a given metric "
            "specification is allowed.");
}

TEST_F(Api, ForgetsPoliciesAndActionsWithTheirTarget) {
  create_table();
  register_writes(1, 10);
  track_writes(50);
  scale("DeregisterScalableTarget", writes_of_music());
  EXPECT_TRUE(
      scale("DescribeScalingPolicies", {{"ServiceNamespace", "dynamodb"}})["ScalingPolicies"]
          .empty());
  pass_minutes(5, 20);
  EXPECT_EQ(write_units(), 5);
  EXPECT_EQ(scale_error("DeregisterScalableTarget", writes_of_music()),
            "ObjectNotFoundException: No scalable target found for service namespace: dynamodb, "
            "resource ID: table/Music, scalable dimension: dynamodb:table:WriteCapacityUnits");
}

// Source: the user guide's tutorial, with its numbers and texts.
TEST_F(Api, RunsScheduledActionsAtTheirTimes) {
  create_table();
  register_writes(1, 10);
  const auto put = [&](const json& more) {
    scale("PutScheduledAction", with(writes_of_music(), more));
  };
  put({{"ScheduledActionName", "morning"},
       {"Schedule", "at(2026-01-15T12:30:00)"},
       {"ScalableTargetAction", {{"MinCapacity", 15}, {"MaxCapacity", 20}}}});
  put({{"ScheduledActionName", "evening"},
       {"Schedule", "cron(0 18 * * ? *)"},
       {"ScalableTargetAction", {{"MinCapacity", 5}, {"MaxCapacity", 10}}}});
  pass(29 * kTestMinute);
  EXPECT_EQ(write_units(), 5);
  pass(kTestMinute);
  EXPECT_EQ(write_units(), 15);
  json done = activities();
  ASSERT_EQ(done.size(), 2U);
  EXPECT_EQ(done[0]["Cause"], "minimum capacity was set to 15");
  EXPECT_EQ(done[1]["Description"], "Setting min capacity to 15 and max capacity to 20");
  EXPECT_EQ(done[1]["Cause"], "scheduled action name morning was triggered");
  EXPECT_EQ(done[1]["StatusMessage"], "Successfully set min capacity to 15 and max capacity to 20");
  pass(6 * 60 * kTestMinute);
  EXPECT_EQ(write_units(), 10);
  EXPECT_EQ(activities()[0]["Cause"], "maximum capacity was set to 10");
  EXPECT_EQ(activities()[0]["StartTime"], 1768478400.0 + 6 * 3600) << "at its time, not later";
  pass(24 * 60 * kTestMinute);
  EXPECT_EQ(activities().size(), 5U) << "the evening comes daily, the morning came once";
}

TEST_F(Api, ForgetsAllWithTheTablesOfAReset) {
  engine_.add_service(scaling_);
  create_table();
  register_writes(1, 10);
  scale("PutScheduledAction",
        with(writes_of_music(), {{"ScheduledActionName", "morning"},
                                 {"Schedule", "at(2026-01-15T12:30:00)"},
                                 {"ScalableTargetAction", {{"MinCapacity", 8}}}}));
  engine_.reset("another");
  EXPECT_EQ(scale("DescribeScalableTargets", {{"ServiceNamespace", "dynamodb"}})["ScalableTargets"]
                .size(),
            1U);
  engine_.reset("default");
  EXPECT_TRUE(
      scale("DescribeScalableTargets", {{"ServiceNamespace", "dynamodb"}})["ScalableTargets"]
          .empty());
  create_table();
  pass(31 * kTestMinute);
  EXPECT_EQ(write_units(), 5) << "the next test's table is scaled by the last one's action";
  EXPECT_TRUE(activities().empty());
}

// A restore left what scales the tables as it was at the restore.
TEST_F(Api, SnapshotsHoldWhatScalesTheTables) {
  engine_.add_service(scaling_);
  const auto targets = [this] {
    return scale("DescribeScalableTargets", {{"ServiceNamespace", "dynamodb"}})["ScalableTargets"];
  };
  create_table();
  engine_.snapshot("bare");
  register_writes(6, 10);
  track_writes(70);
  for (const auto& [name, schedule] : std::map<std::string, std::string>{
           {"missed", "at(2026-01-15T12:30:00)"}, {"to come", "at(2026-01-15T13:30:00)"}}) {
    scale("PutScheduledAction",
          with(writes_of_music(), {{"ScheduledActionName", name},
                                   {"Schedule", schedule},
                                   {"ScalableTargetAction", {{"MinCapacity", 8}}}}));
  }
  engine_.snapshot("scaled", "default");
  const json before = targets();
  const json done = activities();
  engine_.snapshot("scaled");
  pass(40 * kTestMinute);
  EXPECT_EQ(write_units(), 8);
  scale("DeregisterScalableTarget", writes_of_music());
  ASSERT_TRUE(engine_.restore("bare"));
  EXPECT_TRUE(targets().empty());
  for (const auto& tenant : {std::optional<std::string>(), std::optional<std::string>("default")}) {
    ASSERT_TRUE(engine_.restore("scaled", tenant));
    EXPECT_EQ(targets(), before);
    EXPECT_EQ(activities().size(), done.size());
    EXPECT_EQ(scaling_.alarms("default").size(), 4U);
    pass(kTestMinute);
    EXPECT_EQ(write_units(), 6) << "what was missed is not made up for";
  }
  pass_minutes(3, 6);
  EXPECT_GT(write_units(), 6) << "alarms are looked at again";
  pass(60 * kTestMinute);
  EXPECT_EQ(targets()[0]["MinCapacity"], 8) << "what was to come comes";
}

TEST_F(Api, KeepsScheduledActionsWithinStartAndEnd) {
  create_table();
  register_writes(1, 10);
  scale("PutScheduledAction",
        with(writes_of_music(), {{"ScheduledActionName", "often"},
                                 {"Schedule", "rate(10 minutes)"},
                                 {"StartTime", 1768478400 + 3600},
                                 {"EndTime", 1768478400 + 3600 + 1200},
                                 {"ScalableTargetAction", {{"MinCapacity", 2}}}}));
  pass(59 * kTestMinute);
  EXPECT_TRUE(activities().empty());
  pass(120 * kTestMinute);
  EXPECT_EQ(activities().size(), 3U) << "13:00, 13:10 and 13:20";
  const json actions =
      scale("DescribeScheduledActions", {{"ServiceNamespace", "dynamodb"}})["ScheduledActions"];
  ASSERT_EQ(actions.size(), 1U);
  EXPECT_EQ(actions[0]["Schedule"], "rate(10 minutes)");
  EXPECT_EQ(actions[0]["ScalableTargetAction"], json({{"MinCapacity", 2}}));
  scale("DeleteScheduledAction", with(writes_of_music(), {{"ScheduledActionName", "often"}}));
  EXPECT_TRUE(
      scale("DescribeScheduledActions", {{"ServiceNamespace", "dynamodb"}})["ScheduledActions"]
          .empty());
}

TEST_F(Api, SuspendsScheduledActions) {
  create_table();
  register_writes(1, 10);
  scale("RegisterScalableTarget",
        with(writes_of_music(), {{"SuspendedState", {{"ScheduledScalingSuspended", true}}}}));
  scale("PutScheduledAction",
        with(writes_of_music(), {{"ScheduledActionName", "soon"},
                                 {"Schedule", "at(2026-01-15T12:01:00)"},
                                 {"ScalableTargetAction", {{"MinCapacity", 8}}}}));
  pass(5 * kTestMinute);
  EXPECT_EQ(write_units(), 5);
  EXPECT_TRUE(activities().empty());
}

TEST_F(Api, RefusesScheduledActionsThatCannotBe) {
  create_table();
  register_writes(1, 10);
  const auto put = [&](const json& more) {
    return scale_error("PutScheduledAction",
                       with(with(writes_of_music(), {{"ScheduledActionName", "a"}}), more));
  };
  const json bounds = {{"MinCapacity", 2}};
  EXPECT_EQ(
      put({{"Schedule", "at(2026-01-16T00:00:00)"}, {"ScalableTargetAction", json::object()}}),
      "ValidationException: At least one of minimum capacity and maximum capacity should be "
      "provided");
  EXPECT_EQ(put({{"Schedule", "30 3 * * *"}, {"ScalableTargetAction", bounds}}),
            "ValidationException: Invalid schedule expression. Details: Schedule expressions must "
            "have the following syntax: rate(<number>\\s?(minutes?|hours?|days?)), "
            "cron(<cron_expression>) or at(yyyy-MM-dd'T'HH:mm:ss).");
}

TEST_F(Api, TurnsPages) {
  create_table();
  register_writes(1, 10);
  for (const char* name : {"a", "b", "c"}) {
    scale("PutScheduledAction",
          with(writes_of_music(), {{"ScheduledActionName", name},
                                   {"Schedule", "rate(1 day)"},
                                   {"ScalableTargetAction", {{"MinCapacity", 1}}}}));
  }
  json request = {{"ServiceNamespace", "dynamodb"}, {"MaxResults", 2}};
  const json first = scale("DescribeScheduledActions", request);
  EXPECT_EQ(first["ScheduledActions"].size(), 2U);
  request["NextToken"] = first["NextToken"];
  const json second = scale("DescribeScheduledActions", request);
  ASSERT_EQ(second["ScheduledActions"].size(), 1U);
  EXPECT_EQ(second["ScheduledActions"][0]["ScheduledActionName"], "c");
  EXPECT_FALSE(second.contains("NextToken"));
  request["NextToken"] = "x";
  EXPECT_EQ(scale_error("DescribeScheduledActions", request),
            "InvalidNextTokenException: The next token is not valid.");
}

TEST_F(Api, KeepsTags) {
  create_table();
  const std::string arn =
      scale("RegisterScalableTarget",
            with(writes_of_music(), {{"MinCapacity", 1},
                                     {"MaxCapacity", 9},
                                     {"Tags", {{"team", "a"}}}}))["ScalableTargetARN"];
  scale("TagResource", {{"ResourceARN", arn}, {"Tags", {{"stage", "test"}}}});
  scale("UntagResource", {{"ResourceARN", arn}, {"TagKeys", {"team"}}});
  EXPECT_EQ(scale("ListTagsForResource", {{"ResourceARN", arn}})["Tags"],
            json({{"stage", "test"}}));
}

TEST_F(Api, SeparatesTenants) {
  create_table();
  register_writes(1, 10);
  const Engine::Answer answer = scaling_.call("DescribeScalableTargets",
                                              R"({"ServiceNamespace":"dynamodb"})", "111111111111");
  EXPECT_EQ(answer.body, R"({"ScalableTargets":[]})");
}

// The bytes of a request, as a client's SDK sends it.
TEST_F(Api, AnswersRequestsOfItsTargetPrefix) {
  engine_.add_service(scaling_);
  Request request;
  request.add_header("X-Amz-Target", "AnyScaleFrontendService.DescribeScalableTargets");
  request.add_header("Content-Type", "application/x-amz-json-1.1");
  request.body = R"({"ServiceNamespace":"dynamodb"})";
  Response response;
  engine_.handle(request, response);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, "application/x-amz-json-1.1");
  EXPECT_EQ(response.body.view(), R"({"ScalableTargets":[]})");
}

}  // namespace
}  // namespace understudy
