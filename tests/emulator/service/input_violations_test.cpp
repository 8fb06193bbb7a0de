// The service's validation messages, whole. Each test names where its texts are from: "suite" is
// the dynamodb-conformance suite's captures and tests (September and October 2026), "ACK" the
// controller notes DDB-TABLE-457 (October 2026), "dynalite" its tests (2013-15).
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "tests/emulator/service/shape_gate.h"
#include "tests/emulator/service/violation_sentences.h"

namespace understudy {
namespace {

constexpr auto k2025 = ValidationWording::k2025;

const std::string kBadCapacity =
    "Value 'INVALID' at 'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy "
    "enum value set: [INDEXES, TOTAL, NONE]";
const std::string kBadMetrics =
    "Value 'INVALID' at 'returnItemCollectionMetrics' failed to satisfy constraint: Member must "
    "satisfy enum value set: [SIZE, NONE]";
const std::string kBadReturnValues =
    "Failed to satisfy constraint: Member must satisfy enum value set: [ALL_OLD, UPDATED_OLD, "
    "ALL_NEW, "
    "UPDATE_NEW, NONE]";
const std::string kBadReturnValuesOlder =
    "Value 'INVALID' at 'returnValues' failed to satisfy constraint: Member must satisfy enum "
    "value "
    "set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]";
const std::string kNamelessLength =
    "Value at 'TableName' failed to satisfy constraint: Member must have length greater than or "
    "equal "
    "to 1";

// --- Table names of item operations

TEST(TableNameOfItemOperations, MissingIsNull) {  // suite: s_put_table_null
  EXPECT_EQ(violation("PutItem", R"({"Item":{"pk":{"S":"a"}}})"),
            one(must_not_be_null("tableName")));
  EXPECT_EQ(violation("PutItem", R"({"TableName":null,"Item":{"pk":{"S":"a"}}})"),
            one(must_not_be_null("tableName")));
}

TEST(TableNameOfItemOperations,
     EmptyIsReportedAloneInTheSingleWrites) {  // suite: s_put_table_empty
  EXPECT_EQ(violation("PutItem", R"({"TableName":"","Item":{}})"), one(kNamelessLength));
  EXPECT_EQ(violation("DeleteItem", R"({"TableName":"","Key":{}})"), one(kNamelessLength));
  EXPECT_EQ(violation("UpdateItem", R"({"TableName":"","Key":{}})"), one(kNamelessLength));
  EXPECT_EQ(violation("PutItem", R"({"TableName":"","ReturnValues":"INVALID","Item":{}})"),
            one(kNamelessLength));
}

TEST(TableNameOfItemOperations, EmptyIsJoinedIn2025) {  // suite: eu-south-2, me-central-1
  EXPECT_EQ(violation("PutItem", R"({"TableName":"","Item":{"pk":{"S":"a"}}})", k2025),
            one(at_least("Value '' at 'tableName'", 1)));
  EXPECT_EQ(violation("PutItem", R"({"TableName":"","ReturnValues":"INVALID","Item":{}})", k2025),
            two(kBadReturnValuesOlder, at_least("Value '' at 'tableName'", 1)));
}

TEST(TableNameOfItemOperations,
     TooLongAndForbiddenAreEchoed) {  // suite: s_put_table_long, _badchars
  const std::string name(256, 'a');
  EXPECT_EQ(violation("PutItem", R"({"Item":{},"TableName":")" + name + "\"}"),
            one(at_most("Value '" + name + "' at 'tableName'", 255)));
  EXPECT_EQ(violation("PutItem", R"({"Item":{},"TableName":"bad table!@#"})"),
            one(name_pattern("Value 'bad table!@#' at 'tableName'")));
  EXPECT_EQ(violation("GetItem", R"({"Key":{},"TableName":"abc;"})"),
            one(name_pattern("Value 'abc;' at 'tableName'")));
  const std::string longest(255, 'a');
  EXPECT_EQ(violation("PutItem", R"({"Item":{},"TableName":")" + longest + "\"}"), "");
}

// Scylla's test_item_operations_improper_named_table: refused on AWS. The text is assumed.
TEST(TableNameOfItemOperations, TwoCharactersAreRefused) {
  EXPECT_EQ(violation("PutItem", R"({"Item":{},"TableName":"xx"})"),
            one(at_least("Value 'xx' at 'tableName'", 3)));
}

TEST(TableNameOfItemOperations, AnArnIsTakenUpToTheModelsLength) {
  EXPECT_EQ(violation("GetItem", R"({"Key":{},"TableName":"arn:aws:dynamodb:r:1:table/t"})"), "");
  const std::string arn = "arn:" + std::string(1021, 'a');
  EXPECT_EQ(violation("Scan", R"({"TableName":")" + arn + "\"}"),
            one(at_most("Value '" + arn + "' at 'tableName'", 1024)));
}

