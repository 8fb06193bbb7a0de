// CloudWatch over an engine that meters: the same numbers by each protocol, and what is refused.
#include "emulator/cloudwatch/cloudwatch_service.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>

#include "emulator/api/catalog_metrics.h"
#include "emulator/clock/clock.h"

namespace understudy {
namespace {

using nlohmann::json;

constexpr std::int64_t kNoon = 1'768'478'400;  // 2026-01-15T12:00:00Z

class Cloudwatch : public testing::Test {
 protected:
  Cloudwatch()
      : engine_(metered()),
        metrics_(engine_.catalog()),
        service_(engine_.options(), metrics_, nullptr) {
    engine_.add_service(service_);
    EXPECT_EQ(engine_
                  .call("CreateTable", R"({"TableName":"Music",
      "KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],
      "AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"}],
      "ProvisionedThroughput":{"ReadCapacityUnits":5,"WriteCapacityUnits":7}})")
                  .status,
              200);
  }

  EngineOptions metered() {
    EngineOptions options;
    options.clock = &clock_;
    options.simulation.metrics = true;
    return options;
  }
  void put(int count) {
    for (int i = 0; i < count; ++i) {
      engine_.call("PutItem", R"({"TableName":"Music","Item":{"p":{"S":"a"}}})");
    }
  }

  struct Answer {
    int status = 0;
    std::string body;
    std::string type;
    std::string headers;
  };
  Answer ask(std::string_view target, std::string_view type, std::string_view path,
             const std::string& body, std::string_view method = "POST") {
    Request request;
    request.method = method;
    request.target = path;
    request.body = body;
    if (!target.empty()) {
      request.add_header("X-Amz-Target", target);
    }
    request.add_header("Content-Type", type);
    Response response;
    engine_.handle(request, response);
    return {response.status, std::string(response.body.view()), std::string(response.content_type),
            response.extra_headers};
  }
  Answer ask_json(const std::string& operation, const json& request) {
    return ask("GraniteServiceVersion20100801." + operation, "application/x-amz-json-1.0", "/",
               request.dump());
  }
  json good(const std::string& operation, const json& request) {
    const Answer answer = ask_json(operation, request);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return json::parse(answer.body);
  }
  std::string refused(const std::string& operation, const json& request) {
    const Answer answer = ask_json(operation, request);
    const std::size_t at = answer.headers.find("x-amzn-query-error: ");
    return at == std::string::npos
               ? "200"
               : answer.headers.substr(at + 20, answer.headers.find(';') - at - 20) + ": " +
                     json::parse(answer.body).value("message", "");
  }
  /// Consumed write units of the table within the hour after noon, by the minute.
  static json statistics(const json& more = json::object()) {
    json request = {{"Namespace", "AWS/DynamoDB"},
                    {"MetricName", "ConsumedWriteCapacityUnits"},
                    {"Dimensions", {{{"Name", "TableName"}, {"Value", "Music"}}}},
                    {"StartTime", kNoon},
                    {"EndTime", kNoon + 3600},
                    {"Period", 60},
                    {"Statistics", {"Sum", "SampleCount"}}};
    request.update(more);
    return request;
  }

  VirtualClock clock_{kNoon * 1'000'000};
  Engine engine_;
  CatalogMetrics metrics_;
  CloudwatchService service_;
};

// A table took its metrics along when it was deleted.
TEST_F(Cloudwatch, MetricsOutliveTheirTable) {
  const auto sums = [this] {
    std::string sums;
    const json points = good("GetMetricStatistics", statistics())["Datapoints"];
    for (const json& point : points) {
      sums += std::to_string(point["Sum"].get<int>()) + " ";
    }
    return sums;
  };
  put(3);
  engine_.snapshot("before");
  const std::string listed = good("ListMetrics", {{"Namespace", "AWS/DynamoDB"}}).dump();
  const auto remove = [this] {
    EXPECT_EQ(engine_.call("DeleteTable", R"({"TableName":"Music"})").status, 200);
    clock_.advance(10 * kMinute);
  };
  remove();
  EXPECT_EQ(sums(), "3 ");
  EXPECT_EQ(good("ListMetrics", {{"Namespace", "AWS/DynamoDB"}}).dump(), listed);
  EXPECT_EQ(engine_
                .call("CreateTable", R"({"TableName":"Music","BillingMode":"PAY_PER_REQUEST",
      "KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],
      "AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"}]})")
                .status,
            200);
  clock_.advance(kMinute);
  put(2);
  EXPECT_EQ(sums(), "3 2 ");
  remove();
  EXPECT_EQ(sums(), "3 2 ");
  // Nothing is counted twice, nothing stays of what a restore undoes.
  ASSERT_TRUE(engine_.restore("before"));
  EXPECT_EQ(sums(), "3 ");
  engine_.reset();
  EXPECT_EQ(sums(), "");
}

