#include "emulator/model/json_codec.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace understudy {
namespace {

const std::string kInvalid = "One or more parameter values were invalid: ";

/// The value's canonical text, or the error's kind and message.
std::string decoded(const std::string& json, DecodeOptions options = {}) {
  Arena arena;
  const auto tree = parse_json(json, arena);
  EXPECT_TRUE(tree) << json;
  const auto value = decode_value(*tree, arena, options);
  if (!value) {
    return (value.error().kind() == ErrorKind::kValidationException ? "" : "Serialization: ") +
           value.error().message();
  }
  Buffer out;
  append_value(out, *value);
  EXPECT_EQ(canonical_size_bytes(out.view()), value_size_bytes(*value)) << json;
  EXPECT_TRUE(equal(decode_canonical(out.view(), arena), *value)) << json;
  return std::string(out.view());
}

/// An item inside of something else, as requests have it: it is read in a quicker way than one that
/// stands alone.
JsonNode item_in_request(const std::string& json, Arena& arena) {
  const auto tree = parse_json(arena.copy("[" + json + "]"), arena);
  EXPECT_TRUE(tree) << json;
  return tree->elements().front();
}

std::string decoded_attributes(const std::string& json) {
  Arena arena;
  const auto attributes = decode_attributes(item_in_request(json, arena), arena);
  if (!attributes) {
    return attributes.error().message();
  }
  Buffer out;
  append_attributes(out, *attributes);
  return std::string(out.view());
}

constexpr DecodeOptions kOlder{ValueLayer::kOlder};

TEST(JsonCodec, KeepsEveryTypeOfValue) {
  for (const std::string json :
       {R"({"S":"x"})", R"({"S":""})", R"({"S":"a\"b\\c\u0001\n"})", R"({"N":"-12.5"})",
        R"({"B":"AAE="})", R"({"B":""})", R"({"BOOL":true})", R"({"BOOL":false})",
        R"({"NULL":true})", R"({"SS":["a","b"]})", R"({"SS":[""]})", R"({"NS":["-1","2","10"]})",
        R"({"BS":["AA==","/w=="]})", R"({"L":[]})", R"({"L":[{"S":"x"},{"L":[{"N":"1"}]}]})",
        R"({"M":{}})", R"({"M":{"a":{"S":"x"},"b\n":{"M":{"c":{"NULL":true}}}}})"}) {
    EXPECT_EQ(decoded(json), json);
  }
}

TEST(JsonCodec, MakesValuesCanonical) {
  EXPECT_EQ(decoded(R"({ "N" : "+01.50e1" })"), R"({"N":"15"})");
  EXPECT_EQ(decoded(R"({"S":"\u0041\/\u00e9"})"), "{\"S\":\"A/\u00e9\"}");
  EXPECT_EQ(decoded(R"({"SS":["b","a","\u0063"]})"), R"({"SS":["a","b","c"]})");
  EXPECT_EQ(decoded(R"({"NS":["10","9","-1","1e1000"]})").substr(0, 15), "Number overflow");
  EXPECT_EQ(decoded(R"({"NS":["10","9.0","-1"]})"), R"({"NS":["-1","9","10"]})");
  EXPECT_EQ(decoded(R"({"BS":["/w==","AA=="]})"), R"({"BS":["AA==","/w=="]})");
  EXPECT_EQ(decoded(R"({"M":{"b":{"S":"1"},"a":{"S":"2"},"b":{"S":"3"}}})"),
            R"({"M":{"a":{"S":"2"},"b":{"S":"3"}}})");
}

TEST(JsonCodec, SortsManyNamesAndKeepsTheLastOfEqualOnes) {
  std::string json = "{\"M\":{";
  for (int i = 99; i >= 0; --i) {
    json += "\"k" + std::to_string(100 + i) + "\":{\"N\":\"1\"},";
  }
  json += R"("k150":{"N":"2"}}})";
  const std::string text = decoded(json);
  EXPECT_TRUE(text.starts_with(R"({"M":{"k100":{"N":"1"},"k101":)")) << text;
  EXPECT_NE(text.find(R"("k149":{"N":"1"},"k150":{"N":"2"},"k151":)"), std::string::npos) << text;
}

