// The validation messages of the operations on tables and streams, whole. The names of their
// sources are those of input_violations_test.cpp.
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/emulator/service/shape_gate.h"
#include "tests/emulator/service/violation_sentences.h"

namespace understudy {
namespace {

constexpr std::string_view kDefinition =
    R"("AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}])";
constexpr std::string_view kKeySchema = R"("KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}])";

std::string create(std::string_view more) {
  return R"({"TableName":"abc",)" + std::string(kDefinition) + "," + std::string(kKeySchema) +
         (more.empty() ? "" : ",") + std::string(more) + "}";
}

TEST(Tables, NamesAreRequiredInAnotherForm) {  // suite: createTable; dynalite: the others
  for (const char* operation :
       {"CreateTable", "UpdateTable", "DeleteTable", "DescribeTable", "DescribeTimeToLive"}) {
    EXPECT_EQ(violation(operation, "{}"),
              "The parameter 'TableName' is required but was not present in the request");
  }
}

TEST(Tables, ShortNames) {  // suite: s_ct_table_short; ACK: describe_table_empty_name
  EXPECT_EQ(violation("CreateTable", R"({"TableName":"ab",)" + std::string(kDefinition) + "," +
                                         std::string(kKeySchema) + "}"),
            one(at_least("Value 'ab' at 'tableName'", 3)));
  EXPECT_EQ(violation("DescribeTable", R"({"TableName":""})"),
            two(at_least("Value '' at 'tableName'", 3), name_pattern("Value '' at 'tableName'")));
  EXPECT_EQ(violation("DescribeTable", R"({"TableName":"arn:aws:dynamodb:r:1:table/abc"})"), "");
  EXPECT_NE(
      violation("CreateTable", R"({"TableName":"arn:aws:dynamodb:r:1:table/abc",)" +
                                   std::string(kDefinition) + "," + std::string(kKeySchema) + "}"),
      "");
}

TEST(Tables, MissingParts) {  // dynalite: createTable
  EXPECT_EQ(violation("CreateTable", R"({"TableName":"abc;"})"),
            "3 validation errors detected: " + must_not_be_null("attributeDefinitions") + "; " +
                name_pattern("Value 'abc;' at 'tableName'") + "; " + must_not_be_null("keySchema"));
  EXPECT_EQ(
      violation("CreateTable", R"({"TableName":"abc","AttributeDefinitions":[],"KeySchema":[],)"
                               R"("BillingMode":"A","ProvisionedThroughput":)"
                               R"({"ReadCapacityUnits":-1,"WriteCapacityUnits":-1}})"),
      "4 validation errors detected: Value 'A' at 'billingMode' failed to satisfy constraint: "
      "Member must satisfy enum value set: [PROVISIONED, PAY_PER_REQUEST]; Value '-1' at "
      "'provisionedThroughput.writeCapacityUnits' failed to satisfy constraint: Member must have "
      "value greater than or equal to 1; Value '-1' at "
      "'provisionedThroughput.readCapacityUnits' failed to satisfy constraint: Member must have "
      "value greater than or equal to 1; " +
          at_least("Value '[]' at 'keySchema'", 1));
}

TEST(Tables, KeySchema) {  // suite: c_ct_3keys, createTable; ACK: ct_keyschema_*
  const std::string three =
      R"({"TableName":"abc",)" + std::string(kDefinition) +
      R"(,"KeySchema":[{"AttributeName":"pk","KeyType":"HASH"},{"AttributeName":"sk","KeyType":)"
      R"("RANGE"},{"AttributeName":"extra","KeyType":"RANGE"}]})";
  EXPECT_EQ(violation("CreateTable", three),
            one(at_most("Value '[KeySchemaElement(attributeName=pk, keyType=HASH), "
                        "KeySchemaElement(attributeName=sk, keyType=RANGE), "
                        "KeySchemaElement(attributeName=extra, keyType=RANGE)]' at 'keySchema'",
                        2)));
  EXPECT_EQ(violation("CreateTable", R"({"TableName":"abc",)" + std::string(kDefinition) +
                                         R"(,"KeySchema":[{}]})"),
            two(must_not_be_null("keySchema.1.member.attributeName"),
                must_not_be_null("keySchema.1.member.keyType")));
  EXPECT_EQ(
      violation("CreateTable", R"({"TableName":"abc",)" + std::string(kDefinition) +
                                   R"(,"KeySchema":[{"AttributeName":"pk","KeyType":"INVALID"}]})"),
      one("Value 'INVALID' at 'keySchema.1.member.keyType' failed to satisfy constraint: Member "
          "must satisfy enum value set: [HASH, RANGE]"));
}

