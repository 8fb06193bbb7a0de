#include "streams/mappings/event_source_mapping.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/streams/mappings/mapping_world.h"

namespace understudy {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Answer = Expected<std::string, std::string>;
using Values = std::vector<std::string>;

std::vector<std::string> numbers(int from, int to) {
  std::vector<std::string> all;
  for (int i = from; i <= to; ++i) {
    all.push_back(std::to_string(i));
  }
  return all;
}

void append(MappingWorld& world, int from, int to) {
  for (const std::string& value : numbers(from, to)) {
    world.source.append("k", value);
  }
}

TEST(EventSourceMapping, DeliversWhatWasThereAndWhatComes) {
  MappingWorld world;
  append(world, 1, 3);
  world.map();
  world.run();
  EXPECT_THAT(world.batches, ElementsAre(ElementsAre("1", "2", "3")));
  append(world, 4, 4);
  world.run();
  EXPECT_EQ(world.delivered(), numbers(1, 4));
  EXPECT_EQ(world.mappings.list().front().last_result, "OK");
}

TEST(EventSourceMapping, FromLatestSeesOnlyWhatComes) {
  MappingWorld world;
  append(world, 1, 3);
  world.map("", "LATEST");
  append(world, 4, 5);
  world.run();
  EXPECT_EQ(world.delivered(), numbers(4, 5));
}

TEST(EventSourceMapping, BatchesAreAtMostOfTheirSize) {
  MappingWorld world;
  append(world, 1, 7);
  world.map(R"("BatchSize":3)");
  world.run();
  EXPECT_THAT(world.batches, ElementsAre(ElementsAre("1", "2", "3"), ElementsAre("4", "5", "6"),
                                         ElementsAre("7")));
}

TEST(EventSourceMapping, WaitsForItsWindowUnlessABatchIsFull) {
  MappingWorld world;
  world.map(R"("BatchSize":3,"MaximumBatchingWindowInSeconds":20)");
  append(world, 1, 2);
  world.advance(19 * kSecond);
  EXPECT_THAT(world.batches, IsEmpty());
  world.advance(kSecond);
  EXPECT_THAT(world.batches, ElementsAre(ElementsAre("1", "2")));
  append(world, 3, 5);
  world.run();
  EXPECT_EQ(world.delivered(), numbers(1, 5));
}

// A drill: the function fails for ten minutes while records keep coming.
TEST(EventSourceMapping, FunctionDownForTenMinutesBlocksAndLosesNothing) {
  MappingWorld world;
  bool down = true;
  world.body = [&](const Values&) {
    return down ? Answer(Unexpected<std::string>{"down"}) : Answer("null");
  };
  world.map(R"("BatchSize":10)");
  for (int i = 1; i <= 60; ++i) {
    append(world, i, i);
    world.advance(10 * kSecond);
  }
  EXPECT_THAT(world.delivered(), IsEmpty());
  for (const Values& batch : world.batches) {
    EXPECT_EQ(batch.front(), "1") << "the shard is not blocked";
  }
  EXPECT_EQ(world.mappings.list().front().last_result, "PROBLEM: Function call failed");
  down = false;
  world.advance(kMinute);
  EXPECT_EQ(world.delivered(), numbers(1, 60));
}

// What never ran does not count as an attempt.
TEST(EventSourceMapping, AFunctionThatIsNotThereUsesUpNoAttempts) {
  MappingWorld world;
  world.map(R"("MaximumRetryAttempts":0)");
  world.functions.remove("f");
  append(world, 1, 5);
  world.advance(10 * kMinute);
  EXPECT_THAT(world.told, IsEmpty());
  FunctionSettings settings;
  settings.name = "f";
  int calls = 0;
  settings.callback = [&](std::string_view) {
    ++calls;
    return Answer("null");
  };
  ASSERT_TRUE(world.functions.add(std::move(settings)).has_value());
  world.advance(kMinute);
  EXPECT_EQ(calls, 1);
  EXPECT_EQ(world.counters().records_delivered, 5U);
}

// A drill: one record that the function cannot take, found by halving.
TEST(EventSourceMapping, PoisonRecordIsIsolatedByBisectingAndOrderIsKept) {
  MappingWorld world;
  world.body = [](const Values& values) {
    const bool poisoned = std::ranges::find(values, "13") != values.end();
    return poisoned ? Answer(Unexpected<std::string>{"poison"}) : Answer("null");
  };
  append(world, 1, 20);
  world.map(
      R"("BisectBatchOnFunctionError":true,"MaximumRetryAttempts":2,"DestinationConfig":{"OnFailure":{"Destination":"arn:aws:sqs:us-east-1:000000000000:dlq"}})");
  world.advance(10 * kMinute);
  std::vector<std::string> expected = numbers(1, 20);
  std::erase(expected, "13");
  EXPECT_EQ(world.delivered(), expected);
  ASSERT_EQ(world.told.size(), 1U);
  EXPECT_EQ(world.told[0].first, "arn:aws:sqs:us-east-1:000000000000:dlq");
  const std::string& body = world.told[0].second;
  EXPECT_THAT(body,
              HasSubstr(R"("condition":"RetryAttemptsExhausted","approximateInvokeCount":3)"));
  EXPECT_THAT(body, HasSubstr(R"("functionError":"Unhandled")"));
  EXPECT_THAT(body,
              HasSubstr(R"("shardId":"shard-0","startSequenceNumber":"000000000000000000013",)"
                        R"("endSequenceNumber":"000000000000000000013")"));
  EXPECT_THAT(body, HasSubstr(R"("batchSize":1)"));
  EXPECT_EQ(world.counters().records_given_up, 1U);
}

TEST(EventSourceMapping, ABatchIsGivenUpAfterItsRetries) {
  MappingWorld world;
  world.body = [](const Values& values) {
    return values.front() == "1" ? Answer(Unexpected<std::string>{"no"}) : Answer("null");
  };
  append(world, 1, 4);
  world.map(R"("BatchSize":2,"MaximumRetryAttempts":3)");
  world.advance(kMinute);
  EXPECT_EQ(world.delivered(), numbers(3, 4));
  EXPECT_EQ(world.batches.size(), 5U);  // one and three retries, then the next
}

TEST(EventSourceMapping, ADestinationThatDoesNotAnswerIsToldLater) {
  MappingWorld world;
  world.destination_up = false;
  world.body = [](const Values&) { return Answer(Unexpected<std::string>{"no"}); };
  append(world, 1, 1);
  world.map(R"("MaximumRetryAttempts":0,"DestinationConfig":{"OnFailure":{"Destination":"q"}})");
  world.advance(kMinute);
  EXPECT_THAT(world.told, IsEmpty());
  world.destination_up = true;
  world.advance(kMinute);
  EXPECT_EQ(world.told.size(), 1U);
}

// A drill: the function dies after half of its work, so records come twice, never out of order.
TEST(EventSourceMapping, AFailedBatchComesAgainWhole) {
  MappingWorld world;
  std::vector<std::string> seen;
  int calls = 0;
  world.body = [&](const Values& values) {
    const bool dies = ++calls == 1;
    const auto upto = dies ? values.begin() + 2 : values.end();
    seen.insert(seen.end(), values.begin(), upto);
    return dies ? Answer(Unexpected<std::string>{"died"}) : Answer("null");
  };
  append(world, 1, 4);
  world.map();
  world.advance(kMinute);
  EXPECT_THAT(seen, ElementsAre("1", "2", "1", "2", "3", "4"));
}

TEST(EventSourceMapping, ReportedItemsAreTriedAgainFromTheLowest) {
  MappingWorld world;
  int calls = 0;
  world.body = [&](const Values&) {
    return Answer(++calls == 1
                      ? R"({"batchItemFailures":[{"itemIdentifier":"000000000000000000004"},)"
                        R"({"itemIdentifier":"000000000000000000003"}]})"
                      : "");
  };
  append(world, 1, 5);
  world.map(R"("FunctionResponseTypes":["ReportBatchItemFailures"])");
  world.advance(kMinute);
  EXPECT_THAT(world.batches,
              ElementsAre(ElementsAre("1", "2", "3", "4", "5"), ElementsAre("3", "4", "5")));
}

TEST(EventSourceMapping, AReportThatNamesNoRecordFailsTheBatch) {
  for (const char* report : {R"({"batchItemFailures":[{"itemIdentifier":""}]})",
                             R"({"batchItemFailures":[{"itemIdentifier":null}]})",
                             R"({"batchItemFailures":[{"x":"1"}]})",
                             R"({"batchItemFailures":[{"itemIdentifier":"77"}]})"}) {
    MappingWorld world;
    int calls = 0;
    world.body = [&](const Values&) { return Answer(++calls == 1 ? report : "{}"); };
    append(world, 1, 2);
    world.map(R"("FunctionResponseTypes":["ReportBatchItemFailures"])");
    world.advance(kMinute);
    EXPECT_THAT(world.batches, ElementsAre(ElementsAre("1", "2"), ElementsAre("1", "2"))) << report;
  }
}

TEST(EventSourceMapping, RecordsTooOldAreGivenUp) {
  MappingWorld world;
  world.body = [](const Values&) { return Answer(Unexpected<std::string>{"down"}); };
  world.map(
      R"("MaximumRecordAgeInSeconds":60,"DestinationConfig":{"OnFailure":{"Destination":"q"}})");
  append(world, 1, 2);
  world.advance(45 * kSecond);
  append(world, 3, 3);
  world.advance(45 * kSecond);
  ASSERT_EQ(world.told.size(), 1U);
  EXPECT_THAT(world.told[0].second, HasSubstr(R"("condition":"RecordAgeExceeded")"));
  EXPECT_THAT(world.told[0].second, HasSubstr(R"("batchSize":2)"));
  EXPECT_EQ(world.batches.back(), Values{"3"});
}

TEST(EventSourceMapping, AChildShardBeginsWhenItsParentIsDone) {
  MappingWorld world;
  bool down = true;
  world.body = [&](const Values&) {
    return down ? Answer(Unexpected<std::string>{"down"}) : Answer("null");
  };
  world.map(R"("BatchSize":1)");
  world.source.append("k", "1");
  world.source.append("k", "2");
  world.source.close("shard-0");
  world.source.add_shard("shard-1", "shard-0");
  world.source.append("k", "3", "shard-1");
  world.advance(kMinute);
  for (const Values& batch : world.batches) {
    EXPECT_EQ(batch, Values{"1"});
  }
  down = false;
  world.advance(kMinute);
  EXPECT_EQ(world.delivered(), numbers(1, 3));
}

TEST(EventSourceMapping, LanesKeepTheOrderOfEachKey) {
  MappingWorld world;
  int calls = 0;
  world.body = [&](const Values&) {
    return ++calls % 3 == 0 ? Answer(Unexpected<std::string>{"now and then"}) : Answer("null");
  };
  world.map(R"("BatchSize":2,"ParallelizationFactor":4)");
  for (int i = 0; i < 50; ++i) {
    for (const char* key : {"a", "b", "c", "d", "e"}) {
      world.source.append(key, key + std::to_string(100 + i));
    }
  }
  world.advance(30 * kMinute);
  const std::vector<std::string> all = world.delivered();
  EXPECT_EQ(all.size(), 250U);
  for (const char key : {'a', 'b', 'c', 'd', 'e'}) {
    std::vector<std::string> own;
    std::ranges::copy_if(all, std::back_inserter(own),
                         [&](const std::string& value) { return value[0] == key; });
    EXPECT_TRUE(std::ranges::is_sorted(own)) << key;
    EXPECT_EQ(own.size(), 50U) << key;
  }
}

TEST(EventSourceMapping, FilteredRecordsCountAsProcessed) {
  MappingWorld world;
  world.map(
      R"("FilterCriteria":{"Filters":[{"Pattern":"{\"dynamodb\":{\"NewImage\":{\"v\":{\"S\":[{\"prefix\":\"1\"}]}}}}"}]})");
  append(world, 1, 20);
  world.run();
  EXPECT_THAT(world.delivered(),
              ElementsAre("1", "10", "11", "12", "13", "14", "15", "16", "17", "18", "19"));
  EXPECT_EQ(world.counters().records_filtered, 9U);
  const std::size_t invocations = world.batches.size();
  append(world, 21, 22);
  world.run();
  EXPECT_EQ(world.batches.size(), invocations) << "a batch that is empty is not invoked";
}

