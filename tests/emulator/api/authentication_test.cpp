// Credentials: what every request must have, and what strict authentication verifies.
#include <gtest/gtest.h>

#include "tests/emulator/api/exchange.h"

namespace understudy {
namespace {

// Thursday, 2026-01-15, noon UTC.
constexpr Microseconds kNoon = 1768478400LL * 1'000'000;

std::string service_error(std::string_view name, std::string_view message) {
  return R"({"__type":"com.amazon.coral.service#)" + std::string(name) + R"(","message":")" +
         std::string(message) + R"("})";
}

class LenientTest : public testing::Test {
 protected:
  Exchanged send(Headers headers, std::string_view target = "/") {
    headers.emplace_back("X-Amz-Target", "DynamoDB_20120810.ListTables");
    return exchange(engine_, headers, "", "POST", target);
  }
  Engine engine_;
};

// Texts and checksums of these: DLT:connection tests.
TEST_F(LenientTest, WantsSomeCredentials) {
  const std::string missing = service_error("MissingAuthenticationTokenException",
                                            "Request is missing Authentication Token");
  EXPECT_EQ(send({}).body, missing);
  EXPECT_EQ(send({{"Authorization", "AWS4"}}).body, missing);
  EXPECT_EQ(send({{"Authorization", "X"}}, "/?X-Amz-Algorith").body, missing);
  EXPECT_EQ(
      send({}, "/?X-Amz-Credential=a&X-Amz-Signature=b&X-Amz-SignedHeaders=c&X-Amz-Date=d").body,
      missing);
}

TEST_F(LenientTest, WantsThemOnceOnly) {
  const Exchanged answer = send({{"Authorization", "X"}}, "/?X-Amz-Algorithm");
  EXPECT_EQ(answer.body, service_error("InvalidSignatureException",
                                       "Found both 'X-Amz-Algorithm' as a query-string param and "
                                       "'Authorization' as HTTP header."));
  EXPECT_EQ(answer.crc32, 2139606068);
}

TEST_F(LenientTest, NamesEveryMissingPartOfTheHeader) {
  const Exchanged bare = send({{"Authorization", "AWS4-"}});
  EXPECT_EQ(bare.body,
            service_error("IncompleteSignatureException",
                          "Authorization header requires 'Credential' parameter. "
                          "Authorization header requires 'Signature' parameter. "
                          "Authorization header requires 'SignedHeaders' parameter. "
                          "Authorization header requires existence of either a 'X-Amz-Date' or a "
                          "'Date' header. Authorization=AWS4-"));
  EXPECT_EQ(bare.crc32, 1828866742);
  EXPECT_EQ(send({{"Authorization", "AWS4- Signature=b Credential=a"}, {"Date", "a"}}).crc32,
            15336762);
  EXPECT_EQ(send({{"Authorization", "AWS4- Signature=b,Credential=a"}, {"Date", "a"}}).crc32,
            1159703774);
  EXPECT_EQ(send({{"Authorization", "AWS4- Signature=b, Credential=a"}, {"Date", "a"}}).crc32,
            164353342);
}

TEST_F(LenientTest, NamesEveryMissingPartOfTheQuery) {
  EXPECT_EQ(send({}, "/?X-Amz-Algorithm").crc32, 2900502663);
  EXPECT_EQ(send({}, "/?X-Amz-Algorithm=a&X-Amz-Credential=b&X-Amz-Signature=c&X-Amz-Date=d").crc32,
            3712057481);
}

// boto 2: a scope that names no region and no service, no blanks between the parts.
TEST_F(LenientTest, TakesAnySignature) {
  for (const char* authorization :
       {"AWS4-HMAC-SHA256 "
        "Credential=foo/20261121/0/127/aws4_request,SignedHeaders=host,Signature=0",
        "AWS4-HMAC-SHA256 Credential=foo SignedHeaders=host Signature=0",
        "AWS4-X Credential=a/b/c/d/e/f/g,, SignedHeaders=x,Signature=y=z"}) {
    const Exchanged answer = exchange(engine_,
                                      {{"X-Amz-Target", "DynamoDB_20120810.ListTables"},
                                       {"Content-Type", "application/x-amz-json-1.0"},
                                       {"X-Amz-Date", "yesterday"},
                                       {"Authorization", authorization}},
                                      "{}");
    EXPECT_EQ(answer.status, 200) << authorization;
  }
}

