// Expected, QueryFilter and ScanFilter: argument checks, and what holds.
// Texts: dynalite test/putItem.js, deleteItem.js, query.js, scan.js; meaning: scylla
// test_expected.py, test_query_filter.py.
#include <gtest/gtest.h>

#include "tests/emulator/expression/support.h"

namespace understudy {
namespace {

const std::string kPrefix = "One or more parameter values were invalid: ";

std::string expected_error(std::string_view expected) {
  ExpressionWorld world;
  return error_of(compile_expected(world.json(expected), nullptr, world.arena));
}
std::string filter_error(std::string_view comparison, std::string_view values) {
  ExpressionWorld world;
  const std::string filter = R"({"a":{"ComparisonOperator":")" + std::string(comparison) +
                             R"(","AttributeValueList":)" + std::string(values) + "}}";
  return error_of(compile_legacy_filter(world.json(filter), nullptr, world.arena));
}

TEST(ExpectedParameter, IsCheckedForItsForm) {
  EXPECT_EQ(expected_error(R"({"a":{}})"),
            kPrefix + "Value must be provided when Exists is null for Attribute: a");
  EXPECT_EQ(expected_error(R"({"a":{"Exists":true}})"),
            kPrefix + "Value must be provided when Exists is true for Attribute: a");
  EXPECT_EQ(expected_error(R"({"a":{"Exists":false,"Value":{"S":"a"}}})"),
            kPrefix + "Value cannot be used when Exists is false for Attribute: a");
  EXPECT_EQ(expected_error(R"({"a":{"ComparisonOperator":"LT"}})"),
            kPrefix +
                "Value or AttributeValueList must be used with ComparisonOperator: LT for "
                "Attribute: a");
  EXPECT_EQ(expected_error(R"({"a":{"Exists":true,"ComparisonOperator":"LT"}})"),
            kPrefix + "Exists and ComparisonOperator cannot be used together for Attribute: a");
  EXPECT_EQ(expected_error(R"({"a":{"Value":{"S":"a"},"AttributeValueList":[]}})"),
            kPrefix + "Value and AttributeValueList cannot be used together for Attribute: a");
  EXPECT_EQ(expected_error(R"({"a":{"AttributeValueList":[{"S":"a"}]}})"),
            kPrefix +
                "AttributeValueList can only be used with a ComparisonOperator for Attribute: "
                "a");
  EXPECT_EQ(expected_error(R"({"a":{"ComparisonOperator":"NULL","Value":{"S":"a"}}})"),
            kPrefix + "Invalid number of argument(s) for the NULL ComparisonOperator");
}

TEST(LegacyComparisons, TakeTheirNumberOfArguments) {
  const auto wrong = [](std::string_view comparison) {
    return kPrefix + "Invalid number of argument(s) for the " + std::string(comparison) +
           " ComparisonOperator";
  };
  for (const std::string_view comparison :
       {"EQ", "NE", "LE", "LT", "GE", "GT", "CONTAINS", "NOT_CONTAINS", "BEGINS_WITH"}) {
    EXPECT_EQ(filter_error(comparison, "[]"), wrong(comparison));
    EXPECT_EQ(filter_error(comparison, R"([{"S":"a"},{"S":"a"}])"), wrong(comparison));
    EXPECT_EQ(filter_error(comparison, R"([{"S":"a"}])"), "no error");
  }
  for (const std::string_view comparison : {"NULL", "NOT_NULL"}) {
    EXPECT_EQ(filter_error(comparison, R"([{"S":"a"}])"), wrong(comparison));
    EXPECT_EQ(filter_error(comparison, "[]"), "no error");
  }
  EXPECT_EQ(filter_error("IN", "[]"), wrong("IN"));
  EXPECT_EQ(filter_error("BETWEEN", R"([{"S":"a"}])"), wrong("BETWEEN"));
}

