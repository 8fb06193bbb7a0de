// The book: which requests a rule is about, when it acts, and that it does so alike from run to
// run.
#include "emulator/faults/rule_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "emulator/service/side_operations.h"

namespace understudy {
namespace {

using std::chrono_literals::operator""s;
using std::chrono_literals::operator""ms;
using testing::ElementsAre;

constexpr Microseconds kStart = 1'768'478'400'000'000;

class RuleBookTest : public testing::Test {
 protected:
  FaultDecision decide(std::string_view operation, std::string_view json,
                       FaultPhase phase = FaultPhase::kBeforeCommit) {
    arena_.reset();
    input_ = *parse_json(json, arena_);
    const Service service =
        operation == "GetRecords" ? Service::kDynamoDbStreams : Service::kDynamoDb;
    pass_ = std::make_unique<FaultPass>(
        book_.snapshot(), FaultSubject{*find_model_operation(service, operation), input_,
                                       "111111111111", clock_.now(), arena_, nullptr,
                                       [](const void*, std::string_view name) -> std::string_view {
                                         return name == "x-client" ? "canary" : "";
                                       }});
    return pass_->decide(phase);
  }
  bool hits(std::string_view operation, std::string_view json) {
    return !decide(operation, json).rule_id.empty();
  }
  bool put_hits() { return hits("PutItem", kPut); }
  std::string pattern(int requests) {
    std::string text;
    for (int i = 0; i < requests; ++i) {
      text += put_hits() ? 'x' : '.';
    }
    return text;
  }

  static constexpr std::string_view kPut =
      R"({"TableName":"orders","Item":{"pk":{"S":"user#1"},"n":{"N":"5"}}})";
  VirtualClock clock_{kStart};
  RuleBook book_{clock_, 7};
  Arena arena_;
  JsonNode input_;
  std::unique_ptr<FaultPass> pass_;
};

TEST_F(RuleBookTest, IsEngagedWhileThereAreRules) {
  EXPECT_FALSE(book_.engaged());
  ASSERT_TRUE(book_.install(Fault("a").error("500")));
  EXPECT_TRUE(book_.engaged());
  EXPECT_TRUE(book_.remove("a"));
  EXPECT_FALSE(book_.remove("a"));
  EXPECT_FALSE(book_.engaged());
}

TEST_F(RuleBookTest, MatchesOperationTableKeySizeTenantAndHeader) {
  const auto matches = [this](const Fault& fault) {
    book_.clear();
    EXPECT_TRUE(book_.install(fault));
    return put_hits();
  };
  EXPECT_TRUE(matches(Fault().on("PutItem").error("500")));
  EXPECT_TRUE(matches(Fault().on("Put*").error("500")));
  EXPECT_FALSE(matches(Fault().on("GetItem").error("500")));
  EXPECT_TRUE(matches(Fault().table("orders").error("500")));
  EXPECT_TRUE(matches(Fault().table("ord*").error("500")));
  EXPECT_FALSE(matches(Fault().table("other").error("500")));
  EXPECT_TRUE(matches(Fault().key("pk", "user#*").error("500")));
  EXPECT_TRUE(matches(Fault().key("pk", "user#*").key("n", "5").error("500")));
  EXPECT_FALSE(matches(Fault().key("pk", "user#2").error("500")));
  EXPECT_FALSE(matches(Fault().key("absent", "*").error("500")));
  EXPECT_TRUE(matches(Fault().item_size(11, 11).error("500")));  // pk user#1 n 5
  EXPECT_FALSE(matches(Fault().item_size(12, 100).error("500")));
  EXPECT_TRUE(matches(Fault().tenant("1*").error("500")));
  EXPECT_FALSE(matches(Fault().tenant("2*").error("500")));
  EXPECT_TRUE(matches(Fault().header("x-client", "can*").error("500")));
  EXPECT_FALSE(matches(Fault().header("x-other", "a").error("500")));
  EXPECT_FALSE(matches(Fault().index("by_g").error("500")));
}

TEST_F(RuleBookTest, FindsTablesInArnsAndIndexesInQueries) {
  ASSERT_TRUE(book_.install(Fault("a").table("orders").error("500")));
  EXPECT_TRUE(hits("DescribeTable",
                   R"({"TableName":"arn:aws:dynamodb:us-east-1:000000000000:table/orders"})"));
  EXPECT_TRUE(hits("ListTagsOfResource",
                   R"({"ResourceArn":"arn:aws:dynamodb:us-east-1:000000000000:table/orders"})"));
  EXPECT_FALSE(hits("ListTables", "{}"));
  ASSERT_TRUE(book_.replace({Fault("b").index("by_*").error("500").rule()}));
  EXPECT_TRUE(hits("Query", R"({"TableName":"orders","IndexName":"by_g"})"));
  EXPECT_FALSE(hits("Query", R"({"TableName":"orders"})"));
}

TEST_F(RuleBookTest, TellsWhichItemsOfABatchAreMeant) {
  ASSERT_TRUE(book_.install(Fault("a").key("pk", "b*").partial_count(5)));
  const FaultDecision decision = decide("BatchWriteItem", R"({"RequestItems":{
      "t1":[{"PutRequest":{"Item":{"pk":{"S":"a"}}}},{"DeleteRequest":{"Key":{"pk":{"S":"b1"}}}}],
      "t2":[{"PutRequest":{"Item":{"pk":{"S":"b2"}}}}]}})");
  EXPECT_THAT(decision.items, ElementsAre(false, true, true));
  const FaultDecision gets = decide(
      "BatchGetItem", R"({"RequestItems":{"t1":{"Keys":[{"pk":{"S":"b"}},{"pk":{"S":"c"}}]}}})");
  EXPECT_THAT(gets.items, ElementsAre(true, false));
}

