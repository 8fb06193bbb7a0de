// Key conditions: which may stand, and the range of keys they mean in tables and indexes.
#include <gtest/gtest.h>

#include "emulator/model/key_codec.h"
#include "tests/emulator/expression/support.h"

namespace understudy::key_condition_test {
namespace {

std::string error(std::string_view text, std::string_view values = "") {
  ExpressionWorld world;
  const auto condition = compile_key_condition(text, world.context("", values));
  return condition ? error_of(read_key_clauses(**condition, world.arena)) : error_of(condition);
}

struct Row {
  std::string_view text;
  std::string_view problem;
};

/// Source: dynalite test/query.js.
TEST(KeyConditions, RefuseOtherOperators) {
  const Row rows[] = {
      {"a > b and size(b) > c or a > c", "OR"},
      {"a in (b, size(c), d)", "IN"},
      {"attribute_exists(a)", "attribute_exists"},
      {"attribute_not_exists(a)", "attribute_not_exists"},
      {"contains(a.d, b)", "contains"},
      {"not a > b", "NOT"},
      {"a <> b", "<>"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(error(row.text),
              "Invalid operator used in KeyConditionExpression: " + std::string(row.problem))
        << row.text;
  }
}

TEST(KeyConditions, RefuseOtherShapes) {
  const std::string invalid = "Invalid condition in KeyConditionExpression: ";
  const std::string prefix = "KeyConditionExpressions ";
  const std::string_view values = R"({":a":{"S":"1"},":b":{"S":"1"}})";
  EXPECT_EQ(error(":a between size(b) and size(a) and b > :b", values),
            invalid + "BETWEEN operator must have the key attribute as its first operand");
  EXPECT_EQ(error("begins_with(:a, b) and a > :b", values),
            invalid + "begins_with operator must have the key attribute as its first operand");
  for (const std::string_view text :
       {"size(b) > a AND a.b > b AND b > c", "a > size(b.d)", "a between size(b) and size(a)"}) {
    EXPECT_EQ(error(text), prefix + "cannot contain nested operations") << text;
  }
  for (const std::string_view text :
       {"b > a.b", "b between c[1] and d", "a between b and size(a)", "begins_with(a, b)"}) {
    EXPECT_EQ(error(text), invalid + "Multiple attribute names used in one condition") << text;
  }
  for (const std::string_view text : {"b.d > a AND c.d > e.f", "a.d > c", "b[0] > a"}) {
    EXPECT_EQ(error(text), prefix + "cannot have conditions on nested attributes") << text;
  }
  for (const std::string_view text : {":b > :a AND a < :b", ":a > b AND :a < :b"}) {
    EXPECT_EQ(error(text, values), invalid + "No key attribute specified") << text;
  }
  for (const std::string_view text :
       {"b > :a AND b < :a and c = :a and d = :a", "(a > :a and b > :a) and (b > :a and c > :a)"}) {
    EXPECT_EQ(error(text, values), prefix + "must only contain one condition per key") << text;
  }
}

/// Source: paritysuite queryKeyConditionOperands.test.ts.
TEST(KeyConditions, RefuseOperandTypes) {
  const std::string prefix =
      "Invalid KeyConditionExpression: Incorrect operand type for operator or function; operator "
      "or "
      "function: ";
  EXPECT_EQ(error("pk = :p AND begins_with(sk, :v)", R"({":p":{"S":"q"},":v":{"N":"1"}})"),
            prefix + "begins_with, operand type: N");
  EXPECT_EQ(error("pk = :p AND :v >= sk", R"({":p":{"S":"q"},":v":{"BOOL":true}})"),
            prefix + ">=, operand type: BOOL");
  EXPECT_EQ(error("pk = :p AND sk BETWEEN :a AND :b",
                  R"({":p":{"S":"q"},":a":{"BOOL":false},":b":{"BOOL":true}})"),
            prefix + "BETWEEN, operand type: BOOL");
}

class Ranges : public testing::Test {
 protected:
  Result<KeyRange> plan(const KeySchema& schema, bool composite, std::string_view text,
                        std::string_view values) {
    const auto parsed = compile_key_condition(text, world_.context("", values));
    EXPECT_TRUE(parsed.has_value()) << text << ": " << error_of(parsed);
    const auto condition = read_key_clauses(**parsed, world_.arena);
    EXPECT_TRUE(condition.has_value()) << text << ": " << error_of(condition);
    return plan_key_range(**condition, schema, composite, world_.arena);
  }

  /// Which of the items the range holds in an index, by the number in "id".
  std::string found(const KeySchema& index, std::string_view text, std::string_view values,
                    std::span<const std::string_view> items) {
    const auto range = plan(index, true, text, values);
    if (!range) {
      return error_of(range);
    }
    const KeySchema table{{{"id", ValueType::kString}}, {}};
    std::string ids;
    for (const std::string_view text_of_item : items) {
      const ItemRef item = world_.item(text_of_item);
      const auto key = encode_index_key(index, table, *item, world_.arena);
      if (key && key->partition == range->partition && key->hash == range->hash &&
          key->sort >= range->low && (!range->high || key->sort < *range->high)) {
        ids += item->value("id", world_.arena)->text();
      }
    }
    return ids;
  }

  ExpressionWorld world_;
  KeySchema table_{{{"pk", ValueType::kString}}, {{"sk", ValueType::kNumber}}};
};

TEST_F(Ranges, NeedTheSchema) {
  const auto error = [&](std::string_view text, std::string_view values) {
    return error_of(plan(table_, false, text, values));
  };
  const std::string mismatch =
      "One or more parameter values were invalid: Condition parameter type does not match schema "
      "type";
  const std::string_view good = R"({":p":{"S":"q"},":n":{"N":"1"},":s":{"S":"a"}})";
  EXPECT_EQ(error("sk = :n", good), "Query condition missed key schema element: pk");
  EXPECT_EQ(error("pk = :p AND extra = :n", good), "Query condition missed key schema element: sk");
  EXPECT_EQ(error("pk > :p", good), "Query key condition not supported");
  EXPECT_EQ(error("begins_with(pk, :p) AND sk = :n", good), "Query key condition not supported");
  EXPECT_EQ(error("pk = :n", good), mismatch);
  EXPECT_EQ(error("pk = :p AND begins_with(sk, :s)", good), mismatch);
  EXPECT_EQ(error("pk = :p AND sk = :b", R"({":p":{"S":"q"},":b":{"BOOL":true}})"), mismatch);
  EXPECT_EQ(
      error("pk = :p AND sk > :n AND extra = :s", good),
      "The number of query conditions (3) exceeds the number of key attributes defined in the "
      "schema (2)");
  EXPECT_EQ(error("pk = :e", R"({":e":{"S":""}})"),
            "One or more parameter values are not valid. The AttributeValue for a key attribute "
            "cannot contain an empty string value. Key: pk");
}

TEST_F(Ranges, HoldTheRightNumbers) {
  const auto in = [&](std::string_view text, std::string_view values, std::string_view number) {
    const auto range = plan(table_, false, text, values);
    EXPECT_TRUE(range.has_value()) << error_of(range);
    const std::string_view sort =
        encode_key_value(world_.value(R"({"N":")" + std::string(number) + "\"}"), world_.arena);
    return sort >= range->low && (!range->high || sort < *range->high);
  };
  struct Case {
    std::string_view text;
    std::string_view inside;
  };
  const std::string_view values = R"({":p":{"S":"q"},":n":{"N":"1"},":m":{"N":"2"}})";
  const Case cases[] = {
      {"pk = :p AND sk = :n", "1"},           {"pk = :p AND sk < :n", "-1 0 0.5"},
      {"pk = :p AND sk <= :n", "-1 0 0.5 1"}, {"pk = :p AND sk > :n", "1.5 2 10"},
      {"pk = :p AND :n <= sk", "1 1.5 2 10"}, {"sk between :n and :m and pk = :p", "1 1.5 2"},
  };
  for (const Case& row : cases) {
    std::string inside;
    for (const std::string_view number : {"-1", "0", "0.5", "1", "1.5", "2", "10"}) {
      if (in(row.text, R"({":p":{"S":"q"},":n":{"N":"1"},":m":{"N":"2"}})", number)) {
        inside.append(inside.empty() ? "" : " ").append(number);
      }
    }
    EXPECT_EQ(inside, row.inside) << row.text << values;
  }
}

TEST_F(Ranges, HoldTheRightStrings) {
  const KeySchema table{{{"pk", ValueType::kString}}, {{"sk", ValueType::kBinary}}};
  const auto range = plan(table, false, "pk = :p AND begins_with(sk, :v)",
                          R"({":p":{"S":"q"},":v":{"B":"Yf8="}})");
  ASSERT_TRUE(range.has_value()) << error_of(range);
  EXPECT_EQ(range->low, "a\xff");
  EXPECT_EQ(range->high, "b");
  const auto open = plan(table, false, "pk = :p AND begins_with(sk, :v)",
                         R"({":p":{"S":"q"},":v":{"B":"/w=="}})");
  ASSERT_TRUE(open.has_value());
  EXPECT_FALSE(open->high.has_value());
}

/// Source: paritysuite multiAttributeGsiKey.test.ts.
TEST_F(Ranges, GoThroughSeveralSortAttributes) {
  const KeySchema index{{{"h", ValueType::kString}},
                        {{"a", ValueType::kString},
                         {"b", ValueType::kString},
                         {"c", ValueType::kString},
                         {"d", ValueType::kString}}};
  const std::string_view items[] = {
      R"({"id":{"S":"1"},"h":{"S":"o"},"a":{"S":"T"},"b":{"S":"live"},"c":{"S":"b"},"d":{"S":"r1"}})",
      R"({"id":{"S":"2"},"h":{"S":"o"},"a":{"S":"T"},"b":{"S":"live"},"c":{"S":"a"},"d":{"S":"r2"}})",
      R"({"id":{"S":"3"},"h":{"S":"o"},"a":{"S":"T"},"b":{"S":"live"},"c":{"S":"a"},"d":{"S":"r1"}})",
      R"({"id":{"S":"4"},"h":{"S":"o"},"a":{"S":"T"},"b":{"S":"draft"},"c":{"S":"c"},"d":{"S":"r1"}})",
      R"({"id":{"S":"5"},"h":{"S":"o"},"a":{"S":"F"},"b":{"S":"live"},"c":{"S":"a"},"d":{"S":"r0"}})",
      R"({"id":{"S":"6"},"h":{"S":"o"},"a":{"S":"T"},"b":{"S":"live\u0000"},"c":{"S":"a"},"d":{"S":"r1"}})",
      R"({"id":{"S":"7"},"h":{"S":"o"},"a":{"S":"T"},"b":{"S":"livelier"},"c":{"S":"a"},"d":{"S":"r1"}})",
      R"({"id":{"S":"8"},"h":{"S":"x"},"a":{"S":"T"},"b":{"S":"live"},"c":{"S":"a"},"d":{"S":"r1"}})"};
  const std::string_view values =
      R"({":h":{"S":"o"},":a":{"S":"T"},":b":{"S":"live"},":c":{"S":"a"},":r":{"S":"r"},":x":{"S":"r1"}})";
  const Row rows[] = {
      {"h = :h", "1234567"},
      {"h = :h AND a = :a", "123467"},
      {"h = :h AND a = :a AND b = :b", "123"},
      {"b = :b AND h = :h AND a = :a AND c = :c", "23"},
      {"h = :h AND a = :a AND b = :b AND c > :c", "1"},
      {"h = :h AND a = :a AND b > :b", "67"},
      {"h = :h AND a = :a AND b >= :b", "12367"},
      {"h = :h AND a = :a AND b < :b", "4"},
      {"h = :h AND a = :a AND b <= :b", "1234"},
      {"h = :h AND a = :a AND begins_with(b, :b)", "12367"},
      {"h = :h AND a = :a AND b = :b AND c = :c AND begins_with(d, :r)", "23"},
      {"h = :h AND a = :a AND b = :b AND c = :c AND d BETWEEN :x AND :x", "3"},
      {"h = :h AND a < :a", "5"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(found(index, row.text, values, items), row.problem) << row.text;
  }
  const auto gap = [](std::string_view open, std::string_view named) {
    return "RANGE key attributes " + std::string(open) +
           " must have equality conditions specified in the query because a condition is present "
           "on "
           "key attribute " +
           std::string(named);
  };
  EXPECT_EQ(found(index, "h = :h AND a = :a AND c = :c", values, items), gap("b", "c"));
  EXPECT_EQ(found(index, "h = :h AND a = :a AND b > :b AND c = :c", values, items), gap("b", "c"));
  EXPECT_EQ(found(index, "h = :h AND b = :b", values, items), gap("a", "b"));
}

TEST_F(Ranges, NeedAllPartitionAttributes) {
  const KeySchema index{{{"h", ValueType::kString}, {"g", ValueType::kNumber}},
                        {{"a", ValueType::kString}}};
  const std::string_view items[] = {
      R"({"id":{"S":"1"},"h":{"S":"o"},"g":{"N":"1"},"a":{"S":"x"}})",
      R"({"id":{"S":"2"},"h":{"S":"o"},"g":{"N":"2"},"a":{"S":"x"}})"};
  const std::string_view values = R"({":h":{"S":"o"},":g":{"N":"1"},":a":{"S":"x"}})";
  EXPECT_EQ(found(index, "h = :h AND g = :g", values, items), "1");
  EXPECT_EQ(found(index, "h = :h AND g = :g AND a = :a", values, items), "1");
  EXPECT_NE(found(index, "h = :h", values, items).find("HASH key attributes g"), std::string::npos);
  EXPECT_NE(found(index, "h = :h AND g > :g", values, items).find("equality"), std::string::npos);
}

TEST_F(Ranges, ComeFromLegacyConditionsToo) {
  const auto plan_legacy = [&](std::string_view conditions) {
    const auto condition = compile_legacy_key_conditions(world_.json(conditions), world_.arena);
    return condition ? error_of(plan_key_range(**condition, table_, false, world_.arena))
                     : error_of(condition);
  };
  const std::string eq = R"("pk":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"q"}]})";
  EXPECT_EQ(plan_legacy("{" + eq + "}"), "no error");
  EXPECT_EQ(plan_legacy("{" + eq +
                        R"(,"sk":{"ComparisonOperator":"LE","AttributeValueList":[{"N":"1"}]}})"),
            "no error");
  EXPECT_EQ(plan_legacy("{" + eq +
                        R"(,"sk":{"ComparisonOperator":"NE","AttributeValueList":[{"N":"1"}]}})"),
            "Attempted conditional constraint is not an indexable operation");
  EXPECT_EQ(plan_legacy(R"({"pk":{"ComparisonOperator":"GT","AttributeValueList":[{"S":"q"}]}})"),
            "Query key condition not supported");
  EXPECT_EQ(
      plan_legacy(
          "{" + eq +
          R"(,"sk":{"ComparisonOperator":"BEGINS_WITH","AttributeValueList":[{"N":"1"}]}})"),
      "One or more parameter values were invalid: ComparisonOperator BEGINS_WITH is not valid "
      "for N AttributeValue type");
  EXPECT_EQ(plan_legacy("{}"), "Conditions can be of length 1 or 2 only");
}

}  // namespace
}  // namespace understudy::key_condition_test
