#include "streams/mappings/filter_pattern.h"

#include <gtest/gtest.h>

#include <array>

namespace understudy {
namespace {

bool matches(std::string_view pattern, std::string_view event) {
  const auto compiled = FilterPattern::parse(pattern);
  EXPECT_TRUE(compiled.has_value()) << pattern << ": " << (compiled ? "" : compiled.error());
  Arena arena;
  const auto parsed = parse_json(event, arena);
  EXPECT_TRUE(parsed.has_value()) << event;
  return compiled && parsed && (*compiled)->matches(*parsed);
}

struct Row {
  std::string_view pattern;
  std::string_view event;
  bool matches;
};

// Source: section C7 (LS:test_dynamodb_event_filter), Lambda developer guide, "Filter rule syntax".
constexpr std::array kRows = {
    Row{R"({"eventName":["INSERT"]})", R"({"eventName":"INSERT"})", true},
    Row{R"({"eventName":["INSERT","MODIFY"]})", R"({"eventName":"MODIFY"})", true},
    Row{R"({"eventName":["INSERT"]})", R"({"eventName":"REMOVE"})", false},
    Row{R"({"eventName":["INSERT"]})", R"({})", false},
    Row{R"({"a":[null]})", R"({"a":null})", true},
    Row{R"({"a":[null]})", R"({})", false},
    Row{R"({"a":[""]})", R"({"a":""})", true},
    Row{R"({"a":[{"exists":true}]})", R"({"a":"x"})", true},
    Row{R"({"a":[{"exists":false}]})", R"({"a":"x"})", false},
    Row{R"({"a":[{"exists":false}]})", R"({})", true},
    Row{R"({"a":{"S":[{"exists":true}]}})", R"({"a":{"S":"x"}})", true},
    Row{R"({"a":{"S":[{"prefix":"19"}]}})", R"({"a":{"S":"1942"}})", true},
    Row{R"({"a":[{"suffix":"42"}]})", R"({"a":"1942"})", true},
    Row{R"({"a":[{"equals-ignore-case":"Up"}]})", R"({"a":"uP"})", true},
    Row{R"({"a":[{"anything-but":"x"}]})", R"({"a":"y"})", true},
    Row{R"({"a":[{"anything-but":["x","y"]}]})", R"({"a":"y"})", false},
    Row{R"({"a":[{"anything-but":{"prefix":"x"}}]})", R"({"a":"xy"})", false},
    Row{R"({"a":[{"numeric":[">=",1,"<",10]}]})", R"({"a":5})", true},
    Row{R"({"a":[{"numeric":["=",5]}]})", R"({"a":5.0})", true},
    // N values are strings: numeric rules do not see them.
    Row{R"({"a":{"N":[{"numeric":[">",1]}]}})", R"({"a":{"N":"5"}})", false},
    Row{R"({"$or":[{"a":["1"]},{"b":["2"]}]})", R"({"a":"0","b":"2"})", true},
    Row{R"({"$or":[{"a":["1"]},{"b":["2"]}],"c":["3"]})", R"({"b":"2"})", false},
    Row{R"({"a":["x"]})", R"({"a":["w","x"]})", true},
    Row{R"({"a":[1]})", R"({"a":"1"})", false},
};

TEST(FilterPattern, MatchesAsDescribed) {
  for (const Row& row : kRows) {
    EXPECT_EQ(matches(row.pattern, row.event), row.matches) << row.pattern << " " << row.event;
  }
}

TEST(FilterPattern, RefusesWhatIsNoPattern) {
  for (const std::string_view text :
       {"", "[]", "1", "{}", R"({"a":1})", R"({"a":[]})", R"({"a":{}})", R"({"a":[{"prefix":1}]})",
        R"({"a":[{"what":1}]})", R"({"a":[{"numeric":["="]}]})", R"({"a":[{"numeric":["!=",1]}]})",
        R"({"a":[{"exists":1}]})", R"({"a":[[1]]})", R"({"$or":[]})", R"({"$or":[{"a":["1"]}]})",
        R"({"a":[{"anything-but":{"x":"y"}}]})", "{\"a\":"}) {
    EXPECT_FALSE(FilterPattern::parse(text).has_value()) << text;
  }
  EXPECT_FALSE(
      FilterPattern::parse(R"({"a":[")" + std::string(kFilterPatternCharactersMax, 'x') + "\"]}")
          .has_value());
}

TEST(FilterPattern, DeepNestingIsRefusedNotFollowed) {
  std::string deep;
  for (int i = 0; i < 200; ++i) {
    deep += R"({"a":)";
  }
  deep += "[1]" + std::string(200, '}');
  EXPECT_FALSE(FilterPattern::parse(deep).has_value());
}

}  // namespace
}  // namespace understudy
