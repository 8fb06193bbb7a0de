// Documents of fault rules: nothing crashes, and what is accepted reads back as the same rule.
#include <cstddef>
#include <cstdint>

#include "emulator/base/check.h"
#include "emulator/faults/fault_document.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace understudy;  // NOLINT(google-build-using-namespace)
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  (void)parse_fault_action(text, "fuzz");
  const auto rules = parse_fault_rules(text, "fuzz");
  if (!rules) {
    CHECK(!rules.error().message().empty());
    return 0;
  }
  for (const FaultRule& rule : *rules) {
    const std::string json = fault_rule_json(rule);
    const auto again = parse_fault_rules(json, "again");
    CHECK(again.has_value() && again->size() == 1);
    CHECK(fault_rule_json(again->front()) == json);
  }
  return 0;
}
