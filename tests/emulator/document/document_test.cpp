// Documents: what is read, and what is said of what cannot be.
#include "emulator/document/document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace understudy {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Document parsed(std::string_view text) {
  auto document = Document::parse(text, "file.yaml");
  EXPECT_TRUE(document.has_value()) << document.error().message();
  return *std::move(document);
}

std::string error_of(std::string_view text, const DocumentLimits& limits = {}) {
  const auto document = Document::parse(text, "file.yaml", limits);
  return document ? "" : document.error().message();
}

TEST(Document, KnowsWhereItsNodesStand) {
  const Document document = parsed("name: a\nlist:\n  - 1\n  - {deep: true}\n");
  const auto list = document.root().find("list");
  ASSERT_TRUE(list.has_value());
  EXPECT_EQ(list->line(), 2);
  const DocumentNode second = list->children()[1];
  EXPECT_EQ(second.line(), 4);
  EXPECT_EQ(second.path(), "list[1]");
  const auto deep = second.find("deep");
  ASSERT_TRUE(deep.has_value());
  EXPECT_EQ(deep->path(), "list[1].deep");
  EXPECT_EQ(deep->column(), 6);
}

TEST(Document, KnowsWhereJsonStands) {
  const Document document = parsed("{\"a\": 1,\n\t\"b\": [\"\\ud83d\\ude00\\/\", -1.5e3, null]}");
  const auto list = document.root().find("b");
  ASSERT_TRUE(list.has_value());
  EXPECT_EQ(list->line(), 2);
  EXPECT_EQ(list->column(), 2);
  EXPECT_EQ(list->children()[0].scalar(), "\xF0\x9F\x98\x80/");
  EXPECT_EQ(list->children()[1].kind(), DocumentKind::kNumber);
  EXPECT_TRUE(list->children()[2].is_null());
}

TEST(Document, ScalarsWithoutQuotesFollowTheCoreSchema) {
  const Document document = parsed(
      "[1, -2.5, +3, 1e3, .5, true, FALSE, ~, null, yes, 1.2.3, 0x10, inf, '1', \"true\", 5s, -]");
  std::string kinds;
  for (const DocumentNode& node : document.root().children()) {
    kinds += "0bnt"[static_cast<int>(node.kind())];
  }
  EXPECT_EQ(kinds, "nnnnnbb00tttttttt");
}

TEST(Document, NumbersOfAnyLengthAreKeptAsWritten) {
  const Document document = parsed(R"({"n": 12345678901234567890123456789012345678})");
  EXPECT_EQ(document.root().json(), R"({"n":12345678901234567890123456789012345678})");
  DocumentErrors errors;
  EXPECT_FALSE(document.root().find("n")->integer(errors).has_value());
  EXPECT_THAT(errors.text(), HasSubstr("expected an integer, not '1234"));
}

/// yaml-cpp decodes \N and \_ to single bytes, which are no UTF-8; the fuzzer found it.
TEST(Document, EscapesOfYamlAreUtf8) {
  const Document document = parsed(R"(["\N", "a\_\u00e9", {"\_k": 1}, "\x85"])"
                                   "\n# a comment, so that it is YAML\n");
  EXPECT_EQ(document.root().json(),
            "[\"\xC2\x85\",\"a\xC2\xA0\xC3\xA9\",{\"\xC2\xA0k\":1},\"\xC2\x85\"]");
}

TEST(Document, AMemberMayStandOnce) {
  EXPECT_EQ(error_of("a: 1\nb: 2\na: 3\n"),
            "file.yaml:3: member 'a' stands twice, first on line 1");
  EXPECT_EQ(error_of("{\"a\": 1,\n\"a\": 2}"),
            "file.yaml:2: member 'a' stands twice, first on line 1");
}

