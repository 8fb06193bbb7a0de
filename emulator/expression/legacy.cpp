// The parameters from before expressions, lowered to the same conditions, updates and key
// conditions. Texts and their order: dynalite validations/index.js (validateConditions,
// validateAttributeConditions) and its tests, found against the service.
#include "emulator/expression/legacy.h"

#include <compare>
#include <string>

#include "emulator/expression/attribute_name.h"
#include "emulator/expression/condition.h"
#include "emulator/expression/counting_members.h"
#include "emulator/expression/expression.h"
#include "emulator/expression/key_condition.h"
#include "emulator/expression/update.h"
#include "emulator/model/json_codec.h"

namespace understudy::expression {
namespace {

constexpr std::string_view kInvalid = "One or more parameter values were invalid: ";

Unexpected<ApiError> invalid(std::string_view problem) {
  return validation_error(std::string(kInvalid).append(problem));
}

struct ComparisonRow {
  std::string_view name;
  LegacyComparison comparison;
};
constexpr ComparisonRow kComparisons[] = {
    {"EQ", LegacyComparison::kEqual},
    {"NE", LegacyComparison::kNotEqual},
    {"IN", LegacyComparison::kIn},
    {"LE", LegacyComparison::kLessOrEqual},
    {"LT", LegacyComparison::kLess},
    {"GE", LegacyComparison::kGreaterOrEqual},
    {"GT", LegacyComparison::kGreater},
    {"BETWEEN", LegacyComparison::kBetween},
    {"NOT_NULL", LegacyComparison::kNotNull},
    {"NULL", LegacyComparison::kNull},
    {"CONTAINS", LegacyComparison::kContains},
    {"NOT_CONTAINS", LegacyComparison::kNotContains},
    {"BEGINS_WITH", LegacyComparison::kBeginsWith},
};

bool is_scalar(ValueType type) {
  return type == ValueType::kString || type == ValueType::kNumber || type == ValueType::kBinary;
}

bool takes_type(LegacyComparison comparison, ValueType type) {
  switch (comparison) {
    case LegacyComparison::kEqual:
    case LegacyComparison::kNotEqual:
    case LegacyComparison::kNull:
    case LegacyComparison::kNotNull:
      return true;
    case LegacyComparison::kContains:
    case LegacyComparison::kNotContains:
      return is_scalar(type) || type == ValueType::kBool || type == ValueType::kNull;
    case LegacyComparison::kBeginsWith:
      return type == ValueType::kString || type == ValueType::kBinary;
    default:
      return is_scalar(type);
  }
}

bool takes_count(LegacyComparison comparison, std::size_t count) {
  switch (comparison) {
    case LegacyComparison::kNull:
    case LegacyComparison::kNotNull:
      return count == 0;
    case LegacyComparison::kIn:
      return count > 0;
    case LegacyComparison::kBetween:
      return count == 2;
    default:
      return count == 1;
  }
}

/// What holds between a comparison and its values, wherever it stands.
Result<void> check_comparison(std::string_view name, LegacyComparison comparison,
                              std::span<const Value> values) {
  if (!takes_count(comparison, values.size())) {
    return invalid("Invalid number of argument(s) for the " + std::string(name) +
                   " ComparisonOperator");
  }
  for (const Value& value : values) {
    if (value.type != values[0].type) {
      return invalid("AttributeValues inside AttributeValueList must be of same type");
    }
  }
  for (const Value& value : values) {
    if (!takes_type(comparison, value.type)) {
      return invalid("ComparisonOperator " + std::string(name) + " is not valid for " +
                     std::string(type_name(value.type)) + " AttributeValue type");
    }
  }
  if (comparison == LegacyComparison::kBetween && std::is_gt(*order_values(values[0], values[1]))) {
    return validation_error(
        "The BETWEEN condition was provided a range where the lower bound is greater than the "
        "upper "
        "bound");
  }
  return {};
}

Result<std::span<const Value>> decode_values(const JsonNode* list, const DecodeOptions& options,
                                             Arena& arena) {
  if (list == nullptr) {
    return std::span<const Value>();
  }
  auto* values = arena.make_array<Value>(list->size);
  for (std::size_t i = 0; i < list->size; ++i) {
    TRY(values[i], decode_value(list->elements()[i], arena, options));
  }
  return std::span<const Value>(values, list->size);
}

/// Calls `visit(name, node)` for each member that counts: not null, and of equal names the last.
template <class Visit>
Result<void> for_each_member(const JsonNode& node, Arena& arena, Visit visit) {
  for (const JsonMember* member : counting_members(node, arena)) {
    if (!member->value.is_null()) {
      TRY_VOID(visit(member->name, member->value));
    }
  }
  return {};
}

class TestBuilder {
 public:
  explicit TestBuilder(Arena& arena) : arena_(&arena), tests_(arena), names_(arena) {}

