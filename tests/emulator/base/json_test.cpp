#include "emulator/base/json.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace understudy {
namespace {

/// The tree written back without blanks; strings are written raw between quotes.
std::string render(const JsonNode& node) {
  std::string out;
  switch (node.kind) {
    case JsonKind::kNull:
      return "null";
    case JsonKind::kFalse:
      return "false";
    case JsonKind::kTrue:
      return "true";
    case JsonKind::kInteger:
      return "i" + std::string(node.text());
    case JsonKind::kDecimal:
      return "d" + std::string(node.text());
    case JsonKind::kString:
      return "\"" + std::string(node.text()) + "\"";
    case JsonKind::kArray:
      for (const JsonNode& element : node.elements()) {
        out += (out.empty() ? "" : ",") + render(element);
      }
      return "[" + out + "]";
    case JsonKind::kObject:
      for (const JsonMember& member : node.members()) {
        out += (out.empty() ? "" : ",") + std::string(member.name) + ":" + render(member.value);
      }
      return "{" + out + "}";
  }
  return out;
}

std::string parsed(std::string_view document) {
  Arena arena;
  const auto tree = parse_json(document, arena);
  if (!tree) {
    return "error at " + std::to_string(tree.error().offset) + ": " + tree.error().reason;
  }
  return render(*tree);
}

bool accepts(std::string_view document) {
  Arena arena;
  return parse_json(document, arena).has_value();
}

// Attributes are read several at a time where they look as most do; what looks nearly so is not.
TEST(Json, ReadsAttributesOfAnyLook) {
  const std::string long_text(70, 'x');
  const std::vector<std::pair<std::string, std::string>> attributes = {
      {R"("a":{"S":"x"})", R"(a:{S:"x"})"},
      {R"("a": {"S": "x"})", R"(a:{S:"x"})"},
      {R"("a":{"S": "x"})", R"(a:{S:"x"})"},
      {R"("a" : { "S" : "x" })", R"(a:{S:"x"})"},
      {R"("":{"N":""})", R"(:{N:""})"},
      {R"("a name of twenty bytes":{"S":")" + long_text + R"("})",
       R"(a name of twenty bytes:{S:")" + long_text + R"("})"},
      {R"("a":{"s":"x"})", R"(a:{s:"x"})"},
      {R"("a":{"SS":["x"]})", R"(a:{SS:["x"]})"},
      {R"("a":{"S":"x","N":"1"})", R"(a:{S:"x",N:"1"})"},
      {R"("a":{"S":"\u0041"})", R"(a:{S:"A"})"},
      {R"("\u0041":{"S":"x"})", R"(A:{S:"x"})"},
      {R"("a":{"S":"é"})", R"(a:{S:"é"})"},
      {R"("a":{"S":"x)" + long_text + R"(\n"})", R"(a:{S:"x)" + long_text + "\n\"}"},
      {R"("a":{"M":{"b":{"S":"x"},"c":{"S":"y"}}})", R"(a:{M:{b:{S:"x"},c:{S:"y"}}})"},
      {R"("a":"x")", R"(a:"x")"},
      {R"("a":1)", "a:i1"},
  };
  for (const auto& [first, first_read] : attributes) {
    for (const auto& [second, second_read] : attributes) {
      for (const std::string separator : {",", ", ", " ,\n "}) {
        const std::string object = "{" + first + separator + second + separator + first + "}";
        const std::string read = "{" + first_read + "," + second_read + "," + first_read + "}";
        ASSERT_EQ(parsed(object), read) << object;
        ASSERT_EQ(parsed("[" + object + "]"), "[" + read + "]") << object;
      }
    }
  }
}