// Source: F4: the JSON parser of the service ignores what it does not know and converts booleans.
// What is remembered of one item's names must change nothing about the next.
TEST(JsonCodec, DecodesItemsAlikeWhateverCameBefore) {
  const std::vector<std::string> items = {
      R"({"pk":{"S":"a"},"sk":{"S":"b"},"count":{"N":"1"}})",
      R"({"pk":{"S":"c"},"sk":{"S":"d"},"count":{"N":"2.50"}})",
      R"({"sk":{"S":"b"},"pk":{"S":"a"},"count":{"N":"1"}})",
      R"({"pk":{"S":"a"},"sk":{"S":"b"}})",
      R"({"pk":{"S":"a"},"pk":{"S":"b"},"count":{"N":"1"}})",
      R"({"pk":{"S":"a"},"sk":{"M":{"z":{"S":"1"},"a":{"S":"2"}}},"count":{"L":[]}})",
      R"({"pk":{"S":"a"},"sk":{"S":"b"},"count":{"N":"no number"}})",
      R"({"pk":{"S":"a"},"sk":{"S":"b"},"":{"S":"c"}})",
      R"({"pk":{"S":"a"},"sk":{"S":"b"},"counT":{"N":"1"}})",
      R"({"pk":{"S":"a"},"a long name that ends in a":{"S":"b"},"count":{"N":"1000"}})",
      R"({"pk":{"S":"a"},"a long name that ends in b":{"S":"b"},"count":{"N":"0"}})",
      R"({})",
  };
  for (const std::string& before : items) {
    for (const std::string& json : items) {
      Arena arena;
      NameOrder order;
      for (int round = 0; round < 5; ++round) {  // It stops learning after some.
        const auto seen =
            decode_attributes(item_in_request(before, arena), arena, {.order = &order});
        const auto known =
            decode_attributes(item_in_request(json, arena), arena, {.order = &order});
        const auto anew = decode_attributes(*parse_json(json, arena), arena);
        ASSERT_EQ(known.has_value(), anew.has_value()) << before << json;
        if (anew) {
          Buffer with;
          Buffer without;
          append_attributes(with, *known);
          append_attributes(without, *anew);
          ASSERT_EQ(with.view(), without.view()) << before << json;
        } else {
          ASSERT_EQ(known.error().message(), anew.error().message()) << before << json;
        }
      }
    }
  }
}

TEST(JsonCodec, ToleratesWhatTheServiceTolerates) {
  EXPECT_EQ(decoded(R"({"S":"x","N":null})"), R"({"S":"x"})");
  EXPECT_EQ(decoded(R"({"S":"x","Z":{"a":1}})"), R"({"S":"x"})");
  EXPECT_EQ(decoded(R"({"BOOL":"Yes"})"), R"({"BOOL":true})");
  EXPECT_EQ(decoded(R"({"BOOL":"0"})"), R"({"BOOL":false})");
  EXPECT_EQ(decoded(R"({"NULL":"TRUE"})"), R"({"NULL":true})");
}

TEST(JsonCodec, RefusesValuesOfNoOrSeveralTypes) {
  const std::string empty =
      "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes";
  const std::string several =
      "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the "
      "supported datatypes";
  for (const std::string json :
       {"{}", R"({"S":null})", R"({"a":"x"})", R"({"L":[{}]})", R"({"L":[null]})",
        R"({"M":{"a":{}}})", R"({"M":{"a":{"b":{"S":"x"}}}})"}) {
    EXPECT_EQ(decoded(json), empty) << json;
  }
  EXPECT_EQ(decoded(R"({"S":"a","N":"1"})"), several);
  EXPECT_EQ(decoded(R"({"L":[{"S":"a","BOOL":true}]})"), several);
  // Numbers are looked at before the types are counted. Source: DLT:test/putItem.js.
  EXPECT_EQ(decoded(R"({"S":"a","N":"b"})"),
            "The parameter cannot be converted to a numeric value: b");
}

// Source: DLT:test/putItem.js; AWS captures of 2026 where layers differ.
TEST(JsonCodec, RefusesBadContent) {
  EXPECT_EQ(decoded(R"({"NULL":false})"),
            kInvalid + "Null attribute value types must have the value of true");
  EXPECT_EQ(decoded(R"({"NULL":"no"})"),
            kInvalid + "Null attribute value types must have the value of true");
  EXPECT_EQ(decoded(R"({"SS":[]})"), kInvalid + "An string set  may not be empty");
  EXPECT_EQ(decoded(R"({"NS":[]})"), kInvalid + "An number set  may not be empty");
  EXPECT_EQ(decoded(R"({"BS":[]})"), kInvalid + "Binary sets should not be empty");
  EXPECT_EQ(decoded(R"({"NS":["1","b"]})"),
            "The parameter cannot be converted to a numeric value: b");
  EXPECT_EQ(decoded(R"({"N":""})"), "The parameter cannot be converted to a numeric value: ");
  EXPECT_EQ(decoded(R"({"N":""})", kOlder), "The parameter cannot be converted to a numeric value");
  EXPECT_EQ(decoded(R"({"B":"AAA"})"),
            "Serialization: Base64 encoded length is expected a multiple of 4 bytes but found: 3");
  EXPECT_EQ(decoded(R"({"B":"AB=="})"),
            "Serialization: Invalid last non-pad Base64 character dectected");
}

