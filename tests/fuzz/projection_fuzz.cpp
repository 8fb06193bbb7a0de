// ProjectionExpression on any text: what it lets through is JSON.
#include "tests/fuzz/expression_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace understudy;  // NOLINT(google-build-using-namespace)
  fuzz::ExpressionInput input(data, size);
  if (const auto projection = compile_projection(input.text, input.context())) {
    Buffer out;
    append_projected(out, **projection, *input.item, input.arena);
    CHECK(parse_json(out.view(), input.arena).has_value());
  }
  return 0;
}
