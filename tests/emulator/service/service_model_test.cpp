#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "emulator/service/api_error.h"
#include "emulator/service/shape.h"

namespace understudy {
namespace {

TEST(ServiceModel, HasEveryOperationOfBothServicesInOrder) {
  std::string before;
  std::size_t streams = 0;
  for (const ModelOperation& operation : model_operations()) {
    if (operation.service == Service::kDynamoDbStreams && streams++ == 0) {
      before.clear();
    }
    EXPECT_LT(before, operation.name);
    before = operation.name;
  }
  EXPECT_EQ(model_operations().size(), 66U);
  EXPECT_EQ(streams, 4U);
}

TEST(ServiceModel, FindsEveryOperationByServiceAndName) {
  for (const ModelOperation& operation : model_operations()) {
    EXPECT_EQ(find_model_operation(operation.service, operation.name), &operation);
    const Service other =
        operation.service == Service::kDynamoDb ? Service::kDynamoDbStreams : Service::kDynamoDb;
    EXPECT_EQ(find_model_operation(other, operation.name), nullptr) << operation.name;
  }
}

TEST(ServiceModel, FindsNothingForOtherNames) {
  for (const std::string_view name : {"", "G", "getItem", "GetItems", "GetIte", "PutItem "}) {
    EXPECT_EQ(find_model_operation(Service::kDynamoDb, name), nullptr) << name;
  }
}

// The walk over a structure keeps what it has seen in 64 bits.
TEST(ServiceModel, HasNoStructureOfMoreThan64Members) {
  for (const ModelOperation& operation : model_operations()) {
    EXPECT_LE(shape(operation.input).members.size(), 64U) << operation.name;
  }
}

TEST(ServiceModel, KnowsOperationsWhoseAnswerIsEmpty) {
  EXPECT_EQ(find_model_operation(Service::kDynamoDb, "TagResource")->output, kNoShape);
  EXPECT_EQ(find_model_operation(Service::kDynamoDb, "UntagResource")->output, kNoShape);
  EXPECT_NE(find_model_operation(Service::kDynamoDb, "PutItem")->output, kNoShape);
}

TEST(ServiceModel, StatesLimitsAndErrors) {
  const ModelOperation& operation = *find_model_operation(Service::kDynamoDb, "TransactWriteItems");
  EXPECT_TRUE(std::find(operation.errors.begin(), operation.errors.end(),
                        "TransactionCanceledException") != operation.errors.end());
  const Shape& input = shape(operation.input);
  EXPECT_EQ(input.name, "TransactWriteItemsInput");
  EXPECT_EQ(input.members[0].name, "TransactItems");
  EXPECT_TRUE(input.members[0].required);
  EXPECT_EQ(shape(input.members[0].shape).max, 100);
}

TEST(ErrorTable, SaysWhatTheWireSays) {
  const ErrorRow& row = error_row(ErrorKind::kValidationException);
  EXPECT_EQ(row.name, "ValidationException");
  EXPECT_EQ(row.wire_type, "com.amazon.coral.validate#ValidationException");
  EXPECT_EQ(row.http_status, 400);
  EXPECT_EQ(row.message_member, "message");
  EXPECT_EQ(error_row(ErrorKind::kSerializationException).message_member, "Message");
  EXPECT_EQ(error_row(ErrorKind::kInternalServerError).http_status, 500);
  EXPECT_EQ(error_row(ErrorKind::kTransactionCanceledException).wire_type,
            "com.amazonaws.dynamodb.v20120810#TransactionCanceledException");
}

// The engine must be able to answer every error the model knows. InvalidEndpointException is one
// only SDKs make.
TEST(ErrorTable, HasARowForEveryErrorOfTheModel) {
  std::set<std::string_view> rows;
#define UNDERSTUDY_ERROR(name, ...) rows.insert(#name);
#include "emulator/service/error_table.inc"
#undef UNDERSTUDY_ERROR
  for (const ModelOperation& operation : model_operations()) {
    for (const std::string_view error : operation.errors) {
      EXPECT_TRUE(rows.contains(error) || error == "InvalidEndpointException")
          << operation.name << " " << error;
    }
  }
}

}  // namespace
}  // namespace understudy
