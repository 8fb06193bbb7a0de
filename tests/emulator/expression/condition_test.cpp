// Conditions: what binding refuses, and what holds of which item.
#include <gtest/gtest.h>

#include "tests/emulator/expression/support.h"

namespace understudy::condition_test {
namespace {

std::string error(std::string_view text, std::string_view names = "",
                  std::string_view values = "") {
  ExpressionWorld world;
  return error_of(compile_condition(ConditionKind::kFilter, text, world.context(names, values)));
}

constexpr std::string_view kPrefix = "Invalid FilterExpression: ";

struct Row {
  std::string_view text;
  std::string_view problem;
};

/// Source: dynalite test/scan.js.
TEST(ConditionBinding, ReportsUndefinedPlaceholders) {
  const std::string name =
      "An expression attribute name used in the document path is not defined; attribute name: ";
  const std::string value =
      "An expression attribute value used in expression is not defined; attribute value: ";
  const Row names[] = {
      {"attribute_exists(#Pictures.RearView, :a) and a=a", "#Pictures"},
      {"begins_with(Pictures.#RearView)", "#RearView"},
      {"(#P between :lo and :hi) and (#PC in (:cat1, :cat2))", "#P"},
      {"#4g > a", "#4g"},
      {"#_ > a", "#_"},
      {"(a)between(b.c[45].#d)and(:a)", "#d"},
  };
  for (const Row& row : names) {
    EXPECT_EQ(error(row.text), std::string(kPrefix) + name + std::string(row.problem)) << row.text;
  }
  const Row values[] = {
      {"begins_with(:hello, #a, #b)", ":hello"}, {":a < :b", ":a"}, {":_ > a", ":_"}};
  for (const Row& row : values) {
    EXPECT_EQ(error(row.text), std::string(kPrefix) + value + std::string(row.problem)) << row.text;
  }
}

TEST(ConditionBinding, ReportsWrongNumbersOfOperands) {
  const Row rows[] = {
      {"attribute_exists(things, a) and a=a",
       "operator or function: attribute_exists, number of operands: 2"},
      {"attribute_type(things)", "operator or function: attribute_type, number of operands: 1"},
      {"begins_with(things, size(a), b)",
       "operator or function: begins_with, number of operands: 3"},
      {"contains(things)", "operator or function: contains, number of operands: 1"},
      {"size(things, a) > b", "operator or function: size, number of operands: 2"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(error(row.text), std::string(kPrefix) +
                                   "Incorrect number of operands for operator or function; " +
                                   std::string(row.problem))
        << row.text;
  }
}

TEST(ConditionBinding, ReportsOperandTypes) {
  struct Typed {
    std::string_view text;
    std::string_view value;
    std::string_view problem;
  };
  const Typed rows[] = {
      {"attribute_type(a, size(a)) and a=a and a=:a", R"({"N":"1"})",
       "attribute_type, operand type: N"},
      {"attribute_type(a, :a)", R"({"BOOL":true})", "attribute_type, operand type: BOOL"},
      {"begins_with(a, size(a)) and a=:a", R"({"N":"1"})", "begins_with, operand type: N"},
      {"begins_with(:a, a)", R"({"M":{}})", "begins_with, operand type: M"},
      {"begins_with(a, :a)", R"({"SS":["1"]})", "begins_with, operand type: SS"},
      {"size(size(a)) > :a", R"({"N":"1"})", "size, operand type: N"},
      {"attribute_not_exists(size(:a))", R"({"N":"1"})", "size, operand type: N"},
      {"size(:a) > a", R"({"NULL":true})", "size, operand type: NULL"},
      {"a < :a", R"({"L":[]})", "<, operand type: L"},
      {":a >= a", R"({"BOOL":true})", ">=, operand type: BOOL"},
      {"a BETWEEN :a AND b", R"({"BOOL":true})", "BETWEEN, operand type: BOOL"},
  };
  for (const Typed& row : rows) {
    EXPECT_EQ(error(row.text, "", R"({":a":)" + std::string(row.value) + "}"),
              std::string(kPrefix) +
                  "Incorrect operand type for operator or function; operator or function: " +
                  std::string(row.problem))
        << row.text;
  }
}

TEST(ConditionBinding, ReportsBadTypeNames) {
  EXPECT_EQ(error("attribute_type(a, :a)", "", R"({":a":{"S":"STRING"}})"),
            std::string(kPrefix) +
                "Invalid attribute type name found; type: STRING, valid types: "
                "{S,SS,N,NS,B,BS,BOOL,NULL,L,M}");
}

TEST(ConditionBinding, WantsPathsForExistence) {
  EXPECT_EQ(error("attribute_exists(:a) and a=a", "", R"({":a":{"S":"1"}})"),
            std::string(kPrefix) +
                "Operator or function requires a document path; operator or "
                "function: attribute_exists");
  EXPECT_EQ(error("attribute_not_exists(size(:a))", "", R"({":a":{"S":"1"}})"),
            std::string(kPrefix) +
                "Operator or function requires a document path; operator or "
                "function: attribute_not_exists");
}

TEST(ConditionBinding, WantsDistinctOperands) {
  const Row rows[] = {
      {"a = a AND #a = b AND :views > a", "operator: =, first operand: [a]"},
      {"#a <> a", "operator: <>, first operand: [a]"},
      {"((a=a) OR (a=a))", "operator: =, first operand: [a]"},
      {"contains(ab.bc[1].a, ab.bc[1].#a)", "operator: contains, first operand: [ab, bc, [1], a]"},
      {"attribute_type(ab.bc[1].#a, ab.bc[1].a)",
       "operator: attribute_type, first operand: [ab, bc, [1], a]"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(error(row.text, R"({"#a":"a"})"),
              std::string(kPrefix) +
                  "The first operand must be distinct from the remaining operands "
                  "for this operator or function; " +
                  std::string(row.problem))
        << row.text;
  }
  EXPECT_EQ(error(":a > :a", "", R"({":a":{"N":"1"}})"), "no error");
}

TEST(ConditionBinding, ChecksBoundsOfBetween) {
  EXPECT_EQ(
      error("a between :b and :a", "", R"({":a":{"S":"a"},":b":{"N":"1"}})"),
      std::string(kPrefix) +
          "The BETWEEN operator requires same data type for lower and upper bounds; lower bound "
          "operand: AttributeValue: {N:1}, upper bound operand: AttributeValue: {S:a}");
  EXPECT_EQ(
      error("a between :b and :a", "", R"({":a":{"B":"YQ=="},":b":{"B":"eg=="}})"),
      std::string(kPrefix) +
          "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; "
          "lower bound operand: AttributeValue: {B:eg==}, upper bound operand: AttributeValue: "
          "{B:YQ==}");
  EXPECT_EQ(error("a between :a and :a", "", R"({":a":{"N":"5"}})"), "no error");
}

TEST(ConditionBinding, LimitsInto100Operands) {
  const auto condition = [](int operands) {
    std::string text = "a IN (";
    for (int i = 0; i < operands; ++i) {
      text += i == 0 ? "b0" : ",b" + std::to_string(i);
    }
    return text + ")";
  };
  EXPECT_EQ(error(condition(100)), "no error");
  EXPECT_EQ(error(condition(101)),
            std::string(kPrefix) +
                "The IN operator is provided with too many operands; number of operands: 101");
}

/// Source: paritysuite queryKeyCondition.test.ts: the first problem in the order written.
TEST(ConditionBinding, GoesClauseByClause) {
  EXPECT_EQ(error("begins_with(b, :n) AND a = :missing", "", R"({":n":{"N":"1"}})"),
            std::string(kPrefix) +
                "Incorrect operand type for operator or function; operator or "
                "function: begins_with, operand type: N");
  EXPECT_EQ(error("a = :missing AND begins_with(b, :n)", "", R"({":n":{"N":"1"}})"),
            std::string(kPrefix) +
                "An expression attribute value used in expression is not defined; "
                "attribute value: :missing");
}

class ConditionHolds : public testing::Test {
 protected:
  bool holds_of(std::string_view item, std::string_view text, std::string_view values = "") {
    const auto condition =
        compile_condition(ConditionKind::kCondition, text, world_.context("", values));
    EXPECT_TRUE(condition.has_value()) << text << ": " << error_of(condition);
    const ItemRef stored = item.empty() ? ItemRef() : world_.item(item);
    return condition && holds(**condition, stored.get(), world_.arena);
  }
  ExpressionWorld world_;
};

constexpr std::string_view kItem =
    R"({"n":{"N":"1"},"m":{"N":"2"},"s":{"S":"hello"},"b":{"B":"aGVsbG8="},"t":{"BOOL":true},
        "z":{"NULL":true},"ss":{"SS":["b","a"]},"ns":{"NS":["2","1.0"]},"bs":{"BS":["YQ=="]},
        "l":{"L":[{"N":"1"},{"S":"x"},{"SS":["q","p"]}]},
        "doc":{"M":{"x":{"N":"1"},"y":{"L":[{"N":"-1"},{"N":"2"}]},"quo\"te":{"S":"q"}}}})";

TEST_F(ConditionHolds, ComparesNumbersByValue) {
  EXPECT_TRUE(holds_of(kItem, "n = :v", R"({":v":{"N":"1.00"}})"));
  EXPECT_TRUE(holds_of(kItem, "n = :v", R"({":v":{"N":"10e-1"}})"));
  EXPECT_FALSE(holds_of(kItem, "n = :v", R"({":v":{"N":"2"}})"));
  EXPECT_FALSE(holds_of(kItem, "n = :v", R"({":v":{"S":"1"}})"));
  EXPECT_TRUE(holds_of(kItem, "n <> :v", R"({":v":{"S":"1"}})"));
  EXPECT_TRUE(holds_of(kItem, "n < m"));
  EXPECT_TRUE(holds_of(kItem, "m > n AND m >= n AND n <= m"));
  EXPECT_FALSE(holds_of(kItem, "n < :v", R"({":v":{"S":"2"}})"));
  EXPECT_TRUE(holds_of(kItem, "doc.x < doc.y[1]"));
  EXPECT_FALSE(holds_of(kItem, "doc.x < doc.y[0]"));
}

TEST_F(ConditionHolds, ComparesEveryTypeForEquality) {
  EXPECT_TRUE(holds_of(kItem, "s = :v", R"({":v":{"S":"hello"}})"));
  EXPECT_TRUE(holds_of(kItem, "b = :v", R"({":v":{"B":"aGVsbG8="}})"));
  EXPECT_TRUE(holds_of(kItem, "t = :v", R"({":v":{"BOOL":true}})"));
  EXPECT_FALSE(holds_of(kItem, "t = :v", R"({":v":{"BOOL":false}})"));
  EXPECT_TRUE(holds_of(kItem, "z = :v", R"({":v":{"NULL":true}})"));
  EXPECT_TRUE(holds_of(kItem, "ss = :v", R"({":v":{"SS":["a","b"]}})"));
  EXPECT_TRUE(holds_of(kItem, "ns = :v", R"({":v":{"NS":["1","2"]}})"));
  EXPECT_TRUE(holds_of(kItem, ":v = ss", R"({":v":{"SS":["a","b"]}})"));
  EXPECT_TRUE(holds_of(kItem, "l = :v", R"({":v":{"L":[{"N":"1"},{"S":"x"},{"SS":["p","q"]}]}})"));
  EXPECT_FALSE(holds_of(kItem, "l = :v", R"({":v":{"L":[{"N":"1"},{"S":"x"},{"SS":["p","r"]}]}})"));
}

TEST_F(ConditionHolds, TreatsAMissingAttributeAsUnequal) {
  EXPECT_FALSE(holds_of(kItem, "q = :v", R"({":v":{"N":"1"}})"));
  EXPECT_TRUE(holds_of(kItem, "q <> :v", R"({":v":{"N":"1"}})"));
  EXPECT_FALSE(holds_of(kItem, "q = qq"));
  EXPECT_TRUE(holds_of(kItem, "q <> qq"));
  EXPECT_FALSE(holds_of(kItem, "q < qq"));
  EXPECT_FALSE(holds_of(kItem, "q IN (:v)", R"({":v":{"N":"1"}})"));
  EXPECT_FALSE(holds_of("", "n = :v", R"({":v":{"N":"1"}})"));
  EXPECT_TRUE(holds_of("", "n <> :v", R"({":v":{"N":"1"}})"));
  EXPECT_TRUE(holds_of("", "attribute_not_exists(n)"));
}

TEST_F(ConditionHolds, KnowsBetweenAndIn) {
  EXPECT_TRUE(holds_of(kItem, "n BETWEEN :a AND :b", R"({":a":{"N":"1"},":b":{"N":"1"}})"));
  EXPECT_FALSE(holds_of(kItem, "n BETWEEN :a AND :b", R"({":a":{"S":"1"},":b":{"S":"2"}})"));
  EXPECT_TRUE(holds_of(kItem, ":v BETWEEN n AND m", R"({":v":{"N":"1.5"}})"));
  EXPECT_TRUE(holds_of(kItem, "n IN (:x, :y)", R"({":x":{"S":"dog"},":y":{"N":"1"}})"));
  EXPECT_FALSE(holds_of(kItem, "n IN (:x)", R"({":x":{"NS":["1"]}})"));
  EXPECT_TRUE(holds_of(kItem, "s IN (m, s2, :x)", R"({":x":{"S":"hello"}})"));
}

TEST_F(ConditionHolds, KnowsFunctions) {
  EXPECT_TRUE(holds_of(kItem, "attribute_exists(doc.x) AND attribute_not_exists(doc.q)"));
  EXPECT_TRUE(holds_of(kItem, "attribute_exists(l[2]) AND attribute_not_exists(l[3])"));
  EXPECT_TRUE(holds_of(kItem, "attribute_type(ss, :t)", R"({":t":{"S":"SS"}})"));
  EXPECT_FALSE(holds_of(kItem, "attribute_type(q, :t)", R"({":t":{"S":"S"}})"));
  EXPECT_TRUE(holds_of(kItem, "attribute_type(:v, :t)", R"({":t":{"S":"N"},":v":{"N":"1"}})"));
  EXPECT_TRUE(holds_of(kItem, "begins_with(s, :p)", R"({":p":{"S":"hell"}})"));
  EXPECT_TRUE(holds_of(kItem, "begins_with(b, :p)", R"({":p":{"B":"aGU="}})"));
  EXPECT_FALSE(holds_of(kItem, "begins_with(s, :p)", R"({":p":{"B":"aGU="}})"));
  EXPECT_FALSE(holds_of(kItem, "begins_with(n, :p)", R"({":p":{"S":"1"}})"));
  EXPECT_TRUE(holds_of(kItem, "begins_with(:p, s)", R"({":p":{"S":"hello you"}})"));
}

TEST_F(ConditionHolds, KnowsContains) {
  EXPECT_TRUE(holds_of(kItem, "contains(s, :v)", R"({":v":{"S":"ell"}})"));
  EXPECT_TRUE(holds_of(kItem, "contains(b, :v)", R"({":v":{"B":"ZWw="}})"));
  EXPECT_TRUE(holds_of(kItem, "contains(ss, :v)", R"({":v":{"S":"a"}})"));
  EXPECT_TRUE(holds_of(kItem, "contains(ns, :v)", R"({":v":{"N":"1.0"}})"));
  EXPECT_TRUE(holds_of(kItem, "contains(bs, :v)", R"({":v":{"B":"YQ=="}})"));
  EXPECT_TRUE(holds_of(kItem, "contains(l, :v)", R"({":v":{"SS":["p","q"]}})"));
  EXPECT_FALSE(holds_of(kItem, "contains(b, :v)", R"({":v":{"NS":["1"]}})"));
  EXPECT_FALSE(holds_of(kItem, "contains(n, :v)", R"({":v":{"N":"1"}})"));
}

TEST_F(ConditionHolds, KnowsSizes) {
  EXPECT_TRUE(holds_of(kItem, "size(s) = :v AND size(b) = :v", R"({":v":{"N":"5"}})"));
  EXPECT_TRUE(holds_of(kItem, "size(ss) = :v AND size(ns) = :v", R"({":v":{"N":"2"}})"));
  EXPECT_TRUE(holds_of(kItem, "size(l) = :v AND size(doc) = :v", R"({":v":{"N":"3"}})"));
  EXPECT_FALSE(holds_of(kItem, "size(n) = :v", R"({":v":{"N":"1"}})"));
  EXPECT_FALSE(holds_of(kItem, "size(t) = :v", R"({":v":{"N":"1"}})"));
  EXPECT_FALSE(holds_of(kItem, "size(s) = :v", R"({":v":{"S":"dog"}})"));
  EXPECT_TRUE(holds_of(kItem, "size(s) > m AND size(:x) < size(s)", R"({":x":{"S":"ab"}})"));
  EXPECT_TRUE(holds_of(R"({"a":{"S":"0123456789"}})", "size(a) = :v", R"({":v":{"N":"10"}})"));
}

TEST_F(ConditionHolds, BindsConnectivesAsUsual) {
  const std::string_view values = R"({":one":{"N":"1"},":two":{"N":"2"}})";
  EXPECT_TRUE(holds_of(kItem, "n = :one OR n = :two AND m = :one", values));
  EXPECT_FALSE(holds_of(kItem, "(n = :one OR n = :two) AND m = :one", values));
  EXPECT_TRUE(holds_of(kItem, "NOT n = :two AND m = :two AND n = :one", values));
  EXPECT_FALSE(holds_of(kItem, "NOT (n = :one OR m = :one AND n = :two)", values));
  EXPECT_TRUE(holds_of(kItem, "not not n = :one and not m = :one and n < :two", values));
}

TEST_F(ConditionHolds, FindsNamesThatNeedEscapes) {
  ExpressionWorld world;
  const auto condition =
      compile_condition(ConditionKind::kCondition, "doc.#q = :v AND #top = :w",
                        world.context(R"({"#q":"quo\"te","#top":"to\np"})",
                                      R"({":v":{"S":"q"},":w":{"S":"line\nbreak"}})"));
  ASSERT_TRUE(condition.has_value()) << error_of(condition);
  const ItemRef item = world.item(
      R"({"doc":{"M":{"quo\"te":{"S":"q"}}},"to\np":{"S":"line\nbreak"},"zz":{"N":"1"}})");
  EXPECT_TRUE(holds(**condition, item.get(), world.arena));
}

TEST(ConditionAttributes, AreNamed) {
  ExpressionWorld world;
  const auto condition = compile_condition(ConditionKind::kFilter, "a.b = c AND size(#d[1]) > e",
                                           world.context(R"({"#d":"dd"})", ""));
  ASSERT_TRUE(condition.has_value());
  const auto named = attributes_named(**condition);
  EXPECT_EQ(std::vector<std::string_view>(named.begin(), named.end()),
            (std::vector<std::string_view>{"a", "c", "dd", "e"}));
  const auto nested = attributes_looked_into(**condition);
  EXPECT_EQ(std::vector<std::string_view>(nested.begin(), nested.end()),
            (std::vector<std::string_view>{"a", "dd"}));
}

}  // namespace
}  // namespace understudy::condition_test
