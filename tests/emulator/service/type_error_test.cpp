// What the service answers where JSON has the wrong type. Evidence: dynalite's assertType, recorded
// 2013-15; it sends these values for every member of these kinds.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/emulator/service/shape_gate.h"

namespace understudy {
namespace {

constexpr std::string_view kCastFailed =
    "class sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl cannot be cast to class "
    "java.lang.Class (sun.reflect.generics.reflectiveObjects.ParameterizedTypeImpl and "
    "java.lang.Class are in module java.base of loader 'bootstrap')";

struct TypeCase {
  std::string_view operation;
  std::string before;  // of the body, up to the value
  std::string after;
};

std::string answer(const TypeCase& where, std::string_view value) {
  return through_gate(where.operation, where.before + std::string(value) + where.after);
}

std::string refused(std::string_view message) {
  return "SerializationException " + std::string(message);
}

const TypeCase kTableName{"PutItem", R"({"Item":{},"TableName":)", "}"};
const TypeCase kItem{"PutItem", R"({"TableName":"abc","Item":)", "}"};
const TypeCase kAttribute{"PutItem", R"({"TableName":"abc","Item":{"a":)", "}}"};

// What is sent, and what is answered: "" where it is taken.
using Answers = std::vector<std::pair<std::string_view, std::string>>;

void expect_answers(const TypeCase& place, const Answers& answers) {
  for (const auto& [value, message] : answers) {
    EXPECT_EQ(answer(place, value), message.empty() ? "" : refused(message))
        << place.before << value;
  }
}

void expect_answers(const std::vector<TypeCase>& places, const Answers& answers) {
  for (const TypeCase& place : places) {
    expect_answers(place, answers);
  }
}

TEST(TypeErrors, StringsTakeOnlyStrings) {
  expect_answers(
      {
          kTableName,
          {"PutItem", R"({"TableName":"abc","Item":{"a":{"S":)", "}}}"},
          {"PutItem", R"({"TableName":"abc","Item":{"a":{"N":)", "}}}"},
          {"PutItem", R"({"TableName":"abc","Item":{"a":{"SS":["x",)", "]}}}"},
          {"PutItem", R"({"TableName":"abc","Item":{"a":{"NS":[)", "]}}}"},
          {"PutItem", R"({"TableName":"abc","Item":{},"ExpressionAttributeNames":{"a":)", "}}"},
          {"GetItem", R"({"TableName":"abc","Key":{},"AttributesToGet":[)", "]}"},
          {"CreateTable", R"({"TableName":"abc","KeySchema":[{"KeyType":)", "}]}"},
          {"ListStreams", R"({"TableName":)", "}"},
      },
      {
          {"true", "TRUE_VALUE cannot be converted to String"},
          {"false", "FALSE_VALUE cannot be converted to String"},
          {"23", "NUMBER_VALUE cannot be converted to String"},
          {"-2147483648", "NUMBER_VALUE cannot be converted to String"},
          {"34.56", "DECIMAL_VALUE cannot be converted to String"},
          {"[]", "Unrecognized collection type class java.lang.String"},
          {"{}", "Start of structure or map found where not expected"},
      });
}

TEST(TypeErrors, BooleansTakeSomeWords) {
  expect_answers(
      {
          {"GetItem", R"({"TableName":"abc","Key":{},"ConsistentRead":)", "}"},
          {"PutItem", R"({"TableName":"abc","Item":{"a":{"BOOL":)", "}}}"},
          {"PutItem", R"({"TableName":"abc","Item":{"a":{"NULL":)", "}}}"},
      },
      {
          {R"("23")", "Unexpected token received from parser"},
          {R"("truely")", "Unexpected token received from parser"},
          {R"("")", "Unexpected token received from parser"},
          {"23", "NUMBER_VALUE cannot be converted to Boolean"},
          {"34.56", "DECIMAL_VALUE cannot be converted to Boolean"},
          {"[]", "Unrecognized collection type class java.lang.Boolean"},
          {"{}", "Start of structure or map found where not expected"},
          {"true", ""},
          {"false", ""},
          {R"("TRUE")", ""},
          {R"("1")", ""},
          {R"("yes")", ""},
          {R"("No")", ""},
          {R"("0")", ""},
          {R"("False")", ""},
      });
}

TEST(TypeErrors, IntegersTakeNumbersAndCutTheirFraction) {
  const TypeCase integer{"Query", R"({"TableName":"abc","Limit":)", "}"};
  const TypeCase number{
      "CreateTable",
      R"({"TableName":"abc","KeySchema":[{"AttributeName":"a","KeyType":"HASH"}],)"
      R"("AttributeDefinitions":[],)"
      R"("ProvisionedThroughput":{"WriteCapacityUnits":1,"ReadCapacityUnits":)",
      "}}"};
  for (const auto& [place, type] : {std::pair(integer, "Integer"), std::pair(number, "Long")}) {
    const std::string to = std::string(" cannot be converted to ") + type;
    expect_answers(place,
                   {
                       {R"("23")", "STRING_VALUE" + to},
                       {"true", "TRUE_VALUE" + to},
                       {"false", "FALSE_VALUE" + to},
                       {"[]", std::string("Unrecognized collection type class java.lang.") + type},
                       {"{}", "Start of structure or map found where not expected"},
                       {"1.9", ""},
                       {"99999999999999999999", "NUMBER_VALUE" + to},
                   });
  }
  expect_answers(integer, {{"2147483648", "NUMBER_VALUE cannot be converted to Integer"}});
  expect_answers(number, {{"2147483648", ""}});
}

TEST(TypeErrors, BytesTakeBase64) {
  expect_answers(
      {
          {"PutItem", R"({"TableName":"abc","Item":{"a":{"B":)", "}}}"},
          {"PutItem", R"({"TableName":"abc","Item":{"a":{"BS":[)", "]}}}"},
          {"PutItem", R"({"TableName":"abc","Item":{"a":{"L":[{"BS":["Yg==",)", "]}]}}}"},
          {"PutItem", R"({"TableName":"abc","Item":{"a":{"M":{"b":{"B":)", "}}}}}"},
      },
      {
          {"true", "only base-64-encoded strings are convertible to bytes"},
          {"23", "only base-64-encoded strings are convertible to bytes"},
          {"-2147483648", "only base-64-encoded strings are convertible to bytes"},
          {"34.56", "only base-64-encoded strings are convertible to bytes"},
          {"[]", "Unrecognized collection type class java.nio.ByteBuffer"},
          {"{}", "Start of structure or map found where not expected"},
          {R"("23456")", "Base64 encoded length is expected a multiple of 4 bytes but found: 5"},
          {R"("=+/=")", "Invalid last non-pad Base64 character dectected"},
          {R"("+/+=")", "Invalid last non-pad Base64 character dectected"},
          {R"("+/8=")", ""},
          {R"("Yg==")", ""},
          {R"("")", ""},
      });
}

// The scalars a test sends where none fits.
Answers scalars_refused(const std::string& message) {
  return {{R"("23")", message}, {"true", message}, {"23", message}, {"34.56", message}};
}

TEST(TypeErrors, ListsTakeLists) {
  const std::vector<TypeCase> places = {
      {"CreateTable", R"({"TableName":"abc","KeySchema":)", "}"},
      {"GetItem", R"({"TableName":"abc","Key":{},"AttributesToGet":)", "}"},
      {"PutItem", R"({"TableName":"abc","Item":{"a":{"SS":)", "}}}"},
      {"PutItem", R"({"TableName":"abc","Item":{"a":{"L":)", "}}}"},
      {"Query", R"({"TableName":"abc","KeyConditions":{"a":{"AttributeValueList":)", "}}}"},
  };
  expect_answers(places, scalars_refused("Unexpected field type"));
  expect_answers(places, {{"{}", "Start of structure or map found where not expected"}});
}

TEST(TypeErrors, MapsTakeObjects) {
  const std::string v = "com.amazonaws.dynamodb.v20120810.";
  const std::pair<TypeCase, std::string> places[] = {
      {kItem, v + "AttributeValue"},
      {{"PutItem", R"({"TableName":"abc","Item":{"a":{"M":)", "}}}"}, v + "AttributeValue"},
      {{"PutItem", R"({"TableName":"abc","Item":{},"Expected":)", "}"},
       v + "ExpectedAttributeValue"},
      {{"PutItem", R"({"TableName":"abc","Item":{},"ExpressionAttributeNames":)", "}"},
       "java.lang.String"},
      {{"Query", R"({"TableName":"abc","KeyConditions":)", "}"}, v + "Condition"},
      {{"UpdateItem", R"({"TableName":"abc","Key":{},"AttributeUpdates":)", "}"},
       v + "AttributeValueUpdate"},
      {{"BatchGetItem", R"({"RequestItems":)", "}"}, v + "KeysAndAttributes"},
      {{"BatchWriteItem", R"({"RequestItems":)", "}"}, "java.util.List<" + v + "WriteRequest>"},
  };
  for (const auto& [place, values] : places) {
    expect_answers(place, scalars_refused("Unexpected field type"));
    expect_answers(place, {{"[]", "Unrecognized collection type java.util.Map<java.lang.String, " +
                                      values + ">"}});
  }
}

TEST(TypeErrors, ElementsAndMapValuesHaveTextsOfTheirOwn) {
  const std::string unrecognized =
      "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.";
  const std::pair<TypeCase, std::string> places[] = {
      {kAttribute, "AttributeValue"},
      {{"PutItem", R"({"TableName":"abc","Item":{"a":{"L":[)", "]}}}"}, "AttributeValue"},
      {{"PutItem", R"({"TableName":"abc","Item":{"a":{"M":{"a":)", "}}}}"}, "AttributeValue"},
      {{"CreateTable", R"({"TableName":"abc","KeySchema":[)", "]}"}, "KeySchemaElement"},
      {{"Query", R"({"TableName":"abc","QueryFilter":{"a":)", "}}"}, "Condition"},
      {{"BatchGetItem", R"({"RequestItems":{"abc":)", "}}"}, "KeysAndAttributes"},
      {{"BatchWriteItem", R"({"RequestItems":{"abc":[)", "]}}"}, "WriteRequest"},
  };
  for (const auto& [place, name] : places) {
    expect_answers(place, scalars_refused("Unexpected value type in payload"));
    expect_answers(place, {{"[]", unrecognized + name}});
  }
}

TEST(TypeErrors, StructuresAsFieldsSayFieldType) {
  const std::string unrecognized =
      "Unrecognized collection type class com.amazonaws.dynamodb.v20120810.";
  const std::pair<TypeCase, std::string> places[] = {
      {{"CreateTable", R"({"TableName":"abc","ProvisionedThroughput":)", "}"},
       "ProvisionedThroughput"},
      {{"PutItem", R"({"TableName":"abc","Item":{},"Expected":{"a":{"Value":)", "}}}"},
       "AttributeValue"},
      {{"BatchWriteItem", R"({"RequestItems":{"abc":[{"PutRequest":)", "}]}}"}, "PutRequest"},
  };
  for (const auto& [place, name] : places) {
    expect_answers(place, scalars_refused("Unexpected field type"));
    expect_answers(place, {{"[]", unrecognized + name}});
  }
}

// The service's parser trips over containers of containers.
TEST(TypeErrors, ContainersInContainersLeakACast) {
  const TypeCase list{"BatchWriteItem", R"({"RequestItems":{"abc":)", "}}"};
  const TypeCase map{"BatchGetItem", R"({"RequestItems":{"abc":{"Keys":[)", "]}}}"};
  expect_answers(list, scalars_refused(std::string(kCastFailed)));
  expect_answers(map, scalars_refused(std::string(kCastFailed)));
  EXPECT_EQ(answer(list, "{}"), refused("Start of structure or map found where not expected"));
  EXPECT_EQ(answer(map, "[]"),
            refused("Unrecognized collection type java.util.Map<java.lang.String, "
                    "com.amazonaws.dynamodb.v20120810.AttributeValue>"));
}

TEST(TypeErrors, BeatEveryViolation) {
  EXPECT_EQ(through_gate("PutItem", R"({"TableName":"","ReturnValues":"x","Item":{"a":{"S":1}}})"),
            refused("NUMBER_VALUE cannot be converted to String"));
}

TEST(TypeErrors, TheFirstInTheDocumentWins) {
  EXPECT_EQ(through_gate("PutItem", R"({"Item":[],"TableName":1})"),
            refused("Unrecognized collection type java.util.Map<java.lang.String, "
                    "com.amazonaws.dynamodb.v20120810.AttributeValue>"));
  EXPECT_EQ(through_gate("PutItem", R"({"TableName":1,"Item":[]})"),
            refused("NUMBER_VALUE cannot be converted to String"));
}

TEST(TypeErrors, UnknownMembersAndNullsAreIgnored) {
  EXPECT_EQ(through_gate("PutItem", R"({"TableName":"abc","Item":{},"Bogus":[1],"Expected":null,)"
                                    R"("ReturnValues":null})"),
            "");
  EXPECT_EQ(through_gate("PutItem", R"({"TableName":"abc","Item":{"a":{"S":"x","Q":1,"N":null}}})"),
            "");
}

TEST(TypeErrors, ABodyThatIsNoObjectIsRefused) {
  for (const char* body : {"[]", "null", "1", R"("x")", "true"}) {
    EXPECT_EQ(through_gate("ListTables", body), refused(""));
  }
}

TEST(TypeErrors, DeepValuesAreWalkedToTheirEnd) {
  std::string value = R"({"S":1})";
  for (int level = 0; level < 200; ++level) {
    value.insert(0, R"({"M":{"n":)").append("}}");
  }
  EXPECT_EQ(answer(kAttribute, value), refused("NUMBER_VALUE cannot be converted to String"));
}

}  // namespace
}  // namespace understudy
