// /_admin/faults: the rules that make requests fail.
#include <algorithm>
#include <utility>

#include "emulator/admin/admin_parts.h"
#include "emulator/admin/admin_route.h"
#include "emulator/api/engine.h"
#include "emulator/api/request.h"
#include "emulator/clock/moment_text.h"
#include "emulator/faults/fault_document.h"
#include "emulator/faults/rule_book.h"

namespace understudy {
namespace {

void append_rule(const FaultRuleStatus& status, JsonWriter& out) {
  out.begin_object();
  out.key("id");
  out.string(status.rule.id);
  out.key("matches");
  out.integer(static_cast<std::int64_t>(status.matches));
  out.key("hits");
  out.integer(static_cast<std::int64_t>(status.hits));
  out.key("installed");
  out.string(moment_text(status.installed));
  out.key("expired");
  out.boolean(status.expired);
  out.key("rule");
  out.raw(fault_rule_json(status.rule));
  out.end_object();
}

AdminResult<void> list_faults(AdminCall& call) {
  const RuleBook& book = call.parts.engine.faults();
  JsonWriter& out = call.out;
  out.begin_object();
  out.key("seed");
  out.raw(std::to_string(book.seed()));
  out.key("rules");
  out.begin_array();
  for (const FaultRuleStatus& status : book.list()) {
    append_rule(status, out);
  }
  out.end_array();
  out.key("unmet");
  out.begin_array();
  for (const std::string& sentence : book.unmet_expectations()) {
    out.string(sentence);
  }
  out.end_array();
  out.end_object();
  return {};
}

AdminResult<void> answer_changed(AdminCall& call) {
  TRY_VOID(list_faults(call));
  call.tell("faults", call.out.buffer().view());
  return {};
}

/// A body that is empty by mistake must not look like "no rules": DELETE says that.
AdminResult<std::vector<FaultRule>> read_rules(const AdminCall& call) {
  if (!call.body.has_value()) {
    return admin_error(400, "", "expected rules: one, a list, or a map with faults");
  }
  auto rules = parse_fault_rules(call.request.body, "body");
  if (!rules) {
    return Unexpected{refusal_of(rules.error())};
  }
  const bool of_capacity = std::ranges::any_of(
      *rules, [](const FaultRule& rule) { return rule.action.capacity.has_value(); });
  if (of_capacity && !call.parts.engine.options().simulation.any()) {
    return admin_error(409, "do.capacity",
                       "capacity is not simulated: start with --throttle, or --metrics");
  }
  return *std::move(rules);
}

AdminResult<void> refuse_or(Expected<void, RuleFlaw> done) {
  if (done) {
    return {};
  }
  RuleFlaw flaw = std::move(done).error();
  std::string field(std::exchange(flaw.member, {}));
  return admin_error(400, std::move(field), flaw.text());
}

AdminResult<void> put_faults(AdminCall& call) {
  TRY(std::vector<FaultRule> rules, read_rules(call));
  TRY_VOID(refuse_or(call.parts.engine.faults().replace(std::move(rules))));
  return answer_changed(call);
}

AdminResult<void> post_faults(AdminCall& call) {
  TRY(std::vector<FaultRule> rules, read_rules(call));
  TRY_VOID(refuse_or(call.parts.engine.faults().install(std::move(rules))));
  return answer_changed(call);
}

AdminResult<void> delete_faults(AdminCall& call) {
  call.parts.engine.faults().clear();
  return answer_changed(call);
}

AdminResult<void> get_fault(AdminCall& call) {
  const auto status = call.parts.engine.faults().find(call.arguments[0]);
  if (!status) {
    return admin_error(404, "id", "no rule '" + call.arguments[0] + "'");
  }
  append_rule(*status, call.out);
  return {};
}

AdminResult<void> delete_fault(AdminCall& call) {
  if (!call.parts.engine.faults().remove(call.arguments[0])) {
    return admin_error(404, "id", "no rule '" + call.arguments[0] + "'");
  }
  return answer_changed(call);
}

constexpr std::string_view kRules =
    R"({"type":"object","properties":{"seed":{"type":"integer"},"rules":{"type":"array","items":{"type":"object"}},"unmet":{"type":"array","items":{"type":"string"}}}})";
constexpr std::string_view kDocument =
    R"({"description":"one rule, a list of rules, or a map with faults: see emulator/faults/README.md","type":["object","array"]})";

constexpr AdminRoute kFaultRoutes[] = {
    {"GET", "/_admin/faults", "The rules in force, how often each matched and hit.", "", "", kRules,
     list_faults},
    {"PUT", "/_admin/faults", "These rules and no others.", "", kDocument, kRules, put_faults},
    {"POST", "/_admin/faults", "Adds rules behind those in force, all or none.", "", kDocument,
     kRules, post_faults},
    {"DELETE", "/_admin/faults", "No rules.", "", "", kRules, delete_faults},
    {"GET", "/_admin/faults/{id}", "One rule.", "", "", R"({"type":"object"})", get_fault},
    {"DELETE", "/_admin/faults/{id}", "Takes one rule out of force.", "", "", kRules, delete_fault},
};

}  // namespace

std::span<const AdminRoute> fault_routes() {
  return kFaultRoutes;
}

}  // namespace understudy
