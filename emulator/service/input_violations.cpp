#include "emulator/service/input_violations.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "emulator/service/limits.h"
#include "emulator/service/shape_checks.h"
#include "emulator/service/violation_text.h"

namespace understudy {
namespace {

// Case: dynalite, ten of more violations are listed.
constexpr std::size_t kViolationsMax = 10;
// From here on the single-item writes read a request as they did before 2026. Case: values wrapped
// 40 times get the new wording, 63 times the old, 2026-10-09.
constexpr std::size_t kOlderReadingLevels = 63;
constexpr std::string_view kNotNull = "Member must not be null";

// "2 validation errors detected: …; …"
std::string envelope(const std::vector<std::string>& violations) {
  std::string out = std::to_string(violations.size()) +
                    (violations.size() == 1 ? " validation error" : " validation errors") +
                    " detected: ";
  for (std::size_t i = 0; i < violations.size(); ++i) {
    out.append(i == 0 ? "" : "; ").append(violations[i]);
  }
  return out;
}

std::string echo(std::string_view value, const PathStep& at, std::string_view constraint) {
  return "Value '" + std::string(value) + "' at '" + java_path(&at) +
         "' failed to satisfy constraint: " + std::string(constraint);
}

std::string generic(const PathStep& at, std::string_view constraint) {
  return "Value at '" + wire_path(&at) +
         "' failed to satisfy constraint: " + std::string(constraint);
}

// Members of an object without those that a later one of the same name replaces.
std::vector<const JsonMember*> last_members(const JsonNode& node) {
  std::vector<const JsonMember*> last;
  std::unordered_set<std::string_view> seen;
  const auto members = node.members();
  for (std::size_t i = members.size(); i > 0; --i) {
    if (seen.insert(members[i - 1].name).second) {
      last.push_back(&members[i - 1]);
    }
  }
  std::reverse(last.begin(), last.end());
  return last;
}

// How deep maps and lists of attribute values nest in a request.
std::size_t attribute_levels(const JsonNode& node) {
  std::size_t deepest = 0;
  if (node.is(JsonKind::kArray)) {
    for (const JsonNode& element : node.elements()) {
      deepest = std::max(deepest, attribute_levels(element));
    }
  } else if (node.is(JsonKind::kObject)) {
    for (const JsonMember& member : node.members()) {
      const bool level = member.name == "M" || member.name == "L";
      deepest = std::max(deepest, attribute_levels(member.value) + (level ? 1 : 0));
    }
  }
  return deepest;
}

class ViolationReport {
 public:
  ViolationReport(const ModelOperation& operation, const JsonNode& input, ValidationWording wording)
      : operation_(operation), input_(input), wording_(wording) {}

  Result<void> run() {
    older_ = reads_older();
    structure(input_, shape(operation_.input), nullptr);
    if (alone_.has_value()) {
      return validation_error(std::move(*alone_));
    }
    if (!joined_.empty()) {
      return validation_error(envelope(joined_));
    }
    if (late_sentence_.has_value()) {
      return validation_error(std::move(*late_sentence_));
    }
    if (!late_.empty()) {
      return validation_error(envelope(late_));
    }
    return {};
  }

 private:
  // What is being checked: where it is and how its violations are reported.
  struct Subject {
    const PathStep& at;
    MemberReport report = MemberReport::kEcho;
    ShapeId report_shape = kNoShape;
  };

  // Case: a missing Key of UpdateItem, and very deep values in the three single-item writes, bring
  // the older wording, joined (2026-10-09). Assumed: a missing required member does so in every
  // operation.
  [[nodiscard]] bool reads_older() const {
    if (wording_ == ValidationWording::k2025) {
      return true;
    }
    const auto& members = shape(operation_.input).members;
    if (std::any_of(members.begin(), members.end(), [&](const Member& member) {
          return member.required && input_.find(member.name) == nullptr;
        })) {
      return true;
    }
    return !message_prefix(operation_.name, wording_).empty() &&
           attribute_levels(input_) >= kOlderReadingLevels;
  }