  void add(std::string_view name, LegacyComparison comparison, std::span<const Value> values) {
    names_.push_back(name);
    Test* test = make(name, kind_of(comparison), values);
    if (comparison == LegacyComparison::kNotContains) {
      // False where there is no such attribute. Source: scylla test_expected.py,
      // test_update_expected_1_not_contains.
      test = join(TestKind::kAnd,
                  {make(name, TestKind::kAttributeExists, {}), join(TestKind::kNot, {test})});
    }
    tests_.push_back(test);
  }

  const Condition* finish(const JsonNode* conditional_operator) {
    auto* condition = arena_->make<Condition>();
    condition->attributes = names_.span();
    if (tests_.size() == 1) {
      condition->root = tests_[0];
    } else if (!tests_.empty()) {
      const bool any = conditional_operator != nullptr && conditional_operator->text() == "OR";
      auto* root = arena_->make<Test>();
      root->kind = any ? TestKind::kOr : TestKind::kAnd;
      root->children = tests_.span();
      condition->root = root;
    }
    return condition;
  }

 private:
  static TestKind kind_of(LegacyComparison comparison) {
    switch (comparison) {
      case LegacyComparison::kEqual:
        return TestKind::kEqual;
      case LegacyComparison::kNotEqual:
        return TestKind::kNotEqual;
      case LegacyComparison::kIn:
        return TestKind::kIn;
      case LegacyComparison::kLessOrEqual:
        return TestKind::kLessOrEqual;
      case LegacyComparison::kLess:
        return TestKind::kLess;
      case LegacyComparison::kGreaterOrEqual:
        return TestKind::kGreaterOrEqual;
      case LegacyComparison::kGreater:
        return TestKind::kGreater;
      case LegacyComparison::kBetween:
        return TestKind::kBetween;
      case LegacyComparison::kNotNull:
        return TestKind::kAttributeExists;
      case LegacyComparison::kNull:
        return TestKind::kAttributeNotExists;
      case LegacyComparison::kContains:
      case LegacyComparison::kNotContains:
        return TestKind::kContains;
      case LegacyComparison::kBeginsWith:
        return TestKind::kBeginsWith;
    }
    return TestKind::kEqual;
  }

  Test* make(std::string_view name, TestKind kind, std::span<const Value> values) {
    auto* operands = arena_->make_array<Operand>(values.size() + 1);
    ::new (operands) Operand;
    operands[0].path = attribute_path(name, *arena_);
    for (std::size_t i = 0; i < values.size(); ++i) {
      ::new (operands + i + 1) Operand(value_operand(values[i], *arena_));
    }
    auto* test = arena_->make<Test>();
    test->kind = kind;
    test->operands = {operands, values.size() + 1};
    return test;
  }

  Test* join(TestKind kind, std::initializer_list<const Test*> tests) {
    auto** children = arena_->make_array<const Test*>(tests.size());
    std::size_t count = 0;
    for (const Test* test : tests) {
      children[count++] = test;
    }
    auto* joined = arena_->make<Test>();
    joined->kind = kind;
    joined->children = {children, count};
    return joined;
  }