TEST_F(Cloudwatch, SumsUpMinutes) {
  put(3);
  clock_.advance(2 * kMinute);
  put(1);
  EXPECT_EQ(good("GetMetricStatistics", statistics()), json::parse(R"({
    "Label":"ConsumedWriteCapacityUnits","Datapoints":[
    {"Timestamp":1768478400,"Sum":3,"SampleCount":3,"Unit":"Count"},
    {"Timestamp":1768478520,"Sum":1,"SampleCount":1,"Unit":"Count"}]})"));
  const json longer =
      good("GetMetricStatistics", statistics({{"Period", 300},
                                              {"Statistics", {"Average", "Minimum", "Maximum"}},
                                              {"ExtendedStatistics", {"p50"}}}));
  EXPECT_EQ(longer["Datapoints"], json::parse(R"([{"Timestamp":1768478400,"Average":1,"Minimum":1,
    "Maximum":1,"ExtendedStatistics":{"p50":1},"Unit":"Count"}])"));
}

// Only sums and extremes are kept: as of a statistic set in CloudWatch, percentiles are not known.
TEST_F(Cloudwatch, HasNoPercentilesOfValuesThatDiffer) {
  put(1);
  engine_.call("PutItem", R"({"TableName":"Music","Item":{"p":{"S":"a"},"x":{"S":")" +
                              std::string(1500, 'x') + "\"}}}");
  json request = statistics({{"ExtendedStatistics", {"p90", "p100"}}});
  request.erase("Statistics");
  EXPECT_EQ(good("GetMetricStatistics", request)["Datapoints"][0]["ExtendedStatistics"],
            json({{"p100", 2}}));
}

TEST_F(Cloudwatch, ShowsProvisionedUnitsEveryFiveMinutes) {
  clock_.advance(12 * kMinute);
  const json answer = good(
      "GetMetricStatistics",
      statistics({{"MetricName", "ProvisionedWriteCapacityUnits"}, {"Statistics", {"Average"}}}));
  ASSERT_EQ(answer["Datapoints"].size(), 3U);
  EXPECT_EQ(answer["Datapoints"][2],
            json::parse(R"({"Timestamp":1768479000,"Average":7,"Unit":"Count"})"));
}

TEST_F(Cloudwatch, KnowsOperationsAndWhatIsNotThere) {
  put(2);
  json request =
      statistics({{"MetricName", "SuccessfulRequestLatency"}, {"Statistics", {"SampleCount"}}});
  request["Dimensions"].push_back({{"Name", "Operation"}, {"Value", "PutItem"}});
  const json latency = good("GetMetricStatistics", request)["Datapoints"];
  ASSERT_EQ(latency.size(), 1U);
  EXPECT_EQ(latency[0]["SampleCount"], 2);
  EXPECT_EQ(latency[0]["Unit"], "Milliseconds");
  for (const json& more :
       {json{{"Namespace", "AWS/EC2"}}, json{{"MetricName", "Nonsense"}}, json{{"Unit", "Bytes"}},
        json{{"Dimensions", {{{"Name", "Queue"}, {"Value", "Music"}}}}},
        json{{"Dimensions", {{{"Name", "TableName"}, {"Value", "Absent"}}}}}}) {
    EXPECT_TRUE(good("GetMetricStatistics", statistics(more))["Datapoints"].empty()) << more;
  }
}