  void add(std::string text) {
    if (sink_->size() < kViolationsMax) {
      sink_->push_back(std::move(text));
    }
  }
  [[nodiscard]] bool full() const { return sink_->size() >= kViolationsMax; }
  // The first of those that are reported alone wins.
  void alone(std::string message) {
    if (!alone_.has_value()) {
      alone_ = std::move(message);
    }
  }

  void structure(const JsonNode& node, const Shape& wanted, const PathStep* at) {
    for (std::size_t i = 0; i < wanted.members.size(); ++i) {
      const Member& member =
          wanted.members[wanted.report_order.empty() ? i : wanted.report_order[i]];
      const PathStep step{at, PathStep::Kind::kMember, member.name};
      const JsonNode* given = node.find(member.name);
      if (given == nullptr) {
        absent(member, step);
        continue;
      }
      // BatchWriteItem checks its map after the rest. Case: a bad enum beside a bad table name,
      // 2026-10-09. Assumed: beside too many requests as well.
      sink_ = member.report == MemberReport::kBatchWriteItems ? &late_ : sink_;
      value(*given, shape(member.shape), Subject{step, member.report, member.report_shape});
      sink_ = member.report == MemberReport::kBatchWriteItems ? &joined_ : sink_;
    }
  }

  void absent(const Member& member, const PathStep& at) {
    if (!member.required) {
      return;
    }
    if (member.report == MemberReport::kParameter || member.report == MemberReport::kSentence) {
      alone("The parameter '" + std::string(member.name) +
            "' is required but was not present in the request");
    } else {
      null_violation(at);
    }
  }

  void null_violation(const PathStep& at) {
    if (!full()) {
      add("Value null at '" + java_path(&at) +
          "' failed to satisfy constraint: " + std::string(kNotNull));
    }
  }

  void value(const JsonNode& node, const Shape& wanted, const Subject& subject) {
    switch (wanted.kind) {
      case ShapeKind::kString:
        string(node.text(), wanted, subject);
        return;
      case ShapeKind::kInteger:
      case ShapeKind::kLong:
        integer(node, wanted, subject);
        return;
      case ShapeKind::kList:
        size(node, node.size, wanted, subject);
        elements(node, wanted, subject.at);
        return;
      case ShapeKind::kMap:
        map(node, wanted, subject);
        return;
      case ShapeKind::kStructure:
        structure(node, wanted, &subject.at);
        return;
      case ShapeKind::kDouble:
      case ShapeKind::kBoolean:
      case ShapeKind::kBlob:
      case ShapeKind::kTimestamp:
      case ShapeKind::kAttributeValue:
        return;
    }
  }

  void string(std::string_view text, const Shape& wanted, const Subject& subject) {
    if (is_valid_string(wanted, text) || full()) {
      return;
    }
    if (!is_enumerator(wanted, text)) {
      enumeration(text, wanted, subject);
      return;
    }
    const bool too_short = length_below(text, wanted.min);
    const bool too_long = length_above(text, wanted.max);
    if (subject.report == MemberReport::kSentence && (too_short || too_long)) {
      // Case: "TableName must be …" for a member named otherwise (ACK DDB-TABLE-457).
      alone(std::string(wanted.name) + " must be at least " + std::to_string(wanted.min) +
            " characters long and at most " + std::to_string(wanted.max) + " characters long");
      return;
    }
    std::vector<std::string> lengths;
    if (too_short) {
      lengths.push_back(length_at_least(wanted.min));
    }
    if (too_long) {
      lengths.push_back(length_at_most(wanted.max));
    }
    std::vector<std::string> unmet;
    if (!matches_pattern(wanted.pattern, text)) {
      unmet.push_back(pattern_unmet(wanted.pattern));
    }
    unmet.insert(wanted.length_before_pattern ? unmet.begin() : unmet.end(), lengths.begin(),
                 lengths.end());
    const bool alone_wanted = subject.report == MemberReport::kGenericAlone2026 && !older_;
    if (!unmet.empty() && alone_wanted) {
      alone(envelope({generic(subject.at, unmet.front())}));
      return;
    }
    if (unmet.empty()) {
      unmet = table_name(text);
    }
    for (std::string& constraint : unmet) {
      constraint = echo(text, subject.at, constraint);
    }
    if (alone_wanted) {
      alone(envelope(unmet));
      return;
    }
    for (std::string& violation : unmet) {
      add(std::move(violation));
    }
  }

