// One journey, one direction: a request's body is parsed once, its expressions are compiled once
// and then come from the cache, and a table is locked once. Counts, not times; they are kept in
// builds with UNDERSTUDY_COUNT_WORK (the sanitizer builds) and skipped elsewhere.
#include <gtest/gtest.h>

#include <string_view>

#include "emulator/api/engine.h"
#include "emulator/base/work_counters.h"

namespace understudy {
namespace {

#ifdef UNDERSTUDY_COUNT_WORK

constexpr std::string_view kCreate = R"({"TableName":"table","BillingMode":"PAY_PER_REQUEST",
  "AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],
  "KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}]})";

class JourneyTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_EQ(engine_.call("CreateTable", kCreate).status, 200); }

  /// What the second of two equal calls costs: the first one fills the caches.
  WorkCounts cost(std::string_view operation, std::string_view body) {
    EXPECT_EQ(engine_.call(operation, body).status, 200) << body;
    return cost_of_one(operation, body);
  }
  WorkCounts cost_of_one(std::string_view operation, std::string_view body) {
    const WorkCounts before = work_counts();
    const auto answer = engine_.call(operation, body);
    EXPECT_EQ(answer.status, 200) << answer.body;
    const WorkCounts& after = work_counts();
    return {after.json_parses - before.json_parses,
            after.expression_compiles - before.expression_compiles, after.locks - before.locks};
  }

  Engine engine_;
};

constexpr std::string_view kPut =
    R"({"TableName":"table","Item":{"pk":{"S":"a"},"n":{"N":"1"},"m":{"M":{"x":{"L":[]}}}}})";
constexpr std::string_view kUpdate = R"j({"TableName":"table","Key":{"pk":{"S":"a"}},
  "UpdateExpression":"SET n = n + :one","ConditionExpression":"attribute_exists(pk)",
  "ExpressionAttributeValues":{":one":{"N":"1"}}})j";

TEST_F(JourneyTest, ParsesTheBodyOnce) {
  EXPECT_EQ(cost("PutItem", kPut).json_parses, 1U);
  EXPECT_EQ(cost("GetItem", R"({"TableName":"table","Key":{"pk":{"S":"a"}}})").json_parses, 1U);
  EXPECT_EQ(cost("UpdateItem", kUpdate).json_parses, 1U);
  EXPECT_EQ(cost("Scan", R"({"TableName":"table"})").json_parses, 1U);
}

TEST_F(JourneyTest, CompilesAnExpressionOnce) {
  EXPECT_EQ(cost_of_one("PutItem", kPut).expression_compiles, 0U);
  EXPECT_EQ(cost_of_one("UpdateItem", kUpdate).expression_compiles, 2U);
  EXPECT_EQ(cost_of_one("UpdateItem", kUpdate).expression_compiles, 0U);
}

TEST_F(JourneyTest, LocksTheTableOnce) {
  // One for the table; one for the look-up of its name, which copies a pointer; one for a
  // workspace. Expressions: one look-up each.
  EXPECT_LE(cost("PutItem", kPut).locks, 3U);
  EXPECT_LE(cost("GetItem", R"({"TableName":"table","Key":{"pk":{"S":"a"}}})").locks, 3U);
  EXPECT_LE(cost("UpdateItem", kUpdate).locks, 5U);
}

#else

TEST(JourneyTest, CountsInSanitizerBuildsOnly) {
  GTEST_SKIP();
}

#endif

}  // namespace
}  // namespace understudy