/// Requests below were signed by botocore for this key and noon.
class StrictTest : public testing::Test {
 protected:
  StrictTest()
      : engine_({.strict_auth = true,
                 .credentials = {{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", ""},
                                 {"AKIDTOKEN", "secret", "token123"}},
                 .clock = &clock_}) {}

  static Headers signed_by_botocore() {
    return {{"X-Amz-Target", "DynamoDB_20120810.ListTables"},
            {"Content-Type", "application/x-amz-json-1.0"},
            {"Host", "localhost:8000"},
            {"X-Amz-Date", "20260115T120000Z"},
            {"Authorization",
             "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260115/us-east-1/dynamodb/aws4_request, "
             "SignedHeaders=content-type;host;x-amz-date;x-amz-target, "
             "Signature=43feb9ca7e5ef185c71d4527d03fa857b8b2ffab1bc7681aab31b2d83b51902e"}};
  }
  /// The answer to that request with one header replaced.
  std::string answer_with(std::string_view name, std::string_view value) {
    Headers headers = signed_by_botocore();
    for (auto& header : headers) {
      if (header.first == name) {
        header.second = value;
      }
    }
    return exchange(engine_, headers, "{}").body;
  }
  std::string answer_with_credential(std::string_view credential,
                                     std::string_view algorithm = "AWS4-HMAC-SHA256",
                                     std::string_view signed_headers = "host") {
    return answer_with("Authorization",
                       std::string(algorithm) + " Credential=" + std::string(credential) +
                           ", SignedHeaders=" + std::string(signed_headers) + ", Signature=00");
  }

  VirtualClock clock_{kNoon};
  Engine engine_;
};

constexpr std::string_view kMismatch =
    "The request signature we calculated does not match the signature you provided. Check your AWS "
    "Secret Access Key and signing method. Consult the service documentation for details.";

TEST_F(StrictTest, TakesWhatBotocoreSigns) {
  for (int i = 0; i < 3; ++i) {  // derived key: first computed, then remembered
    EXPECT_EQ(exchange(engine_, signed_by_botocore(), "{}").status, 200);
  }
}

TEST_F(StrictTest, TakesAPresignedQuery) {
  const Exchanged answer = exchange(
      engine_, {{"X-Amz-Target", "DynamoDB_20120810.ListTables"}, {"Host", "localhost:8000"}}, "",
      "POST",
      "/?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20260115%2Fus-east-1%2F"
      "dynamodb%2Faws4_request&X-Amz-Date=20260115T120000Z&X-Amz-Expires=60&X-Amz-SignedHeaders="
      "host%3Bx-amz-target&X-Amz-Signature="
      "11c489f89c0858053ea6ea7f1e3bb47795219a812e9e01e20fd92c9dc3d96302");
  // The signature held: what is refused is the empty body.
  EXPECT_EQ(answer.body, R"({"__type":"com.amazon.coral.service#SerializationException"})");
}

// Proxies may change all of this without breaking a signature. Source: SCY:test_authorization.
TEST_F(StrictTest, DoesNotMindHarmlessChangesToHeaders) {
  Headers headers = signed_by_botocore();
  std::swap(headers[0], headers[3]);
  headers[1] = {"CoNtEnT-tYpE", "   application/x-amz-json-1.0    "};
  headers.emplace_back("Extra", "unsigned");
  EXPECT_EQ(exchange(engine_, headers, "{}").status, 200);
}

TEST_F(StrictTest, FindsWhatWasChangedAfterSigning) {
  const std::string mismatch = service_error("InvalidSignatureException", kMismatch);
  EXPECT_EQ(exchange(engine_, signed_by_botocore(), "{ }").body, mismatch);
  EXPECT_EQ(answer_with("Host", "localhost:8001"), mismatch);
  EXPECT_EQ(answer_with("X-Amz-Target", "DynamoDB_20120810.CreateTable"), mismatch);
  EXPECT_EQ(answer_with_credential("AKIDEXAMPLE/20260115/us-east-1/dynamodb/aws4_request"),
            mismatch);
}

TEST_F(StrictTest, CollapsesBlanksWithinValuesAndWantsTheToken) {
  Engine engine{
      {.strict_auth = true,
       .credentials = {{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "token123"}},
       .clock = &clock_}};
  const auto send = [&](std::string_view token) {
    return exchange(
        engine,
        {{"X-Amz-Target", "DynamoDB_20120810.ListTables"},
         {"Content-Type", "application/x-amz-json-1.0"},
         {"Host", "localhost:8000"},
         {"Meerkat", "  Hello      world "},
         {"X-Amz-Date", "20260115T120000Z"},
         {"X-Amz-Security-Token", std::string(token)},
         {"Authorization",
          "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260115/us-east-1/dynamodb/aws4_request, "
          "SignedHeaders=content-type;host;meerkat;x-amz-date;x-amz-security-token;x-amz-target, "
          "Signature=986a5aa2c4da29f2268667892528a40f8f633dedbaaf58bfd4152f83e7ccfd1c"}},
        R"({"Limit": 1})");
  };
  EXPECT_EQ(send("token123").status, 200);
  EXPECT_EQ(send("another").status, 400);
  // Signed by the right key, but without the token it belongs to.
  EXPECT_EQ(exchange(engine, signed_by_botocore(), "{}").body,
            service_error("UnrecognizedClientException",
                          "The security token included in the request is invalid"));
}

TEST_F(StrictTest, RefusesKeysItDoesNotKnow) {
  EXPECT_EQ(answer_with_credential("STRANGER/20260115/us-east-1/dynamodb/aws4_request"),
            service_error("UnrecognizedClientException",
                          "The security token included in the request is invalid."));
}

TEST_F(StrictTest, RefusesDatesItCannotRead) {
  for (const char* date : {"201", "20260115T120000", "20261315T120000Z", "2026-01-15T12:00:00Z"}) {
    EXPECT_EQ(answer_with("X-Amz-Date", date),
              service_error("IncompleteSignatureException",
                            "Date must be in ISO-8601 'basic format'. Got '" + std::string(date) +
                                "'. See http://en.wikipedia.org/wiki/ISO_8601"));
  }
}

TEST_F(StrictTest, RefusesSignaturesThatAreTooOld) {
  clock_.advance(15 * kMinute);
  EXPECT_EQ(exchange(engine_, signed_by_botocore(), "{}").status, 200);
  clock_.advance(1'000'000);
  EXPECT_EQ(exchange(engine_, signed_by_botocore(), "{}").body,
            service_error("InvalidSignatureException",
                          "Signature expired: 20260115T120000Z is now earlier than "
                          "20260115T120001Z (20260115T121501Z - 15 min.)"));
}

/// Clients sign by their own clock, whatever time it is here; SDKs that correct their clock by the
/// Date of our answers sign by ours.
TEST_F(StrictTest, TakesSignaturesOfTheMachinesTimeWhereTheClockIsMoved) {
  const VirtualClock machine(kNoon);
  Engine engine{{.strict_auth = true,
                 .credentials = {{"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", ""}},
                 .clock = &clock_,
                 .signature_clock = &machine}};
  EXPECT_EQ(exchange(engine, signed_by_botocore(), "{}").status, 200);
  clock_.advance(1000 * kMinute);
  EXPECT_EQ(exchange(engine, signed_by_botocore(), "{}").status, 200);
}

TEST_F(StrictTest, RefusesSignaturesOfTheFuture) {
  clock_.advance(-15 * kMinute);
  EXPECT_EQ(exchange(engine_, signed_by_botocore(), "{}").status, 200);
  clock_.advance(-1'000'000);
  EXPECT_EQ(exchange(engine_, signed_by_botocore(), "{}").body,
            service_error("InvalidSignatureException",
                          "Signature not yet current: 20260115T120000Z is still later than "
                          "20260115T115959Z (20260115T114459Z + 15 min.)"));
}

TEST_F(StrictTest, WantsHostAmongTheSignedHeaders) {
  EXPECT_EQ(answer_with_credential("a/b/c/d/e", "AWS4-HMAC-SHA256", "x-amz-date"),
            service_error("InvalidSignatureException",
                          "'Host' must be a 'SignedHeader' in the AWS Authorization."));
}

TEST_F(StrictTest, WantsItsAlgorithm) {
  EXPECT_EQ(answer_with_credential("a/b/c/d/e", "AWS4-HMAC-SHA25"),
            service_error("IncompleteSignatureException",
                          "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA25' (only "
                          "AWS4-HMAC-SHA256 for now). "));
}

TEST_F(StrictTest, WantsFiveElements) {
  EXPECT_EQ(answer_with_credential("a/b/c/d"),
            service_error("IncompleteSignatureException",
                          "Credential must have exactly 5 slash-delimited elements, e.g. "
                          "keyid/date/region/service/term, got 'a/b/c/d'"));
}

TEST_F(StrictTest, SaysAllThatIsWrongWithTheScope) {
  EXPECT_EQ(answer_with_credential("a/b/c/d/e"),
            service_error("InvalidSignatureException",
                          "Credential should be scoped to a valid region, not 'c'. "
                          "Credential should be scoped to correct service: 'dynamodb'. "
                          "Credential should be scoped with a valid terminator: 'aws4_request', "
                          "not 'e'. Date in Credential scope does not match YYYYMMDD from ISO-8601 "
                          "version of date from HTTP: 'b' != '20260115', from "
                          "'20260115T120000Z'."));
}

}  // namespace
}  // namespace understudy
