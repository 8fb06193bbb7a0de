// Same seed, same bytes out: a long mixed script, run twice in engines of their own, must give
// every answer alike, request ids, times and the order of scans included. Prints its seed where it
// fails.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "emulator/api/engine.h"
#include "emulator/api/metric_source.h"
#include "emulator/base/random.h"
#include "emulator/clock/clock.h"
#include "emulator/clock/scheduler.h"
#include "emulator/faults/rule_book.h"
#include "emulator/server/instance.h"

namespace understudy {
namespace {

constexpr Microseconds kStart = 1768478400LL * 1'000'000;
constexpr int kSteps = 4000;
constexpr int kFaultySteps = 10'000;

struct Call {
  std::string operation;
  std::string body;
};

/// Draws one call of the script after the other; knows nothing of the answers.
class Script {
 public:
  explicit Script(std::uint64_t seed) : random_(Random(seed).fork("script")) {}

  Call next() {
    const std::string table = "\"TableName\":\"table" + std::to_string(random_.below(3)) + "\"";
    const std::string key = R"("pk":{"S":"p)" + std::to_string(random_.below(20)) +
                            R"("},"sk":{"N":")" + std::to_string(random_.below(30)) + "\"}";
    switch (random_.below(12)) {
      case 0:
      case 1:
      case 2:
        return {"PutItem", "{" + table + ",\"Item\":{" + key + R"(,"g":{"S":"g)" +
                               std::to_string(random_.below(5)) + R"("},"n":{"N":"1"}}})"};
      case 3:
        return {"UpdateItem", "{" + table + ",\"Key\":{" + key +
                                  R"(},"UpdateExpression":"ADD n :n","ReturnValues":"ALL_NEW",)"
                                  R"("ExpressionAttributeValues":{":n":{"N":"0.1"}}})"};
      case 4:
        return {"DeleteItem", "{" + table + ",\"Key\":{" + key +
                                  R"(},"ConditionExpression":"n > :n","ReturnValues":"ALL_OLD",)"
                                  R"("ExpressionAttributeValues":{":n":{"N":"1"}}})"};
      case 5:
        return {"Scan", "{" + table + ",\"Limit\":" + std::to_string(1 + random_.below(40)) +
                            R"(,"ReturnConsumedCapacity":"INDEXES"})"};
      case 6:
        return {"Query", "{" + table +
                             R"(,"IndexName":"by_g","KeyConditionExpression":"g = :g",)"
                             R"("ExpressionAttributeValues":{":g":{"S":"g1"}}})"};
      case 7:
        return {"TransactWriteItems",
                R"({"TransactItems":[{"Put":{)" + table + ",\"Item\":{" + key +
                    R"j(},"ConditionExpression":"attribute_not_exists(pk)"}}]})j"};
      case 8:
        return {"DescribeTable", "{" + table + "}"};
      case 9:
        return random_.below(10) == 0 ? Call{"DeleteTable", "{" + table + "}"} : create(table);
      case 10:
        return {"ListTables", "{}"};
      default:
        return {"BatchWriteItem",
                R"({"RequestItems":{"table1":[{"PutRequest":{"Item":{)" + key + "}}}]}}"};
    }
  }
  std::uint64_t pause_us() { return random_.below(2'000'000); }

 private:
  static Call create(const std::string& table) {
    return {
        "CreateTable",
        "{" + table +
            R"(,"BillingMode":"PAY_PER_REQUEST","StreamSpecification":{"StreamEnabled":true,)"
            R"("StreamViewType":"NEW_AND_OLD_IMAGES"},"AttributeDefinitions":[)"
            R"({"AttributeName":"pk","AttributeType":"S"},{"AttributeName":"sk","AttributeType":"N"},)"
            R"({"AttributeName":"g","AttributeType":"S"}],"KeySchema":[)"
            R"({"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"sk","KeyType":"RANGE"}],)"
            R"("GlobalSecondaryIndexes":[{"IndexName":"by_g","KeySchema":[)"
            R"({"AttributeName":"g","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}]})"};
  }

  Random random_;
};

