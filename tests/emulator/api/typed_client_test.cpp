// The data plane for C++ callers.
#include "emulator/api/typed_client.h"

#include <gtest/gtest.h>

#include "tests/emulator/api/exchange.h"

namespace understudy {
namespace {

TEST(TypedClient, ReadsWhatRequestsWrite) {
  Engine engine;
  ASSERT_EQ(engine.call("CreateTable", kCreateTable).status, 200);
  ASSERT_EQ(
      engine.call("PutItem", R"({"TableName":"tab","Item":{"p":{"S":"a"},"n":{"N":"7"}}})").status,
      200);
  TypedClient client(engine);
  const MapEntry key[] = {{"p", Value::string("a")}};
  const auto item = client.get_item("tab", key);
  ASSERT_TRUE(item);
  ASSERT_TRUE(*item);
  const MapEntry absent[] = {{"p", Value::string("b")}};
  EXPECT_FALSE(*client.get_item("tab", absent));
  const auto deleted = client.delete_item("tab", key);
  ASSERT_TRUE(deleted);
  EXPECT_TRUE(*deleted);
  EXPECT_FALSE(*client.get_item("tab", key));
}

TEST(TypedClient, AnswersErrorsAsRequestsDo) {
  Engine engine;
  ASSERT_EQ(engine.call("CreateTable", kCreateTable).status, 200);
  const MapEntry key[] = {{"p", Value::string("a")}};
  EXPECT_EQ(TypedClient(engine).get_item("absent", key).error().kind(),
            ErrorKind::kResourceNotFoundException);
  EXPECT_EQ(TypedClient(engine, "123456789012").get_item("tab", key).error().kind(),
            ErrorKind::kResourceNotFoundException);
}

}  // namespace
}  // namespace understudy