TEST(LegacyComparisons, TakeTheirTypes) {
  const auto wrong = [](std::string_view comparison, std::string_view type) {
    return kPrefix + "ComparisonOperator " + std::string(comparison) + " is not valid for " +
           std::string(type) + " AttributeValue type";
  };
  for (const std::string_view comparison : {"LT", "LE", "GT", "GE", "IN"}) {
    EXPECT_EQ(filter_error(comparison, R"([{"SS":["a"]}])"), wrong(comparison, "SS"));
    EXPECT_EQ(filter_error(comparison, R"([{"BOOL":true}])"), wrong(comparison, "BOOL"));
  }
  for (const std::string_view comparison : {"CONTAINS", "NOT_CONTAINS"}) {
    EXPECT_EQ(filter_error(comparison, R"([{"L":[]}])"), wrong(comparison, "L"));
    EXPECT_EQ(filter_error(comparison, R"([{"BOOL":true}])"), "no error");
  }
  EXPECT_EQ(filter_error("BEGINS_WITH", R"([{"N":"1"}])"), wrong("BEGINS_WITH", "N"));
  EXPECT_EQ(filter_error("BETWEEN", R"([{"M":{}},{"M":{}}])"), wrong("BETWEEN", "M"));
  EXPECT_EQ(filter_error("EQ", R"([{"M":{}}])"), "no error");
  EXPECT_EQ(filter_error("IN", R"([{"S":"b"},{"N":"1"}])"),
            kPrefix + "AttributeValues inside AttributeValueList must be of same type");
  EXPECT_EQ(filter_error("BETWEEN", R"([{"S":"b"},{"S":"a"}])"),
            "The BETWEEN condition was provided a range where the lower bound is greater than the "
            "upper bound");
}

bool filter_holds(std::string_view item, std::string_view filter,
                  std::string_view conditional_operator = "") {
  ExpressionWorld world;
  const JsonNode* joined =
      conditional_operator.empty() ? nullptr : &world.json(conditional_operator);
  const auto condition = compile_legacy_filter(world.json(filter), joined, world.arena);
  EXPECT_TRUE(condition.has_value()) << filter << ": " << error_of(condition);
  return condition && holds(**condition, world.item(item).get(), world.arena);
}

bool comparison_holds(std::string_view attribute, std::string_view comparison,
                      std::string_view values) {
  return filter_holds(R"({"a":)" + std::string(attribute) + "}",
                      R"({"a":{"ComparisonOperator":")" + std::string(comparison) +
                          R"(","AttributeValueList":)" + std::string(values) + "}}");
}

TEST(LegacyComparisons, HoldLikeTheirExpressions) {
  EXPECT_TRUE(comparison_holds(R"({"N":"1"})", "EQ", R"([{"N":"1.0"}])"));
  EXPECT_TRUE(comparison_holds(R"({"L":[{"S":"x"}]})", "EQ", R"([{"L":[{"S":"x"}]}])"));
  EXPECT_TRUE(comparison_holds(R"({"N":"1"})", "NE", R"([{"S":"1"}])"));
  EXPECT_TRUE(comparison_holds(R"({"N":"1"})", "LT", R"([{"N":"2"}])"));
  EXPECT_FALSE(comparison_holds(R"({"N":"1"})", "LT", R"([{"S":"2"}])"));
  EXPECT_TRUE(comparison_holds(R"({"B":"gA=="})", "GT", R"([{"B":"fw=="}])"));
  EXPECT_TRUE(comparison_holds(R"({"S":"b"})", "BETWEEN", R"([{"S":"a"},{"S":"b"}])"));
  EXPECT_TRUE(comparison_holds(R"({"S":"b"})", "IN", R"([{"S":"a"},{"S":"b"}])"));
  EXPECT_TRUE(comparison_holds(R"({"S":"abc"})", "CONTAINS", R"([{"S":"bc"}])"));
  EXPECT_TRUE(comparison_holds(R"({"NS":["1","2"]})", "CONTAINS", R"([{"N":"2"}])"));
  EXPECT_TRUE(comparison_holds(R"({"L":[{"N":"2"}]})", "CONTAINS", R"([{"N":"2"}])"));
  EXPECT_TRUE(comparison_holds(R"({"S":"abc"})", "NOT_CONTAINS", R"([{"S":"x"}])"));
  EXPECT_FALSE(comparison_holds(R"({"S":"abc"})", "NOT_CONTAINS", R"([{"S":"b"}])"));
  EXPECT_TRUE(comparison_holds(R"({"S":"abc"})", "BEGINS_WITH", R"([{"S":"ab"}])"));
  EXPECT_TRUE(comparison_holds(R"({"NULL":true})", "NOT_NULL", "[]"));
  EXPECT_FALSE(comparison_holds(R"({"NULL":true})", "NULL", "[]"));
}

