// Bytes → CBOR tree: nothing crashes, and what is read back from its own writing stays the same.
#include <cstddef>
#include <cstdint>

#include "emulator/base/check.h"
#include "emulator/cloudwatch/answer_writer.h"
#include "emulator/cloudwatch/cbor_reader.h"

namespace {

using understudy::JsonKind;
using understudy::JsonNode;

void write(understudy::cloudwatch::AnswerWriter& out, const JsonNode& node) {
  switch (node.kind) {
    case JsonKind::kNull:
    case JsonKind::kFalse:
      out.boolean(false);
      return;
    case JsonKind::kTrue:
      out.boolean(true);
      return;
    case JsonKind::kInteger:
    case JsonKind::kDecimal:
    case JsonKind::kString:
      out.string(node.text());
      return;
    case JsonKind::kArray:
      out.begin_list();
      for (const JsonNode& element : node.elements()) {
        write(out, element);
      }
      out.end_list();
      return;
    case JsonKind::kObject:
      out.begin_structure();
      for (const understudy::JsonMember& member : node.members()) {
        out.member(member.name);
        write(out, member.value);
      }
      out.end_structure();
  }
}

bool same(const JsonNode& a, const JsonNode& b) {
  const auto textual = [](const JsonNode& node) {
    return node.is(JsonKind::kString) || node.is_number();
  };
  if (textual(a)) {
    // Byte strings may hold what text may not.
    return textual(b) && a.text() == b.text();
  }
  if (a.size != b.size || (a.kind != b.kind && !a.is_null())) {
    return a.is_null();
  }
  for (std::uint32_t i = 0; i < a.size; ++i) {
    const bool equal = a.is(JsonKind::kArray)
                           ? same(a.elements()[i], b.elements()[i])
                           : a.members()[i].name == b.members()[i].name &&
                                 same(a.members()[i].value, b.members()[i].value);
    if (!equal) {
      return false;
    }
  }
  return true;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace understudy;  // NOLINT(google-build-using-namespace)
  Arena arena;
  const auto node = cloudwatch::parse_cbor({reinterpret_cast<const char*>(data), size}, arena);
  if (!node) {
    CHECK(!node.error().empty());
    return 0;
  }
  Buffer bytes;
  cloudwatch::CborAnswer out(bytes);
  write(out, *node);
  Arena other;
  const auto again = cloudwatch::parse_cbor(bytes.view(), other);
  // Only byte strings that are no UTF-8 do not come back: they are written as text.
  CHECK(again ? same(*node, *again) : again.error() == "text that is not UTF-8");
  return 0;
}