TEST_F(RuleBookTest, PartialStopsAtItsCountAndDrawsItsShare) {
  constexpr std::string_view kBatch = R"({"RequestItems":{"t":[
      {"PutRequest":{"Item":{"pk":{"S":"a"}}}},{"PutRequest":{"Item":{"pk":{"S":"b"}}}},
      {"PutRequest":{"Item":{"pk":{"S":"c"}}}},{"PutRequest":{"Item":{"pk":{"S":"d"}}}}]}})";
  ASSERT_TRUE(book_.install(Fault("a").partial_count(2)));
  EXPECT_THAT(decide("BatchWriteItem", kBatch).items, ElementsAre(true, true, false, false));
  ASSERT_TRUE(book_.replace({Fault("a").partial_share(0.5).rule()}));
  int unprocessed = 0;
  for (int i = 0; i < 200; ++i) {
    const FaultDecision decision = decide("BatchWriteItem", kBatch);
    unprocessed += static_cast<int>(std::ranges::count(decision.items, true));
  }
  EXPECT_NEAR(unprocessed, 400, 80);
}

TEST_F(RuleBookTest, ThrottlesWhatItsReasonCanBeSaidOf) {
  constexpr std::string_view kOfTable = R"({"TableName":"orders"})";
  constexpr std::string_view kOfIndex = R"({"TableName":"orders","IndexName":"by_g"})";
  ASSERT_TRUE(book_.install(Fault("a").throttle("TableWriteProvisionedThroughputExceeded")));
  EXPECT_TRUE(put_hits());
  EXPECT_FALSE(hits("GetItem", kOfTable));
  EXPECT_FALSE(hits("DescribeTable", kOfTable));
  ASSERT_TRUE(book_.replace({Fault("b").throttle("TableReadKeyRangeThroughputExceeded").rule()}));
  EXPECT_FALSE(put_hits());
  EXPECT_TRUE(hits("GetItem", kOfTable));
  EXPECT_TRUE(hits("Query", kOfIndex)) << "may be a local index";
  ASSERT_TRUE(
      book_.replace({Fault("c").throttle("IndexReadProvisionedThroughputExceeded").rule()}));
  EXPECT_FALSE(hits("GetItem", kOfTable));
  EXPECT_FALSE(hits("Scan", kOfTable));
  EXPECT_TRUE(hits("Scan", kOfIndex));
  EXPECT_EQ(book_.list()[0].matches, 1U);
}

TEST_F(RuleBookTest, CancelsNoTransactionWithoutAReason) {
  ASSERT_TRUE(book_.install(Fault("a").cancel({"None", "ConditionalCheckFailed"})));
  EXPECT_FALSE(hits("TransactGetItems", R"({"TransactItems":[{"Get":{"TableName":"t"}}]})"));
  EXPECT_EQ(book_.list()[0].matches, 0U);
  EXPECT_TRUE(hits("TransactGetItems", R"({"TransactItems":[{"Get":{"TableName":"t"}},
                                                            {"Get":{"TableName":"t"}}]})"));
}

TEST_F(RuleBookTest, CountsSkipsAndEvery) {
  ASSERT_TRUE(book_.install(Fault("a").skip(2).every(3).times(2).error("500")));
  EXPECT_EQ(pattern(14), "....x..x......");
  const auto status = book_.find("a");
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status->matches, 14U);
  EXPECT_EQ(status->hits, 2U);
}

