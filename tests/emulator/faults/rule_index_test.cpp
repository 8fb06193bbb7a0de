// Rules are found by look-ups; these tests hold the look-ups against asking every pattern.
#include "emulator/faults/rule_index.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "emulator/base/random.h"

namespace understudy {
namespace {

/// Few letters, so that patterns share beginnings, end in one another and match often.
std::string random_text(Random& random, std::string_view letters, std::size_t size_max) {
  std::string text;
  for (std::uint64_t size = random.next() % (size_max + 1); size > 0; --size) {
    text += letters[random.next() % letters.size()];
  }
  return text;
}

TEST(PatternIndex, FindsWhatMatchesAndNothingElse) {
  Random random(20261127);
  for (int round = 0; round < 300; ++round) {
    std::vector<std::string> patterns(random.next() % 30);
    for (std::string& pattern : patterns) {
      pattern = random_text(random, "ab\xC3*?", 5);
    }
    PatternIndex index;
    for (std::size_t i = 0; i < patterns.size(); ++i) {
      ListedRule rule{nullptr, static_cast<std::uint32_t>(i), {}};
      rule.operations[i % 2] = true;
      index.add(patterns[i], rule);
    }
    index.seal();
    for (int look = 0; look < 20; ++look) {
      const std::string text = random_text(random, "ab\xC3", 6);
      RuleCandidates found;
      index.find(text, 1, found);
      std::vector<std::uint32_t> positions;
      for (const ListedRule* rule : found) {
        positions.push_back(rule->position);
      }
      std::ranges::sort(positions);
      std::vector<std::uint32_t> wanted;
      for (std::size_t i = 1; i < patterns.size(); i += 2) {
        if (matches_pattern(patterns[i], text)) {
          wanted.push_back(static_cast<std::uint32_t>(i));
        }
      }
      ASSERT_EQ(positions, wanted) << "text " << text << ", seed 20261127, round " << round;
    }
  }
}

/// Hits of each rule after a stream of requests, its decisions drawn by chance.
class RuleIndexTest : public testing::Test {
 protected:
  static constexpr std::string_view kRequests[][2] = {
      {"PutItem", R"({"TableName":"orders","Item":{"pk":{"S":"user#1"},"n":{"N":"5"}}})"},
      {"PutItem", R"({"TableName":"orders-2","Item":{"pk":{"S":"admin"}}})"},
      {"GetItem", R"({"TableName":"users","Key":{"pk":{"S":"user#2"}}})"},
      {"Query", R"({"TableName":"orders","IndexName":"by-date"})"},
      {"BatchWriteItem",
       R"({"RequestItems":{"orders":[{"PutRequest":{"Item":{"pk":{"S":"user#9"}}}}],)"
       R"("users":[{"DeleteRequest":{"Key":{"pk":{"S":"admin"}}}}]}})"},
      {"ListTables", "{}"},
  };
  static std::string_view header(const void* /*headers*/, std::string_view name) {
    return name == "x-client" ? "canary" : "";
  }

  std::uint64_t matches(const Fault& fault) {
    VirtualClock clock(0);
    RuleBook book(clock, 7);
    EXPECT_TRUE(book.install(fault));
    for (const auto& [operation, json] : kRequests) {
      Arena arena;
      const JsonNode input = *parse_json(json, arena);
      const FaultSubject subject{*find_model_operation(Service::kDynamoDb, operation),
                                 input,
                                 "111111111111",
                                 0,
                                 arena,
                                 nullptr,
                                 header};
      FaultPass(book.snapshot(), subject).decide(FaultPhase::kBeforeCommit);
    }
    return book.find("r")->matches;
  }
};

// Whatever condition a rule is listed under, all of them must hold, for any item of the request.
TEST_F(RuleIndexTest, AsksAboutEveryCondition) {
  const auto rule = [] { return Fault("r").error("500"); };
  EXPECT_EQ(matches(rule()), 6U);
  EXPECT_EQ(matches(rule().table("orders")), 3U);
  EXPECT_EQ(matches(rule().table("orders*")), 4U);
  EXPECT_EQ(matches(rule().table("*s")), 4U);
  EXPECT_EQ(matches(rule().table("orders").key("pk", "user#*")), 2U);
  EXPECT_EQ(matches(rule().table("users").key("pk", "user#*")), 1U);
  EXPECT_EQ(matches(rule().key("pk", "admin")), 2U);
  EXPECT_EQ(matches(rule().key("pk", "*")), 4U);
  EXPECT_EQ(matches(rule().key("n", "5")), 1U);
  EXPECT_EQ(matches(rule().key("sk", "*")), 0U);
  EXPECT_EQ(matches(rule().index("by-*")), 1U);
  EXPECT_EQ(matches(rule().header("x-client", "can*").on("PutItem")), 2U);
  EXPECT_EQ(matches(rule().header("x-client", "other")), 0U);
  EXPECT_EQ(matches(rule().tenant("1*").table("users")), 2U);
  EXPECT_EQ(matches(rule().tenant("2*").table("users")), 0U);
}

}  // namespace
}  // namespace understudy
