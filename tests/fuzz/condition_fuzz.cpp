// ConditionExpression and FilterExpression on any text, evaluated with and without an item.
#include "tests/fuzz/expression_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace understudy;  // NOLINT(google-build-using-namespace)
  fuzz::ExpressionInput input(data, size);
  for (const ConditionKind kind : {ConditionKind::kCondition, ConditionKind::kFilter}) {
    const auto condition = compile_condition(kind, input.text, input.context());
    if (!condition) {
      CHECK(!condition.error().message().empty());
      continue;
    }
    holds(**condition, input.item.get(), input.arena);
    holds(**condition, nullptr, input.arena);
    // The second time the text comes from the plan cache and must be accepted again.
    CHECK(compile_condition(kind, input.text, input.context()).has_value());
  }
  return 0;
}
