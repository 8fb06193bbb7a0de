// The data plane for C++ callers.
#include "emulator/api/typed_client.h"

#include <gtest/gtest.h>

#include "emulator/faults/rule_book.h"
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

TEST(TypedClient, MeetsFaultRules) {
  Engine engine;
  ASSERT_EQ(engine.call("CreateTable", kCreateTable).status, 200);
  TypedClient client(engine);
  const MapEntry one[] = {{"p", Value::string("a")}, {"v", Value::string("1")}};
  const MapEntry two[] = {{"p", Value::string("a")}, {"v", Value::string("2")}};
  const MapEntry key[] = {{"p", Value::string("a")}};
  ASSERT_TRUE(client.put_item("tab", one));
  ASSERT_TRUE(engine.faults().install({
      Fault("late").on("PutItem").key("p", "a").once().after_commit().error("503"),
      Fault("lost").on("DeleteItem").once().reset(),
      Fault("old").on("GetItem").stale(),
  }));
  EXPECT_EQ(client.put_item("tab", two).error().kind(), ErrorKind::kServiceUnavailable);
  EXPECT_EQ((*client.get_item("tab", key))->text(), R"({"p":{"S":"a"},"v":{"S":"1"}})");
  EXPECT_EQ((*client.get_item("tab", key, ReadConsistency::kStrong))->text(),
            R"({"p":{"S":"a"},"v":{"S":"2"}})");
  EXPECT_EQ(client.delete_item("tab", key).error().kind(), ErrorKind::kInternalServerError);
  EXPECT_TRUE(*client.get_item("tab", key, ReadConsistency::kStrong)) << "before the commit";
}

}  // namespace
}  // namespace understudy