/// NE holds where there is no attribute, NOT_CONTAINS does not.
TEST(LegacyComparisons, KnowMissingAttributes) {
  const auto missing = [](std::string_view comparison, std::string_view values) {
    return filter_holds(R"({"b":{"N":"1"}})",
                        R"({"a":{"ComparisonOperator":")" + std::string(comparison) +
                            R"(","AttributeValueList":)" + std::string(values) + "}}");
  };
  EXPECT_TRUE(missing("NE", R"([{"N":"1"}])"));
  EXPECT_TRUE(missing("NULL", "[]"));
  EXPECT_FALSE(missing("EQ", R"([{"N":"1"}])"));
  EXPECT_FALSE(missing("CONTAINS", R"([{"N":"1"}])"));
  EXPECT_FALSE(missing("NOT_CONTAINS", R"([{"N":"1"}])"));
  EXPECT_FALSE(missing("NOT_NULL", "[]"));
}

TEST(LegacyConditions, JoinByTheConditionalOperator) {
  const std::string_view item = R"({"a":{"N":"1"},"b":{"N":"2"}})";
  const std::string_view filter =
      R"({"a":{"ComparisonOperator":"EQ","AttributeValueList":[{"N":"1"}]},
          "b":{"ComparisonOperator":"EQ","AttributeValueList":[{"N":"9"}]}})";
  EXPECT_FALSE(filter_holds(item, filter));
  EXPECT_FALSE(filter_holds(item, filter, R"("AND")"));
  EXPECT_TRUE(filter_holds(item, filter, R"("OR")"));
  EXPECT_TRUE(filter_holds(item, "{}"));
}

TEST(ExpectedParameter, HoldsByValueAndExistence) {
  ExpressionWorld world;
  const auto holds_of = [&](std::string_view item, std::string_view expected) {
    const auto condition = compile_expected(world.json(expected), nullptr, world.arena);
    EXPECT_TRUE(condition.has_value()) << error_of(condition);
    return holds(**condition, item.empty() ? nullptr : world.item(item).get(), world.arena);
  };
  EXPECT_TRUE(holds_of(R"({"a":{"N":"1"}})", R"({"a":{"Value":{"N":"1"}}})"));
  EXPECT_TRUE(holds_of(R"({"a":{"N":"1"}})", R"({"a":{"Exists":true,"Value":{"N":"1"}}})"));
  EXPECT_FALSE(holds_of(R"({"b":{"N":"1"}})", R"({"a":{"Value":{"N":"1"}}})"));
  EXPECT_TRUE(holds_of("", R"({"a":{"Exists":false}})"));
  EXPECT_TRUE(holds_of(R"({"b":{"N":"1"}})", R"({"a":{"Exists":"false"}})"));
  EXPECT_FALSE(holds_of(R"({"a":{"N":"1"}})", R"({"a":{"Exists":false}})"));
  EXPECT_TRUE(
      holds_of(R"({"a":{"N":"1"}})", R"({"a":{"ComparisonOperator":"LT","Value":{"N":"2"}}})"));
}

}  // namespace
}  // namespace understudy
