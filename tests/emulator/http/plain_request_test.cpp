// The short way of reading a request must read what the general parser reads, or decline.
#include "emulator/http/plain_request.h"

#include <gtest/gtest.h>

#include "emulator/base/random.h"
#include "emulator/http/request_parser.h"
#include "tests/emulator/http/wire_client.h"

namespace understudy {
namespace {

constexpr std::size_t kBodyMax = 1000;

/// What the general parser makes of the same bytes.
struct Parsed {
  std::size_t bytes = 0;  ///< 0: no whole request
  bool keep_alive = false;
  std::string body;
};

Parsed parse(std::string_view bytes, Request& request) {
  Buffer body;
  RequestParser parser(request, body, kBodyMax, bytes);
  RequestParser::ErrorCode error;
  Parsed parsed;
  while (parsed.bytes < bytes.size() && !parser.is_done() && !error) {
    parsed.bytes += parser.put(
        boost::asio::const_buffer(bytes.data() + parsed.bytes, bytes.size() - parsed.bytes), error);
  }
  if (!parser.is_done()) {
    return {};
  }
  parsed.keep_alive = parser.keep_alive();
  parsed.body = parser.collected() ? body.view() : request.body;
  return parsed;
}

/// `remembered`: of whatever was read before.
void expect_same_reading(std::string_view bytes, RememberedHead& remembered) {
  Request plain;
  const std::size_t length = read_plain_request(bytes, kBodyMax, remembered, plain);
  if (length == 0) {
    return;
  }
  Request general;
  const Parsed parsed = parse(bytes, general);
  ASSERT_EQ(parsed.bytes, length) << bytes;
  ASSERT_TRUE(parsed.keep_alive) << bytes;
  ASSERT_EQ(plain.method, general.method);
  ASSERT_EQ(plain.target, general.target);
  ASSERT_EQ(plain.body, parsed.body) << bytes;
  ASSERT_EQ(plain.headers().size(), general.headers().size()) << bytes;
  for (std::size_t i = 0; i < plain.headers().size(); ++i) {
    ASSERT_EQ(plain.headers()[i].name, general.headers()[i].name) << bytes;
    ASSERT_EQ(plain.headers()[i].value, general.headers()[i].value) << bytes;
  }
  for (std::size_t i = 0; i < static_cast<std::size_t>(KnownHeader::kCount); ++i) {
    const auto which = static_cast<KnownHeader>(i);
    ASSERT_EQ(plain.has(which), general.has(which)) << bytes;
    ASSERT_EQ(plain.header(which), general.header(which)) << bytes;
  }
}

TEST(PlainRequest, ReadsWhatSdksSend) {
  const std::string bytes = call("GetItem", R"({"TableName":"tab"})", "User-Agent: a/1 b/2\r\n");
  Request request;
  RememberedHead remembered;
  const std::string pipelined = bytes + "POST / HTTP";
  EXPECT_EQ(read_plain_request(pipelined, kBodyMax, remembered, request), bytes.size());
  EXPECT_EQ(request.header(KnownHeader::kTarget), "DynamoDB_20120810.GetItem");
  EXPECT_EQ(request.header(KnownHeader::kUserAgent), "a/1 b/2");
  EXPECT_EQ(request.body, R"({"TableName":"tab"})");
  expect_same_reading(bytes, remembered);
}

TEST(PlainRequest, ReadsALineAgainWhereverItsHeadStands) {
  RememberedHead remembered;
  const std::string first =
      call("GetItem", "{}", "User-Agent: a/1\r\nX-Long: " + std::string(300, 'x') + "\r\n");
  const std::string longer = call("GetItem", R"({"a":1})", "User-Agent: a/1 b/2\r\n");
  const std::string shorter = call("Query", "{}", "User-Agent:\r\n");
  for (const std::string& bytes : {first, first, longer, first, shorter, longer}) {
    expect_same_reading(bytes, remembered);
    Request request;
    ASSERT_EQ(read_plain_request(bytes, kBodyMax, remembered, request), bytes.size());
    EXPECT_GE(request.header(KnownHeader::kUserAgent).data(), bytes.data());
    EXPECT_LT(request.header(KnownHeader::kUserAgent).data(), bytes.data() + bytes.size());
  }
}

TEST(PlainRequest, ReadsMoreLinesThanItRemembers) {
  RememberedHead remembered;
  std::string lines;
  for (int i = 0; i < 40; ++i) {
    lines += "X-Line: " + std::to_string(i) + "\r\n";
  }
  for (int round = 0; round < 2; ++round) {
    expect_same_reading(call("GetItem", "{}", lines), remembered);
  }
}

TEST(PlainRequest, DeclinesWhatIsNotPlainOrNotWhole) {
  Request request;
  RememberedHead remembered;
  const auto read = [&](std::string_view bytes) {
    return read_plain_request(bytes, kBodyMax, remembered, request);
  };
  const std::string whole = call("ListTables", "{}");
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_EQ(read(std::string_view(whole).substr(0, length)), 0U);
  }
  for (const char* line :
       {"Connection: close\r\n", "Expect: 100-continue\r\n", "Transfer-Encoding: chunked\r\n",
        "UPGRADE: x\r\n", "Proxy-Connection: close\r\n", "Content-Length: 2\r\n", "a: b\r\n c\r\n",
        "a : b\r\n", "a: b\nc: d\r\n", "a: \x01\r\n", "a\r\n", ": b\r\n", "a: b\tc\r\n"}) {
    EXPECT_EQ(read(call("ListTables", "{}", line)), 0U) << line;
  }
  EXPECT_EQ(read(call("ListTables", std::string(kBodyMax + 1, ' '))), 0U);
  EXPECT_EQ(read("GET / HTTP/1.1\r\n\r\n"), 0U);
}

// A seed is printed with a failure: the bytes are those of the seed.
TEST(PlainRequest, ReadsLikeTheGeneralParserWhateverComes) {
  constexpr std::uint64_t kSeed = 4711;
  SCOPED_TRACE(testing::Message() << "seed " << kSeed);
  Random random(kSeed);
  RememberedHead remembered;
  constexpr std::string_view kSpice = "\r\n\t :;,-aZ0\x7f\x80{}=\0";
  for (int round = 0; round < 20'000; ++round) {
    std::string bytes = call("ListTables", "{\"Limit\":1}", "A: b\r\nConnection: keep-alive\r\n");
    if (random.below(2) == 0) {
      bytes = call("ListTables", "{\"Limit\":1}", "X: \r\ny:z  \r\n");
    }
    for (std::uint64_t changes = random.below(4); changes > 0; --changes) {
      const std::size_t at = random.below(bytes.size());
      const char c = kSpice[random.below(kSpice.size())];
      switch (random.below(3)) {
        case 0:
          bytes[at] = c;
          break;
        case 1:
          bytes.insert(at, 1, c);
          break;
        default:
          bytes.erase(at, 1);
          break;
      }
    }
    expect_same_reading(bytes, remembered);
    if (HasFatalFailure()) {
      return;
    }
  }
}

}  // namespace
}  // namespace understudy