TEST_F(RuleBookTest, DecidesAlikeWithTheSameSeedAndOtherwiseWithAnother) {
  ASSERT_TRUE(book_.install(Fault("a").share(0.5).error("500")));
  const std::string first = pattern(200);
  book_.reseed(7);
  EXPECT_EQ(pattern(200), first);
  book_.reseed(8);
  EXPECT_NE(pattern(200), first);
  EXPECT_NEAR(static_cast<double>(std::ranges::count(first, 'x')), 100, 30);
}

TEST_F(RuleBookTest, ADecisionDependsOnSeedIdAndNumberAlone) {
  ASSERT_TRUE(book_.install(Fault("a").table("orders").share(0.5).error("500")));
  const std::string alone = pattern(100);
  book_.clear();
  // Another rule before it, and other requests in between: nothing moves.
  ASSERT_TRUE(book_.install(Fault("b").share(0.3).latency(1ms)));
  ASSERT_TRUE(book_.install(Fault("a").table("orders").share(0.5).error("500")));
  std::string among;
  for (int i = 0; i < 100; ++i) {
    hits("GetItem", R"({"TableName":"other","Key":{}})");
    among += decide("PutItem", kPut).answer != nullptr ? 'x' : '.';
  }
  EXPECT_EQ(among, alone);
}

TEST_F(RuleBookTest, ActsWithinItsWindowOnly) {
  ASSERT_TRUE(book_.install(Fault("a").window(10s, 20s).error("500")));
  std::string seconds;
  for (int i = 0; i < 30; ++i) {
    seconds += put_hits() ? 'x' : '.';
    clock_.advance(1'000'000);
  }
  EXPECT_EQ(seconds, "..........xxxxxxxxxx..........");
  EXPECT_EQ(book_.find("a")->matches, 10U);
}

TEST_F(RuleBookTest, FollowsItsScheduleAndAbsoluteWindow) {
  ASSERT_TRUE(book_.install(Fault("a").schedule(5s, 2s, 1s).error("500")));
  ASSERT_TRUE(
      book_.install(Fault("b").window_at(kStart + 11'000'000, kStart + 12'000'000).latency(1ms)));
  std::string seconds;
  for (int i = 0; i < 14; ++i) {
    const FaultDecision decision = decide("PutItem", kPut);
    seconds += decision.answer != nullptr ? 'x' : decision.delay > 0 ? 'd' : '.';
    clock_.advance(1'000'000);
  }
  EXPECT_EQ(seconds, ".xx...xx...xx.");
}

TEST_F(RuleBookTest, RampRisesAndLifeEnds) {
  ASSERT_TRUE(book_.install(Fault("a").ramp(0, 1, 100s).time_to_live(200s).error("500")));
  EXPECT_EQ(pattern(20), "....................");
  clock_.advance(50'000'000);
  const std::string half = pattern(200);
  EXPECT_NEAR(static_cast<double>(std::ranges::count(half, 'x')), 100, 30);
  clock_.advance(60'000'000);
  EXPECT_EQ(pattern(5), "xxxxx");
  clock_.advance(100'000'000);
  EXPECT_EQ(pattern(5), ".....");
  EXPECT_TRUE(book_.find("a")->expired);
}

TEST_F(RuleBookTest, HoldsAtMostSoManyAtATime) {
  ASSERT_TRUE(book_.install(Fault("a").max_concurrent(2).latency(10s)));
  EXPECT_EQ(pattern(4), "xx..");
  clock_.advance(10'000'000);
  EXPECT_EQ(pattern(3), "xx.");
}

