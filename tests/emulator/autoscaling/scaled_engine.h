// What the tests of this room share: an engine on a virtual clock, its auto scaling, and load that
// is told instead of made.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/api/engine.h"
#include "emulator/api/metric_source.h"
#include "emulator/autoscaling/autoscaling_service.h"
#include "emulator/clock/clock.h"
#include "emulator/clock/scheduler.h"

namespace understudy {

/// Minutes as they were told.
class ToldMetrics final : public MetricSource {
 public:
  using Key = std::pair<MetricAddress, std::string>;

  void tell(const MetricAddress& address, std::string_view name, Microseconds minute,
            double units) {
    told_[{address, std::string(name)}][minute].sum = static_cast<std::int64_t>(units * 1000);
  }
  [[nodiscard]] bool metered() const override { return true; }
  [[nodiscard]] std::vector<std::string> tenants() const override { return {"default"}; }
  [[nodiscard]] std::vector<MetricSeries> series(std::string_view) const override { return {}; }
  [[nodiscard]] std::vector<MetricMinute> minutes(std::string_view, const MetricAddress& address,
                                                  std::string_view name, Microseconds from,
                                                  Microseconds to) const override {
    std::vector<MetricMinute> minutes;
    const auto found = told_.find({address, std::string(name)});
    if (found != told_.end()) {
      for (const auto& [begins, point] : found->second) {
        if (begins >= from && begins < to) {
          minutes.push_back({begins, point});
        }
      }
    }
    return minutes;
  }
  [[nodiscard]] MetricPoint total(std::string_view, const MetricAddress&,
                                  std::string_view) const override {
    return {};
  }

 private:
  std::map<Key, std::map<Microseconds, MetricPoint>> told_;
};

inline constexpr Microseconds kTestMinute = 60'000'000;
// 2026-01-15T12:00:00Z, a Thursday.
inline constexpr Microseconds kTestStart = Microseconds{1768478400} * 1'000'000;

/// The JSON library itself is included where this is used: everything here that needs it is a
/// template, instantiated there.
class ScaledEngine : public testing::Test {
 protected:
  ScaledEngine() : ScaledEngine(EngineOptions{}) {}
  explicit ScaledEngine(EngineOptions options)
      : engine_(with_clock(std::move(options))), scaling_(engine_, metrics_) {}

  template <class Json = nlohmann::json>
  Json dynamodb(std::string_view operation, const Json& request) {
    const Engine::Answer answer = engine_.call(operation, request.dump());
    EXPECT_EQ(answer.status, 200) << operation << ": " << answer.body;
    return Json::parse(answer.body);
  }
  template <class Json = nlohmann::json>
  Json scale(std::string_view operation, const Json& request) {
    const Engine::Answer answer = scaling_.call(operation, request.dump());
    EXPECT_EQ(answer.status, 200) << operation << ": " << answer.body;
    return Json::parse(answer.body);
  }
  /// "ValidationException: …", or "" where it went well.
  template <class Json = nlohmann::json>
  std::string scale_error(std::string_view operation, const Json& request) {
    const Engine::Answer answer = scaling_.call(operation, request.dump());
    if (answer.status == 200) {
      return "";
    }
    const Json body = Json::parse(answer.body);
    return body.value("__type", "") + ": " + body.value("Message", "");
  }

  /// Table "Music" of 5/5 units, with an index "ByYear" of 5/5.
  template <class Json = nlohmann::json>
  void create_table() {
    dynamodb<Json>("CreateTable", Json::parse(R"({"TableName":"Music",
      "KeySchema":[{"AttributeName":"Artist","KeyType":"HASH"}],
      "AttributeDefinitions":[{"AttributeName":"Artist","AttributeType":"S"},
                              {"AttributeName":"Year","AttributeType":"N"}],
      "ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":5},
      "GlobalSecondaryIndexes":[{"IndexName":"ByYear",
        "KeySchema":[{"AttributeName":"Year","KeyType":"HASH"}],
        "Projection":{"ProjectionType":"KEYS_ONLY"},
        "ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":5}}]})"));
  }
  template <class Json = nlohmann::json>
  static Json writes_of_music() {
    return {{"ServiceNamespace", "dynamodb"},
            {"ResourceId", "table/Music"},
            {"ScalableDimension", "dynamodb:table:WriteCapacityUnits"}};
  }
  template <class Json = nlohmann::json>
  static Json with(Json base, const Json& more) {
    base.update(more);
    return base;
  }
  template <class Json = nlohmann::json>
  void register_writes(int least, int most) {
    scale<Json>(
        "RegisterScalableTarget",
        with<Json>(writes_of_music<Json>(), {{"MinCapacity", least}, {"MaxCapacity", most}}));
  }
  template <class Json = nlohmann::json>
  void track_writes(double target, const Json& more = Json::object()) {
    Json configuration = {{"TargetValue", target},
                          {"PredefinedMetricSpecification",
                           {{"PredefinedMetricType", "DynamoDBWriteCapacityUtilization"}}}};
    configuration.update(more);
    scale<Json>("PutScalingPolicy",
                with<Json>(writes_of_music<Json>(),
                           {{"PolicyName", "writes"},
                            {"PolicyType", "TargetTrackingScaling"},
                            {"TargetTrackingScalingPolicyConfiguration", configuration}}));
  }
  /// Minutes pass, in each of which the table consumes `units` a second.
  void pass_minutes(int count, double units) {
    for (int i = 0; i < count; ++i) {
      const Microseconds now = clock_.now();
      metrics_.tell({"Music", "", ""}, "ConsumedWriteCapacityUnits", now - now % kTestMinute,
                    units * 60);
      pass(kTestMinute);
    }
  }
  void pass(Microseconds time) {
    clock_.advance(time);
    engine_.scheduler().run_due(clock_.now());
  }
  template <class Json = nlohmann::json>
  int write_units() {
    return dynamodb(
        "DescribeTable",
        {{"TableName", "Music"}})["Table"]["ProvisionedThroughput"]["WriteCapacityUnits"];
  }
  template <class Json = nlohmann::json>
  Json activities() {
    return scale<Json>("DescribeScalingActivities",
                       {{"ServiceNamespace", "dynamodb"}})["ScalingActivities"];
  }

  EngineOptions with_clock(EngineOptions options) {
    options.clock = &clock_;
    return options;
  }

  VirtualClock clock_{kTestStart};
  ToldMetrics metrics_;
  Engine engine_;
  AutoscalingService scaling_;
};

}  // namespace understudy