TEST(Tables, AttributeDefinitions) {  // suite: createTable; ACK: ct_attrdefs_empty_entry
  const std::string start =
      R"({"TableName":"abc",)" + std::string(kKeySchema) + R"(,"AttributeDefinitions":[)";
  EXPECT_EQ(
      violation("CreateTable", start + R"({"AttributeName":"pk","AttributeType":"INVALID"}]})"),
      one("Value 'INVALID' at 'attributeDefinitions.1.member.attributeType' failed to satisfy "
          "constraint: Member must satisfy enum value set: [B, N, S]"));
  EXPECT_EQ(violation("CreateTable", start + "{}]}"),
            two(must_not_be_null("attributeDefinitions.1.member.attributeType"),
                must_not_be_null("attributeDefinitions.1.member.attributeName")));
}

TEST(Tables, IndexNamesGlobalOnesFirst) {  // suite: createTable ordering; ACK: ct_gsi_name_empty
  const std::string index = R"("KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],)"
                            R"("Projection":{"ProjectionType":"ALL"}}])";
  EXPECT_EQ(
      violation("CreateTable", create(R"("LocalSecondaryIndexes":[{"IndexName":"aa",)" + index +
                                      R"(,"GlobalSecondaryIndexes":[{"IndexName":"zz",)" + index)),
      two(at_least("Value 'zz' at 'globalSecondaryIndexes.1.member.indexName'", 3),
          at_least("Value 'aa' at 'localSecondaryIndexes.1.member.indexName'", 3)));
  EXPECT_EQ(
      violation("CreateTable", create(R"("GlobalSecondaryIndexes":[{"IndexName":"",)" + index)),
      two(at_least("Value '' at 'globalSecondaryIndexes.1.member.indexName'", 3),
          name_pattern("Value '' at 'globalSecondaryIndexes.1.member.indexName'")));
}

TEST(Tables, Projections) {  // dynalite: createTable
  EXPECT_EQ(
      violation("CreateTable", create(R"("GlobalSecondaryIndexes":[{"IndexName":"abc","KeySchema":)"
                                      R"([{"AttributeName":"pk","KeyType":"HASH"}],"Projection":)"
                                      R"({"ProjectionType":"x","NonKeyAttributes":[]}}])")),
      two("Value 'x' at 'globalSecondaryIndexes.1.member.projection.projectionType' failed to "
          "satisfy "
          "constraint: Member must satisfy enum value set: [ALL, INCLUDE, KEYS_ONLY]",
          at_least("Value '[]' at 'globalSecondaryIndexes.1.member.projection.nonKeyAttributes'",
                   1)));
}

TEST(Tables, UpdatesOfIndexes) {  // dynalite: updateTable
  EXPECT_EQ(
      violation("UpdateTable",
                R"({"TableName":"abc","GlobalSecondaryIndexUpdates":[)"
                R"({"Update":{"IndexName":"a","ProvisionedThroughput":{}}},{"Update":{"IndexName":)"
                R"("abc;","ProvisionedThroughput":{"ReadCapacityUnits":1000000000001,)"
                R"("WriteCapacityUnits":0}}}]})"),
      "5 validation errors detected: " +
          at_least("Value 'a' at 'globalSecondaryIndexUpdates.1.member.update.indexName'", 3) +
          "; " +
          must_not_be_null("globalSecondaryIndexUpdates.1.member.update.provisionedThroughput."
                           "writeCapacityUnits") +
          "; " +
          must_not_be_null("globalSecondaryIndexUpdates.1.member.update.provisionedThroughput."
                           "readCapacityUnits") +
          "; " +
          name_pattern("Value 'abc;' at 'globalSecondaryIndexUpdates.2.member.update.indexName'") +
          "; Value '0' at 'globalSecondaryIndexUpdates.2.member.update.provisionedThroughput."
          "writeCapacityUnits' failed to satisfy constraint: Member must have value greater than "
          "or "
          "equal to 1");
}

TEST(Tables, AtMostTenViolationsAreListed) {  // dynalite: createTable
  std::string definitions;
  std::string expected;
  for (int i = 1; i <= 9; ++i) {
    definitions += std::string(i == 1 ? "" : ",") + "{}";
  }
  const std::string answer =
      violation("CreateTable", R"({"TableName":"abc",)" + std::string(kKeySchema) +
                                   R"(,"AttributeDefinitions":[)" + definitions + "]}");
  EXPECT_TRUE(answer.starts_with("10 validation errors detected: ")) << answer;
  EXPECT_TRUE(answer.ends_with(must_not_be_null("attributeDefinitions.5.member.attributeName")))
      << answer;
}

TEST(Tables, ListTables) {  // ACK: list_tables_limit0, list_tables_start_empty; dynalite
  EXPECT_EQ(violation("ListTables", R"({"Limit":0})"),
            one("Value '0' at 'limit' failed to satisfy constraint: Member must have value greater "
                "than or equal to 1"));
  EXPECT_EQ(
      violation("ListTables", R"({"Limit":101})"),
      one("Value '101' at 'limit' failed to satisfy constraint: Member must have value less than "
          "or equal to 100"));
  EXPECT_EQ(violation("ListTables", R"({"ExclusiveStartTableName":""})"),
            two(name_pattern("Value '' at 'exclusiveStartTableName'"),
                at_least("Value '' at 'exclusiveStartTableName'", 3)));
}

