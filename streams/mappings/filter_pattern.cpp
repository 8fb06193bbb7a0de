#include "streams/mappings/filter_pattern.h"

#include <array>
#include <cstdlib>
#include <optional>

namespace understudy {
namespace {

constexpr std::size_t kDepthMax = 32;
constexpr std::string_view kOr = "$or";

using Verdict = std::optional<std::string>;  ///< nullopt: well formed

double number_of(const JsonNode& node) {
  return std::strtod(std::string(node.text()).c_str(), nullptr);
}

bool is_scalar(const JsonNode& node) {
  return !node.is(JsonKind::kArray) && !node.is(JsonKind::kObject);
}

bool equal(const JsonNode& wanted, const JsonNode& value) {
  if (wanted.is_number() && value.is_number()) {
    return number_of(wanted) == number_of(value);
  }
  if (wanted.kind != value.kind) {
    return false;
  }
  return !wanted.is(JsonKind::kString) || wanted.text() == value.text();
}

bool equal_but_for_case(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; };
  if (a.size() != b.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) {
      return false;
    }
  }
  return true;
}

// ---- Checking
// ------------------------------------------------------------------------------------

Verdict check_object(const JsonNode& pattern, std::size_t depth);

/// Pairs of a comparison and a number.
Verdict check_numeric(const JsonNode& rule) {
  constexpr std::array<std::string_view, 5> kComparisons = {"=", "<", "<=", ">", ">="};
  if (!rule.is(JsonKind::kArray) || rule.size == 0 || rule.size > 4 || rule.size % 2 != 0) {
    return "numeric needs a list of one or two comparisons";
  }
  for (std::size_t i = 0; i < rule.size; i += 2) {
    const JsonNode& comparison = rule.elements()[i];
    bool known = false;
    for (const std::string_view name : kComparisons) {
      known = known || (comparison.is(JsonKind::kString) && comparison.text() == name);
    }
    if (!known || !rule.elements()[i + 1].is_number()) {
      return "numeric compares by =, <, <=, > or >= with a number";
    }
  }
  return std::nullopt;
}

Verdict check_anything_but(const JsonNode& rule) {
  if (rule.is(JsonKind::kString) || rule.is_number()) {
    return std::nullopt;
  }
  if (rule.is(JsonKind::kArray) && rule.size > 0) {
    for (const JsonNode& one : rule.elements()) {
      if (!one.is(JsonKind::kString) && !one.is_number()) {
        return "anything-but lists strings and numbers";
      }
    }
    return std::nullopt;
  }
  if (rule.is(JsonKind::kObject) && rule.size == 1) {
    const JsonMember& inner = rule.members()[0];
    if ((inner.name == "prefix" || inner.name == "suffix") && inner.value.is(JsonKind::kString)) {
      return std::nullopt;
    }
  }
  return "anything-but needs a string, a number, a list of them, a prefix or a suffix";
}

Verdict check_rule(const JsonNode& rule) {
  if (is_scalar(rule)) {
    return std::nullopt;
  }
  if (!rule.is(JsonKind::kObject) || rule.size != 1) {
    return "a rule is a value or an object of one member";
  }
  const auto& [name, value] = rule.members()[0];
  if (name == "prefix" || name == "suffix" || name == "equals-ignore-case") {
    return value.is(JsonKind::kString) ? std::nullopt
                                       : Verdict(std::string(name) + " needs a string");
  }
  if (name == "exists") {
    return value.is(JsonKind::kTrue) || value.is(JsonKind::kFalse)
               ? std::nullopt
               : Verdict("exists needs true or false");
  }
  if (name == "numeric") {
    return check_numeric(value);
  }
  if (name == "anything-but") {
    return check_anything_but(value);
  }
  return "no rule is called " + std::string(name);
}

Verdict check_or(const JsonNode& alternatives, std::size_t depth) {
  if (!alternatives.is(JsonKind::kArray) || alternatives.size < 2) {
    return "$or needs a list of at least two patterns";
  }
  for (const JsonNode& alternative : alternatives.elements()) {
    if (Verdict wrong = check_object(alternative, depth + 1)) {
      return wrong;
    }
  }
  return std::nullopt;
}

Verdict check_list(std::string_view name, const JsonNode& rules) {
  if (rules.size == 0) {
    return std::string(name) + " lists nothing";
  }
  for (const JsonNode& rule : rules.elements()) {
    if (Verdict wrong = check_rule(rule)) {
      return wrong;
    }
  }
  return std::nullopt;
}

Verdict check_object(const JsonNode& pattern, std::size_t depth) {
  if (!pattern.is(JsonKind::kObject) || pattern.size == 0) {
    return "a pattern is an object with members";
  }
  if (depth > kDepthMax) {
    return "too deep";
  }
  for (const auto& [name, value] : pattern.members()) {
    Verdict wrong;
    if (name == kOr) {
      wrong = check_or(value, depth);
    } else if (value.is(JsonKind::kObject)) {
      wrong = check_object(value, depth + 1);
    } else if (value.is(JsonKind::kArray)) {
      wrong = check_list(name, value);
    } else {
      wrong = std::string(name) + " needs an object or a list of values";
    }
    if (wrong.has_value()) {
      return wrong;
    }
  }
  return std::nullopt;
}

