// Engine::handle on any request: the first line picks the operation, a second may replace a header,
// the rest is the body. The answer is always well-formed, with a status, a request id and the CRC
// of its body.
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "emulator/api/engine.h"
#include "emulator/base/check.h"
#include "emulator/base/crc32.h"
#include "emulator/clock/clock.h"

namespace {

using understudy::Engine;

constexpr std::array<std::string_view, 12> kOperations = {
    "PutItem",     "GetItem",      "UpdateItem",     "DeleteItem",         "Query",
    "Scan",        "BatchGetItem", "BatchWriteItem", "TransactWriteItems", "TransactGetItems",
    "UpdateTable", "CreateTable"};

struct Fixture {
  understudy::VirtualClock clock{1'700'000'000'000'000};
  Engine engine{{.clock = &clock}};
  Fixture() {
    engine.call(
        "CreateTable",
        R"({"TableName":"t","AttributeDefinitions":[{"AttributeName":"pk","AttributeType":"S"}],)"
        R"("KeySchema":[{"AttributeName":"pk","KeyType":"HASH"}],"BillingMode":"PAY_PER_REQUEST"})");
    engine.call("PutItem", R"({"TableName":"t","Item":{"pk":{"S":"a"},"n":{"N":"1"}}})");
    engine.snapshot("start");
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Fixture fixture;
  std::string_view input(reinterpret_cast<const char*>(data), size);
  if (input.empty()) {
    return 0;
  }
  const auto choice = static_cast<std::uint8_t>(input.front());
  input.remove_prefix(1);
  const std::string target =
      "DynamoDB_20120810." + std::string(kOperations[choice % kOperations.size()]);
  understudy::Request request;
  request.add_header("X-Amz-Target", target);
  request.add_header("Content-Type", "application/x-amz-json-1.0");
  if (choice >= 192) {  // a header line of the fuzzer's own
    const std::string_view line = input.substr(0, input.find('\n'));
    input.remove_prefix(std::min(input.size(), line.size() + 1));
    const std::size_t colon = std::min(line.find(':'), line.size());
    request.add_header(line.substr(0, colon), line.substr(std::min(line.size(), colon + 1)));
  } else {
    request.add_header("Authorization",
                       "AWS4-HMAC-SHA256 Credential=a/20261121/us-east-1/dynamodb/aws4_request, "
                       "SignedHeaders=host, Signature=00");
    request.add_header("X-Amz-Date", "20261121T000000Z");
  }
  request.body = input;
  understudy::Response response;
  fixture.engine.handle(request, response);
  CHECK(response.status >= 200 && response.status < 600);
  // A Content-Encoding of the fuzzer's own may be answered 500, as the service does (F1).
  CHECK(response.status != 500 || request.has(understudy::KnownHeader::kContentEncoding));
  CHECK(response.request_id[0] != 0);
  CHECK(understudy::crc32(response.body.view()) == response.crc32);
  fixture.engine.restore("start");
  return 0;
}