TEST_F(Cloudwatch, RefusesWhatMakesNoSense) {
  EXPECT_EQ(refused("GetMetricStatistics", statistics({{"EndTime", kNoon}})),
            "InvalidParameterValue: The parameter StartTime must be less than the parameter "
            "EndTime.");
  EXPECT_EQ(refused("GetMetricStatistics", statistics({{"EndTime", kNoon + 86'400 * 2}})),
            "InvalidParameterCombination: You have requested up to 2880 datapoints, which exceeds "
            "the limit of 1440. You may reduce the datapoints requested by increasing Period, or "
            "decreasing the time range.");
  EXPECT_EQ(refused("GetMetricStatistics", statistics({{"Period", 30}})),
            "InvalidParameterValue: The parameter Period must be a multiple of 60.");
  EXPECT_EQ(refused("GetMetricStatistics", json::object()),
            "MissingParameter: The parameter Namespace is required.");
  EXPECT_EQ(refused("GetMetricStatistics", statistics({{"Statistics", json::array()}})),
            "MissingParameter: At least one of the parameters Statistics and ExtendedStatistics "
            "must be specified.");
  EXPECT_EQ(refused("GetMetricStatistics", statistics({{"Statistics", {"Sum", "tm99"}}})),
            "InvalidParameterValue: The value tm99 for parameter Statistics is not supported.");
  EXPECT_EQ(refused("ListMetrics", {{"NextToken", "x"}}),
            "InvalidNextToken: The next token is not valid.");
  EXPECT_TRUE(refused("PutMetricData", json::object()).starts_with("InvalidAction: Operation "));
}

json metric_query(const std::string& id, const std::string& metric, const json& more = {}) {
  json query = {{"Id", id},
                {"MetricStat",
                 {{"Metric",
                   {{"Namespace", "AWS/DynamoDB"},
                    {"MetricName", metric},
                    {"Dimensions", {{{"Name", "TableName"}, {"Value", "Music"}}}}}},
                  {"Period", 60},
                  {"Stat", "Sum"}}}};
  if (!more.is_null()) {
    query.update(more);
  }
  return query;
}

TEST_F(Cloudwatch, CalculatesUtilisation) {
  put(42);
  clock_.advance(kMinute);
  put(21);
  const json request = {
      {"StartTime", kNoon},
      {"EndTime", kNoon + 180},
      {"ScanBy", "TimestampAscending"},
      {"MetricDataQueries",
       {metric_query("m1", "ConsumedWriteCapacityUnits", {{"ReturnData", false}}),
        metric_query("m2", "ProvisionedWriteCapacityUnits", {{"ReturnData", false}}),
        {{"Id", "e1"}, {"Label", "used"}, {"Expression", "100*(m1/PERIOD(m1))/FILL(m2,REPEAT)"}}}}};
  EXPECT_EQ(good("GetMetricData", request), json::parse(R"({"Messages":[],"MetricDataResults":[
    {"Id":"e1","Label":"used","StatusCode":"Complete","Timestamps":[1768478400,1768478460],
     "Values":[10.0,5.0]}]})"));
}

TEST_F(Cloudwatch, AnswersDataNewestFirstAndByPages) {
  for (int i = 0; i < 3; ++i) {
    put(i + 1);
    clock_.advance(kMinute);
  }
  json request = {{"StartTime", kNoon},
                  {"EndTime", kNoon + 600},
                  {"MaxDatapoints", 2},
                  {"MetricDataQueries",
                   {metric_query("m1", "ConsumedWriteCapacityUnits"),
                    metric_query("m2", "ConsumedReadCapacityUnits")}}};
  const json first = good("GetMetricData", request);
  ASSERT_EQ(first["MetricDataResults"].size(), 2U);
  EXPECT_EQ(first["MetricDataResults"][0]["Values"], json({3.0, 2.0}));
  EXPECT_EQ(first["MetricDataResults"][0]["StatusCode"], "PartialData");
  EXPECT_EQ(first["MetricDataResults"][1]["Values"], json::array());
  request["NextToken"] = first["NextToken"];
  const json second = good("GetMetricData", request);
  ASSERT_EQ(second["MetricDataResults"].size(), 1U);
  EXPECT_EQ(second["MetricDataResults"][0]["Values"], json({1.0}));
  EXPECT_FALSE(second.contains("NextToken"));
}

TEST_F(Cloudwatch, TellsMistakesInExpressions) {
  const auto expression = [&](const std::string& text, const std::string& id = "e1") {
    return refused(
        "GetMetricData",
        {{"StartTime", kNoon},
         {"EndTime", kNoon + 600},
         {"MetricDataQueries",
          {metric_query("m1", "ConsumedWriteCapacityUnits"), {{"Id", id}, {"Expression", text}}}}});
  };
  EXPECT_EQ(expression("m1 + m9"),
            "ValidationError: Error in expression 'e1': Undefined variable m9");
  EXPECT_EQ(expression("e1 + 1"),
            "ValidationError: Error in expression 'e1': The expression depends on itself: e1");
  EXPECT_EQ(expression("SUM(m1)"),
            "ValidationError: Error in expression 'e1': The expression must return a time series");
  EXPECT_EQ(expression("m1", "E1"),
            "ValidationError: The value 'E1' for parameter Id is not matching the expected pattern "
            "^[a-z][a-zA-Z0-9_]*$.");
  EXPECT_EQ(expression("m1", "m1"),
            "ValidationError: The values for parameter Id in MetricDataQueries must be unique: "
            "m1.");
}

TEST_F(Cloudwatch, ListsWhatHasPoints) {
  put(1);
  const json all = good("ListMetrics", {{"Namespace", "AWS/DynamoDB"}})["Metrics"];
  const json consumed = json::parse(R"({"Namespace":"AWS/DynamoDB",
    "MetricName":"ConsumedWriteCapacityUnits","Dimensions":[{"Name":"TableName","Value":"Music"}]})");
  EXPECT_EQ(std::count(all.begin(), all.end(), consumed), 1);
  const json some = good("ListMetrics", {{"Dimensions", {{{"Name", "Operation"}}}}})["Metrics"];
  ASSERT_EQ(some.size(), 1U);
  EXPECT_EQ(some[0]["MetricName"], "SuccessfulRequestLatency");
  EXPECT_TRUE(good("ListMetrics", {{"Namespace", "AWS/EC2"}})["Metrics"].empty());
}

// The protocol that botocore's model names first; Java and others choose it.
TEST_F(Cloudwatch, SpeaksCbor) {
  put(3);
  const std::vector<std::uint8_t> bytes = json::to_cbor(statistics());
  const std::string path = "/service/GraniteServiceVersion20100801/operation/GetMetricStatistics";
  const Answer answer = ask("", "application/cbor", path, std::string(bytes.begin(), bytes.end()));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.type, "application/cbor");
  EXPECT_NE(answer.headers.find("smithy-protocol: rpc-v2-cbor\r\n"), std::string::npos);
  std::string untagged = answer.body;
  std::erase(untagged, '\xC1');
  EXPECT_EQ(json::from_cbor(untagged)["Datapoints"][0]["Sum"], 3.0);
  const Answer broken = ask("", "application/cbor", path, "\x82");
  EXPECT_EQ(broken.status, 400);
  EXPECT_EQ(json::from_cbor(broken.body)["__type"],
            "com.amazonaws.cloudwatch#SerializationException");
}

TEST_F(Cloudwatch, SpeaksQuery) {
  put(3);
  const std::string form = "application/x-www-form-urlencoded; charset=utf-8";
  const std::string request =
      "Action=GetMetricStatistics&Version=2010-08-01&Namespace=AWS%2FDynamoDB"
      "&MetricName=ConsumedWriteCapacityUnits&Dimensions.member.1.Name=TableName"
      "&Dimensions.member.1.Value=Music&StartTime=2026-01-15T12%3A00%3A00Z"
      "&EndTime=2026-01-15T13%3A00%3A00%2B00%3A00&Period=60&Statistics.member.1=Sum";
  const Answer answer = ask("", form, "/", request);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.type, "text/xml");
  EXPECT_NE(answer.body.find("<GetMetricStatisticsResult><Label>ConsumedWriteCapacityUnits</Label>"
                             "<Datapoints><member><Timestamp>2026-01-15T12:00:00Z</Timestamp>"
                             "<Sum>3</Sum><Unit>Count</Unit></member></Datapoints>"
                             "</GetMetricStatisticsResult>"),
            std::string::npos)
      << answer.body;
  const Answer unknown = ask("", form, "/", "Action=Nonsense&Version=2010-08-01");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_NE(unknown.body.find("<Code>InvalidAction</Code>"), std::string::npos) << unknown.body;
}

