#include "emulator/server/scenario.h"

#include "emulator/document/document.h"
#include "emulator/faults/fault_document.h"
#include "emulator/server/text_file.h"

namespace understudy {

Expected<Scenario, std::string> parse_scenario(std::string_view text, const std::string& file) {
  const auto document = Document::parse(text, file);
  if (!document) {
    return Unexpected<std::string>{document.error().message()};
  }
  Scenario scenario;
  DocumentErrors errors;
  const DocumentNode root = document->root();
  if (root.is(DocumentKind::kList)) {
    scenario.faults = read_fault_rules(root, errors);
  } else if (!root.is_null()) {
    MapReader map(root, errors);
    if (const auto seed = map.integer("seed", 0)) {
      scenario.seed = static_cast<std::uint64_t>(*seed);
    }
    if (const auto knobs = map.map("knobs")) {
      for (const DocumentNode& knob : knobs->children()) {
        scenario.knobs.push_back(std::string(knob.name()) + "=" + std::string(knob.scalar()));
      }
    }
    if (const auto faults = map.list("faults")) {
      scenario.faults = read_fault_rules(*faults, errors);
    }
  }
  if (!errors.empty()) {
    return Unexpected<std::string>{errors.first().message()};
  }
  return scenario;
}

Expected<Scenario, std::string> read_scenario(const std::string& file) {
  TRY(const std::string text, read_text_file(file));
  return parse_scenario(text, file);
}

}  // namespace understudy
