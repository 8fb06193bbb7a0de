// Bytes of a connection → requests: nothing crashes, and what the short way of reading accepts is
// what the general parser reads.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "emulator/base/check.h"
#include "emulator/http/plain_request.h"
#include "emulator/http/request_parser.h"

namespace {

constexpr std::size_t kBodyMax = 4096;

void check_same(const understudy::Request& plain, const understudy::Request& general,
                std::string_view body) {
  CHECK(plain.method == general.method && plain.target == general.target && plain.body == body);
  CHECK(std::ranges::equal(plain.headers(), general.headers(), [](const auto& a, const auto& b) {
    return a.name == b.name && a.value == b.value;
  }));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace understudy;  // NOLINT(google-build-using-namespace)
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  Request plain;
  RememberedHead remembered;
  const std::size_t plain_bytes = read_plain_request(bytes, kBodyMax, remembered, plain);
  CHECK(plain_bytes <= size);
  Request again;
  CHECK(read_plain_request(bytes, kBodyMax, remembered, again) == plain_bytes);
  Request general;
  Buffer body;
  RequestParser parser(general, body, kBodyMax, bytes);
  RequestParser::ErrorCode error;
  std::size_t taken = 0;
  while (taken < size && !parser.is_done() && !error) {
    taken += parser.put(boost::asio::const_buffer(bytes.data() + taken, size - taken), error);
  }
  CHECK(body.size() <= kBodyMax);
  if (plain_bytes > 0) {
    CHECK(parser.is_done() && taken == plain_bytes && parser.keep_alive());
    check_same(plain, general, parser.collected() ? body.view() : general.body);
    check_same(again, plain, plain.body);
  }
  return 0;
}
