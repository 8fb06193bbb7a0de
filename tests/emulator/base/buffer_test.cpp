#include "emulator/base/buffer.h"

#include <gtest/gtest.h>

#include <string>

namespace understudy {
namespace {

std::string json_string(std::string_view text) {
  Buffer out;
  append_json_string(out, text);
  return std::string(out.view());
}

std::string decimal(double value) {
  Buffer out;
  JsonWriter(out).decimal(value);
  return std::string(out.view());
}

TEST(Buffer, WritesCanonicalEscapes) {
  EXPECT_EQ(json_string("\"\\/\b\f\n\r\t"), R"("\"\\/\b\f\n\r\t")");
  EXPECT_EQ(json_string(std::string_view("\0\x01\x1f\x7f", 4)), "\"\\u0000\\u0001\\u001f\x7f\"");
  EXPECT_EQ(json_string("\u00e9\u20ac"), "\"\u00e9\u20ac\"");
  EXPECT_EQ(json_string(""), "\"\"");
}

// The scan works in steps of 16 and 8 bytes: an escape must be found at every place in every
// length.
TEST(Buffer, FindsAnEscapeAtEveryPlace) {
  for (std::size_t length = 1; length < 70; ++length) {
    const std::string plain(length, 'x');
    EXPECT_TRUE(is_plain_json(plain));
    EXPECT_EQ(json_string(plain), "\"" + plain + "\"");
    for (std::size_t place = 0; place < length; ++place) {
      for (const char special : {'"', '\\', '\x1f', '\n', '\0'}) {
        std::string text = plain;
        text[place] = special;
        EXPECT_FALSE(is_plain_json(text)) << length << ' ' << place;
        EXPECT_GT(json_string(text).size(), length + 2);
      }
      for (const char ordinary :
           {' ', '!', '#', '[', ']', '\x7f', '\x80', '\xff', '\x9f', '\xa2', '\xdc'}) {
        std::string text = plain;
        text[place] = ordinary;
        EXPECT_TRUE(is_plain_json(text)) << length << ' ' << place;
      }
    }
  }
}

TEST(Buffer, GrowsAndKeepsItsStorage) {
  Buffer out;
  std::string expected;
  for (int i = 0; i < 1000; ++i) {
    out.append("some text");
    out.append_integer(-i);
    expected += "some text" + std::to_string(-i);
  }
  EXPECT_EQ(out.view(), expected);
  const std::size_t capacity = out.capacity();
  out.clear();
  EXPECT_TRUE(out.empty());
  EXPECT_EQ(out.capacity(), capacity);
  out.append_integer(INT64_MIN);
  EXPECT_EQ(out.view(), "-9223372036854775808");
}

TEST(JsonWriter, SeparatesMembersAndElements) {
  Buffer out;
  JsonWriter writer(out);
  writer.begin_object();
  writer.key("a");
  writer.begin_array();
  writer.integer(1);
  writer.boolean(true);
  writer.begin_object();
  writer.end_object();
  writer.end_array();
  writer.user_key("b\n");
  writer.string("x\"");
  writer.key("c");
  writer.raw("null");
  writer.end_object();
  EXPECT_EQ(out.view(), R"({"a":[1,true,{}],"b\n":"x\"","c":null})");
}

TEST(JsonWriter, WritesDecimalsWithAFraction) {
  EXPECT_EQ(decimal(0), "0.0");
  EXPECT_EQ(decimal(0.5), "0.5");
  EXPECT_EQ(decimal(1), "1.0");
  EXPECT_EQ(decimal(128.5), "128.5");
  EXPECT_EQ(decimal(1363729002.358), "1363729002.358");
  EXPECT_EQ(decimal(1363729002.05), "1363729002.05");
  EXPECT_EQ(decimal(-0.5), "-0.5");
  EXPECT_EQ(decimal(-118.5), "-118.5");
  EXPECT_EQ(decimal(0.1 + 0.2), "0.3");
}

}  // namespace
}  // namespace understudy