void send(Engine& engine, const Call& call, Response& response) {
  const std::string target = "DynamoDB_20120810." + call.operation;
  Request request;
  request.body = call.body;
  request.add_header("Content-Type", "application/x-amz-json-1.0");
  request.add_header("X-Amz-Target", target);
  request.add_header("X-Amz-Date", "20260115T120000Z");
  request.add_header("Authorization",
                     "AWS4-HMAC-SHA256 Credential=key/20260115/us-east-1/dynamodb/aws4_request, "
                     "SignedHeaders=host, Signature=0");
  engine.handle(request, response);
}

std::string line_of(const Call& call, const Response& response) {
  std::string line = call.operation + " " + std::to_string(response.status) + " ";
  line += response.request_id_text();
  line += " ";
  line += response.body.view();
  line += " " + std::to_string(response.crc32) + " " + response.extra_headers;
  if (response.delivery != nullptr) {
    line += " delivery " + std::to_string(static_cast<int>(response.delivery->kind)) + " " +
            std::to_string(response.delivery->delay);
  }
  return line;
}

std::vector<std::string> answers(std::uint64_t seed) {
  VirtualClock clock(kStart);
  EngineOptions options;
  options.seed = seed;
  options.clock = &clock;
  options.transition_ms = 500;
  Engine engine(options);
  Script script(seed);
  std::vector<std::string> lines;
  for (int step = 0; step < kSteps; ++step) {
    const Call call = script.next();
    Response response;
    send(engine, call, response);
    lines.push_back(line_of(call, response));
    clock.advance(static_cast<Microseconds>(script.pause_us()));
    engine.scheduler().run_due(clock.now());
  }
  return lines;
}

// Faults of every kind that a request can meet, at random.
void install_faults(RuleBook& faults) {
  using std::chrono_literals::operator""ms;
  using std::chrono_literals::operator""s;
  const auto installed = faults.install({
      Fault("errors").share(0.05).error("500"),
      Fault("late-errors").on("PutItem").share(0.05).after_commit().error("503"),
      Fault("throttles")
          .table("table1")
          .share(0.1)
          .throttle("TableWriteKeyRangeThroughputExceeded"),
      Fault("partial").share(0.5).partial_share(0.5),
      Fault("cancel").share(0.2).cancel({"ConditionalCheckFailed"}),
      Fault("conflict").on("UpdateItem").share(0.1).conflict(),
      Fault("slow").share(0.2).latency_lognormal(20ms, 200ms).retry_after(50ms),
      Fault("lost").on("UpdateItem").share(0.1).after_commit().reset(),
      Fault("crc").share(0.02).after_commit().wrong_crc32(),
      Fault("stale").on({"Query", "Scan"}).share(0.3).stale(),
      Fault("ramp").on("Scan").ramp(0, 1, 3600s).error("RequestLimitExceeded"),
  });
  ASSERT_TRUE(installed) << installed.error().text();
}