  Arena* arena_;
  ArenaVector<const Test*> tests_;
  ArenaVector<std::string_view> names_;
};

bool is_false(const JsonNode& node) {
  // Strings may stand for booleans (F4).
  const std::string_view text = node.is(JsonKind::kString) ? node.text() : "";
  return node.is(JsonKind::kFalse) || text == "false" || text == "False" || text == "FALSE" ||
         text == "0" || text == "no" || text == "No" || text == "NO";
}

Result<void> check_expected_comparison(std::string_view name, const JsonNode& expected,
                                       std::string_view comparison) {
  if (expected.find("Exists") != nullptr) {
    return invalid("Exists and ComparisonOperator cannot be used together for Attribute: " +
                   std::string(name));
  }
  if (comparison != "NULL" && comparison != "NOT_NULL" &&
      expected.find("AttributeValueList") == nullptr && expected.find("Value") == nullptr) {
    return invalid("Value or AttributeValueList must be used with ComparisonOperator: " +
                   std::string(comparison) + " for Attribute: " + std::string(name));
  }
  return {};
}

/// Value and Exists, without a comparison.
Result<void> add_expected_value(std::string_view name, const JsonNode& expected,
                                std::span<const Value> value, TestBuilder& tests) {
  const std::string attribute(name);
  if (expected.find("AttributeValueList") != nullptr) {
    return invalid("AttributeValueList can only be used with a ComparisonOperator for Attribute: " +
                   attribute);
  }
  const JsonNode* exists = expected.find("Exists");
  const bool should_exist = exists == nullptr || !is_false(*exists);
  if (should_exist && value.empty()) {
    return invalid("Value must be provided when Exists is " +
                   std::string(exists == nullptr ? "null" : "true") +
                   " for Attribute: " + attribute);
  }
  if (!should_exist && !value.empty()) {
    return invalid("Value cannot be used when Exists is false for Attribute: " + attribute);
  }
  tests.add(name, should_exist ? LegacyComparison::kEqual : LegacyComparison::kNull, value);
  return {};
}

Result<void> add_expected(std::string_view name, const JsonNode& expected, Arena& arena,
                          TestBuilder& tests) {
  TRY_VOID(check_attribute_name(name));
  const JsonNode* list = expected.find("AttributeValueList");
  const JsonNode* value = expected.find("Value");
  if (list != nullptr && value != nullptr) {
    return invalid("Value and AttributeValueList cannot be used together for Attribute: " +
                   std::string(name));
  }
  std::span<const Value> values;
  if (value != nullptr) {
    TRY(const Value decoded, decode_value(*value, arena));
    values = {arena.make<Value>(decoded), 1};
  } else {
    TRY(values, decode_values(list, {}, arena));
  }
  const JsonNode* comparison = expected.find("ComparisonOperator");
  if (comparison == nullptr) {
    return add_expected_value(name, expected, values, tests);
  }
  TRY_VOID(check_expected_comparison(name, expected, comparison->text()));
  const auto known = find_legacy_comparison(comparison->text());
  if (!known) {
    return invalid("Unknown ComparisonOperator");  // The shape gate answers before.
  }
  TRY_VOID(check_comparison(comparison->text(), *known, values));
  tests.add(name, *known, values);
  return {};
}

/// One entry of QueryFilter, ScanFilter or KeyConditions.
struct LegacyCondition {
  LegacyComparison comparison = LegacyComparison::kEqual;
  std::span<const Value> values;
};
Result<LegacyCondition> read_condition(std::string_view name, const JsonNode& condition,
                                       const DecodeOptions& options, Arena& arena) {
  TRY_VOID(check_attribute_name(name));
  LegacyCondition read;
  TRY(read.values, decode_values(condition.find("AttributeValueList"), options, arena));
  const JsonNode* comparison = condition.find("ComparisonOperator");
  const auto known = find_legacy_comparison(comparison != nullptr ? comparison->text() : "");
  if (!known) {
    return invalid("Unknown ComparisonOperator");  // The shape gate answers before.
  }
  read.comparison = *known;
  TRY_VOID(check_comparison(comparison->text(), *known, read.values));
  return read;
}

KeyOperator key_operator(LegacyComparison comparison) {
  switch (comparison) {
    case LegacyComparison::kEqual:
      return KeyOperator::kEqual;
    case LegacyComparison::kLessOrEqual:
      return KeyOperator::kLessOrEqual;
    case LegacyComparison::kLess:
      return KeyOperator::kLess;
    case LegacyComparison::kGreaterOrEqual:
      return KeyOperator::kGreaterOrEqual;
    case LegacyComparison::kGreater:
      return KeyOperator::kGreater;
    case LegacyComparison::kBetween:
      return KeyOperator::kBetween;
    case LegacyComparison::kBeginsWith:
      return KeyOperator::kBeginsWith;
    default:
      return KeyOperator::kNotIndexable;
  }
}

Result<UpdateAction> read_attribute_update(std::string_view name, const JsonNode& update,
                                           Arena& arena) {
  TRY_VOID(check_attribute_name(name));
  UpdateAction action;
  action.path = attribute_path(name, arena);
  const JsonNode* action_node = update.find("Action");
  const std::string_view verb = action_node != nullptr ? action_node->text() : "PUT";
  const JsonNode* value = update.find("Value");
  if (value == nullptr) {
    if (verb != "DELETE") {
      return invalid("Only DELETE action is allowed when no attribute value is specified");
    }
    action.kind = ChangeKind::kRemove;
    return action;
  }
  TRY(action.value, decode_value(*value, arena));
  const std::string type(type_name(action.value.type));
  if (verb == "ADD") {
    if (!action.value.is_set() && !action.value.is(ValueType::kNumber) &&
        !action.value.is(ValueType::kList)) {
      return invalid("ADD action is not supported for the type " + type);
    }
    action.kind = ChangeKind::kLegacyAdd;
  } else if (verb == "DELETE") {
    if (!action.value.is_set()) {
      return invalid("DELETE action with value is not supported for the type " + type);
    }
    action.kind = ChangeKind::kLegacyDelete;
  } else {
    auto* source = arena.make<Source>();
    source->value = action.value;
    action.source = source;
  }
  return action;
}

}  // namespace

std::optional<LegacyComparison> find_legacy_comparison(std::string_view name) {
  for (const ComparisonRow& row : kComparisons) {
    if (row.name == name) {
      return row.comparison;
    }
  }
  return std::nullopt;
}

}  // namespace understudy::expression

