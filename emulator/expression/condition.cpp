#include "emulator/expression/condition.h"

#include <compare>
#include <cstring>

#include "emulator/base/buffer.h"

namespace understudy::expression {
namespace {

Number number_of(std::size_t count) {
  Number number;
  number.digits = count;
  while (count > 0 && count % 10 == 0) {
    count /= 10;
    number.digits = count;
    ++number.exponent;
  }
  return number;
}

/// What size() says of a string. Case: dynoxide changelog 0.10.0, found by the dynamodb-conformance
/// suite against the service (the guide only says "the length of the string"); DynamoDB Local
/// agrees. Case: conformance/cases/put_item/size_of_strings.json
std::size_t utf16_length(std::string_view text) {
  std::size_t units = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    units += (byte & 0xC0) != 0x80 ? 1 : 0;  // Begins a character.
    units += byte >= 0xF0 ? 1 : 0;           // A character of two units.
  }
  return units;
}

bool read_operand(const Operand& operand, const Item* item, Arena& arena, Value& to) {
  switch (operand.kind) {
    case OperandKind::kValue:
      to = operand.value;
      return true;
    case OperandKind::kPath: {
      const std::optional<Value> found = read_path(operand.path, item, arena);
      if (found) {
        to = *found;
      }
      return found.has_value();
    }
    case OperandKind::kSizeOf: {
      Value of;
      if (!read_operand(*operand.inner, item, arena, of) || of.is(ValueType::kNumber) ||
          of.is(ValueType::kBool) || of.is(ValueType::kNull)) {
        return false;
      }
      auto* number = arena.make<Number>();
      *number = number_of(of.is(ValueType::kString) ? utf16_length(of.text()) : of.size);
      to = Value::number(number);
      return true;
    }
  }
  return false;
}

/// memmem() takes time in proportion to the text; std::string_view::find() to text times pattern.
bool holds_text(std::string_view in, std::string_view what) {
  return what.empty() || memmem(in.data(), in.size(), what.data(), what.size()) != nullptr;
}

bool contains(const Value& in, const Value& what) {
  switch (in.type) {
    case ValueType::kString:
    case ValueType::kBinary:
      return what.type == in.type && holds_text(in.text(), what.text());
    case ValueType::kStringSet:
    case ValueType::kBinarySet: {
      const ValueType member =
          in.is(ValueType::kStringSet) ? ValueType::kString : ValueType::kBinary;
      if (!what.is(member)) {
        return false;
      }
      for (const std::string_view text : in.string_set()) {
        if (text == what.text()) {
          return true;
        }
      }
      return false;
    }
    case ValueType::kNumberSet:
      if (!what.is(ValueType::kNumber)) {
        return false;
      }
      for (const Number& number : in.number_set()) {
        if (number == what.number()) {
          return true;
        }
      }
      return false;
    case ValueType::kList:
      for (const Value& element : in.list()) {
        if (equal(element, what)) {
          return true;
        }
      }
      return false;
    case ValueType::kNumber:
    case ValueType::kBool:
    case ValueType::kNull:
    case ValueType::kMap:
      return false;
  }
  return false;
}

bool meets_order(TestKind kind, const Value& a, const Value& b) {
  const auto order = order_values(a, b);
  if (!order) {
    return false;
  }
  switch (kind) {
    case TestKind::kLess:
      return std::is_lt(*order);
    case TestKind::kLessOrEqual:
      return std::is_lteq(*order);
    case TestKind::kGreater:
      return std::is_gt(*order);
    default:
      return std::is_gteq(*order);
  }
}

bool begins_with(const Value& a, const Value& b) {
  return a.type == b.type && (a.is(ValueType::kString) || a.is(ValueType::kBinary)) &&
         a.text().starts_with(b.text());
}

class Evaluator {
 public:
  Evaluator(const Item* item, Arena& arena) : item_(item), arena_(&arena) {}

  bool holds(const Test& test) const {
    switch (test.kind) {
      case TestKind::kAnd:
        for (const Test* child : test.children) {
          if (!holds(*child)) {
            return false;
          }
        }
        return true;
      case TestKind::kOr:
        for (const Test* child : test.children) {
          if (holds(*child)) {
            return true;
          }
        }
        return false;
      case TestKind::kNot:
        return !holds(*test.children[0]);
      case TestKind::kEqual:
        return equals(test);
      case TestKind::kNotEqual:
        return !equals(test);
      case TestKind::kAttributeExists:
        return exists(test.operands[0].path);
      case TestKind::kAttributeNotExists:
        return !exists(test.operands[0].path);
      case TestKind::kIn:
        return is_in(test);
      case TestKind::kBetween:
        return is_between(test);
      case TestKind::kAttributeType: {
        Value value;
        return read(test.operands[0], value) && value.type == test.type;
      }
      case TestKind::kSize:
        return false;
      case TestKind::kLess:
      case TestKind::kLessOrEqual:
      case TestKind::kGreater:
      case TestKind::kGreaterOrEqual:
      case TestKind::kBeginsWith:
      case TestKind::kContains:
        return binary(test);
    }
    return false;
  }

 private:
  bool read(const Operand& operand, Value& to) const {
    return read_operand(operand, item_, *arena_, to);
  }

