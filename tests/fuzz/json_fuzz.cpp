// Bytes → JSON → attribute values → canonical text and back: nothing crashes, and what was accepted
// keeps its meaning.
#include <cstddef>
#include <cstdint>

#include "emulator/base/check.h"
#include "emulator/base/json.h"
#include "emulator/model/item.h"
#include "emulator/model/json_codec.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace understudy;  // NOLINT(google-build-using-namespace)
  Arena arena;
  const auto node = parse_json({reinterpret_cast<const char*>(data), size}, arena);
  if (!node) {
    CHECK(node.error().offset <= size);
    return 0;
  }
  if (const auto value = decode_value(*node, arena)) {
    Buffer text;
    append_value(text, *value);
    const Value again = decode_canonical(text.view(), arena);
    CHECK(equal(again, *value));
  }
  if (const auto attributes = decode_attributes(*node, arena)) {
    const ItemRef item = make_item(*attributes, "", arena);
    const ItemRef copy = make_item(item->decode(arena), "", arena);
    CHECK(copy->text() == item->text() && copy->size_bytes() == item->size_bytes());
    for (const MapEntry& entry : *attributes) {
      CHECK(item->find(entry.name).has_value());
    }
  }
  return 0;
}