TEST(TableNameOfItemOperations, InTransactionsNamesThePosition) {  // suite: transactGetItems
  EXPECT_EQ(
      violation("TransactGetItems", R"({"TransactItems":[{"Get":{"TableName":"abc","Key":{}}},)"
                                    R"({"Get":{"TableName":"bad!name","Key":{}}}]})"),
      one(name_pattern("Value 'bad!name' at 'transactItems.2.member.get.tableName'")));
}

// --- Enumerations of the single-item writes

TEST(ReturnEnums, PutItemCollectsThem) {  // suite: o_put_three_bad_enums
  EXPECT_EQ(violation("PutItem", R"({"TableName":"abc","Item":{},"ReturnValues":"INVALID",)"
                                 R"("ReturnItemCollectionMetrics":"INVALID",)"
                                 R"("ReturnConsumedCapacity":"INVALID"})"),
            "3 validation errors detected: " + kBadCapacity + "; " + kBadReturnValues + "; " +
                kBadMetrics);
}

TEST(ReturnEnums, DeleteItemCollectsThem) {  // suite: o_del_two_bad_enums
  EXPECT_EQ(violation("DeleteItem", R"({"TableName":"abc","Key":{},"ReturnValues":"INVALID",)"
                                    R"("ReturnConsumedCapacity":"INVALID"})"),
            two(kBadCapacity, kBadReturnValues));
}

TEST(ReturnEnums, UpdateItemStopsAtReturnValues) {  // suite: o_upd_two_bad_enums
  EXPECT_EQ(violation("UpdateItem", R"({"TableName":"abc","Key":{},"ReturnValues":"INVALID",)"
                                    R"("ReturnConsumedCapacity":"INVALID"})"),
            one(kBadReturnValues));
  EXPECT_EQ(violation("UpdateItem",
                      R"({"TableName":"abc","Key":{},"ReturnValues":"INVALID",)"
                      R"("ReturnConsumedCapacity":"INVALID"})",
                      k2025),
            two(kBadCapacity, kBadReturnValuesOlder));
}

TEST(ReturnEnums, AMissingKeyBringsTheOlderFormsJoined) {  // suite: updateItem ordering
  EXPECT_EQ(violation("UpdateItem", R"({"TableName":"","UpdateExpression":"SET a = :a"})"),
            two(at_least("Value '' at 'tableName'", 1), must_not_be_null("key")));
  EXPECT_EQ(violation("UpdateItem", R"({"TableName":"","ReturnConsumedCapacity":"INVALID",)"
                                    R"("ReturnValues":"INVALID"})"),
            "4 validation errors detected: " + kBadCapacity + "; " +
                at_least("Value '' at 'tableName'", 1) + "; " + kBadReturnValuesOlder + "; " +
                must_not_be_null("key"));
  EXPECT_EQ(violation("UpdateItem", R"({"TableName":"abc","ConditionalOperator":"XOR"})"),
            two("Value 'XOR' at 'conditionalOperator' failed to satisfy constraint: Member must "
                "satisfy enum value set: [OR, AND]",
                must_not_be_null("key")));
}

std::string nested(int levels) {
  std::string value = R"({"S":"leaf"})";
  for (int i = 0; i < levels; ++i) {
    value.insert(0, R"({"M":{"n":)").append("}}");
  }
  return value;
}