  /// An attribute that is not there equals nothing, not even another that is not there.
  /// Source: scylla test_condition_expression.py, test_update_condition_eq_two_unset.
  bool equals(const Test& test) const {
    const Operand& left = test.operands[0];
    const Operand& right = test.operands[1];
    if (left.kind == OperandKind::kPath && left.path.size() == 1 && !right.canonical.empty()) {
      const auto position = item_ == nullptr ? std::nullopt : item_->find(left.path[0].name);
      return position && item_->value_text(*position) == right.canonical;
    }
    Value a;
    Value b;
    return read(left, a) && read(right, b) && equal(a, b);
  }

  bool exists(const Path& path) const {
    if (path.size() == 1) {
      return item_ != nullptr && item_->find(path[0].name).has_value();
    }
    return read_path(path, item_, *arena_).has_value();
  }

  bool is_in(const Test& test) const {
    Value value;
    if (!read(test.operands[0], value)) {
      return false;
    }
    for (const Operand& operand : test.operands.subspan(1)) {
      Value candidate;
      if (read(operand, candidate) && equal(value, candidate)) {
        return true;
      }
    }
    return false;
  }

  bool is_between(const Test& test) const {
    Value value;
    Value low;
    Value high;
    return read(test.operands[0], value) && read(test.operands[1], low) &&
           read(test.operands[2], high) && meets_order(TestKind::kGreaterOrEqual, value, low) &&
           meets_order(TestKind::kLessOrEqual, value, high);
  }

  bool binary(const Test& test) const {
    Value a;
    Value b;
    if (!read(test.operands[0], a) || !read(test.operands[1], b)) {
      return false;
    }
    if (test.kind == TestKind::kContains) {
      return contains(a, b);
    }
    return test.kind == TestKind::kBeginsWith ? begins_with(a, b) : meets_order(test.kind, a, b);
  }

  const Item* item_;
  Arena* arena_;
};

constexpr std::string_view kStringBefore = R"({"S":")";
constexpr std::string_view kNumberBefore = R"({"N":")";
constexpr std::string_view kTextAfter = R"("})";

/// `{"S":"…"}` of a string that needs no escapes, or empty.
std::string_view canonical_string(std::string_view text, Arena& arena) {
  if (!is_plain_json(text)) {
    return {};
  }
  const std::size_t size = kStringBefore.size() + text.size() + kTextAfter.size();
  char* to = arena.make_array<char>(size);
  std::memcpy(to, kStringBefore.data(), kStringBefore.size());
  std::memcpy(to + kStringBefore.size(), text.data(), text.size());
  std::memcpy(to + kStringBefore.size() + text.size(), kTextAfter.data(), kTextAfter.size());
  return {to, size};
}

std::string_view canonical_number(const Number& number, Arena& arena) {
  char* to = arena.make_array<char>(kNumberBefore.size() + kNumberTextMax + kTextAfter.size());
  std::memcpy(to, kNumberBefore.data(), kNumberBefore.size());
  const std::size_t size = format_number(number, to + kNumberBefore.size());
  std::memcpy(to + kNumberBefore.size() + size, kTextAfter.data(), kTextAfter.size());
  return {to, kNumberBefore.size() + size + kTextAfter.size()};
}

}  // namespace

std::optional<std::strong_ordering> order_values(const Value& a, const Value& b) {
  if (a.type != b.type || !is_ordered_type(a.type)) {
    return std::nullopt;
  }
  if (a.is(ValueType::kNumber)) {
    return compare(a.number(), b.number());
  }
  return a.text() <=> b.text();
}

bool is_ordered_type(ValueType type) {
  return type == ValueType::kString || type == ValueType::kNumber || type == ValueType::kBinary;
}

Operand value_operand(const Value& value, Arena& arena) {
  Operand operand;
  operand.kind = OperandKind::kValue;
  operand.value = value;
  switch (value.type) {
    case ValueType::kString:
      operand.canonical = canonical_string(value.text(), arena);
      break;
    case ValueType::kNumber:
      operand.canonical = canonical_number(value.number(), arena);
      break;
    case ValueType::kBool:
      operand.canonical = value.boolean ? R"({"BOOL":true})" : R"({"BOOL":false})";
      break;
    case ValueType::kNull:
      operand.canonical = R"({"NULL":true})";
      break;
    default:
      break;
  }
  return operand;
}

Path attribute_path(std::string_view name, Arena& arena) {
  Step* step = arena.make<Step>();
  step->name = name;
  return {step, 1};
}

}  // namespace understudy::expression

namespace understudy {

bool holds(const Condition& condition, const Item* item, Arena& arena) {
  return condition.root == nullptr || expression::Evaluator(item, arena).holds(*condition.root);
}

std::span<const std::string_view> attributes_named(const Condition& condition) {
  return condition.attributes;
}

std::span<const std::string_view> attributes_looked_into(const Condition& condition) {
  return condition.nested;
}

Result<const Condition*> compile_condition(ConditionKind kind, std::string_view text,
                                           const ExpressionContext& context) {
  return expression::bind_condition(kind == ConditionKind::kCondition ? "Condition" : "Filter",
                                    text, context);
}

}  // namespace understudy