TEST(Json, RefusesAttributesCutAnywhere) {
  const std::string document =
      R"([{"name":{"S":"some text"},"other": {"N": "12"},"last":{"S":"text of more than sixteen"}}])";
  for (std::size_t bytes = 0; bytes < document.size(); ++bytes) {
    // In a block of its own size, so that a sanitizer sees what is read behind it.
    const std::vector<char> cut(document.begin(),
                                document.begin() + static_cast<std::ptrdiff_t>(bytes));
    EXPECT_FALSE(accepts({cut.data(), cut.size()})) << bytes;
  }
  const std::vector<std::string> objects = {
      R"({"a":{"S":"x"},"b":{"S":"y"},})",
      R"({"a":{"S":"x"},"b":{"S":"y"}}})",
      "{\"a\":{\"S\":\"x\"},\"b\":{\"S\":\"control \x01 character\"},\"c\":1}",
      "{\"a\":{\"S\":\"x\"},\"b\":{\"S\":\"not UTF-8 \xff, this\"},\"c\":1}",
      "{\"a\":{\"S\":\"x\"},\"control \x01 character\":{\"S\":\"y\"},\"c\":1}",
      R"({"a":{"S":"x"},"no colon"{"S":"text of more than sixteen"}})",
  };
  for (const std::string& object : objects) {
    EXPECT_FALSE(accepts(object)) << object;
    EXPECT_FALSE(accepts("[" + object + "]")) << object;
  }
}

TEST(Json, ReadsEveryKindOfValue) {
  EXPECT_EQ(parsed(R"( {"a" : [1, -2.5, 1e3, true, false, null, "x"], "b" : {} , "c":[]} )"),
            R"({a:[i1,d-2.5,d1e3,true,false,null,"x"],b:{},c:[]})");
  EXPECT_EQ(parsed("7"), "i7");
  EXPECT_EQ(parsed("\"\""), "\"\"");
  EXPECT_EQ(parsed("\t\r\n [ ] \n"), "[]");
}

TEST(Json, KeepsDuplicatesAndFindsTheLast) {
  Arena arena;
  const auto tree = parse_json(R"({"a":1,"b":null,"a":2})", arena);
  ASSERT_TRUE(tree);
  EXPECT_EQ(tree->members().size(), 3U);
  ASSERT_NE(tree->find("a"), nullptr);
  EXPECT_EQ(tree->find("a")->text(), "2");
  EXPECT_EQ(tree->find("b"), nullptr);
  EXPECT_EQ(tree->find("c"), nullptr);
}

TEST(Json, PointsIntoTheDocumentUnlessEscaped) {
  Arena arena;
  const std::string document = R"(["plain and rather long text","esc\naped"])";
  const auto tree = parse_json(document, arena);
  ASSERT_TRUE(tree);
  const auto inside = [&](const char* at) {
    return at >= document.data() && at < document.data() + document.size();
  };
  EXPECT_TRUE(inside(tree->elements()[0].bytes));
  EXPECT_FALSE(inside(tree->elements()[1].bytes));
}

TEST(Json, Unescapes) {
  EXPECT_EQ(parsed(R"("\"\\\/\b\f\n\r\tA")"), "\"\"\\/\b\f\n\r\tA\"");
  EXPECT_EQ(parsed(R"("\u0041\u00e9\u20AC\uD83D\uDE00 end")"), "\"A\u00e9\u20ac\U0001F600 end\"");
  EXPECT_EQ(parsed(R"("\u0000")"), std::string("\"\0\"", 3));
  EXPECT_EQ(parsed(R"({"k\u0065y":1})"), "{key:i1}");
}

TEST(Json, RefusesWhatIsNotJson) {
  for (const std::string_view bad : {"",
                                     " ",
                                     "{",
                                     "[",
                                     "[1",
                                     "[1,",
                                     "[1,]",
                                     "{\"a\"",
                                     "{\"a\":",
                                     "{\"a\":1",
                                     "{\"a\":1,",
                                     "{\"a\":1,}",
                                     "{a:1}",
                                     "{'a':1}",
                                     "{\"a\" 1}",
                                     "{\"a\":1 \"b\":2}",
                                     "[1 2]",
                                     "[1}",
                                     "{\"a\":1]",
                                     "]",
                                     "}",
                                     ",",
                                     "01",
                                     "-",
                                     "-a",
                                     "+1",
                                     "1.",
                                     ".5",
                                     "1.e1",
                                     "1e",
                                     "1e+",
                                     "0x1",
                                     "NaN",
                                     "Infinity",
                                     "tru",
                                     "truex",
                                     "nulll",
                                     "True",
                                     "\"",
                                     "\"a",
                                     "\"\\\"",
                                     "\"\\",
                                     "\"\\x\"",
                                     "\"\\u12\"",
                                     "\"\\u12G4\"",
                                     "\"a\nb\"",
                                     "\"a\tb\"",
                                     "1 2",
                                     "{} {}",
                                     "// c\n1",
                                     "\xEF\xBB\xBF{}",
                                     "[\"a\",]",
                                     "\"\\u\"",
                                     "{\"a\":1,,}",
                                     "[,1]"}) {
    EXPECT_FALSE(accepts(bad)) << bad;
  }
  EXPECT_FALSE(accepts(std::string_view("\0", 1)));
  EXPECT_FALSE(accepts(std::string_view("\"a\0b\"", 5)));
}

