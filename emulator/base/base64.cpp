#include "emulator/base/base64.h"

#include <array>

namespace understudy {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::uint8_t kNoDigit = 0x80;

constexpr std::array<std::uint8_t, 256> make_digits() {
  std::array<std::uint8_t, 256> digits = {};
  digits.fill(kNoDigit);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    digits[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return digits;
}
constexpr std::array<std::uint8_t, 256> kDigits = make_digits();

std::uint32_t digit(char c) {
  return kDigits[static_cast<unsigned char>(c)];
}

}  // namespace

void encode_base64(std::string_view raw, char* to) {
  const auto byte = [raw](std::size_t i) {
    return static_cast<std::uint32_t>(static_cast<unsigned char>(raw[i]));
  };
  const auto put = [&to](std::uint32_t bits, int shift) {
    *to++ = kAlphabet[(bits >> shift) & 63];
  };
  std::size_t at = 0;
  for (; raw.size() - at >= 3; at += 3) {
    const std::uint32_t bits = byte(at) << 16 | byte(at + 1) << 8 | byte(at + 2);
    put(bits, 18);
    put(bits, 12);
    put(bits, 6);
    put(bits, 0);
  }
  const std::size_t left = raw.size() - at;
  if (left == 0) {
    return;
  }
  const std::uint32_t bits = byte(at) << 16 | (left == 2 ? byte(at + 1) << 8 : 0);
  put(bits, 18);
  put(bits, 12);
  if (left == 2) {
    put(bits, 6);
  } else {
    *to++ = '=';
  }
  *to = '=';
}

void append_base64(Buffer& out, std::string_view raw) {
  const std::size_t bytes = base64_encoded_bytes(raw.size());
  encode_base64(raw, out.grow(bytes));
  out.commit(bytes);
}

Expected<std::string_view, Base64Error> decode_base64(std::string_view text, Arena& arena) {
  if (text.size() % 4 != 0) {
    return Unexpected{Base64Error::kBadLength};
  }
  if (text.empty()) {
    return std::string_view();
  }
  const std::size_t padding = text.back() != '=' ? 0 : text[text.size() - 2] != '=' ? 1 : 2;
  char* const start = static_cast<char*>(arena.allocate(text.size() / 4 * 3, 1));
  char* to = start;
  std::uint32_t seen = 0;  // All digits or-ed: shows at the end whether one was none.
  const std::size_t whole = text.size() - (padding == 0 ? 0 : 4);
  std::size_t at = 0;
  for (; at < whole; at += 4) {
    const std::uint32_t a = digit(text[at]);
    const std::uint32_t b = digit(text[at + 1]);
    const std::uint32_t c = digit(text[at + 2]);
    const std::uint32_t d = digit(text[at + 3]);
    seen |= a | b | c | d;
    const std::uint32_t bits = a << 18 | b << 12 | c << 6 | d;
    *to++ = static_cast<char>(bits >> 16);
    *to++ = static_cast<char>(bits >> 8);
    *to++ = static_cast<char>(bits);
  }
  bool bits_left_over = false;
  if (padding > 0) {
    const std::uint32_t a = digit(text[at]);
    const std::uint32_t b = digit(text[at + 1]);
    const std::uint32_t c = padding == 1 ? digit(text[at + 2]) : 0;
    seen |= a | b | c;
    const std::uint32_t bits = a << 18 | b << 12 | c << 6;
    *to++ = static_cast<char>(bits >> 16);
    if (padding == 1) {
      *to++ = static_cast<char>(bits >> 8);
    }
    bits_left_over = (bits & (padding == 1 ? 0xFF : 0xFFFF)) != 0;
  }
  if ((seen & kNoDigit) != 0) {
    return Unexpected{Base64Error::kBadCharacter};
  }
  if (bits_left_over) {
    return Unexpected{Base64Error::kBadLastCharacter};
  }
  return std::string_view(start, static_cast<std::size_t>(to - start));
}

}  // namespace understudy