  // A name that is no ARN. Case: length before pattern (DescribeTable, ACK DDB-TABLE-457).
  static std::vector<std::string> table_name(std::string_view text) {
    std::vector<std::string> unmet;
    if (length_below(text, kTableNameMinBytes)) {
      unmet.push_back(length_at_least(kTableNameMinBytes));
    }
    if (length_above(text, kTableNameMaxBytes)) {
      unmet.push_back(length_at_most(kTableNameMaxBytes));
    }
    if (!is_table_name_text(text)) {
      unmet.push_back(pattern_unmet(kPatternTableName));
    }
    return unmet;
  }

  void enumeration(std::string_view text, const Shape& wanted, const Subject& subject) {
    const bool nameless = subject.report == MemberReport::kNameless2026 ||
                          subject.report == MemberReport::kNamelessAlone2026;
    if (!nameless || older_) {
      add(echo(text, subject.at, enumerators_unmet(wanted)));
      return;
    }
    const std::string violation =
        "Failed to satisfy constraint: " + enumerators_unmet(shape(subject.report_shape));
    if (subject.report == MemberReport::kNameless2026) {
      add(violation);
    } else {
      alone(std::string(message_prefix(operation_.name, wording_)) + violation);
    }
  }

  void integer(const JsonNode& node, const Shape& wanted, const Subject& subject) {
    const std::int64_t number = integer_of(node).value_or(0);
    if (is_within(wanted, number) || full()) {
      return;
    }
    const bool below = wanted.min != kNoLimit && number < wanted.min;
    const std::string constraint =
        below ? "Member must have value greater than or equal to " + std::to_string(wanted.min)
              : "Member must have value less than or equal to " + std::to_string(wanted.max);
    if (subject.report == MemberReport::kGenericAlone2026 && !older_) {
      alone(envelope({generic(subject.at, constraint)}));
    } else {
      add(echo(std::to_string(number), subject.at, constraint));
    }
  }

  void size(const JsonNode& node, std::size_t count, const Shape& wanted, const Subject& subject) {
    if (is_size_within(wanted, count) || full()) {
      return;
    }
    const bool below = wanted.min != kNoLimit && static_cast<std::int64_t>(count) < wanted.min;
    const std::string constraint = below ? length_at_least(wanted.min) : length_at_most(wanted.max);
    switch (subject.report) {
      case MemberReport::kBatchGetKeys:
        if (older_) {  // Source: moto's tests, recorded before 2026
          add("Value at '" + java_path(&subject.at) +
              "' failed to satisfy constraint: " + constraint);
          return;
        }
        alone(envelope({generic(subject.at, constraint)}));
        return;
      case MemberReport::kBatchGetItems:
        if (older_ && below) {
          alone(required_for());
        } else if (older_) {
          add(echo(json_value(node), subject.at, constraint));
        } else {
          alone(envelope({generic(subject.at, constraint)}));
        }
        return;
      case MemberReport::kBatchWriteItems:
        if (below) {
          late_sentence_ = required_for();
          return;
        }
        break;
      case MemberReport::kEcho:
      case MemberReport::kGenericAlone2026:
      case MemberReport::kNameless2026:
      case MemberReport::kNamelessAlone2026:
      case MemberReport::kParameter:
      case MemberReport::kSentence:
        break;
    }
    add(echo(java_value(node, wanted), subject.at, constraint));
  }

  // Case: 27 of 33 regions for BatchWriteItem, 2026-10-07; BatchGetItem before 2026.
  [[nodiscard]] std::string required_for() const {
    return "The requestItems parameter is required for " + std::string(operation_.name);
  }