// A drill: reading stands still for longer than an iterator lives.
TEST(EventSourceMapping, GoesOnWhereItStoodAfterHalfAnHourDisabled) {
  MappingWorld world;
  const std::string id = world.map();
  append(world, 1, 2);
  world.run();
  ASSERT_TRUE(world.mappings.answer({"PUT", id, "", R"({"Enabled":false})"}).has_value());
  append(world, 3, 4);
  world.advance(30 * kMinute);
  EXPECT_EQ(world.delivered(), numbers(1, 2));
  ASSERT_TRUE(world.mappings.answer({"PUT", id, "", R"({"Enabled":true})"}).has_value());
  append(world, 5, 5);
  world.run();
  EXPECT_EQ(world.delivered(), numbers(1, 5));
}

TEST(EventSourceMapping, GoesOnAtTheHorizonWhereRecordsAreGone) {
  MappingWorld world;
  const std::string id = world.map();
  append(world, 1, 2);
  world.run();
  ASSERT_TRUE(world.mappings.answer({"PUT", id, "", R"({"Enabled":false})"}).has_value());
  append(world, 3, 6);
  world.source.trim("shard-0", 4);
  ASSERT_TRUE(world.mappings.answer({"PUT", id, "", R"({"Enabled":true})"}).has_value());
  world.run();
  EXPECT_THAT(world.delivered(), ElementsAre("1", "2", "5", "6"));
  EXPECT_EQ(world.counters().trimmed, 1U);
}

