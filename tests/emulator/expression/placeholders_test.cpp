// ExpressionAttributeNames and ExpressionAttributeValues, and the cache of compiled texts.
#include <gtest/gtest.h>

#include <thread>
#include <vector>

#include "tests/emulator/expression/support.h"

namespace understudy {
namespace {

std::string names_error(std::string_view names) {
  ExpressionWorld world;
  return error_of(Placeholders::read(&world.json(names), nullptr, ValueErrors::kBare, world.arena));
}
std::string values_error(std::string_view values, ValueErrors errors) {
  ExpressionWorld world;
  return error_of(Placeholders::read(nullptr, &world.json(values), errors, world.arena));
}

TEST(PlaceholderMaps, MayNotBeEmpty) {
  EXPECT_EQ(names_error("{}"), "ExpressionAttributeNames must not be empty");
  EXPECT_EQ(values_error("{}", ValueErrors::kBare), "ExpressionAttributeValues must not be empty");
}

TEST(PlaceholderMaps, NeedKeysOfTheRightForm) {
  for (const std::string_view key : {"a", "#", "#a-b", ":a", "##"}) {
    EXPECT_EQ(names_error("{\"" + std::string(key) + "\":\"a\"}"),
              "ExpressionAttributeNames contains invalid key: Syntax error; key: \"" +
                  std::string(key) + "\"");
  }
  EXPECT_EQ(values_error(R"({":b":{"a":""},"b":{"S":"a"}})", ValueErrors::kBare),
            "ExpressionAttributeValues contains invalid key: Syntax error; key: \"b\"");
  EXPECT_EQ(names_error(R"({"#_":"a","#9":"b","#Aa_1":"c"})"), "no error");
}

TEST(PlaceholderMaps, NeedNamesOfSomeLength) {
  EXPECT_EQ(names_error(R"({"#DE":""})"),
            "ExpressionAttributeNames contains invalid value: Empty attribute name for key #DE");
  EXPECT_EQ(names_error(R"({"#a":")" + std::string(65535, 'x') + "\"}"), "no error");
  EXPECT_EQ(names_error(R"({"#a":")" + std::string(65536, 'x') + "\"}"),
            "ExpressionAttributeNames contains invalid value: Attribute name is too large, must be "
            "less than 65536 bytes for key #a");
}

TEST(PlaceholderMaps, WrapBadValuesInTheOlderLayer) {
  const std::string_view values = R"({":b":{"SS":[]}})";
  const std::string bare = values_error(values, ValueErrors::kBare);
  EXPECT_EQ(values_error(values, ValueErrors::kWrapped),
            "ExpressionAttributeValues contains invalid value: " + bare + " for key :b");
}

TEST(PlaceholderMaps, CountWhatIsUsed) {
  ExpressionWorld world;
  Placeholders& placeholders =
      world.placeholders(R"({"#a":"x","#b":"y"})", R"({":a":{"N":"1"},":b":{"N":"2"}})");
  EXPECT_EQ(error_of(placeholders.check_all_used()),
            "Value provided in ExpressionAttributeNames unused in expressions: keys: {#a, #b}");
  EXPECT_EQ(*placeholders.name("#a"), "x");
  EXPECT_EQ(*placeholders.name("#b"), "y");
  EXPECT_EQ(placeholders.name("#c"), nullptr);
  EXPECT_NE(placeholders.value(":b"), nullptr);
  EXPECT_EQ(error_of(placeholders.check_all_used()),
            "Value provided in ExpressionAttributeValues unused in expressions: keys: {:a}");
  EXPECT_NE(placeholders.value(":a"), nullptr);
  EXPECT_EQ(error_of(placeholders.check_all_used()), "no error");
}

/// All placeholders count as used where an expression names them, whatever it then evaluates.
TEST(PlaceholderMaps, AreUsedByBinding) {
  ExpressionWorld world;
  const ExpressionContext context =
      world.context(R"({"#a":"x"})", R"({":v":{"N":"1"},":w":{"L":[]}})");
  ASSERT_TRUE(
      compile_update("SET #a = if_not_exists(q, :v), b = list_append(c, :w)", context).has_value());
  EXPECT_TRUE(context.placeholders.check_all_used().has_value());
}

TEST(Plans, OutliveTheCacheEntry) {
  ExpressionWorld world;
  PlanCache small(2);
  const ExpressionContext context{small, world.placeholders("", R"({":v":{"S":"x"}})"),
                                  world.arena};
  const auto kept = compile_condition(ConditionKind::kCondition, "alpha = :v", context);
  ASSERT_TRUE(kept.has_value());
  for (int i = 0; i < 20; ++i) {
    const std::string text = "b" + std::to_string(i) + " = :v";
    ASSERT_TRUE(compile_condition(ConditionKind::kCondition, text, context).has_value());
  }
  EXPECT_TRUE(holds(**kept, world.item(R"({"alpha":{"S":"x"}})").get(), world.arena));
  ASSERT_TRUE(compile_condition(ConditionKind::kCondition, "alpha = :v", context).has_value());
}

TEST(Plans, KeepGrammarsApart) {
  ExpressionWorld world;
  const ExpressionContext context = world.context("", "");
  EXPECT_TRUE(compile_projection("a", context).has_value());
  EXPECT_FALSE(compile_condition(ConditionKind::kCondition, "a", context).has_value());
  EXPECT_TRUE(compile_projection("a", context).has_value());
}

TEST(Plans, AreCompiledFromManyThreads) {
  PlanCache plans(8);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&plans, t] {
      for (int i = 0; i < 500; ++i) {
        ExpressionWorld world;
        const ExpressionContext context{plans, world.placeholders("", R"({":v":{"N":"1"}})"),
                                        world.arena};
        const std::string text = "a" + std::to_string((i * 7 + t) % 20) + " = :v";
        EXPECT_TRUE(compile_condition(ConditionKind::kFilter, text, context).has_value());
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
}

}  // namespace
}  // namespace understudy