TEST(Document, TellsSyntaxErrorsWithTheirPlace) {
  EXPECT_THAT(error_of("a: 1\nb: [1, 2\nc: 3\n"), HasSubstr("file.yaml:"));
  EXPECT_THAT(error_of("a:\n\t- 1\n"), HasSubstr("no valid YAML"));
  EXPECT_THAT(error_of("{\"a\": 1,\n \"b\": ]}"), HasSubstr("file.yaml:2: no valid JSON"));
  EXPECT_THAT(error_of("\xff\xfe"), HasSubstr("no UTF-8"));
}

TEST(Document, RefusesTagsSecondDocumentsAndDepth) {
  EXPECT_THAT(error_of("a: !secret b\n"), HasSubstr("means nothing here"));
  EXPECT_THAT(error_of("a: 1\n---\nb: 1\n"), HasSubstr("expected one document"));
  EXPECT_THAT(error_of("? [a]\n: 1\n"), HasSubstr("expected a text as the name"));
  EXPECT_THAT(error_of(std::string(100, '[') + std::string(100, ']')), HasSubstr("64 levels"));
  EXPECT_THAT(error_of(std::string(100'000, '[')), HasSubstr("file.yaml"));
  EXPECT_THAT(error_of("- a\n- b\n- c\n", {.nodes_max = 3}), HasSubstr("more than 3 values"));
  EXPECT_THAT(error_of("abcdef", {.bytes_max = 3}), HasSubstr("longer than 3 bytes"));
}

TEST(Document, AnchorsAreCopiedWithinTheLimit) {
  const Document document = parsed("base: &b {x: 1, y: [2]}\nother: *b\n");
  EXPECT_EQ(document.root().json(), R"({"base":{"x":1,"y":[2]},"other":{"x":1,"y":[2]}})");
  EXPECT_THAT(error_of("a: &a [*a]\n"), HasSubstr("file.yaml:1"));
  std::string laughs = "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n";
  for (int i = 1; i < 10; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    laughs += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int j = 0; j < 9; ++j) {
      laughs += ", " + before;
    }
    laughs += "]\n";
  }
  EXPECT_THAT(error_of(laughs), HasSubstr("more than 1000000 values"));
}

TEST(Document, NothingIsANullRoot) {
  EXPECT_TRUE(parsed("").root().is_null());
  EXPECT_TRUE(parsed("# nothing\n").root().is_null());
}

TEST(MapReader, ReadsWhatIsThere) {
  const Document document = parsed(
      "name: 17\nshare: 0.25\ncount: 3\non: true\npause: 1.5s\nnames: [a, b]\none: a\nkind: big\n");
  DocumentErrors errors;
  {
    MapReader map(document.root(), errors);
    EXPECT_EQ(map.text("name"), "17");
    EXPECT_EQ(map.number("share", 0, 1), 0.25);
    EXPECT_EQ(map.integer("count", 1), 3);
    EXPECT_EQ(map.boolean("on"), true);
    EXPECT_EQ(map.duration("pause"), 1'500'000);
    EXPECT_THAT(map.texts("names"), ElementsAre("a", "b"));
    EXPECT_THAT(map.texts("one"), ElementsAre("a"));
    constexpr DocumentName<int> kKinds[] = {{"small", 1}, {"big", 2}};
    EXPECT_EQ(map.one_of("kind", kKinds), 2);
    EXPECT_EQ(map.integer("absent"), std::nullopt);
  }
  EXPECT_EQ(errors.text(), "");
}

TEST(MapReader, SaysWhatItExpected) {
  const Document document =
      parsed("share: 1.5\ncount: zero\non: yes\npause: 5 parsecs\nkind: bog\nlist: {}\ntext: []\n");
  DocumentErrors errors;
  {
    MapReader map(document.root(), errors);
    map.number("share", 0, 1);
    map.integer("count", 1);
    map.boolean("on");
    map.duration("pause");
    constexpr DocumentName<int> kKinds[] = {{"small", 1}, {"big", 2}};
    map.one_of("kind", kKinds);
    map.list("list");
    map.text("text");
    map.required("id");
  }
  EXPECT_EQ(errors.text(),
            "file.yaml:1: member 'share': expected a number from 0 to 1, not '1.5'\n"
            "file.yaml:2: member 'count': expected an integer of at least 1, not the text 'zero'\n"
            "file.yaml:3: member 'on': expected true or false, not the text 'yes'\n"
            "file.yaml:4: member 'pause': expected a duration such as 250ms, 5s, 10min or 4h, not "
            "the text '5 parsecs'\n"
            "file.yaml:5: member 'kind': expected small or big, not the text 'bog'\n"
            "file.yaml:6: member 'list': expected a list, not a map\n"
            "file.yaml:7: member 'text': expected a text, not a list\n"
            "file.yaml:1: member 'id' is missing\n");
}

TEST(MapReader, EveryMemberMustBeKnown) {
  const Document document = parsed("probabilty: 1\nzzz: 2\n");
  DocumentErrors errors;
  { MapReader(document.root(), errors).number("probability", 0, 1); }
  EXPECT_EQ(errors.text(),
            "file.yaml:1: member 'probabilty': unknown member (did you mean 'probability'?)\n"
            "file.yaml:2: member 'zzz': unknown member\n");
  DocumentErrors none;
  { MapReader(document.root(), none).ignore_rest(); }
  EXPECT_TRUE(none.empty());
}

TEST(MapReader, WhatIsNoMapIsOneError) {
  const Document document = parsed("[1]");
  DocumentErrors errors;
  { MapReader(document.root(), errors).required("id"); }
  EXPECT_EQ(errors.text(), "file.yaml:1: expected a map, not a list\n");
}

// CloudFormation's short forms.
TEST(Document, ReadsFunctionTagsAsTheirLongForms) {
  const std::string_view text =
      "a: !Ref Name\nb: !Sub '${Name}-x'\nc: !Join ['-', [x, !Ref Y]]\nd: !If {k: [1]}\n"
      "e: [!GetAtt T.Arn, 2]\n";
  DocumentLimits limits;
  limits.function_tags = true;
  const auto document = Document::parse(text, "t.yaml", limits);
  ASSERT_TRUE(document) << document.error().message();
  EXPECT_EQ(document->root().json(),
            R"({"a":{"Ref":"Name"},"b":{"Fn::Sub":"${Name}-x"},)"
            R"("c":{"Fn::Join":["-",["x",{"Ref":"Y"}]]},"d":{"Fn::If":{"k":[1]}},)"
            R"("e":[{"Fn::GetAtt":"T.Arn"},2]})");
  EXPECT_EQ(document->root().find("c")->line(), 3);
  EXPECT_FALSE(Document::parse(text, "t.yaml"));
}

TEST(DocumentErrors, TheFirstIsTheOneThatStandsFirst) {
  const Document document = parsed("a: x\nb: y\n");
  DocumentErrors errors;
  (void)document.root().find("b")->integer(errors);
  (void)document.root().find("a")->integer(errors);
  EXPECT_EQ(errors.first().member, "a");
}

TEST(Duration, IsReadAndWritten) {
  EXPECT_EQ(parse_duration("250ms"), 250'000);
  EXPECT_EQ(parse_duration("0.5 h"), 1'800'000'000);
  EXPECT_EQ(parse_duration("7us"), 7);
  for (const char* wrong : {"", "5", "-5s", "s", "5e3s", "5S", "nan s", "inf s", "9999999999d"}) {
    EXPECT_EQ(parse_duration(wrong), std::nullopt) << wrong;
  }
  for (const std::int64_t value : {0LL, 1LL, 1500LL, 90'000'000LL, 86'400'000'000LL}) {
    EXPECT_EQ(parse_duration(duration_text(value)), value);
  }
}

}  // namespace
}  // namespace understudy