TEST(Json, RefusesLoneSurrogates) {
  for (const std::string_view bad :
       {R"("\uD800")", R"("\uDC00")", R"("\uD800\uD800")", R"("\uD800x")", R"("\uDC00\uD800")",
        R"("\uD800\u0041")", R"("\uD83D\n")"}) {
    EXPECT_FALSE(accepts(bad)) << bad;
  }
}

TEST(Json, RefusesInvalidUtf8WhereverItStands) {
  for (const std::string_view bad :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xC3", "\xE0\x80\x80", "\xED\xA0\x80", "\xE2\x82",
        "\xF0\x80\x80\x80", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xFE", "\xC3\x28",
        "\xF0\x9F\x98"}) {
    for (std::size_t before = 0; before < 40; ++before) {
      const std::string text = std::string(before, 'a') + std::string(bad);
      EXPECT_FALSE(accepts("\"" + text + "\"")) << before;
      EXPECT_FALSE(accepts("\"" + text + std::string(20, 'b') + "\"")) << before;
      EXPECT_FALSE(accepts("{\"" + text + "\":1}")) << before;
    }
  }
}

TEST(Json, AcceptsAnyValidUtf8) {
  for (const std::string_view good :
       {"\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80", "\xEF\xBF\xBF",
        "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF", "\x7F"}) {
    for (std::size_t before = 0; before < 40; ++before) {
      const std::string text = std::string(before, 'a') + std::string(good) + "z";
      EXPECT_EQ(parsed("\"" + text + "\""), "\"" + text + "\"");
    }
  }
}

TEST(Json, LimitsNesting) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_TRUE(accepts(nested(kJsonDepthMax)));
  EXPECT_FALSE(accepts(nested(kJsonDepthMax + 1)));
  EXPECT_FALSE(accepts(std::string(100'000, '[')));
  std::string objects;
  for (std::size_t i = 0; i < 100'000; ++i) {
    objects += "{\"a\":";
  }
  EXPECT_FALSE(accepts(objects));
}

TEST(Json, SaysWhereItStopped) {
  EXPECT_EQ(parsed("{\"a\":tru}"), "error at 5: value expected");
  EXPECT_EQ(parsed("{} x"), "error at 3: text behind the document");
}

TEST(Json, ReadsWideContainers) {
  std::string document = "[";
  for (int i = 0; i < 10'000; ++i) {
    document += (i == 0 ? "{\"k\":" : ",{\"k\":") + std::to_string(i) + "}";
  }
  document += "]";
  Arena arena;
  const auto tree = parse_json(document, arena);
  ASSERT_TRUE(tree);
  ASSERT_EQ(tree->elements().size(), 10'000U);
  EXPECT_EQ(tree->elements()[9'999].find("k")->text(), "9999");
}

// Every prefix of a document must be refused without reading past its end; the sanitizer build
// watches the latter, so each prefix is a copy of its own.
TEST(Json, RefusesEveryPrefix) {
  const std::string document =
      R"({"TableName":"t","Item":{"a\u00e9\uD83D\uDE00b":{"S":"some longer text, 20+ bytes"},"n":{"N":"1"},)"
      R"("l":{"L":[{"BOOL":true},{"NULL":null},-1.25e+10]}}})";
  ASSERT_TRUE(accepts(document));
  for (std::size_t length = 0; length < document.size(); ++length) {
    const std::vector<char> copy(document.begin(), document.begin() + static_cast<long>(length));
    EXPECT_FALSE(accepts({copy.data(), copy.size()})) << length;
  }
}

}  // namespace
}  // namespace understudy
