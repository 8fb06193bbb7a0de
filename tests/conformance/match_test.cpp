// The runner's own rules: a runner that finds nothing wrong is worth nothing.
#include "conformance/match.h"

#include <gtest/gtest.h>

#include "conformance/case_file.h"

namespace understudy::conformance {
namespace {

std::size_t count(const char* expected, const char* got) {
  return differences(Json::parse(expected), Json::parse(got)).size();
}

TEST(Match, TellsWhatIsMissingAddedAndChanged) {
  EXPECT_EQ(count(R"({"a": 1, "b": 2})", R"({"b": 2, "a": 1.0})"), 0U);
  EXPECT_EQ(count(R"({"a": 1})", R"({})"), 1U);
  EXPECT_EQ(count(R"({})", R"({"a": 1})"), 1U);
  EXPECT_EQ(count(R"({"a": [1, 2]})", R"({"a": [2, 1]})"), 2U);
  EXPECT_EQ(count(R"([1])", R"([1, 2])"), 1U);
  EXPECT_EQ(count(R"({"a": "1"})", R"({"a": 1})"), 1U);
}

TEST(Match, NamesThePlace) {
  const auto found = differences(Json::parse(R"({"Item": {"a": {"S": "x"}}})"),
                                 Json::parse(R"({"Item": {"a": {"S": "y"}}})"));
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0], R"(/Item/a/S: expected "x", got "y")");
}

TEST(Match, ComparesSetsAsSets) {
  EXPECT_EQ(count(R"({"a": {"SS": ["x", "y"]}})", R"({"a": {"SS": ["y", "x"]}})"), 0U);
  EXPECT_EQ(count(R"({"a": {"SS": ["x", "y"]}})", R"({"a": {"SS": ["y"]}})"), 1U);
  EXPECT_EQ(count(R"({"a": {"SS": ["x"]}})", R"({"a": {"NS": ["x"]}})"), 1U);
  EXPECT_EQ(count(R"({"a": {"L": ["x", "y"]}})", R"({"a": {"L": ["y", "x"]}})"), 2U);
}

TEST(Match, KnowsItsMarkers) {
  EXPECT_EQ(count(R"({"a": "$any"})", R"({"a": {"b": 1}})"), 0U);
  EXPECT_EQ(count(R"({"a": "$any"})", R"({})"), 1U);
  EXPECT_EQ(count(R"({"a": "$absent"})", R"({})"), 0U);
  EXPECT_EQ(count(R"({"a": "$absent"})", R"({"a": null})"), 1U);
  EXPECT_EQ(count(R"({"$partial": {"a": 1}})", R"({"a": 1, "b": 2})"), 0U);
  EXPECT_EQ(count(R"({"$partial": {"a": 1}})", R"({"b": 2})"), 1U);
  EXPECT_EQ(count(R"({"$unordered": [1, 2]})", R"([2, 1])"), 0U);
  EXPECT_EQ(count(R"({"$unordered": [1, 1]})", R"([2, 1])"), 1U);
  EXPECT_EQ(count(R"({"$matches": "^a+$"})", R"("aaa")"), 0U);
  EXPECT_EQ(count(R"({"$matches": "^a+$"})", R"("aab")"), 1U);
  EXPECT_EQ(count(R"({"$approx": 1.5})", R"(1.5000000001)"), 0U);
  EXPECT_EQ(count(R"({"$approx": 1.5})", R"("1.5")"), 1U);
  EXPECT_EQ(count(R"({"$length": 2})", R"([1, 2])"), 0U);
  EXPECT_EQ(count(R"({"$length": 2})", R"("abc")"), 1U);
}

TEST(Expand, RepeatsCountsNestsAndRemembers) {
  Bindings bindings{{{"name", "kept"}}, 3};
  EXPECT_EQ(expand_text("x{{repeat:ab:2}}{{i}}", bindings), "xabab3");
  EXPECT_EQ(expand_text("{{other}} {{saved:name}}", bindings), "{{other}} kept");
  EXPECT_EQ(expand(Json::parse(R"([{"$times": 2, "of": {"S": "k{{i}}"}}, 7])"), bindings),
            Json::parse(R"([{"S": "k0"}, {"S": "k1"}, 7])"));
  EXPECT_EQ(expand(Json::parse(R"({"$nest": 2, "in": {"L": ["$inner"]}, "of": 1})"), bindings),
            Json::parse(R"({"L": [{"L": [1]}]})"));
  EXPECT_EQ(expand(Json::parse(R"({"a": {"$saved": "name"}})"), bindings),
            Json::parse(R"({"a": "kept"})"));
}

TEST(Expand, KeepsTheOrderOfMembers) {
  EXPECT_EQ(expand(Json::parse(R"({"b": 1, "a": 2})"), {}).dump(), R"({"b":1,"a":2})");
}

TEST(CaseFiles, AllCanBeRead) {
  for (const Case& one : load_cases(UNDERSTUDY_SOURCE_DIR "/conformance/cases")) {
    EXPECT_EQ(one.problem, "") << one.name;
  }
  EXPECT_FALSE(load_tables(UNDERSTUDY_SOURCE_DIR "/conformance/cases").empty());
}

}  // namespace
}  // namespace understudy::conformance