TEST(Tables, TimeToLive) {  // ACK: ttl_*
  EXPECT_EQ(violation("UpdateTimeToLive", R"({"TableName":"abc","TimeToLiveSpecification":{}})"),
            two(must_not_be_null("timeToLiveSpecification.attributeName"),
                must_not_be_null("timeToLiveSpecification.enabled")));
  EXPECT_EQ(violation("UpdateTimeToLive", R"({"TableName":"abc","TimeToLiveSpecification":)"
                                          R"({"AttributeName":"","Enabled":true}})"),
            one(at_least("Value '' at 'timeToLiveSpecification.attributeName'", 1)));
}

TEST(Tables, NestedSpecifications) {  // ACK: ct_sse_kms_key_empty, ct_stream_viewtype_empty
  EXPECT_EQ(violation("CreateTable", create(R"("SSESpecification":{"KMSMasterKeyId":""})")),
            one(at_least("Value '' at 'sSESpecification.kMSMasterKeyId'", 1)));
  EXPECT_EQ(
      violation("CreateTable",
                create(R"("StreamSpecification":{"StreamEnabled":true,"StreamViewType":""})")),
      one("Value '' at 'streamSpecification.streamViewType' failed to satisfy constraint: Member "
          "must satisfy enum value set: [OLD_IMAGE, KEYS_ONLY, NEW_AND_OLD_IMAGES, NEW_IMAGE]"));
  EXPECT_EQ(violation("UpdateTable", R"({"TableName":"abc","ReplicaUpdates":[{"Update":{}}]})"),
            one(must_not_be_null("replicaUpdates.1.member.update.regionName")));
}

TEST(Tables, OtherControlOperations) {  // ACK
  EXPECT_EQ(violation("CreateBackup", R"({"TableName":"abc","BackupName":""})"),
            two(name_pattern("Value '' at 'backupName'"), at_least("Value '' at 'backupName'", 3)));
  EXPECT_EQ(violation("UpdateContributorInsights",
                      R"({"TableName":"abc","ContributorInsightsAction":""})"),
            one("Value '' at 'contributorInsightsAction' failed to satisfy constraint: Member must "
                "satisfy enum value set: [ENABLE, DISABLE]"));
  EXPECT_EQ(violation("DescribeContributorInsights", R"({"TableName":"abc","IndexName":""})"),
            "IndexName must be at least 3 characters long and at most 255 characters long");
  EXPECT_EQ(violation("DescribeGlobalTable", R"({"GlobalTableName":""})"),
            "TableName must be at least 3 characters long and at most 255 characters long");
  EXPECT_EQ(violation("EnableKinesisStreamingDestination", R"({"TableName":"abc","StreamArn":""})"),
            one(at_least("Value '' at 'streamArn'", 37)));
  EXPECT_EQ(violation("ListBackups", R"({"Limit":0})"),
            one("Value '0' at 'limit' failed to satisfy constraint: Member must have value greater "
                "than or equal to 1"));
  EXPECT_EQ(violation("UpdateContinuousBackups",
                      R"({"TableName":"abc","PointInTimeRecoverySpecification":{}})"),
            one(must_not_be_null("pointInTimeRecoverySpecification.pointInTimeRecoveryEnabled")));
  EXPECT_EQ(
      violation("ExportTableToPointInTime", R"({"TableArn":"a","S3Bucket":""})"),
      one(R"(Value '' at 's3Bucket' failed to satisfy constraint: Member must satisfy regular )"
          R"(expression pattern: ^[a-z0-9A-Z]+[\.\-\w]*[a-z0-9A-Z]+$)"));
}

// Tags have texts of their own, which operations give. Case: ACK, tag_empty_entry.
TEST(Tables, TagsPassTheShapeGate) {
  EXPECT_EQ(violation("TagResource", R"({"ResourceArn":"a","Tags":[{}]})"), "");
  EXPECT_EQ(violation("UntagResource", R"({"ResourceArn":"a","TagKeys":[""]})"), "");
  EXPECT_EQ(violation("TagResource", R"({"ResourceArn":"a"})"), one(must_not_be_null("tags")));
  EXPECT_EQ(violation("ListTagsOfResource", "{}"), "");
}

TEST(Streams, Violations) {
  EXPECT_EQ(violation("ListStreams", R"({"Limit":0})"),
            one("Value '0' at 'limit' failed to satisfy constraint: Member must have value greater "
                "than or equal to 1"));
  EXPECT_EQ(violation("DescribeStream", "{}"), one(must_not_be_null("streamArn")));
  EXPECT_EQ(violation("DescribeStream", R"({"StreamArn":"arn"})"),
            one(at_least("Value 'arn' at 'streamArn'", 37)));
  // Scylla's test_streams: refused. The text is assumed.
  EXPECT_EQ(
      violation("ListStreams", R"({"Limit":100000})"),
      one("Value '100000' at 'limit' failed to satisfy constraint: Member must have value less "
          "than or equal to 100"));
}

}  // namespace
}  // namespace understudy
