// Section F: what is checked before an operation runs, in which order, and in which words.
#include <gtest/gtest.h>

#include <algorithm>

#include "emulator/base/crc32.h"
#include "tests/emulator/api/exchange.h"

namespace understudy {
namespace {

constexpr std::string_view kNotFound = "<UnknownOperationException/>\n";
constexpr std::string_view kSerialization =
    R"({"__type":"com.amazon.coral.service#SerializationException"})";
constexpr std::string_view kUnknownOperation =
    R"({"__type":"com.amazon.coral.service#UnknownOperationException"})";

class EnvelopeTest : public testing::Test {
 protected:
  Exchanged send(const Headers& headers, std::string_view body, std::string_view method = "POST",
                 std::string_view target = "/") {
    return exchange(engine_, headers, body, method, target);
  }
  Engine engine_;
};

// Bodies and checksums as captured from the service. Source: DLT:connection tests.
TEST_F(EnvelopeTest, AnswersAsTheServiceDoesByteForByte) {
  EXPECT_EQ(send({}, "hi").crc32, 3552371480);
  EXPECT_EQ(send({{"content-type", "application/json"}}, "hi").crc32, 3948637019);
  EXPECT_EQ(send({}, "").crc32, 1368724161);
  EXPECT_EQ(send({{"x-amz-target", "DynamoDB_20120810.ListTables"}}, "").crc32, 2088342776);
}

TEST_F(EnvelopeTest, AnswersHealthAtTheRootToGet) {
  const Exchanged with_host = send({{"Host", "localhost:8000"}}, "", "GET");
  EXPECT_EQ(with_host.status, 200);
  EXPECT_EQ(with_host.body, "healthy: localhost:8000 ");
  const Exchanged without = send({}, "", "GET");
  EXPECT_EQ(without.body, "healthy: dynamodb.us-east-1.amazonaws.com ");
  EXPECT_EQ(without.body.size(), 42U);
  EXPECT_EQ(without.crc32, 3128867991);
  EXPECT_EQ(send({}, "", "GET", "/health").status, 200);
  EXPECT_EQ(send({}, "", "GET", "/ready").status, 200);
  EXPECT_EQ(send({}, "", "HEAD", "/health").status, 200);
  EXPECT_EQ(send({}, "", "HEAD", "/ready").status, 200);
}

TEST_F(EnvelopeTest, FindsNothingAtOtherPathsAndMethods) {
  for (const auto& [method, target] : {std::pair{"GET", "/abc"},
                                       {"GET", "/index.htm"},
                                       {"PUT", "/"},
                                       {"DELETE", "/"},
                                       {"OPTIONS", "/"},
                                       {"HEAD", "/"},
                                       {"POST", "/garbage"},
                                       {"BREW", "/"}}) {
    const Exchanged answer = send({}, "", method, target);
    EXPECT_EQ(answer.status, 404) << method << " " << target;
    EXPECT_EQ(answer.body, kNotFound) << method << " " << target;
  }
}

TEST_F(EnvelopeTest, RefusesOtherContentTypesWithABody) {
  for (const char* type :
       {"", "whatever", "application/x-amz-json-1.1", "application/jsonasdf", "application/cbor"}) {
    EXPECT_EQ(send({{"content-type", type}}, "{}").status, 404) << type;
  }
}

TEST_F(EnvelopeTest, EchoesTheContentTypeWithoutParameters) {
  for (const auto& [sent, answered] :
       {std::pair{"application/json", "application/json"},
        {"application/x-amz-json-1.0", "application/x-amz-json-1.0"},
        {"  application/json  ;   asfd", "application/json"},
        {"application/x-amz-json-1.0;blahblah", "application/x-amz-json-1.0"}}) {
    const Exchanged answer = send({{"content-type", sent}}, "hi");
    EXPECT_EQ(answer.status, 400) << sent;
    EXPECT_EQ(answer.content_type, answered) << sent;
    EXPECT_EQ(answer.body, kSerialization) << sent;
  }
}

TEST_F(EnvelopeTest, ParsesTheBodyBeforeItLooksAtTheTarget) {
  EXPECT_EQ(send({{"content-type", "application/json"}, {"x-amz-target", "whatever"}}, "{").body,
            kSerialization);
}

TEST_F(EnvelopeTest, KnowsOnlyOperationsOfItsTwoTargets) {
  for (const char* target :
       {"", "whatever", "DynamoDB_20120810.ListTable", "DynamoDB_20120810.", "DynamoDB_20120810",
        "DynamoDB_20111205.ListTables", "DynamoDBStreams_20120810.ListTables",
        "DynamoDB_20120810.listTables", "DynamoDB_20120810.ListTables.x"}) {
    Headers headers = call_headers("ListTables");
    headers[0].second = target;
    const Exchanged answer = send(headers, "{}");
    EXPECT_EQ(answer.status, 400) << target;
    EXPECT_EQ(answer.body, kUnknownOperation) << target;
  }
}

TEST_F(EnvelopeTest, SaysSoWhereAKnownOperationIsNotServed) {
  const Exchanged answer = send(call_headers("ExportTableToPointInTime"), "{}");
  EXPECT_EQ(answer.status, 400);
  EXPECT_EQ(answer.body,
            R"({"__type":"com.amazon.coral.service#UnknownOperationException",)"
            R"("message":"ExportTableToPointInTime is not served by this emulator."})");
}

TEST_F(EnvelopeTest, LooksAtTheTargetBeforeCredentials) {
  EXPECT_EQ(send({{"x-amz-target", "whatever"}}, "").body, kUnknownOperation);
}

// An empty body is no JSON, but that comes out only when all before it was right.
TEST_F(EnvelopeTest, RefusesAnEmptyBodyLast) {
  EXPECT_EQ(send(call_headers("ListTables"), "").body, kSerialization);
  EXPECT_EQ(send(call_headers("ListTables"), "{}").status, 200);
}

TEST_F(EnvelopeTest, TakesObjectsOnly) {
  for (const char* body : {"null", "[]", "7", "\"x\"", "true"}) {
    EXPECT_EQ(send(call_headers("ListTables"), body).body, kSerialization) << body;
  }
}

TEST_F(EnvelopeTest, SetsCrossOriginHeadersOnlyForAnOrigin) {
  for (const char* method : {"POST", "GET", "OPTIONS"}) {
    EXPECT_EQ(send({}, "", method).extra_headers, "") << method;
  }
  for (const char* method : {"POST", "GET"}) {
    const Exchanged answer = send(
        {{"Origin", "http://example.com/"}, {"Access-Control-Request-Method", "dog"}}, "", method);
    EXPECT_NE(answer.extra_headers.find("Access-Control-Allow-Origin: *\r\n"), std::string::npos);
    EXPECT_NE(answer.extra_headers.find("Access-Control-Expose-Headers: "), std::string::npos);
    EXPECT_EQ(answer.extra_headers.find("Max-Age"), std::string::npos);
    EXPECT_EQ(answer.extra_headers.find("Allow-Methods"), std::string::npos);
  }
}

TEST_F(EnvelopeTest, EchoesWhatAPreflightAsksFor) {
  const Exchanged answer = send({{"Origin", "http://example.com/"},
                                 {"Access-Control-Request-Method", "dog"},
                                 {"Access-Control-Request-Headers", "cat, meerkat, mouse"}},
                                "", "OPTIONS");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "");
  for (const char* line :
       {"Access-Control-Allow-Origin: *\r\n", "Access-Control-Allow-Methods: dog\r\n",
        "Access-Control-Allow-Headers: cat, meerkat, mouse\r\n",
        "Access-Control-Max-Age: 172800\r\n"}) {
    EXPECT_NE(answer.extra_headers.find(line), std::string::npos) << line;
  }
}

TEST(Envelope, KnowsNoOriginsWithCorsOff) {
  Engine engine{{.cors = false}};
  const Exchanged answer = exchange(engine, {{"Origin", "x"}}, "", "OPTIONS");
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.extra_headers, "");
}

