// Checksums, digests and base64 against published vectors and against slower ways to the same
// result.
#include <gtest/gtest.h>

#include <string>

#include "emulator/base/base64.h"
#include "emulator/base/crc32.h"
#include "emulator/base/md5.h"
#include "emulator/base/random.h"
#include "emulator/base/sha256.h"

namespace understudy {
namespace {

std::string random_bytes(Random& random, std::size_t size) {
  std::string bytes(size, '\0');
  for (char& c : bytes) {
    c = static_cast<char>(random.next());
  }
  return bytes;
}

std::string hex(const Md5Digest& digest) {
  std::string text;
  for (const std::uint8_t byte : digest) {
    text += "0123456789abcdef"[byte >> 4];
    text += "0123456789abcdef"[byte & 15];
  }
  return text;
}

TEST(Crc32, MatchesKnownAnswers) {
  EXPECT_EQ(crc32(""), 0U);
  EXPECT_EQ(crc32("123456789"), 0xCBF43926U);
  // Bodies of the live service and their x-amz-crc32 headers (section F of the behaviour notes).
  EXPECT_EQ(crc32("<UnknownOperationException/>\n"), 3552371480U);
  EXPECT_EQ(crc32("healthy: dynamodb.us-east-1.amazonaws.com "), 3128867991U);
  EXPECT_EQ(crc32(R"({"__type":"com.amazon.coral.service#SerializationException"})"), 3948637019U);
}

TEST(Crc32, IsTheSameByTableAndInPieces) {
  Random random(1);
  for (std::size_t size = 0; size < 1400; ++size) {
    const std::string data = random_bytes(random, size);
    const std::uint32_t expected = crc32_by_table(data);
    EXPECT_EQ(crc32(data), expected) << size;
    const std::size_t cut = random.below(size + 1);
    const std::string_view view = data;
    EXPECT_EQ(crc32(view.substr(cut), crc32(view.substr(0, cut))), expected) << size << ' ' << cut;
  }
  const std::string large = random_bytes(random, 1 << 20);
  EXPECT_EQ(crc32(large), crc32_by_table(large));
}

TEST(Md5, MatchesTheVectorsOfTheRfc) {
  EXPECT_EQ(hex(md5("")), "d41d8cd98f00b204e9800998ecf8427e");
  EXPECT_EQ(hex(md5("abc")), "900150983cd24fb0d6963f7d28e17f72");
  EXPECT_EQ(hex(md5("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "0123456789")),
            "d174ab98d277d9f5a5611c2c9f419d9f");
  EXPECT_EQ(
      hex(md5("1234567890123456789012345678901234567890123456789012345678901234567890123456789"
              "0")),
      "57edf4a22be3c955ac49da2e2107b67a");
}

TEST(Md5, DoesNotCareWhereItsInputIsCut) {
  Random random(2);
  for (std::size_t size = 0; size < 200; ++size) {
    const std::string data = random_bytes(random, size);
    const std::size_t cut = random.below(size + 1);
    EXPECT_EQ(md5(data),
              md5(std::string_view(data).substr(0, cut), std::string_view(data).substr(cut)));
  }
}

TEST(Md5, OfFourIsFourTimesMd5) {
  Random random(3);
  for (int round = 0; round < 100; ++round) {
    const std::string first = random_bytes(random, random.below(9));
    std::array<std::string, 4> seconds;
    std::array<std::string_view, 4> views;
    for (std::size_t i = 0; i < seconds.size(); ++i) {
      seconds[i] = random_bytes(random, random.below(kMd5BlockTextMax - first.size() + 1));
      views[i] = seconds[i];
    }
    const auto digests = md5_of_four(first, views);
    for (std::size_t i = 0; i < seconds.size(); ++i) {
      EXPECT_EQ(digests[i], md5(first, seconds[i]));
    }
  }
}

TEST(Sha256, MatchesPublishedVectors) {
  EXPECT_EQ(to_hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  // RFC 4231, test cases 2 and 6.
  EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(to_hex(hmac_sha256(std::string(131, '\xaa'),
                               "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

// Source: AWS General Reference, example of deriving a Signature Version 4 signing key.
TEST(Sha256, DerivesASigningKey) {
  Sha256Digest key = hmac_sha256("AWS4wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "20120215");
  key = hmac_sha256(as_bytes(key), "us-east-1");
  key = hmac_sha256(as_bytes(key), "iam");
  key = hmac_sha256(as_bytes(key), "aws4_request");
  EXPECT_EQ(to_hex(key), "f4780e2d9f65fa895f9c67b32ce1baf0b0d8a43505a000a1a9e090d414db404d");
}

std::string encoded(std::string_view raw) {
  Buffer out;
  append_base64(out, raw);
  return std::string(out.view());
}

TEST(Base64, MatchesTheVectorsOfTheRfc) {
  EXPECT_EQ(encoded(""), "");
  EXPECT_EQ(encoded("f"), "Zg==");
  EXPECT_EQ(encoded("fo"), "Zm8=");
  EXPECT_EQ(encoded("foo"), "Zm9v");
  EXPECT_EQ(encoded("foob"), "Zm9vYg==");
  EXPECT_EQ(encoded("\xff\xff\xfe"), "///+");
}

TEST(Base64, DecodesWhatItEncoded) {
  Random random(3);
  for (std::size_t size = 0; size < 100; ++size) {
    Arena arena;
    const std::string raw = random_bytes(random, size);
    const auto decoded = decode_base64(encoded(raw), arena);
    ASSERT_TRUE(decoded) << size;
    EXPECT_EQ(*decoded, raw);
  }
}

TEST(Base64, SaysWhatIsWrong) {
  const auto error = [](std::string_view text) {
    Arena arena;
    const auto decoded = decode_base64(text, arena);
    return decoded ? std::optional<Base64Error>() : decoded.error();
  };
  for (const std::string_view text : {"Z", "Zg", "Zg=", "Zm9vY", "===", "="}) {
    EXPECT_EQ(error(text), Base64Error::kBadLength) << text;
  }
  for (const std::string_view text : {"====", "Z===", "Zg=a", "=Zg=", "Zg==Zg==", "Zm9*", "Zm-_",
                                      "Zm 9", "Zm9\n", "Zg*=", "*g==", "a=b="}) {
    EXPECT_EQ(error(text), Base64Error::kBadCharacter) << text;
  }
  for (const std::string_view text : {"Zh==", "Zm9=", "Zm9vYh=="}) {
    EXPECT_EQ(error(text), Base64Error::kBadLastCharacter) << text;
  }
  EXPECT_EQ(error(""), std::nullopt);
}

}  // namespace
}  // namespace understudy
