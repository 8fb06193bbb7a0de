// gzip and deflate, as the service takes and gives them.
#include "emulator/api/content_coding.h"

#include <gtest/gtest.h>

#include "emulator/base/crc32.h"
#include "tests/emulator/api/exchange.h"

namespace understudy {
namespace {

std::string compressed(std::string_view text, Coding coding) {
  Buffer out;
  compress(text, coding, out);
  return std::string(out.view());
}

std::string decompressed(std::string_view packed, std::string_view encoding) {
  Buffer out;
  EXPECT_EQ(decompress(packed, encoding, 1 << 20, out), Decoded::kDecoded);
  return std::string(out.view());
}

// The list of SCY:test_accept_encoding_header, observed on the service.
TEST(ContentCoding, ChoosesAsTheServiceDoes) {
  const std::pair<const char*, Coding> cases[] = {
      {"identity", Coding::kIdentity},
      {"", Coding::kIdentity},
      {"br", Coding::kIdentity},
      {"zstd", Coding::kIdentity},
      {"compress", Coding::kIdentity},
      {"x-gzip", Coding::kIdentity},
      {"gzip, deflate", Coding::kGzip},
      {"br, identity, deflate, gzip", Coding::kDeflate},
      {"GZIP, identity", Coding::kGzip},
      {"dog, gzip ,, cat", Coding::kGzip},
      {"gzip;q=0.8, deflate;q=0.5", Coding::kGzip},
      {"br, gzip;q=0, deflate; q = 0.5 , identity;q=0", Coding::kDeflate},
      {"*", Coding::kGzip},
      {"*, deflate;q=0.5", Coding::kGzip},
      {"*, deflate", Coding::kDeflate},
      {"*, identity", Coding::kGzip},
      {"*, gzip;q=0.5", Coding::kDeflate},
      {"gzip ;q=0", Coding::kIdentity},
      {"identity;q=0", Coding::kIdentity},
      {"*;q=0", Coding::kIdentity},
      {"*;q=0.5,identity", Coding::kGzip},
      {"gzip;q=0.5,identity;q=0.8", Coding::kGzip},
      {"br;q=0.8,identity;q=0.5,*;q=0", Coding::kIdentity},
      {"\"gzip\"", Coding::kIdentity},
      {"gzip br", Coding::kIdentity},
      {"gzip:q=1", Coding::kIdentity},
      {"deflate;q=0.5, gzip;q=31", Coding::kGzip},
      {"gzip;q=31,deflate;q=51", Coding::kGzip},
      {"deflate;q=0.5, gzip;q=0.2", Coding::kDeflate},
      {"deflate;q=0.5, gzip;q=1;q=0.2", Coding::kGzip},
      {"deflate;q=0.5,gzip;q=0.", Coding::kDeflate},
      {"deflate;q=0.5,gzip;q=0.x", Coding::kGzip},
      {"deflate;q=0.5,gzip;q=0. x", Coding::kGzip},
      {"deflate;q=-0.5,gzip;q=0.2", Coding::kGzip},
      {"gzip;q= 0;q=1", Coding::kIdentity},
      {"gzip;q =0;q=1", Coding::kGzip},
      {"gzip; q=0;q=1", Coding::kIdentity},
      {"gzip;nq=0;q=1", Coding::kIdentity},
      {"gzip;q=0, gzip;q=1, gzip;q=0", Coding::kGzip},
      {"br,identity;q=0.5,gzip;q=0.0001", Coding::kGzip},
  };
  for (const auto& [accept, expected] : cases) {
    EXPECT_EQ(choose_coding(accept), expected) << accept;
  }
}

TEST(ContentCoding, UndoesWhatItDoes) {
  const std::string text = "some text, some text, some text";
  EXPECT_EQ(decompressed(compressed(text, Coding::kGzip), "gzip"), text);
  EXPECT_EQ(decompressed(compressed(text, Coding::kDeflate), "Deflate"), text);
  EXPECT_EQ(
      decompressed(compressed(compressed(text, Coding::kDeflate), Coding::kGzip), "deflate, gzip"),
      text);
}

TEST(ContentCoding, JoinsMembersOfGzip) {
  EXPECT_EQ(
      decompressed(compressed("one ", Coding::kGzip) + compressed("two", Coding::kGzip), "gzip"),
      "one two");
}

TEST(ContentCoding, IgnoresJunkBehindTheEndAsTheServiceDoes) {
  EXPECT_EQ(decompressed(compressed("text", Coding::kGzip) + "junk", "gzip"), "text");
}

TEST(ContentCoding, FindsBrokenBodies) {
  Buffer out;
  const std::string packed = compressed("text", Coding::kGzip);
  EXPECT_EQ(decompress(packed.substr(0, packed.size() - 1), "gzip", 100, out), Decoded::kBroken);
  EXPECT_EQ(decompress("plain", "gzip", 100, out), Decoded::kBroken);
  EXPECT_EQ(decompress("plain", "deflate", 100, out), Decoded::kBroken);
  EXPECT_EQ(decompress("", "gzip", 100, out), Decoded::kBroken);
  EXPECT_EQ(decompress("plain", "garbage", 100, out), Decoded::kBroken);
  EXPECT_EQ(decompress(packed, "gzip, gzip, gzip, gzip, gzip", 100, out), Decoded::kBroken);
}

TEST(ContentCoding, StopsUnpackingAtTheLimit) {
  Buffer out;
  const std::string packed = compressed(std::string(1 << 20, ' '), Coding::kGzip);
  EXPECT_LT(packed.size(), 10'000U);
  EXPECT_EQ(decompress(packed, "gzip", 500'000, out), Decoded::kTooLarge);
  EXPECT_LT(out.size(), 700'000U);
}

TEST(ContentCoding, TakesPackedRequestsAndAnswersInternalServerErrorToBrokenOnes) {
  Engine engine{{.max_body_bytes = 100'000}};
  const auto send = [&](std::string_view body, std::string_view encoding) {
    Headers headers = call_headers("ListTables");
    headers.emplace_back("Content-Encoding", encoding);
    return exchange(engine, headers, body);
  };
  EXPECT_EQ(send(compressed("{}", Coding::kGzip), "gzip").status, 200);
  const Exchanged broken = send("{}", "gzip");
  EXPECT_EQ(broken.status, 500);
  EXPECT_NE(broken.body.find("InternalServerError"), std::string::npos);
  EXPECT_EQ(send("{}", "garbage").status, 500);
  EXPECT_EQ(send("", "gzip").status, 500);
  EXPECT_EQ(send(compressed(std::string(200'000, ' '), Coding::kGzip), "gzip").status, 413);
}

TEST(ContentCoding, PacksAnswersOverFourKilobytesWhereAllowed) {
  Engine engine;
  ASSERT_EQ(engine.call("CreateTable", kCreateTable).status, 200);
  const std::string put =
      R"({"TableName":"tab","Item":{"p":{"S":"a"},"x":{"S":")" + std::string(4200, 'x') + R"("}}})";
  ASSERT_EQ(engine.call("PutItem", put).status, 200);
  const auto get = [&](std::string_view projection) {
    Headers headers = call_headers("GetItem");
    headers.emplace_back("Accept-Encoding", "gzip");
    headers.emplace_back("Accept-Encoding", "identity");  // the first counts
    return exchange(engine, headers,
                    R"({"TableName":"tab","Key":{"p":{"S":"a"}})" + std::string(projection) + "}");
  };
  const Exchanged large = get("");
  EXPECT_EQ(large.content_encoding, "gzip");
  EXPECT_EQ(large.crc32, crc32(large.body));  // of the bytes as sent
  EXPECT_GT(decompressed(large.body, "gzip").size(), 4200U);
  EXPECT_EQ(get(R"(,"ProjectionExpression":"p")").content_encoding, "");
}

}  // namespace
}  // namespace understudy