TEST_F(Cloudwatch, LeavesOtherFormsAlone) {
  EXPECT_EQ(ask("", "application/x-www-form-urlencoded", "/", "Action=X&Version=2012-11-05").status,
            404);
}

TEST_F(Cloudwatch, SeparatesTenants) {
  put(1);
  Request request;
  request.add_header("X-Amz-Target", "GraniteServiceVersion20100801.ListMetrics");
  request.add_header("X-Amz-Date", "20260115T120000Z");
  request.add_header("Authorization",
                     "AWS4-HMAC-SHA256 Credential=111111111111/20260115/us-east-1/monitoring/"
                     "aws4_request, SignedHeaders=host, Signature=00");
  request.body = "{}";
  Response response;
  engine_.handle(request, response);
  EXPECT_EQ(response.body.view(), R"({"Metrics":[]})");
}

// As promtool's lint has it: help and type before the samples, base units, _total for counters.
TEST_F(Cloudwatch, WritesPrometheusText) {
  put(3);
  const Answer answer = ask("", "", "/metrics", "", "GET");
  EXPECT_EQ(answer.type, "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_NE(answer.body.find("# HELP dynamodb_consumed_write_capacity_units_total "
                             "ConsumedWriteCapacityUnits of AWS/DynamoDB.\n"
                             "# TYPE dynamodb_consumed_write_capacity_units_total counter\n"
                             "dynamodb_consumed_write_capacity_units_total"
                             "{tenant=\"default\",table=\"Music\"} 3\n"),
            std::string::npos)
      << answer.body;
  EXPECT_NE(answer.body.find("dynamodb_provisioned_write_capacity_units"
                             "{tenant=\"default\",table=\"Music\"} 7\n"),
            std::string::npos);
  EXPECT_NE(answer.body.find("dynamodb_successful_request_latency_seconds_count"
                             "{tenant=\"default\",table=\"Music\",operation=\"PutItem\"} 3\n"),
            std::string::npos);
}

