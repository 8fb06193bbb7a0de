#include "emulator/faults/fault_document.h"

#include <algorithm>
#include <set>

#include "emulator/faults/fault_action_reader.h"
#include "emulator/faults/fault_operations.h"
#include "emulator/faults/iso_moment.h"

namespace understudy {
namespace {

constexpr DocumentName<FaultPhase> kPhases[] = {{"before_commit", FaultPhase::kBeforeCommit},
                                                {"after_commit", FaultPhase::kAfterCommit},
                                                {"on_arrival", FaultPhase::kOnArrival}};
/// A name or pattern; absent: empty. An empty one would match everything, which nobody asks for.
std::string read_name(MapReader& map, std::string_view name) {
  auto text = map.text(name);
  if (text && text->empty()) {
    map.complain(name, "expected a name or a pattern; leave it out for all");
  }
  return std::move(text).value_or("");
}

FaultMatch read_match(const DocumentNode& node, DocumentErrors& errors) {
  FaultMatch match;
  MapReader map(node, errors);
  match.operations = map.texts("operations");
  if (match.operations.empty() && map.has("operations")) {
    map.complain("operations", "expected at least one; leave it out for all");
  }
  match.service = read_name(map, "service");
  match.table = read_name(map, "table");
  match.index = read_name(map, "index");
  match.tenant = read_name(map, "tenant");
  if (const auto key = map.find("key")) {
    match.key = read_fault_patterns(*key, errors);
  }
  if (const auto headers = map.find("header")) {
    match.headers = read_fault_patterns(*headers, errors);
  }
  if (const auto size = map.map("item_size")) {
    MapReader range(*size, errors);
    match.item_size_min = range.integer("min", 0);
    match.item_size_max = range.integer("max", 0);
  }
  return match;
}

/// A time after the rule came into force, or a date.
std::optional<FaultMoment> read_moment(MapReader& map, std::string_view name) {
  const auto node = map.find(name);
  if (!node) {
    return std::nullopt;
  }
  if (node->is(DocumentKind::kText)) {
    if (const auto date = parse_iso_moment(node->scalar())) {
      return FaultMoment{*date, true};
    }
  }
  DocumentErrors ignored;
  if (const auto after = node->duration(ignored)) {
    return FaultMoment{*after, false};
  }
  map.complain(name, "expected a time such as 30s, or a date such as 2026-01-15T12:00:00Z");
  return std::nullopt;
}

FaultWhen read_when(const DocumentNode& node, DocumentErrors& errors) {
  FaultWhen when;
  MapReader map(node, errors);
  when.probability = map.number("probability", 0, 1).value_or(1);
  when.skip = static_cast<std::uint64_t>(map.integer("skip", 0).value_or(0));
  when.every = static_cast<std::uint64_t>(map.integer("every", 1).value_or(1));
  if (const auto count = map.integer("count", 1)) {
    when.count = static_cast<std::uint64_t>(*count);
  }
  if (const auto window = map.map("window")) {
    MapReader times(*window, errors);
    when.from = read_moment(times, "from");
    when.until = read_moment(times, "until");
    if (when.from && when.until && when.from->absolute == when.until->absolute &&
        when.from->at >= when.until->at) {
      times.complain("until", "the window ends before it begins");
    }
  }
  if (const auto schedule = map.map("schedule")) {
    MapReader times(*schedule, errors);
    times.required("every");
    times.required("for");
    when.schedule =
        FaultSchedule{times.duration("every").value_or(1), times.duration("for").value_or(1),
                      times.duration("start").value_or(0)};
  }
  if (const auto ramp = map.map("ramp")) {
    MapReader slope(*ramp, errors);
    slope.required("over");
    when.ramp = FaultRamp{slope.number("from", 0, 1).value_or(0),
                          slope.number("to", 0, 1).value_or(1), slope.duration("over").value_or(1)};
  }
  if (const auto concurrent = map.integer("max_concurrent", 1, UINT32_MAX)) {
    when.max_concurrent = static_cast<std::uint32_t>(*concurrent);
  }
  when.time_to_live = map.duration("time_to_live");
  return when;
}

FaultExpectation read_expectation(const DocumentNode& node, DocumentErrors& errors) {
  FaultExpectation expect;
  MapReader map(node, errors);
  if (const auto hits = map.map("hits")) {
    MapReader range(*hits, errors);
    if (const auto min = range.integer("min", 0)) {
      expect.hits_min = static_cast<std::uint64_t>(*min);
    }
    if (const auto max = range.integer("max", 0)) {
      expect.hits_max = static_cast<std::uint64_t>(*max);
    }
  }
  return expect;
}

/// What the rule as a whole is refused for, at the member it names where that is there.
void add_rule_error(const DocumentNode& node, const FaultRule& rule, DocumentErrors& errors) {
  const auto flaw = check_fault_rule(rule);
  if (!flaw) {
    return;
  }
  DocumentNode at = node;
  std::string_view path = flaw->member;
  while (!path.empty()) {
    const std::size_t dot = std::min(path.find('.'), path.size());
    const auto member = at.find(path.substr(0, dot));
    if (!member) {
      break;
    }
    at = *member;
    path.remove_prefix(std::min(dot + 1, path.size()));
  }
  errors.add(at, path.empty() ? flaw->reason : flaw->text());
}

}  // namespace

FaultRule read_fault_rule(const DocumentNode& node, DocumentErrors& errors) {
  FaultRule rule;
  const bool sound = errors.empty();
  {
    MapReader map(node, errors);
    rule.id = map.text("id").value_or("");
    if (const auto match = map.find("match")) {
      rule.match = read_match(*match, errors);
    }
    if (const auto when = map.find("when")) {
      rule.when = read_when(*when, errors);
    }
    rule.phase = map.one_of("phase", kPhases).value_or(FaultPhase::kBeforeCommit);
    if (const auto action = map.required("do")) {
      rule.action = read_fault_action(*action, errors);
    }
    if (const auto expect = map.find("expect")) {
      rule.expect = read_expectation(*expect, errors);
    }
    rule.dry_run = map.boolean("dry_run").value_or(false);
  }
  if (sound && errors.empty()) {
    add_rule_error(node, rule, errors);
  }
  return rule;
}

std::vector<FaultRule> read_fault_rules(const DocumentNode& node, DocumentErrors& errors) {
  std::vector<FaultRule> rules;
  if (!node.is(DocumentKind::kList)) {
    rules.push_back(read_fault_rule(node, errors));
    return rules;
  }
  std::set<std::string> ids;
  for (const DocumentNode& element : node.children()) {
    rules.push_back(read_fault_rule(element, errors));
    const std::string& id = rules.back().id;
    if (!id.empty() && !ids.insert(id).second) {
      errors.add(element.find("id").value_or(element), "another rule has the id '" + id + "'");
    }
  }
  return rules;
}

Expected<std::vector<FaultRule>, DocumentError> parse_fault_rules(std::string_view text,
                                                                  std::string file) {
  TRY(const Document document, Document::parse(text, std::move(file)));
  DocumentErrors errors;
  std::vector<FaultRule> rules;
  const DocumentNode root = document.root();
  const bool one_rule = root.find("do").has_value() || root.find("id").has_value();
  if (root.is(DocumentKind::kMap) && !one_rule) {
    MapReader map(root, errors);
    if (const auto faults = map.list("faults")) {
      rules = read_fault_rules(*faults, errors);
    }
  } else if (!root.is_null()) {
    rules = read_fault_rules(root, errors);
  }
  if (!errors.empty()) {
    return Unexpected{errors.first()};
  }
  return rules;
}

Expected<FaultRule, DocumentError> parse_fault_action(std::string_view text, std::string file,
                                                      const ModelOperation* operation) {
  TRY(const Document document, Document::parse(text, std::move(file), {.nodes_max = 1000}));
  DocumentErrors errors;
  FaultRule rule;
  const DocumentNode root = document.root();
  {
    MapReader map(root, errors);
    if (const auto action = map.find("do")) {
      rule.phase = map.one_of("phase", kPhases).value_or(FaultPhase::kBeforeCommit);
      rule.action = read_fault_action(*action, errors);
    } else {
      map.ignore_rest();
      rule.action = read_fault_action(root, errors);
    }
  }
  if (errors.empty()) {
    add_rule_error(root, rule, errors);
  }
  if (errors.empty() && operation != nullptr && !action_suits(rule.action, *operation)) {
    errors.add(root, std::string(operation->name) + " has nothing that this changes");
  }
  if (!errors.empty()) {
    return Unexpected{errors.first()};
  }
  rule.id = "header";
  return rule;
}

}  // namespace understudy