TEST(ReturnEnums, VeryDeepValuesBringTheOlderForms) {  // suite: deepRequests
  const auto with_depth = [](int levels) {
    return violation("DeleteItem", R"({"TableName":"abc","Key":{},"ReturnValues":"INVALID",)"
                                   R"("ExpressionAttributeValues":{":d":)" +
                                       nested(levels) + "}}");
  };
  EXPECT_EQ(with_depth(40), one(kBadReturnValues));
  EXPECT_EQ(with_depth(63), one(kBadReturnValuesOlder));
  EXPECT_EQ(violation("PutItem", R"({"TableName":"abc","Item":{},"ConditionalOperator":"XOR",)"
                                 R"("Expected":{"a":{"Value":)" +
                                     nested(100) + "}}}"),
            one("Value 'XOR' at 'conditionalOperator' failed to satisfy constraint: Member must "
                "satisfy enum value set: [OR, AND]"));
}

TEST(ReturnEnums, OnConditionCheckFailure) {
  EXPECT_EQ(
      violation("PutItem", R"({"TableName":"abc","Item":{},)"
                           R"("ReturnValuesOnConditionCheckFailure":"BOGUS"})"),
      one("Value 'BOGUS' at 'returnValuesOnConditionCheckFailure' failed to satisfy constraint: "
          "Member must satisfy enum value set: [ALL_OLD, NONE]"));
}

// --- Reads

TEST(Reads, QueryAndScanWordALimitOfZeroDifferently) {  // suite: query, scan
  EXPECT_EQ(
      violation("Query", R"({"TableName":"abc","Limit":0})"),
      one("Value at 'Limit' failed to satisfy constraint: Member must have value greater than or "
          "equal to 1"));
  EXPECT_EQ(violation("Scan", R"({"TableName":"abc","Limit":0})"),
            one("Value '0' at 'limit' failed to satisfy constraint: Member must have value greater "
                "than or equal to 1"));
  EXPECT_EQ(violation("ExecuteStatement", R"({"Statement":"x","Limit":0})"),
            one("Value '0' at 'limit' failed to satisfy constraint: Member must have value greater "
                "than or equal to 1"));
}

TEST(Reads, SelectIsEchoed) {  // suite: query
  EXPECT_EQ(
      violation("Query", R"({"TableName":"abc","Select":"INVALID_VALUE"})"),
      one("Value 'INVALID_VALUE' at 'select' failed to satisfy constraint: Member must satisfy "
          "enum value set: [SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, "
          "ALL_PROJECTED_ATTRIBUTES]"));
}

TEST(Reads, ABadConditionalOperatorStandsAloneInQuery) {  // suite: query ordering
  EXPECT_EQ(
      violation("Query", R"({"TableName":"abc","ConditionalOperator":"XOR","Select":"BOGUS"})"),
      "Failed to satisfy constraint: Member must satisfy enum value set: [ALL, OR]");
  EXPECT_EQ(violation("Scan", R"({"TableName":"abc","ConditionalOperator":"XOR"})"),
            one("Value 'XOR' at 'conditionalOperator' failed to satisfy constraint: Member must "
                "satisfy enum value set: [OR, AND]"));
}

TEST(Reads, ScanHoldsItsSegments) {  // dynalite
  EXPECT_EQ(
      violation("Scan", R"({"TableName":"abc","Segment":-1,"TotalSegments":-1})"),
      two("Value '-1' at 'totalSegments' failed to satisfy constraint: Member must have value "
          "greater than or equal to 1",
          "Value '-1' at 'segment' failed to satisfy constraint: Member must have value greater "
          "than or equal to 0"));
  EXPECT_EQ(violation("Scan", R"({"TableName":"abc","Segment":1,"TotalSegments":1000001})"),
            one("Value '1000001' at 'totalSegments' failed to satisfy constraint: Member must have "
                "value less than or equal to 1000000"));
}

TEST(Reads, ConditionsNameTheirAttribute) {  // dynalite: query, scan
  EXPECT_EQ(violation("Query", R"({"TableName":"abc","QueryFilter":{"a":{}}})"),
            one(must_not_be_null("queryFilter.a.member.comparisonOperator")));
  EXPECT_EQ(
      violation("Scan", R"({"TableName":"abc","ScanFilter":{"a":{"ComparisonOperator":"x"}}})"),
      one("Value 'x' at 'scanFilter.a.member.comparisonOperator' failed to satisfy constraint: "
          "Member "
          "must satisfy enum value set: [IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, NOT_NULL, "
          "NE, "
          "LE, BEGINS_WITH, GE, CONTAINS]"));
}