  void elements(const JsonNode& node, const Shape& wanted, const PathStep& at) {
    const Shape& element = shape(wanted.element);
    if (element.kind == ShapeKind::kString) {
      scalars(node, wanted, at);
      return;
    }
    for (std::size_t i = 0; i < node.size; ++i) {
      const JsonNode& item = node.elements()[i];
      const PathStep step{&at, PathStep::Kind::kIndex, {}, i + 1};
      if (!item.is_null()) {
        value(item, element, Subject{step});
      } else if (element.kind != ShapeKind::kAttributeValue) {
        null_violation(step);  // Assumed: no recorded answer has a null in a list
      }
    }
  }

  // Source: the service's framework reports scalars of a list at the list (Kinesis, Lambda and ACM
  // answers). Assumed: in the same order as values of a map.
  void scalars(const JsonNode& node, const Shape& wanted, const PathStep& at) {
    const Shape& element = shape(wanted.element);
    const auto items = node.elements();
    const bool fine = std::all_of(items.begin(), items.end(), [&](const JsonNode& item) {
      return !item.is_null() && is_valid_string(element, item.text());
    });
    if (fine || full()) {
      return;
    }
    std::string constraints = constraint_list(element);
    if (constraints.empty()) {
      constraints = "[" + std::string(kNotNull) + "]";
    }
    add(echo(java_value(node, wanted), at, "Member must satisfy constraint: " + constraints));
  }

  void map(const JsonNode& node, const Shape& wanted, const Subject& subject) {
    const std::vector<const JsonMember*> members = last_members(node);
    size(node, members.size(), wanted, subject);
    const Shape& key = shape(wanted.key);
    if (!std::all_of(members.begin(), members.end(), [&](const JsonMember* member) {
          return is_valid_string(key, member->name);
        })) {
      map_violation(node, wanted, subject, "Map keys must satisfy constraint: ", key);
    }
    const Shape& element = shape(wanted.element);
    if (!std::all_of(members.begin(), members.end(), [&](const JsonMember* member) {
          return member->value.is_null() || is_map_value_valid(member->value, element);
        })) {
      map_violation(node, wanted, subject, "Map value must satisfy constraint: ", element);
    }
    for (const JsonMember* member : members) {
      const PathStep step{&subject.at, PathStep::Kind::kKey, member->name};
      if (member->value.is_null()) {
        if (element.kind != ShapeKind::kAttributeValue) {
          null_violation(step);  // Assumed: no recorded answer has a null in such a map
        }
      } else if (element.kind == ShapeKind::kList) {
        elements(member->value, element, step);
      } else if (element.kind != ShapeKind::kString) {
        value(member->value, element, Subject{step});
      }
    }
  }

  static bool is_map_value_valid(const JsonNode& node, const Shape& wanted) {
    if (wanted.kind == ShapeKind::kString) {
      return is_valid_string(wanted, node.text());
    }
    return wanted.kind != ShapeKind::kList || is_size_within(wanted, node.size);
  }

  void map_violation(const JsonNode& node, const Shape& wanted, const Subject& subject,
                     const std::string& text, const Shape& constrained) {
    if (full()) {
      return;
    }
    // Case: BatchGetItem echoes its map as JSON, BatchWriteItem as Java, 2026-10-09.
    const bool json = subject.report == MemberReport::kBatchGetItems;
    add(echo(json ? json_value(node) : java_value(node, wanted), subject.at,
             text + constraint_list(constrained)));
  }

  const ModelOperation& operation_;
  const JsonNode& input_;
  ValidationWording wording_;
  bool older_ = false;
  std::vector<std::string> joined_;
  std::vector<std::string> late_;
  std::vector<std::string>* sink_ = &joined_;
  std::optional<std::string> alone_;
  std::optional<std::string> late_sentence_;
};

}  // namespace

Result<void> report_violations(const ModelOperation& operation, const JsonNode& input,
                               ValidationWording wording) {
  return ViolationReport(operation, input, wording).run();
}

}  // namespace understudy
