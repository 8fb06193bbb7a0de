// What the service answers where JSON has the wrong type. Evidence: dynalite's assertType, recorded
// 2013-15; it sends these values for every member of these kinds.
#include <gtest/gtest.h>

#include <string>
#include <string_view>
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

TEST(TypeErrors, StringsTakeOnlyStrings) {
  const TypeCase places[] = {
      kTableName,
      {"PutItem", R"({"TableName":"abc","Item":{"a":{"S":)", "}}}"},
      {"PutItem", R"({"TableName":"abc","Item":{"a":{"N":)", "}}}"},
      {"PutItem", R"({"TableName":"abc","Item":{"a":{"SS":["x",)", "]}}}"},
      {"PutItem", R"({"TableName":"abc","Item":{"a":{"NS":[)", "]}}}"},
      {"PutItem", R"({"TableName":"abc","Item":{},"ExpressionAttributeNames":{"a":)", "}}"},
      {"GetItem", R"({"TableName":"abc","Key":{},"AttributesToGet":[)", "]}"},
      {"CreateTable", R"({"TableName":"abc","KeySchema":[{"KeyType":)", "}]}"},
      {"ListStreams", R"({"TableName":)", "}"},
  };
  for (const TypeCase& place : places) {
    EXPECT_EQ(answer(place, "true"), refused("TRUE_VALUE cannot be converted to String"));
    EXPECT_EQ(answer(place, "false"), refused("FALSE_VALUE cannot be converted to String"));
    EXPECT_EQ(answer(place, "23"), refused("NUMBER_VALUE cannot be converted to String"));
    EXPECT_EQ(answer(place, "-2147483648"), refused("NUMBER_VALUE cannot be converted to String"));
    EXPECT_EQ(answer(place, "34.56"), refused("DECIMAL_VALUE cannot be converted to String"));
    EXPECT_EQ(answer(place, "[]"), refused("Unrecognized collection type class java.lang.String"));
    EXPECT_EQ(answer(place, "{}"), refused("Start of structure or map found where not expected"));
  }
}

TEST(TypeErrors, BooleansTakeSomeWords) {
  const TypeCase places[] = {
      {"GetItem", R"({"TableName":"abc","Key":{},"ConsistentRead":)", "}"},
      {"PutItem", R"({"TableName":"abc","Item":{"a":{"BOOL":)", "}}}"},
      {"PutItem", R"({"TableName":"abc","Item":{"a":{"NULL":)", "}}}"},
  };
  for (const TypeCase& place : places) {
    EXPECT_EQ(answer(place, R"("23")"), refused("Unexpected token received from parser"));
    EXPECT_EQ(answer(place, R"("truely")"), refused("Unexpected token received from parser"));
    EXPECT_EQ(answer(place, R"("")"), refused("Unexpected token received from parser"));
    EXPECT_EQ(answer(place, "23"), refused("NUMBER_VALUE cannot be converted to Boolean"));
    EXPECT_EQ(answer(place, "34.56"), refused("DECIMAL_VALUE cannot be converted to Boolean"));
    EXPECT_EQ(answer(place, "[]"), refused("Unrecognized collection type class java.lang.Boolean"));
    EXPECT_EQ(answer(place, "{}"), refused("Start of structure or map found where not expected"));
    for (const char* word :
         {"true", "false", R"("TRUE")", R"("1")", R"("yes")", R"("No")", R"("0")", R"("False")"}) {
      EXPECT_EQ(answer(place, word), "") << word;
    }
  }
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
    EXPECT_EQ(answer(place, R"("23")"), refused("STRING_VALUE" + to));
    EXPECT_EQ(answer(place, "true"), refused("TRUE_VALUE" + to));
    EXPECT_EQ(answer(place, "false"), refused("FALSE_VALUE" + to));
    EXPECT_EQ(answer(place, "[]"),
              refused(std::string("Unrecognized collection type class java.lang.") + type));
    EXPECT_EQ(answer(place, "{}"), refused("Start of structure or map found where not expected"));
    EXPECT_EQ(answer(place, "1.9"), "");
    EXPECT_EQ(answer(place, "99999999999999999999"), refused("NUMBER_VALUE" + to));
  }
  EXPECT_EQ(answer(integer, "2147483648"), refused("NUMBER_VALUE cannot be converted to Integer"));
  EXPECT_EQ(answer(number, "2147483648"), "");
}

