// KeyConditionExpression on any text, planned against a table's and an index's key schema.
#include "tests/fuzz/expression_input.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace understudy;  // NOLINT(google-build-using-namespace)
  fuzz::ExpressionInput input(data, size);
  const auto parsed = compile_key_condition(input.text, input.context());
  if (!parsed) {
    return 0;
  }
  const auto condition = read_key_clauses(**parsed, input.arena);
  if (!condition) {
    return 0;
  }
  const KeySchema table{{{"a", ValueType::kString}}, {{"n", ValueType::kNumber}}};
  const KeySchema index{{{"a", ValueType::kString}, {"n", ValueType::kNumber}},
                        {{"s", ValueType::kString}, {"t", ValueType::kBinary}}};
  for (const KeySchema* schema : {&table, &index}) {
    const auto range = plan_key_range(**condition, *schema, schema == &index, input.arena);
    if (range && range->high) {
      CHECK(!range->partition.empty());
    }
  }
  return 0;
}