TEST_F(RuleBookTest, TheFirstAnswerWinsAndDelaysAddUp) {
  ASSERT_TRUE(book_.install({Fault("a").latency(5ms), Fault("b").error("503"),
                             Fault("c").error("500"), Fault("d").latency(7ms)}));
  const FaultDecision decision = decide("PutItem", kPut);
  ASSERT_NE(decision.answer, nullptr);
  EXPECT_EQ(decision.answer->id, "b");
  EXPECT_EQ(decision.rule_id, "a");
  EXPECT_EQ(decision.delay, 12'000);
  EXPECT_EQ(book_.find("c")->matches, 0U);
}

TEST_F(RuleBookTest, PhasesAreAskedApart) {
  ASSERT_TRUE(
      book_.install({Fault("a").on_arrival().error("503"), Fault("b").after_commit().reset()}));
  EXPECT_EQ(decide("PutItem", kPut).rule_id, "");
  EXPECT_EQ(decide("PutItem", kPut, FaultPhase::kOnArrival).rule_id, "a");
  EXPECT_EQ(decide("PutItem", kPut, FaultPhase::kAfterCommit).rule_id, "b");
}

TEST_F(RuleBookTest, DryRunOnlyCounts) {
  ASSERT_TRUE(book_.install(Fault("a").error("500").dry_run()));
  EXPECT_EQ(pattern(3), "...");
  EXPECT_EQ(book_.find("a")->hits, 3U);
}

TEST_F(RuleBookTest, ExpectationsTellWhatWasNotMet) {
  ASSERT_TRUE(book_.install({Fault("a").on("GetItem").error("500").expect_hits(1),
                             Fault("b").on("PutItem").error("500").expect_hits(0, 1)}));
  EXPECT_THAT(book_.unmet_expectations(),
              ElementsAre("rule 'a' hit 0 of 0 matching requests, expected at least 1"));
  pattern(2);
  EXPECT_THAT(book_.unmet_expectations(),
              ElementsAre("rule 'a' hit 0 of 0 matching requests, expected at least 1",
                          "rule 'b' hit 2 of 2 matching requests, expected at most 1"));
}

TEST_F(RuleBookTest, RefusesAllWhereOneIsWrongAndKeepsWhatWasInForce) {
  ASSERT_TRUE(book_.install(Fault("a").error("500")));
  EXPECT_EQ(book_.install({Fault("b").error("500"), Fault("a").error("503")}).error().text(),
            "rule 'a': member 'id': another rule has it");
  EXPECT_EQ(book_.install({Fault("b").error("500"), Fault("c").error("Nope")}).error().text(),
            "rule 'c': member 'do.error': there is no exception 'Nope'");
  EXPECT_EQ(book_.replace({Fault("b").share(2).error("500").rule()}).error().text(),
            "rule 'b': member 'when.probability': expected a number from 0 to 1");
  ASSERT_EQ(book_.list().size(), 1U);
  EXPECT_EQ(book_.list()[0].rule.id, "a");
}

// The admin API names the member apart from the sentence.
TEST_F(RuleBookTest, TellsWhichMemberOfWhichRuleIsRefusedAndWhy) {
  const auto refused = book_.replace({Fault().conflict().rule(), Fault().every(0).rule()});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().rule, "rule 2");
  EXPECT_EQ(refused.error().member, "when.every");
  EXPECT_EQ(refused.error().reason, "expected an integer of at least 1");
  const auto too_many = book_.replace(std::vector<FaultRule>(kFaultRulesMax + 1));
  ASSERT_FALSE(too_many);
  EXPECT_EQ(too_many.error().member, "");
  EXPECT_EQ(too_many.error().text(), "more than 10000 rules");
}

// One end is a date, the other a time since now: only the book knows both.
TEST_F(RuleBookTest, RefusesAWindowThatEndsBeforeItBegins) {
  FaultRule rule = Fault("mixed").error("500").rule();
  rule.when.from = FaultMoment{60'000'000, false};
  rule.when.until = FaultMoment{kStart + 60'000'000, true};
  const auto refused = book_.install(std::vector<FaultRule>{rule});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().text(), "rule 'mixed': member 'when.window': it ends before it begins");
  EXPECT_FALSE(book_.engaged());
  rule.when.until->at += 1;
  EXPECT_TRUE(book_.install(std::vector<FaultRule>{rule}));
}

TEST_F(RuleBookTest, TellsWhetherReadsAreToBeStale) {
  int told = 0;
  book_.on_change([&told] { ++told; });
  ASSERT_TRUE(book_.install(Fault("a").error("500")));
  EXPECT_FALSE(book_.asks_for_history());
  ASSERT_TRUE(book_.install(Fault("b").on("GetItem").stale()));
  EXPECT_TRUE(book_.asks_for_history());
  book_.remove("b");
  EXPECT_FALSE(book_.asks_for_history());
  EXPECT_EQ(told, 3);
}

TEST_F(RuleBookTest, MakesNoConsistentReadStale) {
  ASSERT_TRUE(book_.install(Fault("a").stale()));
  EXPECT_FALSE(hits("GetItem", R"({"TableName":"orders","ConsistentRead":true})"));
  EXPECT_EQ(book_.list()[0].matches, 0U);
  EXPECT_TRUE(hits("GetItem", R"({"TableName":"orders","ConsistentRead":false})"));
}