TEST(Reads, AttributesToGetMayNotBeEmpty) {  // dynalite: getItem
  EXPECT_EQ(violation("GetItem", R"({"TableName":"abc","Key":{},"AttributesToGet":[]})"),
            one(at_least("Value '[]' at 'attributesToGet'", 1)));
}

TEST(Reads, GetItemReportsInItsOrder) {  // dynalite: getItem
  EXPECT_EQ(violation("GetItem", R"({"TableName":"abc;","ReturnConsumedCapacity":"INVALID",)"
                                 R"("AttributesToGet":[]})"),
            "4 validation errors detected: " + kBadCapacity + "; " +
                at_least("Value '[]' at 'attributesToGet'", 1) + "; " +
                name_pattern("Value 'abc;' at 'tableName'") + "; " + must_not_be_null("key"));
}

// --- Batches

TEST(Batches, EmptyRequestItems) {  // suite: o_bg_empty_requestitems, o_bw_empty_requestitems
  EXPECT_EQ(
      violation("BatchGetItem", R"({"RequestItems":{}})"),
      one("Value at 'RequestItems' failed to satisfy constraint: Member must have length greater "
          "than or equal to 1"));
  EXPECT_EQ(violation("BatchGetItem", R"({"RequestItems":{}})", k2025),
            "The requestItems parameter is required for BatchGetItem");
  EXPECT_EQ(violation("BatchWriteItem", R"({"RequestItems":{}})"),
            "The requestItems parameter is required for BatchWriteItem");
  EXPECT_EQ(violation("BatchWriteItem", "{}"), one(must_not_be_null("requestItems")));
}

TEST(Batches, KeysOfATable) {  // suite: batchGetItem; moto for 2025
  std::string keys;
  for (int i = 0; i < 101; ++i) {
    keys += std::string(i == 0 ? "" : ",") + R"({"pk":{"S":"k"}})";
  }
  const std::string body = R"({"RequestItems":{"abc":{"Keys":[)" + keys + "]}}}";
  EXPECT_EQ(violation("BatchGetItem", body),
            one(at_most("Value at 'RequestItems.abc.member.Keys'", 100)));
  EXPECT_EQ(violation("BatchGetItem", body, k2025),
            one(at_most("Value at 'requestItems.abc.member.keys'", 100)));
  EXPECT_EQ(violation("BatchGetItem", R"({"RequestItems":{"abc":{"Keys":[]}}})"),
            one(at_least("Value at 'RequestItems.abc.member.Keys'", 1)));
  EXPECT_EQ(violation("BatchGetItem", R"({"RequestItems":{"abc":{}}})"),
            one(must_not_be_null("requestItems.abc.member.keys")));
}

const std::string kMapKeys =
    "' at 'requestItems' failed to satisfy constraint: Map keys must satisfy constraint: [Member "
    "must "
    "have length less than or equal to 255, Member must have length greater than or equal to 3, "
    "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+]";

TEST(Batches, BatchGetEchoesItsMapAsJson) {  // suite: batchGetItem, batchOperations
  const std::string names = R"(Value '{"bad!name":{"Keys":[{"pk":{"S":"a"}}]}})" + kMapKeys;
  EXPECT_EQ(
      violation("BatchGetItem", R"({"RequestItems":{"bad!name":{"Keys":[{"pk":{"S":"a"}}]}}})"),
      one(names));
  EXPECT_EQ(violation("BatchGetItem", R"({ "ReturnConsumedCapacity" : "INVALID", "RequestItems" :)"
                                      R"( { "bad!name" : {"Keys": [ {"pk":{"S":"a"}} ] } } })"),
            two(names, kBadCapacity));
}

constexpr std::string_view kRestOfString =
    ", n=null, b=null, iNT=null, dECIMAL=null, dOUBLE=null, sS=null, nS=null, bS=null, "
    "iNTSET=null, "
    "dECIMALSET=null, dOUBLESET=null, m=null, l=null, nULL=null, bOOL=null)}, "
    "workloadProfileName=null), deleteRequest=null)";
const std::string kMapValue =
    "' at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: [Member "
    "must "
    "have length less than or equal to 25, Member must have length greater than or equal to 1]";