// Case: AWS capture, 2026-10, of these very sets.
TEST(JsonCodec, NamesDuplicatesAsEachLayerDoes) {
  EXPECT_EQ(decoded(R"({"SS":["b","a","b"]})"),
            kInvalid + R"(Input collection ["a", "b", "b"] contains duplicates.)");
  EXPECT_EQ(decoded(R"({"BS":["/w==","AA==","AA=="]})"),
            kInvalid + R"(Input collection ["AA==","/w==","AA=="]of type BS contains duplicates.)");
  EXPECT_EQ(decoded(R"({"NS":["2","1","2"]})"), kInvalid + "Input collection contains duplicates.");
  EXPECT_EQ(decoded(R"({"SS":["b","a","b"]})", kOlder),
            kInvalid + "Input collection [b, a, b] contains duplicates.");
  EXPECT_EQ(decoded(R"({"BS":["/w==","AA==","AA=="]})", kOlder),
            kInvalid + "Input collection [/w==, AA==, AA==]of type BS contains duplicates.");
  EXPECT_EQ(decoded(R"({"NS":["2","1","2"]})", kOlder), "Input collection contains duplicates");
  EXPECT_EQ(decoded(R"({"SS":["d","c","a","c","b","a"]})"),
            kInvalid + R"(Input collection ["a", "c", "d", "c", "b", "a"] contains duplicates.)");
  // Numbers are the same when their values are.
  EXPECT_EQ(decoded(R"({"NS":["1","1.0"]})"), kInvalid + "Input collection contains duplicates.");
}

std::string nested_maps(int wraps, const std::string& leaf = R"({"S":"leaf"})") {
  std::string json = leaf;
  for (int i = 0; i < wraps; ++i) {
    json = R"({"M":{"n":)" + json + "}}";
  }
  return json;
}

// Case: AWS capture, 2026-06.
TEST(JsonCodec, LimitsNesting) {
  EXPECT_EQ(decoded(nested_maps(31)), nested_maps(31));
  EXPECT_EQ(
      decoded(nested_maps(32)),
      "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels "
      "beyond supported limit");
  EXPECT_EQ(decoded(nested_maps(32), {.nesting_max = kNestingMax + 1}), nested_maps(32));
  EXPECT_EQ(decoded_attributes("{\"a\":" + nested_maps(31) + "}"),
            "{\"a\":" + nested_maps(31) + "}");
  EXPECT_EQ(decoded_attributes("{\"a\":" + nested_maps(32) + "}"), std::string(kNestingMessage));
  Arena arena;
  const std::string json = nested_maps(31);
  const auto tree = parse_json(json, arena);
  EXPECT_EQ(nesting_depth(decode_value(*tree, arena).value()), kNestingMax - 1);
}

TEST(JsonCodec, LimitsAttributeNames) {
  const auto item = [](const std::string& name) { return "{\"" + name + "\":{\"N\":\"1\"}}"; };
  const std::string longest(kAttributeNameMaxBytes, 'n');
  EXPECT_EQ(decoded_attributes(item(longest)), item(longest));
  EXPECT_EQ(decoded_attributes(item(longest + "n")),
            "Attribute name is too large, must be less than 65536 bytes");
  EXPECT_EQ(decoded_attributes(item("")), "Empty attribute name");
}

// The shape gate refuses these first; without it they must still be answered.
TEST(JsonCodec, SurvivesAnyJson) {
  for (const std::string type : {"S", "N", "B", "BOOL", "NULL", "SS", "NS", "BS", "L", "M", "X"}) {
    for (const std::string content :
         {"null", "true", "1", "1.5", "\"x\"", "[]", "[null]", "[1]", "[[]]", "[{}]", "{}",
          "{\"a\":null}", "{\"a\":1}", "{\"a\":[]}", "[{\"S\":1}]", "[\"AA==\",null]"}) {
      std::string json = "{\"";
      json += type + "\":" + content + "}";
      EXPECT_FALSE(decoded(json).empty()) << json;
    }
  }
  for (const std::string json : {"null", "[]", "\"S\"", "1", "true"}) {
    EXPECT_FALSE(decoded(json).empty()) << json;
    EXPECT_FALSE(decoded_attributes(json).empty()) << json;
  }
}

}  // namespace
}  // namespace understudy