// A rule without a service is about DynamoDB, unless it names what only another service has.
TEST_F(RuleBookTest, KnowsTheServicesBesideDynamoDb) {
  const auto of_queue = [this](std::string_view operation) {
    arena_.reset();
    input_ = *parse_json(R"({"QueueUrl":"http://x:1/000000000000/work"})", arena_);
    FaultPass pass(book_.snapshot(), FaultSubject{*find_side_operation(Service::kSqs, operation),
                                                  input_, "default", clock_.now(), arena_});
    return std::string(pass.decide(FaultPhase::kBeforeCommit).rule_id);
  };
  ASSERT_TRUE(book_.install(Fault("all").error("500")));
  EXPECT_EQ(of_queue("SendMessage"), "");
  EXPECT_FALSE(book_.install(Fault("pattern").on("Send*").error("500")));
  ASSERT_TRUE(book_.install(Fault("other").on("SendMessage").table("rest").error("500")));
  EXPECT_EQ(of_queue("SendMessage"), "");
  ASSERT_TRUE(book_.install(Fault("named").on("SendMessage").table("work").error("OverLimit")));
  EXPECT_EQ(of_queue("SendMessage"), "named");
  ASSERT_TRUE(book_.install(Fault("service").service("sqs").error("500")));
  EXPECT_EQ(of_queue("ReceiveMessage"), "service");
  EXPECT_TRUE(put_hits()) << "by the first";
}

TEST_F(RuleBookTest, GivesIdsThatNobodyHas) {
  ASSERT_TRUE(book_.install({Fault().error("500"), Fault("rule-2").error("500")}));
  ASSERT_TRUE(book_.install(Fault().error("500")));
  std::vector<std::string> ids;
  for (const FaultRuleStatus& status : book_.list()) {
    ids.push_back(status.rule.id);
  }
  EXPECT_THAT(ids, ElementsAre("rule-1", "rule-2", "rule-3"));
}

TEST_F(RuleBookTest, LatenciesFollowTheirDistribution) {
  const auto sorted_delays = [this](const Fault& fault) {
    book_.clear();
    EXPECT_TRUE(book_.install(fault));
    std::vector<Microseconds> delays;
    for (int i = 0; i < 2000; ++i) {
      delays.push_back(decide("PutItem", kPut).delay);
    }
    std::ranges::sort(delays);
    return delays;
  };
  const auto uniform = sorted_delays(Fault("u").latency_uniform(10ms, 30ms));
  EXPECT_GE(uniform.front(), 10'000);
  EXPECT_LE(uniform.back(), 30'000);
  EXPECT_NEAR(static_cast<double>(uniform[1000]), 20'000, 1500);
  const auto lognormal = sorted_delays(Fault("l").latency_lognormal(20ms, 200ms));
  EXPECT_NEAR(static_cast<double>(lognormal[1000]), 20'000, 3000);
  EXPECT_NEAR(static_cast<double>(lognormal[1980]), 200'000, 80'000);
  const auto exponential = sorted_delays(Fault("e").latency_exponential(10ms));
  EXPECT_NEAR(static_cast<double>(exponential[1000]), 6931, 900);
  const auto table =
      sorted_delays(Fault("p").latency_percentiles({{50, 10ms}, {99, 100ms}, {100, 1s}}));
  EXPECT_NEAR(static_cast<double>(table[999]), 10'000, 2'000);
  EXPECT_NEAR(static_cast<double>(table[1980]), 100'000, 60'000);
  EXPECT_LE(table.back(), 1'000'000);
}

// Concurrent requests share the count exactly; meanwhile rules come and go.
TEST_F(RuleBookTest, CountsExactlyUnderConcurrency) {
  ASSERT_TRUE(book_.install(Fault("a").times(500).error("500")));
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this] {
      Arena arena;
      const JsonNode input = *parse_json(kPut, arena);
      for (int j = 0; j < 500; ++j) {
        const FaultSubject subject{*find_model_operation(Service::kDynamoDb, "PutItem"), input, "",
                                   kStart, arena};
        FaultPass(book_.snapshot(), subject).decide(FaultPhase::kBeforeCommit);
      }
    });
  }
  for (int i = 0; i < 50; ++i) {
    EXPECT_TRUE(book_.install(Fault("b").on("GetItem").error("500")));
    EXPECT_TRUE(book_.remove("b"));
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(book_.find("a")->matches, 2000U);
  EXPECT_EQ(book_.find("a")->hits, 500U);
}

}  // namespace
}  // namespace understudy
