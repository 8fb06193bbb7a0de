// Repeated names in a request's maps, for few members and for many.
#include "emulator/expression/counting_members.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/emulator/expression/support.h"

namespace understudy::expression {
namespace {

std::string counting(const std::string& json) {
  ExpressionWorld world;
  std::string text;
  for (const JsonMember* member : counting_members(world.json(json), world.arena)) {
    text.append(member->name).append(member->value.text());
  }
  return text;
}

TEST(CountingMembers, KeepsTheLastOfEqualNamesInTheOrderSent) {
  EXPECT_EQ(counting("{}"), "");
  EXPECT_EQ(counting(R"({"b":1,"a":2,"b":3,"c":4})"), "a2b3c4");
}

/// More than are compared each with each.
TEST(CountingMembers, KeepsTheSameOfManyMembers) {
  std::string json = R"({"b":1,"x":9)";
  std::string expected = "x9";
  for (int i = 10; i < 90; ++i) {
    json.append(",\"m").append(std::to_string(i)).append("\":5");
    expected.append("m").append(std::to_string(i)).append("5");
  }
  EXPECT_EQ(counting(json + R"(,"b":2})"), expected + "b2");
}

}  // namespace
}  // namespace understudy::expression