// A snapshot that is restored takes the stream away and brings it back.
TEST(EventSourceMapping, GoesOnWhenItsStreamComesBack) {
  MappingWorld world;
  world.map();
  append(world, 1, 2);
  world.run();
  world.source.set_gone(true);
  append(world, 3, 3);
  world.run();
  world.source.set_gone(false);
  append(world, 4, 4);
  world.run();
  EXPECT_EQ(world.delivered(), numbers(1, 4));
}

TEST(EventSourceMapping, TumblingWindowsHandStateOnAndEnd) {
  MappingWorld world;
  int sum = 0;
  world.body = [&](const Values& values) {
    sum += static_cast<int>(values.size());
    return Answer(R"({"state":{"seen":)" + std::to_string(sum) + "}}");
  };
  world.map(R"("TumblingWindowInSeconds":60,"BatchSize":2)");
  append(world, 1, 3);
  world.run();
  append(world, 4, 4);
  world.advance(2 * kMinute);
  ASSERT_EQ(world.events.size(), 4U);
  EXPECT_THAT(world.events[0], HasSubstr(R"("state":{},"shardId":"shard-0")"));
  EXPECT_THAT(world.events[1], HasSubstr(R"("state":{"seen":2})"));
  EXPECT_THAT(world.events[1], HasSubstr(R"("isFinalInvokeForWindow":false)"));
  EXPECT_THAT(world.events[3], HasSubstr(R"("Records":[],"window":{"start":)"));
  EXPECT_THAT(world.events[3], HasSubstr(R"("state":{"seen":4})"));
  EXPECT_THAT(world.events[3], HasSubstr(R"("isFinalInvokeForWindow":true)"));
  append(world, 5, 5);
  world.run();
  EXPECT_THAT(world.events[4], HasSubstr(R"("state":{},)"));
}

// A function that writes to the table it is called for: the mapping must not work twice at once.
TEST(EventSourceMapping, AFunctionMayCauseMoreRecords) {
  MappingWorld world;
  world.body = [&](const Values& values) {
    if (values.front() == "1") {
      world.source.append("k", "2");
      world.run();
    }
    return Answer("null");
  };
  world.map();
  append(world, 1, 1);
  world.run();
  EXPECT_EQ(world.delivered(), numbers(1, 2));
}

}  // namespace
}  // namespace understudy
