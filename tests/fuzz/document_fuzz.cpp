// YAML and JSON documents: nothing crashes, and a document written as JSON reads as the same one.
#include <cstddef>
#include <cstdint>

#include "emulator/base/check.h"
#include "emulator/document/document.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace understudy;  // NOLINT(google-build-using-namespace)
  const auto document =
      Document::parse({reinterpret_cast<const char*>(data), size}, "fuzz", {.nodes_max = 10'000});
  if (!document) {
    CHECK(!document.error().message().empty());
    return 0;
  }
  DocumentErrors errors;
  {
    MapReader map(document->root(), errors);
    (void)map.duration("duration");
    (void)map.number("number", 0, 1);
    (void)map.integer("integer");
    (void)map.texts("texts");
  }
  (void)errors.text();
  const std::string json = document->root().json();
  const auto again = Document::parse(json, "again");
  CHECK(again.has_value());
  CHECK(again->root().json() == json);
  return 0;
}