TEST(Envelope, RefusesBodiesOverTheLimitBeforeAllElse) {
  Engine engine{{.max_body_bytes = 10}};
  EXPECT_EQ(exchange(engine, {}, "01234567890", "PUT").status, 413);
  EXPECT_EQ(exchange(engine, {}, "0123456789", "PUT").status, 404);
}

TEST_F(EnvelopeTest, GivesEveryAnswerAnIdAndAChecksum) {
  std::vector<std::string> ids;
  for (const Exchanged& answer :
       {send({}, "", "GET"), send({}, "", "GET", "/abc"), send({}, "hi"), send({}, ""),
        send(call_headers("ListTables"), "{}"), send(call_headers("ListTables"), "{"),
        send({{"Origin", "x"}}, "", "OPTIONS")}) {
    EXPECT_EQ(answer.request_id.size(), 52U);
    EXPECT_TRUE(std::ranges::all_of(answer.request_id, [](char c) {
      return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    })) << answer.request_id;
    EXPECT_EQ(answer.crc32, crc32(answer.body));
    ids.push_back(answer.request_id);
  }
  std::ranges::sort(ids);
  EXPECT_EQ(std::ranges::adjacent_find(ids), ids.end());
}

TEST(Envelope, RepeatsItsIdsWithItsSeed) {
  Engine first{{.seed = 7}};
  Engine second{{.seed = 7}};
  Engine other{{.seed = 8}};
  const std::string id = exchange(first, {}, "").request_id;
  EXPECT_EQ(exchange(second, {}, "").request_id, id);
  EXPECT_NE(exchange(other, {}, "").request_id, id);
}

TEST_F(EnvelopeTest, RefusesNestingWithoutEnd) {
  std::string body;
  for (int i = 0; i < 100'000; ++i) {
    body += "{\"\":";
  }
  EXPECT_EQ(send(call_headers("PutItem"), body).body, kSerialization);
}

TEST_F(EnvelopeTest, RefusesInvalidUtf8) {
  EXPECT_EQ(send(call_headers("GetItem"), "{\"TableName\":\"\xFF\xFE\"}").body, kSerialization);
}

}  // namespace
}  // namespace understudy
