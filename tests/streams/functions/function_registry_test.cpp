#include "streams/functions/function_registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace understudy {
namespace {

using testing::ElementsAre;
using Answer = Expected<std::string, std::string>;

FunctionSettings callback(const std::string& name, FunctionCallback code) {
  FunctionSettings settings;
  settings.name = name;
  settings.callback = std::move(code);
  return settings;
}

TEST(FunctionRegistry, ResolvesNamesPartialAndWholeArns) {
  const VirtualClock clock(0);
  FunctionRegistry functions(clock, Random(1), {}, nullptr);
  const auto echo = [](std::string_view event) { return Answer(std::string(event)); };
  ASSERT_TRUE(functions.add(callback("f", echo)).has_value());
  for (const char* name : {"f", "f:$LATEST", "000000000000:function:f", "000000000000:f",
                           "arn:aws:lambda:us-east-1:000000000000:function:f",
                           "arn:aws:lambda:us-east-1:000000000000:function:f:$LATEST"}) {
    EXPECT_EQ(functions.resolve(name), "f") << name;
  }
  // Nothing is published here: a version or an alias is of nothing.
  for (const char* name : {"f:1", "f:live", "000000000000:f:7", "000000000000:function:f:7",
                           "arn:aws:lambda:us-east-1:000000000000:function:f:7"}) {
    EXPECT_FALSE(functions.resolve(name).has_value()) << name;
  }
  EXPECT_EQ(functions.arn_of("000000000000:f:7"),
            "arn:aws:lambda:us-east-1:000000000000:function:f:7");
  EXPECT_FALSE(functions.resolve("g").has_value());
  EXPECT_FALSE(functions.add(callback("f", echo)).has_value());
  EXPECT_FALSE(functions.add(callback("no name", echo)).has_value());
  EXPECT_FALSE(functions.add(FunctionSettings{.name = "nothing"}).has_value());
}

// One at a time: what comes meanwhile waits its turn.
TEST(FunctionRegistry, InvocationsBeyondTheConcurrencyWait) {
  const VirtualClock clock(0);
  FunctionRegistry functions(clock, Random(1), {}, nullptr);
  std::vector<std::string> order;
  FunctionSettings settings = callback("f", [&](std::string_view event) {
    order.emplace_back("begin " + std::string(event));
    if (event == "1") {
      functions.invoke("f", {.payload = "2"},
                       [&](const FunctionResult&) { order.emplace_back("done 2"); });
    }
    order.emplace_back("end " + std::string(event));
    return Answer("");
  });
  settings.concurrency = 1;
  ASSERT_TRUE(functions.add(std::move(settings)).has_value());
  functions.invoke("f", {.payload = "1"},
                   [&](const FunctionResult&) { order.emplace_back("done 1"); });
  EXPECT_THAT(order, ElementsAre("begin 1", "end 1", "done 1", "begin 2", "end 2", "done 2"));
}

TEST(FunctionRegistry, AnUnknownFunctionIsUnreachable) {
  const VirtualClock clock(0);
  FunctionRegistry functions(clock, Random(1), {}, nullptr);
  FunctionResult got;
  functions.invoke("f", {}, [&](FunctionResult result) { got = std::move(result); });
  EXPECT_EQ(got.outcome, FunctionResult::Outcome::kUnreachable);
}

}  // namespace
}  // namespace understudy
