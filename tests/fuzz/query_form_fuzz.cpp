// Bytes → form → tree: nothing crashes, and the tree is one.
#include <cstddef>
#include <cstdint>

#include "emulator/base/check.h"
#include "emulator/cloudwatch/query_form.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace understudy;  // NOLINT(google-build-using-namespace)
  Arena arena;
  const std::string_view form(reinterpret_cast<const char*>(data), size);
  const JsonNode root = cloudwatch::parse_query_form(form, arena);
  CHECK(root.is(JsonKind::kObject) || root.is(JsonKind::kArray));
  (void)cloudwatch::find_form_value(form, "Action", arena);
  return 0;
}