TEST(Batches, BatchWriteEchoesItsMapAsJava) {  // suite: c_bw_over25, batchWriteItem
  std::string requests;
  std::string echo;
  for (int i = 0; i < 26; ++i) {
    const std::string n = std::to_string(i);
    requests.append(i == 0 ? "" : ",")
        .append(R"({"PutRequest":{"Item":{"pk":{"S":"bw-)" + n + R"("}}}})");
    echo.append(i == 0 ? "" : ", ")
        .append("WriteRequest(putRequest=PutRequest(item={pk=AttributeValue(s=bw-" + n)
        .append(kRestOfString);
  }
  EXPECT_EQ(violation("BatchWriteItem", R"({"RequestItems":{"abc":[)" + requests + "]}}"),
            one("Value '{abc=[" + echo + "]}" + kMapValue));
  EXPECT_EQ(violation("BatchWriteItem", R"({"RequestItems":{"abc":[]}})"),
            one("Value '{abc=[]}" + kMapValue));
}

TEST(Batches, BatchWriteReportsEnumsFirst) {  // suite: batchOperations
  const std::string bad_name = R"("RequestItems":{"bad!name":[{"PutRequest":{"Item":{}}}]})";
  EXPECT_EQ(violation("BatchWriteItem", "{" + bad_name + "}"),
            one("Value '{bad!name=[WriteRequest(putRequest=PutRequest(item={}, "
                "workloadProfileName=null), deleteRequest=null)]}" +
                kMapKeys));
  EXPECT_EQ(violation("BatchWriteItem", R"({"ReturnConsumedCapacity":"INVALID",)" + bad_name + "}"),
            one(kBadCapacity));
  EXPECT_EQ(violation("BatchWriteItem",
                      R"({"RequestItems":{"abc":[{}]},"ReturnConsumedCapacity":"INVALID",)"
                      R"("ReturnItemCollectionMetrics":"INVALID"})"),
            two(kBadCapacity, kBadMetrics));
}

TEST(Batches, BatchWriteNamesMissingMembers) {  // dynalite: batchWriteItem
  EXPECT_EQ(violation("BatchWriteItem",
                      R"({"RequestItems":{"abc":[{"PutRequest":{}},{"DeleteRequest":{}}]}})"),
            two(must_not_be_null("requestItems.abc.member.1.member.putRequest.item"),
                must_not_be_null("requestItems.abc.member.2.member.deleteRequest.key")));
}

// Scylla's test_batch_write_item_invalid_payload: nulls are refused. The texts are assumed.
TEST(Batches, NullsInMapsAndListsAreRefused) {
  EXPECT_EQ(violation("BatchWriteItem", R"({"RequestItems":{"abc":null}})"),
            one(must_not_be_null("requestItems.abc.member")));
  EXPECT_EQ(violation("BatchWriteItem", R"({"RequestItems":{"abc":[null]}})"),
            one(must_not_be_null("requestItems.abc.member.1.member")));
  EXPECT_EQ(violation("GetItem", R"({"TableName":"abc","Key":{},"AttributesToGet":["a",null]})"),
            one("Value '[a, null]' at 'attributesToGet' failed to satisfy constraint: Member must "
                "satisfy constraint: [Member must have length less than or equal to 65535]"));
}

// --- Transactions

TEST(Transactions, Lengths) {  // suite: transactWriteItems, transactGetItems
  EXPECT_EQ(violation("TransactWriteItems", R"({"TransactItems":[]})"),
            one(at_least("Value '[]' at 'transactItems'", 1)));
  EXPECT_EQ(violation("TransactGetItems", R"({"TransactItems":[]})"),
            one(at_least("Value '[]' at 'transactItems'", 1)));
  std::string gets;
  for (int i = 0; i < 101; ++i) {
    gets += std::string(i == 0 ? "" : ",") + R"({"Get":{"TableName":"abc","Key":{}}})";
  }
  const std::string answer = violation("TransactGetItems", R"({"TransactItems":[)" + gets + "]}");
  EXPECT_TRUE(
      answer.starts_with(one("Value '[TransactGetItem(get=Get(key={}, tableName=abc, "
                             "projectionExpression=null, expressionAttributeNames=null)), ")))
      << answer;
  EXPECT_TRUE(answer.ends_with(at_most("]' at 'transactItems'", 100))) << answer;
}

