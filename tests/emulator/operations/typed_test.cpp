// The typed entry points, and what every operation tells the journal.
#include "emulator/operations/typed.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/emulator/operations/operation_fixture.h"

namespace understudy {
namespace {

const MapEntry kKey[] = {{"pk", Value::string("k")}};
const MapEntry kItem[] = {{"pk", Value::string("k")}, {"x", Value::string("1")}};

TEST(Typed, PutThenGetGivesTheItemBack) {
  OperationFixture operations;
  operations.create_table("tab");
  OperationFixture::Call call;
  auto context = operations.context(call, "PutItem");
  const auto before = typed::put_item(context, "tab", kItem);
  ASSERT_TRUE(before.has_value());
  EXPECT_EQ(*before, nullptr);
  const auto item = typed::get_item(context, "tab", kKey);
  ASSERT_TRUE(item.has_value());
  EXPECT_EQ((*item)->text(), R"({"pk":{"S":"k"},"x":{"S":"1"}})");
  const auto deleted = typed::delete_item(context, "tab", kKey);
  ASSERT_TRUE(deleted.has_value());
  EXPECT_EQ(*deleted, *item);
  EXPECT_EQ(*typed::get_item(context, "tab", kKey), nullptr);
}

TEST(Typed, RefusesWhatTheOperationsRefuse) {
  OperationFixture operations;
  operations.create_table("tab");
  OperationFixture::Call call;
  auto context = operations.context(call, "GetItem");
  EXPECT_EQ(typed::get_item(context, "absent", kKey).error().kind(),
            ErrorKind::kResourceNotFoundException);
  EXPECT_EQ(typed::get_item(context, "tab", kItem).error().kind(), ErrorKind::kValidationException);
  const std::string long_text(410'000, 'x');
  const MapEntry large[] = {{"pk", Value::string("k")}, {"x", Value::string(long_text)}};
  EXPECT_EQ(typed::put_item(context, "tab", large).error().message(),
            "Item size has exceeded the maximum allowed size");
}

TEST(Trace, NamesTableKeyUnitsAndItems) {
  OperationFixture operations;
  operations.create_table("tab");
  const auto put = operations.call("PutItem", R"({"TableName":"tab","Item":{"pk":{"S":"k"}}})");
  EXPECT_EQ(put.trace.items, 1U);
  EXPECT_EQ(put.trace.write_units, CapacityUnits::whole(1));
  EXPECT_NE(put.trace.key_hash, 0U);
  const auto get = operations.call("GetItem", R"({"TableName":"tab","Key":{"pk":{"S":"k"}}})");
  EXPECT_EQ(get.trace.key_hash, put.trace.key_hash);
  EXPECT_EQ(get.trace.read_units.thousandths, 500);
  const auto scan = operations.call("Scan", R"({"TableName":"tab"})");
  EXPECT_EQ(scan.trace.items, 1U);
  EXPECT_EQ(scan.trace.read_units, CapacityUnits::whole(2));
}

// A client request token counts for ten minutes of the clock that was handed in.
TEST(TransactWriteItems, ForgetsATokenAfterTenMinutes) {
  OperationFixture operations;
  operations.create_table("tab");
  const std::string request =
      R"({"ClientRequestToken":"x","TransactItems":[{"Update":{"TableName":"tab","Key":{"pk":{"S":"k"}},)"
      R"("UpdateExpression":"ADD n :o","ExpressionAttributeValues":{":o":{"N":"1"}}}}]})";
  const std::string get =
      R"({"TableName":"tab","Key":{"pk":{"S":"k"}},"ProjectionExpression":"n"})";
  operations.run("TransactWriteItems", request);
  operations.clock().advance(Microseconds{599} * 1'000'000);
  operations.run("TransactWriteItems", request);
  EXPECT_EQ(operations.run("GetItem", get), R"({"Item":{"n":{"N":"1"}}})");
  operations.clock().advance(Microseconds{2} * 1'000'000);
  operations.run("TransactWriteItems", request);
  EXPECT_EQ(operations.run("GetItem", get), R"({"Item":{"n":{"N":"2"}}})");
}

// Members in another order are the same parameters; another value is not.
TEST(TransactWriteItems, ComparesParametersNotBytes) {
  OperationFixture operations;
  operations.create_table("tab");
  operations.run(
      "TransactWriteItems",
      R"({"ClientRequestToken":"x","TransactItems":[{"Put":{"TableName":"tab","Item":{"pk":{"S":"k"},"a":{"N":"1"}}}}]})");
  operations.run(
      "TransactWriteItems",
      R"({"TransactItems":[{"Put":{"Item":{"a":{"N":"1"},"pk":{"S":"k"}},"TableName":"tab"}}],"ReturnConsumedCapacity":"TOTAL","ClientRequestToken":"x"})");
  EXPECT_EQ(
      operations
          .call(
              "TransactWriteItems",
              R"({"ClientRequestToken":"x","TransactItems":[{"Put":{"TableName":"tab","Item":{"pk":{"S":"k"},"a":{"N":"2"}}}}]})")
          .error,
      "IdempotentParameterMismatchException");
}

}  // namespace
}  // namespace understudy
