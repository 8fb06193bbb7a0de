#include "emulator/capacity/throttle.h"

#include <gtest/gtest.h>

#include <set>

namespace understudy {
namespace {

constexpr std::string_view kArn = "arn:aws:dynamodb:us-east-1:000000000000:table/Orders";

Refusal refusal(std::string_view reason, ArmId arm, bool on_demand) {
  Refusal made;
  made.reason = *find_throttling_reason(reason);
  made.arm = arm;
  made.on_demand = on_demand;
  return made;
}

ApiError error_of(const Verdict& verdict) {
  return throttle_error(verdict, kArn, [](ArmId) { return std::string_view("ByDate"); });
}

TEST(ThrottlingReason, HasSixteenNames) {
  std::set<std::string_view> names;
  for (const bool index : {false, true}) {
    for (const Dimension dimension : kDimensions) {
      for (std::size_t cause = 0; cause < 4; ++cause) {
        const ThrottlingReason reason{index, dimension, static_cast<ThrottleCause>(cause)};
        const std::string_view name = throttling_reason_name(reason);
        EXPECT_EQ(name.starts_with(index ? "Index" : "Table"), true) << name;
        EXPECT_NE(name.find(dimension == Dimension::kRead ? "Read" : "Write"), name.npos) << name;
        EXPECT_EQ(find_throttling_reason(name), reason);
        names.insert(name);
      }
    }
  }
  EXPECT_EQ(names.size(), kThrottlingReasonCount);
  EXPECT_EQ(find_throttling_reason("TableWriteExceeded"), std::nullopt);
}

TEST(ThrottleError, SaysWhichTableIsOverItsProvisionedRate) {
  const ApiError error =
      error_of({refusal("TableWriteProvisionedThroughputExceeded", kTableArm, false)});
  EXPECT_EQ(error.kind(), ErrorKind::kProvisionedThroughputExceededException);
  EXPECT_EQ(error.message(),
            "The level of configured provisioned throughput for the table was exceeded. Consider "
            "increasing your provisioning level with the UpdateTable API.");
  EXPECT_EQ(error.members(),
            "\"ThrottlingReasons\":[{\"reason\":\"TableWriteProvisionedThroughputExceeded\","
            "\"resource\":\"arn:aws:dynamodb:us-east-1:000000000000:table/Orders\"}]");
}

TEST(ThrottleError, NamesTheIndexThatRefusesAWriteOfItsTable) {
  const ApiError error = error_of({refusal("IndexWriteProvisionedThroughputExceeded", 2, false)});
  EXPECT_EQ(error.kind(), ErrorKind::kProvisionedThroughputExceededException);
  EXPECT_EQ(
      error.message(),
      "The level of configured provisioned throughput for one or more global secondary indexes of "
      "the table was exceeded. Consider increasing your provisioning level for the "
      "under-provisioned global secondary indexes with the UpdateTable API");
  EXPECT_EQ(error.members(),
            "\"ThrottlingReasons\":[{\"reason\":\"IndexWriteProvisionedThroughputExceeded\","
            "\"resource\":\"arn:aws:dynamodb:us-east-1:000000000000:table/Orders/index/ByDate\"}]");
}

TEST(ThrottleError, AnswersOnDemandTablesWithThrottlingException) {
  const ApiError error = error_of({refusal("TableWriteKeyRangeThroughputExceeded", kTableArm, true),
                                   refusal("IndexWriteKeyRangeThroughputExceeded", 0, true)});
  EXPECT_EQ(error.kind(), ErrorKind::kThrottlingException);
  EXPECT_EQ(
      error.message(),
      "Throughput exceeds the current capacity of your table or index. DynamoDB is automatically "
      "scaling your table or index so please try again shortly. If exceptions persist, check if "
      "you have a hot key: "
      "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/"
      "bp-partition-key-design.html");
  EXPECT_EQ(error.members(),
            "\"throttlingReasons\":[{\"reason\":\"TableWriteKeyRangeThroughputExceeded\","
            "\"resource\":\"arn:aws:dynamodb:us-east-1:000000000000:table/Orders\"},"
            "{\"reason\":\"IndexWriteKeyRangeThroughputExceeded\","
            "\"resource\":\"arn:aws:dynamodb:us-east-1:000000000000:table/Orders/index/ByDate\"}]");
}

TEST(ThrottleError, HasItsWordsForIndexMaximumAndAccount) {
  const ApiError index = error_of({refusal("IndexReadKeyRangeThroughputExceeded", 0, true)});
  EXPECT_EQ(index.kind(), ErrorKind::kThrottlingException);
  EXPECT_EQ(index.message(),
            "Throughput exceeds the current capacity for one or more global secondary indexes. "
            "DynamoDB is automatically scaling your index so please try again shortly.");
  const ApiError maximum =
      error_of({refusal("TableReadMaxOnDemandThroughputExceeded", kTableArm, true)});
  EXPECT_EQ(maximum.kind(), ErrorKind::kThrottlingException);
  EXPECT_EQ(maximum.message(),
            "Throughput exceeds the maximum OnDemandThroughput configured on table or index");
  const ApiError account = error_of({refusal("TableReadAccountLimitExceeded", kTableArm, true)});
  EXPECT_EQ(account.kind(), ErrorKind::kRequestLimitExceeded);
  EXPECT_EQ(account.message(),
            "Throughput exceeds the current throughput limit for your account. To request a limit "
            "increase, contact AWS Support at https://aws.amazon.com/support");
  EXPECT_TRUE(account.members().starts_with("\"ThrottlingReasons\":[")) << account.members();
}

// B5: the account's quota answers for itself, everything else cancels the transaction.
TEST(ThrottleAnswer, KnowsTheCodesOfTransactionsAndStatements) {
  const auto codes = [](std::string_view reason, bool on_demand) {
    const ThrottleAnswer& answer = throttle_answer(refusal(reason, kTableArm, on_demand));
    return std::pair(answer.cancellation_code, answer.statement_code);
  };
  using Codes = std::pair<std::string_view, std::string_view>;
  EXPECT_EQ(codes("TableWriteProvisionedThroughputExceeded", false),
            Codes("ProvisionedThroughputExceeded", "ProvisionedThroughputExceeded"));
  EXPECT_EQ(codes("TableWriteKeyRangeThroughputExceeded", true),
            Codes("ThrottlingError", "ThrottlingError"));
  EXPECT_EQ(codes("TableWriteAccountLimitExceeded", true), Codes("", "RequestLimitExceeded"));
}

}  // namespace
}  // namespace understudy