TEST(Transactions, TheTokenComesFirst) {  // suite: transactions, us-east-1
  const std::string token(37, 'x');
  EXPECT_EQ(
      violation("TransactWriteItems", R"({"TransactItems":[{}],"ReturnConsumedCapacity":"INVALID",)"
                                      R"("ClientRequestToken":")" +
                                          token + "\"}"),
      two(at_most("Value '" + token + "' at 'clientRequestToken'", 36), kBadCapacity));
  EXPECT_EQ(
      violation("TransactWriteItems", R"({"TransactItems":[{}],"ReturnConsumedCapacity":"INVALID",)"
                                      R"("ReturnItemCollectionMetrics":"INVALID"})"),
      two(kBadCapacity, kBadMetrics));
}

TEST(Transactions, NamesMissingMembers) {
  EXPECT_EQ(
      violation("TransactWriteItems",
                R"({"TransactItems":[{"Put":{"TableName":"abc"}},{"Update":{"TableName":"abc",)"
                R"("Key":{}}}]})"),
      two(must_not_be_null("transactItems.1.member.put.item"),
          must_not_be_null("transactItems.2.member.update.updateExpression")));
}

// --- In general

TEST(Violations, OfRepeatedMembersTheLastCounts) {
  EXPECT_EQ(violation("Scan", R"({"TableName":"","TableName":"abc"})"), "");
  EXPECT_EQ(violation("Scan", R"({"TableName":"abc","Limit":1,"Limit":0})"),
            one("Value '0' at 'limit' failed to satisfy constraint: Member must have value greater "
                "than or equal to 1"));
  EXPECT_EQ(violation("PutItem", R"({"TableName":"abc","Item":{},"Item":null})"),
            one(must_not_be_null("item")));
}

TEST(Violations, LengthsAreUtf16Units) {
  const std::string grin = "\xF0\x9F\x98\x80";
  std::string name;
  for (int i = 0; i < 127; ++i) {
    name += grin;
  }
  const auto schema = [](const std::string& attribute) {
    return violation("CreateTable",
                     R"({"TableName":"abc","AttributeDefinitions":[{"AttributeName":")" +
                         attribute +
                         R"(","AttributeType":"S"}],"KeySchema":[{"AttributeName":"pk",)"
                         R"("KeyType":"HASH"}]})");
  };
  EXPECT_EQ(schema(name + "a"), "");  // 255 units, 509 bytes
  EXPECT_EQ(
      schema(name + "ab"),
      one(at_most("Value '" + name + "ab' at 'attributeDefinitions.1.member.attributeName'", 255)));
}

// Scylla's test_limit_attribute_length_nonkey_bad: refused, naming the limit. The form is the
// model's.
TEST(Violations, AttributeNamesHaveALimit) {
  const std::string name(65'536, 'n');
  const std::string limit = "[Member must have length less than or equal to 65535]";
  const auto ends = [](const std::string& answer, const std::string& end) {
    return answer.starts_with("1 validation error detected: Value '") && answer.ends_with(end);
  };
  EXPECT_TRUE(
      ends(violation("PutItem", R"({"TableName":"abc","Item":{")" + name + R"(":{"S":"x"}}})"),
           "' at 'item' failed to satisfy constraint: Map keys must satisfy constraint: " + limit));
  EXPECT_TRUE(ends(
      violation("GetItem", R"({"TableName":"abc","Key":{},"AttributesToGet":[")" + name + R"("]})"),
      "' at 'attributesToGet' failed to satisfy constraint: Member must satisfy "
      "constraint: " +
          limit));
  EXPECT_TRUE(ends(violation("GetItem", R"({"TableName":"abc","Key":{},"ExpressionAttributeNames":)"
                                        R"({"#a":")" +
                                            name + R"("}})"),
                   "' at 'expressionAttributeNames' failed to satisfy constraint: Map value must "
                   "satisfy constraint: " +
                       limit));
}

TEST(MessagePrefix, IsThatOfTheCurrentLayer) {  // H1 of the field notes
  for (const char* operation : {"PutItem", "UpdateItem", "DeleteItem"}) {
    EXPECT_EQ(message_prefix(operation, ValidationWording::k2026), "1 validation error detected: ");
    EXPECT_EQ(message_prefix(operation, k2025), "");
  }
  for (const char* operation :
       {"GetItem", "Query", "Scan", "BatchWriteItem", "TransactWriteItems"}) {
    EXPECT_EQ(message_prefix(operation, ValidationWording::k2026), "");
  }
}

}  // namespace
}  // namespace understudy
