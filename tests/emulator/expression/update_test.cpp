// Updates: what binding refuses, and what they make of which item.
#include <gtest/gtest.h>

#include "tests/emulator/expression/support.h"

namespace understudy::update_test {
namespace {

std::string error(std::string_view text, std::string_view names = "",
                  std::string_view values = "") {
  ExpressionWorld world;
  return error_of(compile_update(text, world.context(names, values)));
}

constexpr std::string_view kPrefix = "Invalid UpdateExpression: ";

std::string clash(std::string_view what, std::string_view one, std::string_view two) {
  return std::string(kPrefix) + "Two document paths " + std::string(what) +
         " with each other; must remove or rewrite one of these paths; path one: " +
         std::string(one) + ", path two: " + std::string(two);
}

/// Source: dynalite test/updateItem.js; public captures of 2026 for the order of paths.
TEST(UpdateBinding, RefusesOverlappingPaths) {
  EXPECT_EQ(error("SET fieldx = a, fieldx = b"), clash("overlap", "[fieldx]", "[fieldx]"));
  EXPECT_EQ(error("SET mapx = a, mapx.num = b"), clash("overlap", "[mapx]", "[mapx, num]"));
  EXPECT_EQ(error("SET lst[0] = a, lst[0].ok = b"),
            clash("overlap", "[lst, [0]]", "[lst, [0], ok]"));
  EXPECT_EQ(error("set d[1] = a, d.b = a, c[1].a = a, #c = if_not_exists(a)", R"({"#c":"c"})"),
            clash("overlap", "[c, [1], a]", "[c]"));
  EXPECT_EQ(error("set #c[3].#d = a, #c[3] = a", R"({"#c":"c","#d":"[3]"})"),
            clash("overlap", "[c, [3], [3]]", "[c, [3]]"));
  EXPECT_EQ(error("SET a = b REMOVE a"), clash("overlap", "[a]", "[a]"));
}

TEST(UpdateBinding, RefusesConflictingPaths) {
  EXPECT_EQ(error("remove a.#c set a[1] = #c", R"({"#c":"c"})"),
            clash("conflict", "[a, c]", "[a, [1]]"));
  EXPECT_EQ(error("set #c[3].#d = a, #c.#d[3] = if_not_exists(a)", R"({"#c":"c","#d":"[3]"})"),
            clash("conflict", "[c, [3], [3]]", "[c, [3], [3]]"));
}

TEST(UpdateBinding, ReportsUndefinedPlaceholders) {
  EXPECT_EQ(error("SET #c = if_not_exists(:c)"),
            std::string(kPrefix) +
                "An expression attribute name used in the document path is not "
                "defined; attribute name: #c");
  EXPECT_EQ(
      error("SET a = if_not_exists(:c)"),
      std::string(kPrefix) +
          "An expression attribute value used in expression is not defined; attribute value: :c");
}

TEST(UpdateBinding, ReportsOperandsOfAddAndDelete) {
  struct Row {
    std::string_view text;
    std::string_view value;
    std::string_view problem;
  };
  const Row rows[] = {
      {"set b = list_append(:a, a), c = if_not_exists(a) add a.b :a", R"({"S":"a"})",
       "ADD, operand type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND"},
      {"delete a.b :a", R"({"S":"a"})",
       "DELETE, operand type: STRING, typeSet: ALLOWED_FOR_DELETE_OPERAND"},
      {"delete a.b :a", R"({"N":"1"})",
       "DELETE, operand type: NUMBER, typeSet: ALLOWED_FOR_DELETE_OPERAND"},
      {"add a.b :a", R"({"L":[]})", "ADD, operand type: LIST, typeSet: ALLOWED_FOR_ADD_OPERAND"},
      {"add a.b :a", R"({"BOOL":true})",
       "ADD, operand type: BOOLEAN, typeSet: ALLOWED_FOR_ADD_OPERAND"},
      {"add a.b :a", R"({"M":{}})", "ADD, operand type: MAP, typeSet: ALLOWED_FOR_ADD_OPERAND"},
  };
  for (const Row& row : rows) {
    EXPECT_EQ(error(row.text, "", R"({":a":)" + std::string(row.value) + "}"),
              std::string(kPrefix) + "Incorrect operand type for operator or function; operator: " +
                  std::string(row.problem))
        << row.text;
  }
}

TEST(UpdateBinding, ReportsOperandsOfFunctions) {
  const std::string types =
      std::string(kPrefix) +
      "Incorrect operand type for operator or function; operator or function: ";
  const std::string_view values = R"({":s":{"S":"a"},":n":{"N":"1"},":l":{"L":[]}})";
  EXPECT_EQ(error("set a = list_append(:s, a)", "", values),
            types + "list_append, operand type: S");
  EXPECT_EQ(error("set a = list_append(a, :n)", "", values),
            types + "list_append, operand type: N");
  EXPECT_EQ(error("set a = a + :s", "", values), types + "+, operand type: S");
  EXPECT_EQ(error("set a = :l - a", "", values), types + "-, operand type: L");
  EXPECT_EQ(error("set a = if_not_exists(c)"),
            std::string(kPrefix) +
                "Incorrect number of operands for operator or function; operator or function: "
                "if_not_exists, number of operands: 1");
  EXPECT_EQ(error("set a = list_append(b, c, d)"),
            std::string(kPrefix) +
                "Incorrect number of operands for operator or function; operator or function: "
                "list_append, number of operands: 3");
  const std::string path = std::string(kPrefix) +
                           "Operator or function requires a document path; operator or function: "
                           "if_not_exists";
  EXPECT_EQ(error("set a = if_not_exists(:s, c)", "", values), path);
  EXPECT_EQ(error("set a = if_not_exists(if_not_exists(a, b), c)"), path);
}

class Updating : public testing::Test {
 protected:
  const Update* compile(std::string_view text, std::string_view values) {
    const auto update = compile_update(text, world_.context("", values));
    EXPECT_TRUE(update.has_value()) << text << ": " << error_of(update);
    return *update;
  }
  /// The new item's text, or the error.
  std::string update(std::string_view item, std::string_view text, std::string_view values = "") {
    return apply(item, *compile(text, values));
  }
  std::string apply(std::string_view item, const Update& update) {
    const ItemRef before = item.empty() ? ItemRef() : world_.item(item);
    const auto key = decode_attributes(world_.json(R"({"p":{"S":"k"}})"), world_.arena);
    const auto after = apply_update(update, {before.get(), *key, {}}, world_.arena);
    if (!after) {
      return error_of(after);
    }
    // The item built piece by piece must be the one made from its whole content.
    const auto entries = (*after)->decode(world_.arena);
    const ItemRef whole = make_item(entries, {}, world_.arena);
    EXPECT_EQ((*after)->text(), whole->text());
    EXPECT_EQ((*after)->size_bytes(), whole->size_bytes());
    return std::string((*after)->text());
  }
  std::string touched(std::string_view item, std::string_view text, std::string_view values = "") {
    Buffer out;
    out.append("x");
    const bool any = append_touched(out, *compile(text, values), *world_.item(item), world_.arena);
    EXPECT_EQ(any, out.size() > 1);
    return std::string(out.view().substr(1));
  }
  ExpressionWorld world_;
};

constexpr std::string_view kMissing =
    "The provided expression refers to an attribute that does not exist in the item";
constexpr std::string_view kBadPath =
    "The document path provided in the update expression is invalid for update";
constexpr std::string_view kBadOperand =
    "An operand in the update expression has an incorrect data type";

TEST_F(Updating, SetsAndKeepsTheRest) {
  const std::string_view item = R"({"b":{"S":"x"},"d":{"N":"1"},"p":{"S":"k"}})";
  const std::string_view v = R"({":v":{"N":"7"}})";
  EXPECT_EQ(update(item, "SET d = :v", v), R"({"b":{"S":"x"},"d":{"N":"7"},"p":{"S":"k"}})");
  EXPECT_EQ(update(item, "SET a = :v", v),
            R"({"a":{"N":"7"},"b":{"S":"x"},"d":{"N":"1"},"p":{"S":"k"}})");
  EXPECT_EQ(update(item, "SET z = :v, c = :v REMOVE b", v),
            R"({"c":{"N":"7"},"d":{"N":"1"},"p":{"S":"k"},"z":{"N":"7"}})");
  EXPECT_EQ(update("", "SET a = :v, z = :v", v), R"({"a":{"N":"7"},"p":{"S":"k"},"z":{"N":"7"}})");
}

/// Source: scylla test_update_expression_set_copy, test_update_expression_multi_with_copy.
TEST_F(Updating, ReadsTheItemAsItWas) {
  const std::string_view item = R"({"a":{"S":"hello"},"p":{"S":"k"}})";
  EXPECT_EQ(update(item, "REMOVE a SET b = a"), R"({"b":{"S":"hello"},"p":{"S":"k"}})");
  EXPECT_EQ(update(item, "SET a = :v, b = a", R"({":v":{"N":"1"}})"),
            R"({"a":{"N":"1"},"b":{"S":"hello"},"p":{"S":"k"}})");
  EXPECT_EQ(update(item, "SET c = z"), kMissing);
  EXPECT_EQ(update(item, "SET x = :v, y = x", R"({":v":{"N":"4"}})"), kMissing);
  EXPECT_EQ(update("", "SET c = z"), kMissing);
  EXPECT_EQ(update("", "SET c = p"), R"({"c":{"S":"k"},"p":{"S":"k"}})");
}

TEST_F(Updating, Calculates) {
  const std::string_view item = R"({"a":{"N":"2"},"p":{"S":"k"},"s":{"S":"x"}})";
  const std::string_view v = R"({":v":{"N":"0.5"},":z":{"N":"0"}})";
  EXPECT_EQ(update(item, "SET a = a + :v", R"({":v":{"N":"0.5"}})"),
            R"({"a":{"N":"2.5"},"p":{"S":"k"},"s":{"S":"x"}})");
  EXPECT_EQ(update(item, "SET a = (:v - a)", R"({":v":{"N":"0.5"}})"),
            R"({"a":{"N":"-1.5"},"p":{"S":"k"},"s":{"S":"x"}})");
  EXPECT_EQ(update(item, "SET n = if_not_exists(n, :z) + :v", v),
            R"({"a":{"N":"2"},"n":{"N":"0.5"},"p":{"S":"k"},"s":{"S":"x"}})");
  EXPECT_EQ(update(item, "SET n = n + :v", R"({":v":{"N":"0.5"}})"), kMissing);
  EXPECT_EQ(update(item, "SET n = s + :v", R"({":v":{"N":"0.5"}})"), kBadOperand);
  EXPECT_EQ(update(item, "SET n = a + :v", R"({":v":{"N":"1e50"}})"),
            "Number overflow. Attempting to store a number with magnitude larger than supported "
            "range");
}

TEST_F(Updating, AppendsLists) {
  const std::string_view item = R"({"l":{"L":[{"N":"1"}]},"p":{"S":"k"}})";
  const std::string_view v = R"({":v":{"L":[{"S":"x"}]}})";
  EXPECT_EQ(update(item, "SET l = list_append(l, :v)", v),
            R"({"l":{"L":[{"N":"1"},{"S":"x"}]},"p":{"S":"k"}})");
  EXPECT_EQ(update(item, "SET l = list_append(:v, l)", v),
            R"({"l":{"L":[{"S":"x"},{"N":"1"}]},"p":{"S":"k"}})");
  EXPECT_EQ(update(item, "SET q = list_append(if_not_exists(q, :v), l)", v),
            R"({"l":{"L":[{"N":"1"}]},"p":{"S":"k"},"q":{"L":[{"S":"x"},{"N":"1"}]}})");
  EXPECT_EQ(update(item, "SET l = list_append(p, :v)", v), kBadOperand);
  EXPECT_EQ(update(item, "SET l = list_append(nope, :v)", v), kMissing);
}

TEST_F(Updating, AddsAndDeletes) {
  const std::string_view item = R"({"n":{"N":"3"},"p":{"S":"k"},"ss":{"SS":["b","d"]}})";
  EXPECT_EQ(update(item, "ADD n :v", R"({":v":{"N":"4"}})"),
            R"({"n":{"N":"7"},"p":{"S":"k"},"ss":{"SS":["b","d"]}})");
  EXPECT_EQ(update(item, "ADD m :v", R"({":v":{"N":"4"}})"),
            R"({"m":{"N":"4"},"n":{"N":"3"},"p":{"S":"k"},"ss":{"SS":["b","d"]}})");
  EXPECT_EQ(update(item, "ADD ss :v", R"({":v":{"SS":["e","a","d","c"]}})"),
            R"({"n":{"N":"3"},"p":{"S":"k"},"ss":{"SS":["a","b","c","d","e"]}})");
  EXPECT_EQ(update(item, "DELETE ss :v", R"({":v":{"SS":["d","zz"]}})"),
            R"({"n":{"N":"3"},"p":{"S":"k"},"ss":{"SS":["b"]}})");
  EXPECT_EQ(update(item, "DELETE ss :v", R"({":v":{"SS":["b","d"]}})"),
            R"({"n":{"N":"3"},"p":{"S":"k"}})");
  EXPECT_EQ(update(item, "DELETE q :v", R"({":v":{"SS":["b"]}})"), item);
  EXPECT_EQ(update(item, "ADD ss :v", R"({":v":{"NS":["1"]}})"), kBadOperand);
  EXPECT_EQ(update(item, "ADD p :v", R"({":v":{"N":"1"}})"), kBadOperand);
  EXPECT_EQ(update(item, "DELETE n :v", R"({":v":{"NS":["1"]}})"), kBadOperand);
  EXPECT_EQ(update("", "ADD ns :v", R"({":v":{"NS":["10","9","1"]}})"),
            R"({"ns":{"NS":["1","9","10"]},"p":{"S":"k"}})");
}

/// Source: scylla test_update_expression.py, the nested tests.
TEST_F(Updating, ChangesDocumentsInside) {
  const std::string_view item =
      R"({"a":{"M":{"b":{"N":"3"},"c":{"L":[{"S":"hi"},{"M":{"q":{"N":"2"},"x":{"N":"3"}}}]}}},"p":{"S":"k"}})";
  EXPECT_EQ(
      update(item, "SET a.c[1].x = :v, a.d = :v REMOVE a.b, a.c[1].q, a.nope",
             R"({":v":{"N":"9"}})"),
      R"({"a":{"M":{"c":{"L":[{"S":"hi"},{"M":{"x":{"N":"9"}}}]},"d":{"N":"9"}}},"p":{"S":"k"}})");
  EXPECT_EQ(
      update(item, "SET z = a.c[1].q"),
      R"({"a":{"M":{"b":{"N":"3"},"c":{"L":[{"S":"hi"},{"M":{"q":{"N":"2"},"x":{"N":"3"}}}]}}},"p":{"S":"k"},"z":{"N":"2"}})");
  EXPECT_EQ(
      update(item, "ADD a.b :v", R"({":v":{"N":"9"}})"),
      R"({"a":{"M":{"b":{"N":"12"},"c":{"L":[{"S":"hi"},{"M":{"q":{"N":"2"},"x":{"N":"3"}}}]}}},"p":{"S":"k"}})");
}

TEST_F(Updating, CountsListPositionsBeforeTheUpdate) {
  const std::string_view item =
      R"({"l":{"L":[{"N":"2"},{"N":"3"},{"N":"4"},{"N":"5"},{"N":"6"}]}})";
  EXPECT_EQ(update(item, "REMOVE l[1] SET l[3] = :v", R"({":v":{"N":"17"}})"),
            R"({"l":{"L":[{"N":"2"},{"N":"4"},{"N":"17"},{"N":"6"}]}})");
  EXPECT_EQ(update(item, "REMOVE l[0], l[4], l[17]"),
            R"({"l":{"L":[{"N":"3"},{"N":"4"},{"N":"5"}]}})");
  EXPECT_EQ(
      update(R"({"l":{"L":[{"S":"one"}]}})", "SET l[84] = :a, l[37] = :b, l[17] = :c, l[50] = :d",
             R"({":a":{"N":"1"},":b":{"N":"2"},":c":{"N":"3"},":d":{"N":"4"}})"),
      R"({"l":{"L":[{"S":"one"},{"N":"3"},{"N":"2"},{"N":"4"},{"N":"1"}]}})");
  EXPECT_EQ(update(R"({"l":{"L":[{"N":"1"}]},"m":{"M":{"b":{"N":"1"}}}})", "REMOVE l[0], m.b"),
            R"({"l":{"L":[]},"m":{"M":{}}})");
}

TEST_F(Updating, RefusesPathsThatLeadNowhere) {
  const std::string_view item = R"({"a":{"S":"hello"},"b":{"L":[{"S":"hi"}]},"m":{"M":{}}})";
  const std::string_view v = R"({":v":{"NS":["7"]}})";
  for (const std::string_view text :
       {"SET a.c = :v", "SET b.c = :v", "SET c.c = :v", "SET a[0] = :v", "SET c[0] = :v",
        "SET m[0] = :v", "SET b[3].x = :v", "ADD a.c :v", "DELETE c.c :v", "SET m.x.y = :v"}) {
    EXPECT_EQ(update(item, text, v), kBadPath) << text;
  }
  for (const std::string_view text : {"REMOVE a.c", "REMOVE b.c", "REMOVE c.c", "REMOVE a[0]"}) {
    EXPECT_EQ(update(item, text), kBadPath) << text;
  }
  EXPECT_EQ(update("", "SET c.c = :v", v), kBadPath);
}

TEST_F(Updating, RefusesTooDeepDocuments) {
  std::string value = R"({"S":"leaf"})";
  for (int i = 0; i < 31; ++i) {
    value = R"({"M":{"n":)" + value + "}}";
  }
  const std::string values = R"({":v":)" + value + "}";
  EXPECT_NE(update(R"({"p":{"S":"k"}})", "SET a = :v", values).find("leaf"), std::string::npos);
  EXPECT_EQ(update(R"({"m":{"M":{}}})", "SET m.x = :v", values), kNestingMessage);
}

TEST_F(Updating, KnowsWhetherItOnlyClears) {
  EXPECT_TRUE(only_clears(*compile("REMOVE a, b.c DELETE d :v", R"({":v":{"SS":["a"]}})")));
  EXPECT_FALSE(only_clears(*compile("REMOVE a ADD b :v", R"({":v":{"SS":["a"]}})")));
  EXPECT_FALSE(only_clears(*compile("SET a = :v", R"({":v":{"SS":["a"]}})")));
}

/// Source: scylla test_returnvalues.py, test_update_item_returnvalues_nested.
TEST_F(Updating, ReturnsWhatItTouched) {
  const std::string_view item =
      R"({"a":{"M":{"b":{"S":"dog"},"c":{"L":[{"N":"1"},{"N":"2"},{"N":"3"}]}}},"d":{"S":"cat"}})";
  const std::string_view v = R"({":v":{"N":"7"}})";
  EXPECT_EQ(touched(item, "SET a.b = :v", v), R"({"a":{"M":{"b":{"S":"dog"}}}})");
  EXPECT_EQ(touched(item, "SET a.c[1] = :v, a.b = :v", v),
            R"({"a":{"M":{"b":{"S":"dog"},"c":{"L":[{"N":"2"}]}}}})");
  EXPECT_EQ(touched(item, "REMOVE a.c[1], a.c[3]"), R"({"a":{"M":{"c":{"L":[{"N":"2"}]}}}})");
  EXPECT_EQ(touched(item, "SET a.x = :v, e = :v", v), "");
  EXPECT_EQ(touched(item, "SET a.c[100] = :v", v), "");
  EXPECT_EQ(touched(item, "SET d = :v", v), R"({"d":{"S":"cat"}})");
}

/// Case: recorded answers, eu-west-2, 2026-08-18 and -19.
TEST_F(Updating, CountsActionsAgainstTheSizeLimit) {
  const ItemRef item = world_.item(R"({"p":{"S":"k"},"x":{"S":"0123456789"}})");
  const std::size_t size = item->size_bytes();
  const auto bytes = [&](std::string_view text, std::string_view values) {
    return update_size_bytes(*compile(text, values), *item, world_.arena);
  };
  const std::string_view v = R"({":v":{"N":"1"}})";
  EXPECT_EQ(bytes("SET x = :v", v), 11 + 3 + 19) << "the key is not in it";
  EXPECT_EQ(bytes("SET x = :v, b[1] = :v, c = c + :v REMOVE d ADD e :v", v),
            11 + 3 + 19 + 20 + 69 + 2 + 19);
  EXPECT_EQ(bytes("SET a = :v", v), 3 + 19) << "nor is what the update leaves alone";
  EXPECT_EQ(bytes("REMOVE d", ""), size) << "the whole item at least";
}

TEST_F(Updating, NamesWhatItWritesAndLooksInto) {
  const Update* update = compile("SET e = list_append(a, b), f = d[1] REMOVE x.y", "");
  const auto written = attributes_written(*update);
  EXPECT_EQ(std::vector<std::string_view>(written.begin(), written.end()),
            (std::vector<std::string_view>{"e", "f", "x"}));
  const auto nested = attributes_looked_into(*update);
  EXPECT_EQ(std::vector<std::string_view>(nested.begin(), nested.end()),
            (std::vector<std::string_view>{"x", "d"}));
}

TEST_F(Updating, AppliesAttributeUpdates) {
  const auto run = [&](std::string_view item, std::string_view updates) {
    const auto update = compile_attribute_updates(world_.json(updates), world_.arena);
    return update ? apply(item, **update) : error_of(update);
  };
  const std::string_view item = R"({"l":{"L":[{"N":"1"}]},"n":{"N":"3"},"ss":{"SS":["a","b"]}})";
  EXPECT_EQ(run(item, R"({"n":{"Value":{"S":"x"}},"a":{"Action":"PUT","Value":{"N":"1"}}})"),
            R"({"a":{"N":"1"},"l":{"L":[{"N":"1"}]},"n":{"S":"x"},"ss":{"SS":["a","b"]}})");
  EXPECT_EQ(run(item, R"({"n":{"Action":"ADD","Value":{"N":"2"}},"l":{"Action":"DELETE"}})"),
            R"({"n":{"N":"5"},"ss":{"SS":["a","b"]}})");
  EXPECT_EQ(run(item, R"({"l":{"Action":"ADD","Value":{"L":[{"S":"x"}]}},
                          "ss":{"Action":"DELETE","Value":{"SS":["a"]}}})"),
            R"({"l":{"L":[{"N":"1"},{"S":"x"}]},"n":{"N":"3"},"ss":{"SS":["b"]}})");
  const std::string_view mismatch = "Type mismatch for attribute to update";
  EXPECT_EQ(run(item, R"({"ss":{"Action":"ADD","Value":{"NS":["1"]}}})"), mismatch);
  EXPECT_EQ(run(item, R"({"n":{"Action":"DELETE","Value":{"NS":["1"]}}})"), mismatch);
  EXPECT_EQ(run("", R"({})"), R"({"p":{"S":"k"}})");
}

TEST(AttributeUpdates, AreCheckedForActionAndType) {
  ExpressionWorld world;
  const auto error = [&](std::string_view updates) {
    return error_of(compile_attribute_updates(world.json(updates), world.arena));
  };
  const std::string prefix = "One or more parameter values were invalid: ";
  EXPECT_EQ(error(R"({"a":{"Action":"PUT"}})"),
            prefix + "Only DELETE action is allowed when no attribute value is specified");
  EXPECT_EQ(error(R"({"a":{"Action":"DELETE","Value":{"S":"1"}}})"),
            prefix + "DELETE action with value is not supported for the type S");
  EXPECT_EQ(error(R"({"a":{"Action":"ADD","Value":{"BOOL":true}}})"),
            prefix + "ADD action is not supported for the type BOOL");
  EXPECT_EQ(error(R"({"":{"Value":{"BOOL":true}}})"), "Empty attribute name");
  EXPECT_FALSE(only_clears(**compile_attribute_updates(world.json("{}"), world.arena)));
}

}  // namespace
}  // namespace understudy::update_test