TEST_F(Cloudwatch, CountersNeverFall) {
  engine_.call("PutItem", R"({"TableName":"Music","Item":{"p":{"S":"a"}}})");
  for (int i = 0; i < 300; ++i) {
    clock_.advance(kMinute);
    put(1);
  }
  const Answer answer = ask("", "", "/metrics", "", "GET");
  EXPECT_NE(answer.body.find("dynamodb_consumed_write_capacity_units_total"
                             "{tenant=\"default\",table=\"Music\"} 301\n"),
            std::string::npos)
      << "also of minutes that are kept no longer";
}

TEST(CloudwatchUnmetered, SaysWhyThereIsNothing) {
  Engine engine;
  const CatalogMetrics metrics(engine.catalog());
  CloudwatchService service(engine.options(), metrics, nullptr);
  engine.add_service(service);
  Request request;
  request.method = "GET";
  request.target = "/metrics";
  Response response;
  engine.handle(request, response);
  EXPECT_EQ(response.body.view(), "# nothing is metered: start with --metrics, or --throttle\n");
}

TEST_F(Cloudwatch, WritesTheSameAsJson) {
  put(3);
  const json page = json::parse(ask("", "", "/metrics.json", "", "GET").body);
  const auto found = std::ranges::find_if(page["metrics"], [](const json& each) {
    return each["name"] == "ConsumedWriteCapacityUnits";
  });
  ASSERT_NE(found, page["metrics"].end());
  EXPECT_EQ((*found)["minutes"], json::parse(R"([{"begins":1768478400,"sum":3,"samples":3,
    "minimum":1,"maximum":1}])"));
}

}  // namespace
}  // namespace understudy
