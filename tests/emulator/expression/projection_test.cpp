// Projections: which paths may stand together, and what they keep of an item.
#include <gtest/gtest.h>

#include "tests/emulator/expression/support.h"

namespace understudy::projection_test {
namespace {

std::string error(std::string_view text, std::string_view names = "") {
  ExpressionWorld world;
  return error_of(compile_projection(text, world.context(names, "")));
}

std::string project(std::string_view item, std::string_view text, std::string_view names = "") {
  ExpressionWorld world;
  const auto projection = compile_projection(text, world.context(names, ""));
  if (!projection) {
    return error_of(projection);
  }
  Buffer out;
  append_projected(out, **projection, *world.item(item), world.arena);
  return std::string(out.view());
}

std::string clash(std::string_view what, std::string_view one, std::string_view two) {
  return "Invalid ProjectionExpression: Two document paths " + std::string(what) +
         " with each other; must remove or rewrite one of these paths; path one: " +
         std::string(one) + ", path two: " + std::string(two);
}

TEST(ProjectionPaths, MayNotOverlap) {
  EXPECT_EQ(error("a,a"), clash("overlap", "[a]", "[a]"));
  EXPECT_EQ(error("a.b[0],a.b[0]"), clash("overlap", "[a, b, [0]]", "[a, b, [0]]"));
  EXPECT_EQ(error("b[1], b.a, #a.b, a", R"({"#a":"a"})"), clash("overlap", "[a, b]", "[a]"));
  EXPECT_EQ(error("a, #a[1]", R"({"#a":"a"})"), clash("overlap", "[a]", "[a, [1]]"));
  EXPECT_EQ(error("a.b.d.e, a.b"), clash("overlap", "[a, b, d, e]", "[a, b]"));
}

TEST(ProjectionPaths, MayNotConflict) {
  EXPECT_EQ(error("a.b[1], #a[1], #b", R"({"#a":"a","#b":"[3]"})"),
            clash("conflict", "[a, b, [1]]", "[a, [1]]"));
  EXPECT_EQ(error("a.b.c, a.b[1]"), clash("conflict", "[a, b, c]", "[a, b, [1]]"));
  EXPECT_EQ(error("a[3].b, #a.#b.b", R"({"#a":"a","#b":"[3]"})"),
            clash("conflict", "[a, [3], b]", "[a, [3], b]"));
}

TEST(ProjectionPaths, MayShareABeginning) {
  for (const std::string_view text :
       {"a, b", "a.b, a.c", "a.b.d, a.b.e", "a[1], a[2]", "a.b, a.c[2]"}) {
    EXPECT_EQ(error(text), "no error") << text;
  }
}

TEST(ProjectionPaths, NeedDefinedNames) {
  EXPECT_EQ(
      error("a,b,a,#a"),
      "Invalid ProjectionExpression: An expression attribute name used in the document path is "
      "not defined; attribute name: #a");
}

constexpr std::string_view kItem =
    R"({"p":{"S":"x"},"a":{"M":{"b":{"L":[{"N":"2"},{"N":"4"},{"M":{"x":{"S":"hi"},"y":{"S":"yo"}}}]},
        "c":{"N":"5"}}},"b":{"S":"hello"}})";

/// Source: scylla test_projection_expression.py, test_projection_expression_path.
TEST(Projecting, KeepsTheNamedParts) {
  EXPECT_EQ(project(kItem, "b, p"), R"({"b":{"S":"hello"},"p":{"S":"x"}})");
  EXPECT_EQ(project(kItem, "a.c,b"), R"({"a":{"M":{"c":{"N":"5"}}},"b":{"S":"hello"}})");
  EXPECT_EQ(project(kItem, "a.b[0]"), R"({"a":{"M":{"b":{"L":[{"N":"2"}]}}}})");
  EXPECT_EQ(project(kItem, "a.b[2].y"), R"({"a":{"M":{"b":{"L":[{"M":{"y":{"S":"yo"}}}]}}}})");
  EXPECT_EQ(project(kItem, "a.b[2].y, a.b[2].x, a.b[0]"),
            R"({"a":{"M":{"b":{"L":[{"N":"2"},{"M":{"x":{"S":"hi"},"y":{"S":"yo"}}}]}}}})");
  EXPECT_EQ(project(kItem, "a.x, a.b[0], x, a.b[3].x"), R"({"a":{"M":{"b":{"L":[{"N":"2"}]}}}})");
}

TEST(Projecting, IsEmptyWhereNothingMatches) {
  for (const std::string_view text : {"x", "a.b[3]", "a.x", "a.x.y", "a.b[3].x", "a.b.x", "a[0]",
                                      "a.b[0].x", "a.b[0][0]", "b.c", "b[0]"}) {
    EXPECT_EQ(project(kItem, text), "{}") << text;
  }
}

TEST(Projecting, ClosesUpListsInOrder) {
  EXPECT_EQ(project(R"({"l":{"L":[{"S":"l0"},{"S":"l1"},{"S":"l2"}]}})", "l[2], l[0]"),
            R"({"l":{"L":[{"S":"l0"},{"S":"l2"}]}})");
}

TEST(Projecting, TakesNamesLiterally) {
  EXPECT_EQ(project(R"({"a.b":{"S":"hi"},"a":{"M":{"b":{"S":"yo"}}}})", "#n", R"({"#n":"a.b"})"),
            R"({"a.b":{"S":"hi"}})");
  EXPECT_EQ(project(R"({"q\"":{"M":{"\n":{"S":"x"}}}})", "#q.#n", R"({"#q":"q\"","#n":"\n"})"),
            R"({"q\"":{"M":{"\n":{"S":"x"}}}})");
}

TEST(AttributesToGet, AreAProjection) {
  ExpressionWorld world;
  const auto projection = compile_attributes_to_get(world.json(R"(["b","nope"])"), world.arena);
  ASSERT_TRUE(projection.has_value());
  Buffer out;
  append_projected(out, **projection, *world.item(kItem), world.arena);
  EXPECT_EQ(out.view(), R"({"b":{"S":"hello"}})");
  EXPECT_EQ(error_of(compile_attributes_to_get(world.json(R"([""])"), world.arena)),
            "Empty attribute name");
}

}  // namespace
}  // namespace understudy::projection_test
