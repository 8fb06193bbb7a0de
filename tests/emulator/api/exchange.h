// What the tests of this room share: one request to an engine, and what came back.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/api/engine.h"

namespace understudy {

using Headers = std::vector<std::pair<std::string, std::string>>;

inline constexpr std::string_view kAnyAuthorization =
    "AWS4-HMAC-SHA256 Credential=key/20260115/us-east-1/dynamodb/aws4_request, "
    "SignedHeaders=host, Signature=00";

/// Headers of a call of that operation as a lenient client sends them.
inline Headers call_headers(std::string_view operation) {
  return {{"X-Amz-Target", "DynamoDB_20120810." + std::string(operation)},
          {"Content-Type", "application/x-amz-json-1.0"},
          {"X-Amz-Date", "20260115T120000Z"},
          {"Authorization", std::string(kAnyAuthorization)}};
}

struct Exchanged {
  int status = 0;
  std::string body;
  std::string content_type;
  std::string content_encoding;
  std::string extra_headers;
  std::string request_id;
  std::uint32_t crc32 = 0;
};

inline Exchanged exchange(Engine& engine, const Headers& headers, std::string_view body,
                          std::string_view method = "POST", std::string_view target = "/") {
  Request request;
  request.method = method;
  request.target = target;
  request.body = body;
  for (const auto& [name, value] : headers) {
    request.add_header(name, value);
  }
  Response response;
  engine.handle(request, response);
  return {response.status,
          std::string(response.body.view()),
          std::string(response.content_type),
          std::string(response.content_encoding),
          response.extra_headers,
          std::string(response.request_id_text()),
          response.crc32};
}

/// One table of each of the given engine's default tenants.
inline constexpr std::string_view kCreateTable =
    R"({"TableName":"tab","KeySchema":[{"AttributeName":"p","KeyType":"HASH"}],)"
    R"("AttributeDefinitions":[{"AttributeName":"p","AttributeType":"S"}],)"
    R"("BillingMode":"PAY_PER_REQUEST"})";

}  // namespace understudy