// ---- Matching
// ------------------------------------------------------------------------------------

bool match_numeric(const JsonNode& rule, const JsonNode& value) {
  if (!value.is_number()) {
    return false;
  }
  const double number = number_of(value);
  for (std::size_t i = 0; i < rule.size; i += 2) {
    const std::string_view comparison = rule.elements()[i].text();
    const double bound = number_of(rule.elements()[i + 1]);
    const bool holds = comparison == "="    ? number == bound
                       : comparison == "<"  ? number < bound
                       : comparison == "<=" ? number <= bound
                       : comparison == ">"  ? number > bound
                                            : number >= bound;
    if (!holds) {
      return false;
    }
  }
  return true;
}

bool match_anything_but(const JsonNode& rule, const JsonNode& value) {
  if (rule.is(JsonKind::kObject)) {
    const auto& [name, text] = rule.members()[0];
    return value.is(JsonKind::kString) && !(name == "prefix" ? value.text().starts_with(text.text())
                                                             : value.text().ends_with(text.text()));
  }
  if (!rule.is(JsonKind::kArray)) {
    return !equal(rule, value);
  }
  for (const JsonNode& one : rule.elements()) {
    if (equal(one, value)) {
      return false;
    }
  }
  return true;
}

/// One rule against one value that is there and no list.
bool match_value(const JsonNode& rule, const JsonNode& value) {
  if (!rule.is(JsonKind::kObject)) {
    return equal(rule, value);
  }
  const auto& [name, wanted] = rule.members()[0];
  const bool text = value.is(JsonKind::kString);
  if (name == "prefix") {
    return text && value.text().starts_with(wanted.text());
  }
  if (name == "suffix") {
    return text && value.text().ends_with(wanted.text());
  }
  if (name == "equals-ignore-case") {
    return text && equal_but_for_case(value.text(), wanted.text());
  }
  if (name == "numeric") {
    return match_numeric(wanted, value);
  }
  if (name == "anything-but") {
    return is_scalar(value) && match_anything_but(wanted, value);
  }
  return false;  // exists is looked at before
}

bool match_rule(const JsonNode& rule, const JsonNode* value) {
  if (rule.is(JsonKind::kObject) && rule.members()[0].name == "exists") {
    // Only leaves exist. Source: EventBridge user guide, "Exists matching".
    const bool there = value != nullptr && !value->is(JsonKind::kObject);
    return there == rule.members()[0].value.is(JsonKind::kTrue);
  }
  if (value == nullptr) {
    return false;
  }
  if (value->is(JsonKind::kArray)) {
    for (const JsonNode& element : value->elements()) {
      if (match_value(rule, element)) {
        return true;
      }
    }
    return false;
  }
  return match_value(rule, *value);
}

/// As JsonNode::find, but a null is there.
const JsonNode* member_of(const JsonNode* event, std::string_view name) {
  if (event == nullptr || !event->is(JsonKind::kObject)) {
    return nullptr;
  }
  for (const JsonMember& member : event->members()) {
    if (member.name == name) {
      return &member.value;
    }
  }
  return nullptr;
}

bool match_object(const JsonNode& pattern, const JsonNode* event);

bool match_member(std::string_view name, const JsonNode& wanted, const JsonNode* event) {
  if (name == kOr) {
    for (const JsonNode& alternative : wanted.elements()) {
      if (match_object(alternative, event)) {
        return true;
      }
    }
    return false;
  }
  const JsonNode* const value = member_of(event, name);
  if (wanted.is(JsonKind::kObject)) {
    return match_object(wanted, value);
  }
  for (const JsonNode& rule : wanted.elements()) {
    if (match_rule(rule, value)) {
      return true;
    }
  }
  return false;
}

bool match_object(const JsonNode& pattern, const JsonNode* event) {
  for (const auto& [name, wanted] : pattern.members()) {
    if (!match_member(name, wanted, event)) {
      return false;
    }
  }
  return true;
}

}  // namespace

Expected<std::shared_ptr<const FilterPattern>, std::string> FilterPattern::parse(
    std::string_view text) {
  if (text.size() > kFilterPatternCharactersMax) {
    return Unexpected<std::string>{"longer than 4096 characters"};
  }
  std::shared_ptr<FilterPattern> pattern(new FilterPattern(text));
  const auto parsed = parse_json(pattern->text_, pattern->arena_);
  if (!parsed) {
    return Unexpected<std::string>{std::string(parsed.error().reason) + " at byte " +
                                   std::to_string(parsed.error().offset)};
  }
  pattern->root_ = *parsed;
  if (const Verdict wrong = check_object(pattern->root_, 0)) {
    return Unexpected<std::string>{*wrong};
  }
  return std::shared_ptr<const FilterPattern>(std::move(pattern));
}

bool FilterPattern::matches(const JsonNode& event) const {
  return match_object(root_, &event);
}

}  // namespace understudy