TEST(TypeErrors, BytesTakeBase64) {
  const TypeCase places[] = {
      {"PutItem", R"({"TableName":"abc","Item":{"a":{"B":)", "}}}"},
      {"PutItem", R"({"TableName":"abc","Item":{"a":{"BS":[)", "]}}}"},
      {"PutItem", R"({"TableName":"abc","Item":{"a":{"L":[{"BS":["Yg==",)", "]}]}}}"},
      {"PutItem", R"({"TableName":"abc","Item":{"a":{"M":{"b":{"B":)", "}}}}}"},
  };
  for (const TypeCase& place : places) {
    for (const char* scalar : {"true", "23", "-2147483648", "34.56"}) {
      EXPECT_EQ(answer(place, scalar),
                refused("only base-64-encoded strings are convertible to bytes"));
    }
    EXPECT_EQ(answer(place, "[]"),
              refused("Unrecognized collection type class java.nio.ByteBuffer"));
    EXPECT_EQ(answer(place, "{}"), refused("Start of structure or map found where not expected"));
    EXPECT_EQ(answer(place, R"("23456")"),
              refused("Base64 encoded length is expected a multiple of 4 bytes but found: 5"));
    EXPECT_EQ(answer(place, R"("=+/=")"),
              refused("Invalid last non-pad Base64 character dectected"));
    EXPECT_EQ(answer(place, R"("+/+=")"),
              refused("Invalid last non-pad Base64 character dectected"));
    EXPECT_EQ(answer(place, R"("+/8=")"), "");
    EXPECT_EQ(answer(place, R"("Yg==")"), "");
    EXPECT_EQ(answer(place, R"("")"), "");
  }
}

TEST(TypeErrors, ListsTakeLists) {
  const TypeCase places[] = {
      {"CreateTable", R"({"TableName":"abc","KeySchema":)", "}"},
      {"GetItem", R"({"TableName":"abc","Key":{},"AttributesToGet":)", "}"},
      {"PutItem", R"({"TableName":"abc","Item":{"a":{"SS":)", "}}}"},
      {"PutItem", R"({"TableName":"abc","Item":{"a":{"L":)", "}}}"},
      {"Query", R"({"TableName":"abc","KeyConditions":{"a":{"AttributeValueList":)", "}}}"},
  };
  for (const TypeCase& place : places) {
    for (const char* scalar : {R"("23")", "true", "23", "34.56"}) {
      EXPECT_EQ(answer(place, scalar), refused("Unexpected field type")) << place.before;
    }
    EXPECT_EQ(answer(place, "{}"), refused("Start of structure or map found where not expected"));
  }
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
    for (const char* scalar : {R"("23")", "true", "23", "34.56"}) {
      EXPECT_EQ(answer(place, scalar), refused("Unexpected field type")) << place.before;
    }
    EXPECT_EQ(
        answer(place, "[]"),
        refused("Unrecognized collection type java.util.Map<java.lang.String, " + values + ">"));
  }
}

TEST(TypeErrors, ElementsAndMapValuesHaveTextsOfTheirOwn) {
  const std::string v = "com.amazonaws.dynamodb.v20120810.";
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
    for (const char* scalar : {R"("23")", "true", "23", "34.56"}) {
      EXPECT_EQ(answer(place, scalar), refused("Unexpected value type in payload")) << place.before;
    }
    EXPECT_EQ(answer(place, "[]"), refused("Unrecognized collection type class " + v + name));
  }
}

TEST(TypeErrors, StructuresAsFieldsSayFieldType) {
  const std::string v = "com.amazonaws.dynamodb.v20120810.";
  const std::pair<TypeCase, std::string> places[] = {
      {{"CreateTable", R"({"TableName":"abc","ProvisionedThroughput":)", "}"},
       "ProvisionedThroughput"},
      {{"PutItem", R"({"TableName":"abc","Item":{},"Expected":{"a":{"Value":)", "}}}"},
       "AttributeValue"},
      {{"BatchWriteItem", R"({"RequestItems":{"abc":[{"PutRequest":)", "}]}}"}, "PutRequest"},
  };
  for (const auto& [place, name] : places) {
    for (const char* scalar : {R"("23")", "true", "23", "34.56"}) {
      EXPECT_EQ(answer(place, scalar), refused("Unexpected field type")) << place.before;
    }
    EXPECT_EQ(answer(place, "[]"), refused("Unrecognized collection type class " + v + name));
  }
}

// The service's parser trips over containers of containers.
TEST(TypeErrors, ContainersInContainersLeakACast) {
  const TypeCase list{"BatchWriteItem", R"({"RequestItems":{"abc":)", "}}"};
  const TypeCase map{"BatchGetItem", R"({"RequestItems":{"abc":{"Keys":[)", "]}}}"};
  for (const char* scalar : {R"("23")", "true", "23", "34.56"}) {
    EXPECT_EQ(answer(list, scalar), refused(kCastFailed));
    EXPECT_EQ(answer(map, scalar), refused(kCastFailed));
  }
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
    value = R"({"M":{"n":)" + value + "}}";
  }
  EXPECT_EQ(answer(kAttribute, value), refused("NUMBER_VALUE cannot be converted to String"));
}

}  // namespace
}  // namespace understudy
