#include "emulator/service/output_checker.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace understudy {
namespace {

std::string check(std::string_view operation, std::string_view body) {
  return check_output(*find_model_operation(Service::kDynamoDb, operation), body);
}

TEST(CheckOutput, AcceptsWhatFits) {
  EXPECT_EQ(check("PutItem", "{}"), "");
  EXPECT_EQ(check("GetItem", R"({"Item":{"a":{"S":"x"},"b":{"L":[{"M":{}},{"BS":["Yg=="]}]}},)"
                             R"("ConsumedCapacity":{"TableName":"t","CapacityUnits":0.5}})"),
            "");
  EXPECT_EQ(check("DescribeTable", R"({"Table":{"TableStatus":"ACTIVE","CreationDateTime":1.5}})"),
            "");
  EXPECT_EQ(check("TagResource", ""), "");
}

TEST(CheckOutput, NamesTheFirstMisfit) {
  EXPECT_EQ(check("GetItem", R"({"Items":[]})"),
            "GetItem.Items: the model does not know this member of GetItemOutput.");
  EXPECT_EQ(check("GetItem", R"({"Item":[]})"),
            "GetItem.Item: an array where the model has AttributeMap.");
  EXPECT_EQ(check("GetItem", R"({"Item":{"a":{"L":[{"S":1}]}}})"),
            "GetItem.Item.a.L[0].S: an integer where the model has StringAttributeValue.");
  EXPECT_EQ(check("GetItem", R"({"Item":{"a":{"S":"x","N":"1"}}})"),
            "GetItem.Item.a: an attribute value without exactly one type.");
  EXPECT_EQ(check("GetItem", R"({"Item":null})"),
            "GetItem.Item: null where the model has AttributeMap.");
  EXPECT_EQ(check("DescribeTable", R"({"Table":{"TableStatus":"Active"}})"),
            "DescribeTable.Table.TableStatus: Active is no TableStatus.");
  EXPECT_EQ(check("DescribeTable", R"({"Table":{"ItemCount":1.5}})"),
            "DescribeTable.Table.ItemCount: a decimal where the model has LongObject.");
  EXPECT_EQ(check("Query", R"({"Count":1,"Count":1})"), "Query.Count: written twice.");
  EXPECT_EQ(check("DescribeContinuousBackups", R"({"ContinuousBackupsDescription":{}})"),
            "DescribeContinuousBackups.ContinuousBackupsDescription: the required member "
            "ContinuousBackupsStatus is missing.");
  EXPECT_EQ(check("GetItem", "{"), check("GetItem", "{"));
  EXPECT_NE(check("GetItem", "{"), "");
  EXPECT_EQ(check("TagResource", "{}"), "TagResource: the model has an empty answer, not '{}'.");
}

TEST(MayAnswer, KnowsListedAndCommonErrors) {
  const ModelOperation& put = *find_model_operation(Service::kDynamoDb, "PutItem");
  EXPECT_TRUE(may_answer(put, ErrorKind::kConditionalCheckFailedException));
  EXPECT_TRUE(may_answer(put, ErrorKind::kValidationException));
  EXPECT_TRUE(may_answer(put, ErrorKind::kServiceUnavailable));
  EXPECT_FALSE(may_answer(put, ErrorKind::kTransactionCanceledException));
  EXPECT_FALSE(may_answer(put, ErrorKind::kExpiredIteratorException));
}

}  // namespace
}  // namespace understudy
