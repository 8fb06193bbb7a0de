// parse_number on any text: what is accepted survives formatting, and arithmetic undoes itself.
#include <cstddef>
#include <cstdint>

#include "emulator/base/check.h"
#include "emulator/model/number.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace understudy;  // NOLINT(google-build-using-namespace)
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto parsed = parse_number(text);
  if (!parsed) {
    CHECK(!number_error_text(parsed.error(), text).empty());
    return 0;
  }
  const std::string plain = to_string(*parsed);
  const auto again = parse_number(plain);
  CHECK(again.has_value() && *again == *parsed);
  CHECK(number_size_bytes(*parsed) >= 1 && number_size_bytes(*parsed) <= 22);
  const Number one{1, 0, false};
  if (const auto sum = add(*parsed, one)) {
    const auto back = subtract(*sum, one);
    CHECK(back.has_value() && *back == *parsed);
    CHECK(compare(*sum, *parsed) == std::strong_ordering::greater);
  }
  return 0;
}
