// The forms of answers, and CBOR and forms as requests.
#include "emulator/cloudwatch/answer_writer.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>

#include "emulator/cloudwatch/cbor_reader.h"
#include "emulator/cloudwatch/query_form.h"

namespace understudy::cloudwatch {
namespace {

using nlohmann::json;

void write_example(AnswerWriter& out) {
  out.begin_structure();
  out.member("Name");
  out.string("a<b> & \"c\"");
  out.member("Values");
  out.begin_list();
  out.decimal(0.5);
  out.decimal(1e21);
  out.integer(-300);
  out.integer(70000);
  out.end_list();
  out.member("When");
  out.time(1'768'478'400'250'000);
  out.member("On");
  out.boolean(true);
  out.member("Extended");
  out.begin_map();
  out.member("p99");
  out.decimal(2);
  out.end_map();
  out.end_structure();
}

TEST(AnswerWriter, WritesJson) {
  Buffer out;
  JsonAnswer answer(out);
  write_example(answer);
  EXPECT_EQ(json::parse(out.view()), json::parse(R"({"Name":"a<b> & \"c\"",
    "Values":[0.5,1e21,-300,70000],"When":1768478400.25,"On":true,"Extended":{"p99":2.0}})"));
}

// nlohmann reads the same standard.
TEST(AnswerWriter, WritesCbor) {
  Buffer out;
  CborAnswer answer(out);
  write_example(answer);
  const std::string_view bytes = out.view();
  // It knows of no tags: the one before the time is taken out.
  std::string untagged(bytes);
  untagged.erase(untagged.find('\xC1'), 1);
  const json read = json::from_cbor(untagged);
  EXPECT_EQ(read, json::parse(R"({"Name":"a<b> & \"c\"",
    "Values":[0.5,1e21,-300,70000],"When":1768478400.25,"On":true,"Extended":{"p99":2.0}})"));
}

TEST(AnswerWriter, WritesXml) {
  Buffer out;
  XmlAnswer answer(out);
  answer.begin_response("Ask");
  write_example(answer);
  answer.end_response("id");
  EXPECT_EQ(out.view(),
            "<AskResponse xmlns=\"http://monitoring.amazonaws.com/doc/2010-08-01/\"><AskResult>"
            "<Name>a&lt;b&gt; &amp; &quot;c&quot;</Name><Values><member>0.5</member><member>1e+21"
            "</member><member>-300</member><member>70000</member></Values>"
            "<When>2026-01-15T12:00:00.250Z</When><On>true</On>"
            "<Extended><entry><key>p99</key><value>2</value></entry></Extended></AskResult>"
            "<ResponseMetadata><RequestId>id</RequestId></ResponseMetadata></AskResponse>");
}

json read_cbor(const json& document) {
  const std::vector<std::uint8_t> bytes = json::to_cbor(document);
  Arena arena;
  const auto parsed =
      parse_cbor({reinterpret_cast<const char*>(bytes.data()), bytes.size()}, arena);
  if (!parsed) {
    return std::string(parsed.error());
  }
  const auto convert = [](const auto& self, const JsonNode& node) -> json {
    switch (node.kind) {
      case JsonKind::kNull:
        return nullptr;
      case JsonKind::kFalse:
        return false;
      case JsonKind::kTrue:
        return true;
      case JsonKind::kInteger:
      case JsonKind::kDecimal:
        return json::parse(node.text());
      case JsonKind::kString:
        return std::string(node.text());
      case JsonKind::kArray: {
        json list = json::array();
        for (const JsonNode& element : node.elements()) {
          list.push_back(self(self, element));
        }
        return list;
      }
      case JsonKind::kObject: {
        json object = json::object();
        for (const JsonMember& member : node.members()) {
          object[std::string(member.name)] = self(self, member.value);
        }
        return object;
      }
    }
    return nullptr;
  };
  return convert(convert, *parsed);
}

TEST(CborReader, ReadsWhatAnotherLibraryWrote) {
  const json document = json::parse(R"({"a":[1,24,256,70000,5000000000,-1,-500,0.5,1e300],
    "b":{"c":null,"d":true,"e":false},"f":"","g":"ä"})");
  EXPECT_EQ(read_cbor(document), document);
}

std::string read_error(std::string_view bytes) {
  Arena arena;
  const auto parsed = parse_cbor(bytes, arena);
  return parsed ? "" : std::string(parsed.error());
}

TEST(CborReader, ReadsChunksTagsAndHalfNumbers) {
  Arena arena;
  const auto text = parse_cbor(
      "\x7F\x61"
      "a\x62"
      "bc\xFF",
      arena);
  ASSERT_TRUE(text);
  EXPECT_EQ(text->text(), "abc");
  const auto time = parse_cbor(std::string_view("\xC1\xFB\x3F\xE0\0\0\0\0\0\0", 10), arena);
  ASSERT_TRUE(time);
  EXPECT_EQ(time->text(), "0.5");
  const auto half = parse_cbor(std::string_view("\xF9\x3E\x00", 3), arena);
  ASSERT_TRUE(half);
  EXPECT_EQ(half->text(), "1.5");
}

TEST(CborReader, RefusesWhatIsNoDocument) {
  EXPECT_EQ(read_error(""), "the document ends too early");
  EXPECT_EQ(read_error("\x82\x01"), "the document ends too early");
  EXPECT_EQ(read_error("\x9B\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF"), "the document ends too early");
  EXPECT_EQ(read_error("\x01\x01"), "something after the document");
  EXPECT_EQ(read_error("\xFF"), "a break outside of anything");
  EXPECT_EQ(read_error("\xA1\x01\x01"), "a map's key that is not text");
  EXPECT_EQ(read_error("\x61\xFF"), "text that is not UTF-8");
  EXPECT_EQ(read_error("\xF9\x7C\x01"), "a number that is not finite");
  EXPECT_EQ(read_error("\x1C"), "a head of a reserved kind");
  EXPECT_EQ(read_error(std::string(1000, '\x81')), "too deeply nested");
}

TEST(QueryForm, MakesListsAndStructuresOfPaths) {
  Arena arena;
  const JsonNode form = parse_query_form(
      "Action=GetMetricStatistics&Dimensions.member.2.Name=b&Dimensions.member.1.Name=a+b%2B"
      "&Dimensions.member.10.Name=c&Statistics.member.1=Sum&Empty=&Metric.Stat=x",
      arena);
  const auto dimensions = form.find("Dimensions")->elements();
  ASSERT_EQ(dimensions.size(), 3U);
  EXPECT_EQ(dimensions[0].find("Name")->text(), "a b+");
  EXPECT_EQ(dimensions[1].find("Name")->text(), "b");
  EXPECT_EQ(dimensions[2].find("Name")->text(), "c");
  EXPECT_EQ(form.find("Statistics")->elements()[0].text(), "Sum");
  EXPECT_EQ(form.find("Empty")->text(), "");
  EXPECT_EQ(form.find("Metric")->find("Stat")->text(), "x");
  EXPECT_EQ(find_form_value("a=1&Version=2010-08-01&b", "Version", arena), "2010-08-01");
  EXPECT_EQ(find_form_value("a=1&b", "c", arena), std::nullopt);
}

TEST(QueryForm, IgnoresWhatIsTooDeep) {
  Arena arena;
  std::string path = "a";
  for (int i = 0; i < 1000; ++i) {
    path += ".a";
  }
  EXPECT_NE(parse_query_form(path + "=1", arena).find("a"), nullptr);
}

}  // namespace
}  // namespace understudy::cloudwatch