// All that a stream of the run holds.
void append_streams(Instance& instance, Microseconds now, std::vector<std::string>& lines) {
  for (const auto& stream : instance.streams().list("default")) {
    for (const ShardView& shard : stream->shards(now)) {
      const auto from = stream->trim_horizon(shard.number, now);
      if (!from) {
        continue;
      }
      const RecordPage page = stream->read(shard.number, *from, {.records_max = 10'000}, now);
      for (const StreamRecord& record : page.records) {
        Buffer json;
        JsonWriter out(json);
        write_stream_record(out, stream->info(), record, RecordForm::kStreams);
        lines.push_back(shard.id + " " + std::string(json.view()));
      }
    }
  }
}

void append_metrics(Instance& instance, std::vector<std::string>& lines) {
  const MetricSource& metrics = instance.metrics();
  for (const std::string& tenant : metrics.tenants()) {
    for (const MetricSeries& series : metrics.series(tenant)) {
      const MetricPoint total = metrics.total(tenant, series.address, series.name);
      lines.push_back(tenant + " " + series.address.table + "/" + series.address.index + "/" +
                      series.address.operation + " " + std::string(series.name) + " " +
                      std::to_string(total.sum) + " " + std::to_string(total.samples));
    }
  }
}

struct FaultyRun {
  std::vector<std::string> lines;
  std::size_t stream_records = 0;
  std::size_t metrics = 0;
};

// A throttling, lagging, faulty emulator: answers, stream records, metrics, counters of the rules.
// The script is the same for every seed: what differs is what the emulator draws.
FaultyRun faulty_run(std::uint64_t seed) {
  VirtualClock clock(kStart);
  EngineOptions options;
  options.seed = seed;
  options.clock = &clock;
  options.transition_ms = 500;
  options.simulation.throttle = true;
  options.simulation.replicas = true;
  options.simulation.knobs.seed = static_cast<std::int64_t>(seed);
  Instance instance(options);
  install_faults(instance.faults());
  Script script(1);
  FaultyRun run;
  for (int step = 0; step < kFaultySteps; ++step) {
    const Call call = script.next();
    Response response;
    send(instance.engine(), call, response);
    run.lines.push_back(line_of(call, response));
    instance.advance(static_cast<Microseconds>(script.pause_us()));
  }
  const std::size_t answers = run.lines.size();
  append_streams(instance, clock.now(), run.lines);
  run.stream_records = run.lines.size() - answers;
  append_metrics(instance, run.lines);
  run.metrics = run.lines.size() - answers - run.stream_records;
  for (const FaultRuleStatus& status : instance.faults().list()) {
    EXPECT_GT(status.hits, 0U) << status.rule.id;
    run.lines.push_back(status.rule.id + " " + std::to_string(status.matches) + " " +
                        std::to_string(status.hits));
  }
  return run;
}

class DeterminismTest : public testing::TestWithParam<std::uint64_t> {};

TEST_P(DeterminismTest, GivesTheSameAnswersToTheSameScript) {
  const std::vector<std::string> first = answers(GetParam());
  const std::vector<std::string> second = answers(GetParam());
  ASSERT_EQ(first.size(), second.size());
  for (std::size_t i = 0; i < first.size(); ++i) {
    ASSERT_EQ(first[i], second[i]) << "seed " << GetParam() << ", step " << i;
  }
}

TEST_P(DeterminismTest, ServesMostOfTheScript) {
  int successes = 0;
  for (const std::string& line : answers(GetParam())) {
    successes += line.find(" 200 ") != std::string::npos ? 1 : 0;
  }
  EXPECT_GT(successes, kSteps / 2) << "a script that only fails proves nothing";
}

INSTANTIATE_TEST_SUITE_P(Seeds, DeterminismTest, testing::Values(1U, 2U, 20120810U));

TEST(Determinism, FaultsStreamsAndMetricsAreTheSameByteForByte) {
  const FaultyRun first = faulty_run(7);
  const FaultyRun second = faulty_run(7);
  EXPECT_GT(first.stream_records, 100U);
  EXPECT_GT(first.metrics, 10U);
  ASSERT_EQ(first.lines.size(), second.lines.size());
  for (std::size_t i = 0; i < first.lines.size(); ++i) {
    ASSERT_EQ(first.lines[i], second.lines[i]) << "line " << i;
  }
}

// The request ids left aside: already the errors fall elsewhere.
TEST(Determinism, FaultsFallElsewhereWithAnotherSeed) {
  const FaultyRun first = faulty_run(7);
  const FaultyRun other = faulty_run(8);
  std::size_t different = 0;
  for (std::size_t i = 0; i < kFaultySteps; ++i) {
    const auto head = [i](const FaultyRun& run) {
      return run.lines[i].substr(0, run.lines[i].find(' ') + 5);
    };
    different += head(first) == head(other) ? 0 : 1;
  }
  EXPECT_GT(different, 100U);
  const auto rest = [](const FaultyRun& run) {
    return std::vector<std::string>(run.lines.begin() + kFaultySteps, run.lines.end());
  };
  EXPECT_NE(rest(first), rest(other)) << "stream records and metrics";
}

TEST(Determinism, GivesOtherRequestIdsToAnotherSeed) {
  EXPECT_NE(answers(1).front(), answers(2).front());
}

}  // namespace
}  // namespace understudy