namespace understudy {

Result<const Condition*> compile_expected(const JsonNode& expected,
                                          const JsonNode* conditional_operator, Arena& arena) {
  expression::TestBuilder tests(arena);
  TRY_VOID(expression::for_each_member(expected, arena,
                                       [&](std::string_view name, const JsonNode& node) {
                                         return expression::add_expected(name, node, arena, tests);
                                       }));
  return tests.finish(conditional_operator);
}

Result<const Condition*> compile_legacy_filter(const JsonNode& filter,
                                               const JsonNode* conditional_operator, Arena& arena,
                                               ValueLayer layer) {
  expression::TestBuilder tests(arena);
  const DecodeOptions options{.layer = layer};
  TRY_VOID(expression::for_each_member(
      filter, arena, [&](std::string_view name, const JsonNode& node) -> Result<void> {
        TRY(const expression::LegacyCondition condition,
            expression::read_condition(name, node, options, arena));
        tests.add(name, condition.comparison, condition.values);
        return {};
      }));
  return tests.finish(conditional_operator);
}

Result<const Update*> compile_attribute_updates(const JsonNode& updates, Arena& arena) {
  ArenaVector<expression::UpdateAction> actions(arena);
  actions.reserve(updates.size);
  TRY_VOID(expression::for_each_member(
      updates, arena, [&](std::string_view name, const JsonNode& node) -> Result<void> {
        TRY(const expression::UpdateAction action,
            expression::read_attribute_update(name, node, arena));
        actions.push_back(action);
        return {};
      }));
  return expression::make_update(actions.span(), {}, arena);
}

Result<const KeyCondition*> compile_legacy_key_conditions(const JsonNode& conditions,
                                                          Arena& arena) {
  ArenaVector<expression::KeyClause> clauses(arena);
  TRY_VOID(expression::for_each_member(
      conditions, arena, [&](std::string_view name, const JsonNode& node) -> Result<void> {
        TRY(const expression::LegacyCondition condition,
            expression::read_condition(name, node, {}, arena));
        clauses.push_back({name, expression::key_operator(condition.comparison), condition.values});
        return {};
      }));
  // More than the key has attributes are refused with the schema. Case: moto
  // test_key_conditions_with_range_keys (verified against the service), three on a key of three.
  if (clauses.empty()) {
    return validation_error("Conditions can be of length 1 or 2 only");
  }
  auto* condition = arena.make<KeyCondition>();
  condition->clauses = clauses.span();
  return condition;
}

}  // namespace understudy
