// What is wrong with a text on its own: tokens, grammar, limits, functions, reserved words. The
// texts are the service's, from public captures; each group says where from.
#include <gtest/gtest.h>

#include "tests/emulator/expression/support.h"

namespace understudy::syntax_test {
namespace {

struct Row {
  std::string_view text;
  std::string_view problem;
};
struct TokenRow {
  std::string_view text;
  std::string_view token;
  std::string_view near;

  [[nodiscard]] std::string problem() const {
    return "Syntax error; token: \"" + std::string(token) + "\", near: \"" + std::string(near) +
           "\"";
  }
};

std::string condition_error(std::string_view text, std::string_view names = "",
                            std::string_view values = "") {
  ExpressionWorld world;
  return error_of(compile_condition(ConditionKind::kCondition, text, world.context(names, values)));
}
std::string update_error(std::string_view text, std::string_view names = "",
                         std::string_view values = "") {
  ExpressionWorld world;
  return error_of(compile_update(text, world.context(names, values)));
}
std::string projection_error(std::string_view text, std::string_view names = "") {
  ExpressionWorld world;
  return error_of(compile_projection(text, world.context(names, "")));
}

/// The token that cannot stand there, with its neighbours as sent.
TEST(Syntax, NamesTheFirstWrongTokenOfACondition) {
  const TokenRow rows[] = {
      {"foo", "<EOF>", "foo"},
      {"attribute_not_exists(", "<EOF>", "("},
      {"attribute_type()", ")", "()"},
      {"a > 4", "4", "> 4"},
      {"things are not gonna be ok", "are", "things are not"},
      {"attribute_exists(Pictures-RearView)", "-", "Pictures-RearView"},
      {"attribute_exists(Pictures..RearView)", ".", "..RearView"},
      {"attribute_exists(asdf[a])", "a", "[a]"},
      {"a in b, c", "b", "in b,"},
      {"a in (b,c,)", ")", ",)"},
      {"a in ()", ")", "()"},
      {"a > between", "between", "> between"},
      {"(a)between(b.c.d)and((c)", "<EOF>", ")"},
      {"#$.b > a", "#", "#$"},
      {"a > :things.stuff", ".", ":things.stuff"},
      {"b[:a] > a", ":a", "[:a]"},
      {"b[#_] > a", "#_", "[#_]"},
      {"ü > a", "ü", "ü >"},
      {"size(a).b > a", ".", ").b"},
      {"(size(a))[0] > a", "[", ")[0"},
      {"a AND :val", "AND", "a AND :val"},
      {"NOT a", "<EOF>", "a"},
      {"a = :val OR NOT :val", "<EOF>", ":val"},
      {"p=:p AND c!=:c", "!", "c!="},
      {"a = b = c", "=", "b = c"},
      {"(a = b) = c", "=", ") = c"},
      {"a between b", "<EOF>", "b"},
      {"a between b or c = d", "or", "b or c"},
      {"f(a = b)", "=", "a = b"},
      {"a = b)", ")", "b)"},
      {"_a = b", "_", "_a"},
      {"pk = !!", "!", "= !!"},
      {"a = b,", ",", "b,"},
      {"a + b = c", "+", "a + b"},
  };
  for (const TokenRow& row : rows) {
    EXPECT_EQ(condition_error(row.text), "Invalid ConditionExpression: " + row.problem())
        << row.text;
  }
}

TEST(Syntax, NamesTheFirstWrongTokenOfAnUpdate) {
  const TokenRow rows[] = {
      {"INVALID SYNTAX HERE", "INVALID", "INVALID SYNTAX"},
      {"SET", "<EOF>", "SET"},
      {"ADD hits : incr", ":", "hits : incr"},
      {"ADD numx", "<EOF>", "numx"},
      {"ADD numx 1", "1", "numx 1"},
      {"DELETE setx a", "a", "setx a"},
      {"SET note = :v +", "<EOF>", "+"},
      {"SET numx = numx * :v", "*", "numx * :v"},
      {"SET _123 = :val1", "_", "SET _123"},
      {"SET path = VALUE 1", "1", "VALUE 1"},
      {"SET NewAttr = {\"NULL\": true}", "{", "= {\""},
      {"SET #list[0.#comment = :value", ".", "0.#comment"},
      {"set a", "<EOF>", "a"},
      {"set a=set", "set", "=set"},
      {"remove a = b", "=", "a = b"},
      {"remove a b", "b", "a b"},
      {"set :a = b", ":a", "set :a ="},
      {"set (a = (b + c))", "(", "set (a"},
      {"set a = (b.c).d + e", ".", ").d"},
      {"set a = b + c + d", "+", "c + d"},
      {"SET c = if_not_exists(c, :val1+:val2)", "+", ":val1+:val2"},
      {"SET a = :b, updated =", "<EOF>", "="},
      {"REMOVE a, #", "#", ", #"},
      {"SET a = b = c", "=", "b = c"},
      {"SET a = b)", ")", "b)"},
      {"SET a = (b", "<EOF>", "b"},
  };
  for (const TokenRow& row : rows) {
    EXPECT_EQ(update_error(row.text), "Invalid UpdateExpression: " + row.problem()) << row.text;
  }
}

TEST(Syntax, NamesTheFirstWrongTokenOfAProjection) {
  const TokenRow rows[] = {
      {"!!! INVALID !!!", "!", "!!"},
      {"whatever(stuff)", "(", "whatever(stuff"},
      {"a,,b", ",", ",,b"},
      {"a,", "<EOF>", ","},
      {"(a)", "(", "(a"},
      {"a-b", "-", "a-b"},
      {"#list[].#comment", "]", "[]."},
      {"a[-1]", "-", "[-1"},
      {"a b", "b", "a b"},
  };
  for (const TokenRow& row : rows) {
    EXPECT_EQ(projection_error(row.text), "Invalid ProjectionExpression: " + row.problem())
        << row.text;
  }
}

TEST(Syntax, RefusesEmptyText) {
  EXPECT_EQ(condition_error(""), "Invalid ConditionExpression: The expression can not be empty;");
  EXPECT_EQ(update_error(""), "Invalid UpdateExpression: The expression can not be empty;");
  EXPECT_EQ(projection_error(""), "Invalid ProjectionExpression: The expression can not be empty;");
}

TEST(Syntax, UsesTheWordOfTheParameter) {
  ExpressionWorld world;
  EXPECT_EQ(error_of(compile_condition(ConditionKind::kFilter, "", world.context("", ""))),
            "Invalid FilterExpression: The expression can not be empty;");
  EXPECT_EQ(error_of(compile_key_condition("", world.context("", ""))),
            "Invalid KeyConditionExpression: The expression can not be empty;");
}

/// Source: scylla test_limits.py, test_limit_expression_len.
TEST(ExpressionLimits, CountBytesAsSent) {
  EXPECT_EQ(projection_error(std::string(4096, 'x')), "no error");
  EXPECT_EQ(projection_error(std::string(4097, 'x')),
            "Invalid ProjectionExpression: Expression size has exceeded the maximum allowed size; "
            "expression size: 4097");
  EXPECT_EQ(condition_error(std::string(15000, '(')),
            "Invalid ConditionExpression: Expression size has exceeded the maximum allowed size; "
            "expression size: 15000");
}

/// Texts as long as they may be, nested as deep as they can: an answer each, and no crash.
/// Source: scylla test_limits.py, test_deeply_nested_expression_*.
TEST(ExpressionLimits, SurviveTheDeepestNesting) {
  const auto repeat = [](std::string_view what, std::size_t times) {
    std::string text;
    for (std::size_t i = 0; i < times; ++i) {
      text += what;
    }
    return text;
  };
  EXPECT_EQ(condition_error(repeat("(", 4096)),
            "Invalid ConditionExpression: Syntax error; token: \"<EOF>\", near: \"(\"");
  EXPECT_EQ(condition_error(repeat("(", 2046) + "a<b" + repeat(")", 2046)),
            "Invalid ConditionExpression: The expression has redundant parentheses;");
  EXPECT_EQ(condition_error("a < " + repeat("f(", 1355) + "b" + repeat(")", 1355)),
            "Invalid ConditionExpression: Invalid function name; function: f");
  EXPECT_EQ(condition_error(repeat("not ", 1000) + "a<b"),
            "Invalid ConditionExpression: The expression contains too many operators; operator "
            "count: 301");
  EXPECT_EQ(condition_error("a<b " + repeat("or (a<b ", 149) + repeat(")", 149)), "no error");
  EXPECT_EQ(condition_error("a<b " + repeat("or (a<b ", 454) + repeat(")", 454)),
            "Invalid ConditionExpression: The expression contains too many operators; operator "
            "count: 301");
  EXPECT_EQ(condition_error(repeat("not (", 299) + "a<b" + repeat(")", 299)), "no error");
  EXPECT_EQ(update_error("SET a = " + repeat("(", 2000) + "b" + repeat(")", 2000)),
            "Invalid UpdateExpression: The expression has redundant parentheses;");
}

/// Source: dynalite test/scan.js, captured against the service.
TEST(Parentheses, AreRefusedWhenDoubled) {
  for (const std::string_view text :
       {"a=a and a > ((views))", "(a)between(((b.c)).d)and(c)", "a > whatever((:things), ((a)))",
        "a=a AND ((a=a AND a=a)) AND a=a", "a=a OR ((a=a OR (a=a OR a=a)))", "((pk = :v))"}) {
    EXPECT_EQ(condition_error(text),
              "Invalid ConditionExpression: The expression has redundant parentheses;")
        << text;
  }
}

TEST(Parentheses, AreFineWhenSingle) {
  for (const std::string_view text :
       {"(a = b)", "((a = b) AND (c = d))", "(a) = (b)", "NOT (a = b)", "(attribute_exists(a))",
        "(attribute_exists(a)) AND (a <> b)", "(a)between(b)and(c)", "a in ((b), c)",
        "attribute_exists((a))", "(a = b AND (c = d))", "not (a) = b"}) {
    EXPECT_EQ(condition_error(text), "no error") << text;
  }
  EXPECT_EQ(update_error("SET a = (b + c), d = ((e)+(f)), g = (h)"), "no error");
}

/// Source: dynalite test/scan.js; public captures for the functions of the other kind.
TEST(Functions, AreRefusedWhereTheyDoNotBelong) {
  const std::string misused =
      "The function is not allowed to be used this way in an expression; function: ";
  const Row rows[] = {
      {"a=a and whatever((:things)) > a", "Invalid function name; function: whatever"},
      {"attRIbute_exIsts((views), #a)", "Invalid function name; function: attRIbute_exIsts"},
      {"a=a and attribute_exists((views), (#a)) > b", "attribute_exists"},
      {"attribute_type(things, :a) > b", "attribute_type"},
      {"contains(:things, c) > b", "contains"},
      {"size(contains(a, b)) > a", "contains"},
      {"size(things)", "size"},
      {"NOT size(things)", "size"},
      {"a between b and attribute_exists(things)", "attribute_exists"},
      {"a in (b, attribute_exists(things))", "attribute_exists"},
      {"if_not_exists(s, :f) = :f",
       "The function is not allowed in a condition expression; function: if_not_exists"},
  };
  for (const Row& row : rows) {
    const bool whole = row.problem.find(' ') != std::string_view::npos;
    EXPECT_EQ(condition_error(row.text),
              "Invalid ConditionExpression: " + (whole ? "" : misused) + std::string(row.problem))
        << row.text;
  }
  EXPECT_EQ(update_error("SET a = size(s)"),
            "Invalid UpdateExpression: The function is not allowed in an update expression; "
            "function: size");
  EXPECT_EQ(update_error("SET a = f123_hi(b,c,d)"),
            "Invalid UpdateExpression: Invalid function name; function: f123_hi");
  EXPECT_EQ(update_error("SET a = list_append(list_append(b, c), d)"),
            "Invalid UpdateExpression: " + misused + "list_append");
}

TEST(ReservedWords, AreRefusedInAnyCase) {
  const std::string problem = "Attribute name is a reserved keyword; reserved keyword: ";
  EXPECT_EQ(condition_error(":a < abOrT"), "Invalid ConditionExpression: " + problem + "abOrT");
  EXPECT_EQ(condition_error("m.COMMENT = :v"),
            "Invalid ConditionExpression: " + problem + "COMMENT");
  EXPECT_EQ(condition_error("key = :v"), "Invalid ConditionExpression: " + problem + "key");
  EXPECT_EQ(update_error(" set #c = :c set abOrt = true "),
            "Invalid UpdateExpression: " + problem + "abOrt");
  EXPECT_EQ(update_error("SET x = value"), "Invalid UpdateExpression: " + problem + "value");
  EXPECT_EQ(projection_error("a.abORt"), "Invalid ProjectionExpression: " + problem + "abORt");
}

/// LaunchDarkly's Node stores send these unescaped.
TEST(ReservedWords, LeaveNamespaceVersionAndDeletedAlone) {
  EXPECT_EQ(condition_error("attribute_not_exists(version) OR version < namespace"), "no error");
  EXPECT_EQ(condition_error("attribute_not_exists(deleted)"), "no error");
}

TEST(UpdateSections, MayStandOnce) {
  const auto once = [](std::string_view section) {
    return "Invalid UpdateExpression: The \"" + std::string(section) +
           "\" section can only be used once in an update expression;";
  };
  EXPECT_EQ(update_error("set a = #c set c = :d"), once("SET"));
  EXPECT_EQ(update_error("remove #d set a = b remove e"), once("REMOVE"));
  EXPECT_EQ(update_error("add #d :e set a = b add e :f"), once("ADD"));
  EXPECT_EQ(update_error("delete #d :e set a = b delete #e :f"), once("DELETE"));
}

TEST(Paths, MayNotGoDeeperThan32) {
  std::string path = "a";
  for (int i = 0; i < 31; ++i) {
    path += ".b";
  }
  EXPECT_EQ(projection_error(path), "no error");
  EXPECT_EQ(projection_error(path + ".b"),
            "Invalid ProjectionExpression: The document path has too many nesting levels; nesting "
            "levels: 33");
}

TEST(Paths, NeedAnIndexThatFits) {
  EXPECT_EQ(projection_error("a[999]"), "no error");
  EXPECT_EQ(projection_error("a[99999999999999]"),
            "Invalid ProjectionExpression: List index is not within the allowable range; index: "
            "[99999999999999]");
}

/// Whatever bytes come: an answer. (Invalid UTF-8 cannot come, NUL can.)
TEST(Syntax, TakesAnyCharacter) {
  for (int c = 0; c < 128; ++c) {
    const std::string text = std::string("a = b") + static_cast<char>(c) + "c";
    EXPECT_NE(condition_error(text), "");
    EXPECT_NE(update_error("SET " + text), "");
    EXPECT_NE(projection_error(text), "");
  }
  const std::string nul("a\0b", 3);
  EXPECT_NE(condition_error(nul).find("near: \"" + nul + "\""), std::string::npos);
}

}  // namespace
}  // namespace understudy::syntax_test
