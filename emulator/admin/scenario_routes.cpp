// /_admin/scenarios: a stage set by one call. The documents are those of --scenario.
#include "emulator/admin/admin_parts.h"
#include "emulator/admin/admin_route.h"
#include "emulator/admin/scenarios.h"
#include "emulator/api/engine.h"
#include "emulator/faults/fault_document.h"
#include "emulator/faults/rule_book.h"
#include "emulator/table/capacity_control.h"

namespace understudy {
namespace {

/// A scenario as it is understood.
struct Stage {
  std::optional<std::uint64_t> seed;
  CapacityKnobs knobs;  ///< those in force with the scenario's set
  std::vector<FaultRule> faults;
};

AdminResult<Stage> read_stage(const AdminCall& call, const DocumentNode& node) {
  Stage stage;
  stage.knobs = CapacityControl(call.parts.engine.catalog()).knobs();
  DocumentErrors errors;
  {
    MapReader map(node, errors);
    if (const auto seed = map.integer("seed", 0)) {
      stage.seed = static_cast<std::uint64_t>(*seed);
    }
    if (const auto knobs = map.map("knobs")) {
      for (const DocumentNode& knob : knobs->children()) {
        if (const auto wrong = set_capacity_knob(stage.knobs, knob.name(), knob.scalar())) {
          errors.add(knob, *wrong);
        }
      }
    }
    if (const auto faults = map.list("faults")) {
      stage.faults = read_fault_rules(*faults, errors);
    }
  }
  if (!errors.empty()) {
    return Unexpected{refusal_of(errors.first())};
  }
  return stage;
}

AdminResult<Scenarios*> scenarios_of(const AdminCall& call) {
  if (call.parts.scenarios == nullptr) {
    return admin_error(409, "", "this emulator keeps no scenarios");
  }
  return call.parts.scenarios;
}

AdminResult<void> list_scenarios(AdminCall& call) {
  TRY(const Scenarios* const scenarios, scenarios_of(call));
  JsonWriter& out = call.out;
  out.begin_object();
  out.key("scenarios");
  out.begin_array();
  for (const auto& [name, document] : scenarios->list()) {
    out.begin_object();
    out.key("name");
    out.string(name);
    out.key("scenario");
    out.raw(document);
    out.end_object();
  }
  out.end_array();
  if (const std::string running = scenarios->running(); !running.empty()) {
    out.key("running");
    out.string(running);
  }
  out.end_object();
  return {};
}

AdminResult<void> put_scenario(AdminCall& call) {
  TRY(Scenarios* const scenarios, scenarios_of(call));
  if (!call.body.has_value()) {
    return admin_error(400, "", "expected a scenario: seed, knobs, faults");
  }
  TRY_VOID(read_stage(call, call.body->root()));
  if (!scenarios->put(call.arguments[0], call.body->root().json())) {
    return admin_error(409, "name", "too many scenarios are kept already");
  }
  return list_scenarios(call);
}

AdminResult<void> start_scenario(AdminCall& call) {
  TRY(Scenarios* const scenarios, scenarios_of(call));
  const std::string& name = call.arguments[0];
  const auto kept = scenarios->find(name);
  if (!kept) {
    return admin_error(404, "name", "no scenario '" + name + "'");
  }
  const auto document = Document::parse(*kept, name);
  if (!document) {
    return Unexpected{refusal_of(document.error())};
  }
  TRY(Stage stage, read_stage(call, document->root()));
  // The rules first: they alone may still be refused.
  const auto replaced = call.parts.engine.faults().replace(std::move(stage.faults));
  if (!replaced) {
    return admin_error(400, "faults", replaced.error().text());
  }
  CapacityControl(call.parts.engine.catalog()).set_knobs(stage.knobs);
  if (stage.seed) {
    call.parts.engine.reseed(*stage.seed);
  }
  scenarios->note_started(name);
  Buffer data;
  JsonWriter out(data);
  out.begin_object();
  out.key("started");
  out.string(name);
  out.end_object();
  call.tell("scenarios", data.view());
  return list_scenarios(call);
}

AdminResult<void> delete_scenario(AdminCall& call) {
  TRY(Scenarios* const scenarios, scenarios_of(call));
  if (!scenarios->remove(call.arguments[0])) {
    return admin_error(404, "name", "no scenario '" + call.arguments[0] + "'");
  }
  return list_scenarios(call);
}

constexpr std::string_view kList =
    R"({"type":"object","properties":{"scenarios":{"type":"array","items":{"type":"object"}},"running":{"type":"string"}}})";
constexpr std::string_view kScenario =
    R"({"type":"object","properties":{"seed":{"type":"integer"},"knobs":{"type":"object"},"faults":{"type":"array","items":{"type":"object"}}}})";

constexpr AdminRoute kScenarioRoutes[] = {
    {"GET", "/_admin/scenarios", "Scenarios that can be started.", "", "", kList, list_scenarios},
    {"PUT", "/_admin/scenarios/{name}", "Keeps a scenario: seed, knobs, faults.", "", kScenario,
     kList, put_scenario},
    {"POST", "/_admin/scenarios/{name}/start",
     "Sets the stage: its fault rules and no others, its knobs, its seed.", "", "", kList,
     start_scenario},
    {"DELETE", "/_admin/scenarios/{name}", "Forgets a scenario; what it set stays.", "", "", kList,
     delete_scenario},
};

}  // namespace

std::span<const AdminRoute> scenario_routes() {
  return kScenarioRoutes;
}

}  // namespace understudy
