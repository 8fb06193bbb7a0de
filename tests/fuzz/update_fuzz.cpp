// UpdateExpression on any text, applied to an item and to none: the outcome is a well-formed item.
#include "tests/fuzz/expression_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace understudy;  // NOLINT(google-build-using-namespace)
  fuzz::ExpressionInput input(data, size);
  const auto update = compile_update(input.text, input.context());
  if (!update) {
    return 0;
  }
  const MapEntry key{"pk", Value::string("p")};
  for (const Item* before :
       {static_cast<const Item*>(input.item.get()), static_cast<const Item*>(nullptr)}) {
    const auto after = apply_update(**update, {before, {&key, 1}, ""}, input.arena);
    if (!after) {
      CHECK(!after.error().message().empty());
      continue;
    }
    const ItemRef again = make_item((*after)->decode(input.arena), "", input.arena);
    CHECK(again->text() == (*after)->text() && again->size_bytes() == (*after)->size_bytes());
    Buffer touched;
    if (append_touched(touched, **update, **after, input.arena)) {
      CHECK(parse_json(touched.view(), input.arena).has_value());
    }
  }
  return 0;
}
