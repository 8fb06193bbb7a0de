#include "emulator/base/utf8.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <string>

namespace understudy {
namespace {

std::string encoded(char32_t code_point) {
  std::array<char, 4> bytes = {};
  return {bytes.data(), encode_utf8(code_point, bytes.data())};
}

TEST(Utf8, EncodesAndValidatesEveryScalarValue) {
  std::string all;
  for (char32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c == 0xD800) {
      c = 0xE000;
    }
    const std::string text = encoded(c);
    ASSERT_EQ(utf8_sequence_bytes(text.data(), text.data() + text.size()), text.size())
        << static_cast<std::uint32_t>(c);
    all += text;
  }
  EXPECT_TRUE(is_valid_utf8(all));
  EXPECT_EQ(encoded(U'\u20AC'), "\u20AC");
  EXPECT_EQ(encoded(U'\U0001F600'), "\U0001F600");
}

TEST(Utf8, RefusesSurrogatesOverlongFormsAndStrayBytes) {
  for (char32_t c = 0xD800; c <= 0xDFFF; ++c) {
    EXPECT_FALSE(is_valid_utf8(encoded(c))) << static_cast<std::uint32_t>(c);
  }
  for (const std::string_view bad :
       {"\x80", "\xBF", "\xC0\xAF", "\xC1\xBF", "\xE0\x9F\xBF", "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80\x80", "\xF8\x88\x80\x80\x80", "\xC3", "\xE2\x82", "\xF0\x9F\x98", "a\xC3(",
        "12345678\xFF"}) {
    EXPECT_FALSE(is_valid_utf8(bad)) << bad;
  }
  EXPECT_TRUE(is_valid_utf8(""));
  EXPECT_TRUE(is_valid_utf8(std::string_view("\0", 1)));
}

TEST(Utf8, ShowsWhatIsNone) {
  EXPECT_EQ(to_utf8("as it is \u20AC"), "as it is \u20AC");
  EXPECT_EQ(to_utf8("\xFF\xC3(\xF0\x9F\x98"), "%FF%C3(%F0%9F%98");
  EXPECT_EQ(to_utf8(""), "");
}

}  // namespace
}  // namespace understudy
