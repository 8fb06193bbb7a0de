#include "emulator/expression/key_condition.h"

#include <string>

#include "emulator/expression/condition.h"

namespace understudy::expression {
namespace {

// Source: dynalite test/query.js.
constexpr std::string_view kOnePerKey =
    "KeyConditionExpressions must only contain one condition per key";
constexpr std::string_view kNestedOperation =
    "KeyConditionExpressions cannot contain nested operations";
constexpr std::string_view kNestedAttribute =
    "KeyConditionExpressions cannot have conditions on nested attributes";
constexpr std::string_view kSeveralNames =
    "Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition";
constexpr std::string_view kNoName =
    "Invalid condition in KeyConditionExpression: No key attribute specified";

/// The name of what a key condition may not use, or empty.
std::string_view refused_operator(TestKind kind) {
  switch (kind) {
    case TestKind::kOr:
      return "OR";
    case TestKind::kNot:
      return "NOT";
    case TestKind::kIn:
      return "IN";
    case TestKind::kNotEqual:
      return "<>";
    case TestKind::kAttributeExists:
      return "attribute_exists";
    case TestKind::kAttributeNotExists:
      return "attribute_not_exists";
    case TestKind::kAttributeType:
      return "attribute_type";
    case TestKind::kContains:
      return "contains";
    default:
      return {};
  }
}

/// `reversed`: the value stands on the left.
KeyOperator operator_of(TestKind kind, bool reversed) {
  switch (kind) {
    case TestKind::kLess:
      return reversed ? KeyOperator::kGreater : KeyOperator::kLess;
    case TestKind::kLessOrEqual:
      return reversed ? KeyOperator::kGreaterOrEqual : KeyOperator::kLessOrEqual;
    case TestKind::kGreater:
      return reversed ? KeyOperator::kLess : KeyOperator::kGreater;
    case TestKind::kGreaterOrEqual:
      return reversed ? KeyOperator::kLessOrEqual : KeyOperator::kGreaterOrEqual;
    case TestKind::kBetween:
      return KeyOperator::kBetween;
    case TestKind::kBeginsWith:
      return KeyOperator::kBeginsWith;
    default:
      return KeyOperator::kEqual;
  }
}

class ClauseReader {
 public:
  explicit ClauseReader(Arena& arena) : arena_(&arena), clauses_(arena) {}

  /// Recursion is as deep as operators nest: at most kOperatorsMax. False: problem() says why.
  bool read(const Test& test) {
    if (test.kind == TestKind::kAnd) {
      for (const Test* child : test.children) {
        if (!read(*child)) {
          return false;
        }
      }
      return true;
    }
    if (const std::string_view refused = refused_operator(test.kind); !refused.empty()) {
      return fail("Invalid operator used in KeyConditionExpression: " + std::string(refused));
    }
    return read_clause(test);
  }

  [[nodiscard]] std::span<const KeyClause> clauses() const { return clauses_.span(); }
  [[nodiscard]] std::string& problem() { return problem_; }

 private:
  bool read_clause(const Test& test) {
    if ((test.kind == TestKind::kBetween || test.kind == TestKind::kBeginsWith) &&
        test.operands[0].kind != OperandKind::kPath) {
      return fail("Invalid condition in KeyConditionExpression: " +
                  std::string(test.kind == TestKind::kBetween ? "BETWEEN" : "begins_with") +
                  " operator must have the key attribute as its first operand");
    }
    KeyClause clause;
    ArenaVector<Value> values(*arena_);
    bool reversed = false;
    for (std::size_t i = 0; i < test.operands.size(); ++i) {
      const Operand& operand = test.operands[i];
      switch (operand.kind) {
        case OperandKind::kPath:
          if (!clause.name.empty()) {
            return fail(kSeveralNames);
          }
          if (operand.path.size() > 1) {
            return fail(kNestedAttribute);
          }
          clause.name = operand.path[0].name;
          reversed = i > 0;
          break;
        case OperandKind::kSizeOf:
          return fail(kNestedOperation);
        case OperandKind::kValue:
          values.push_back(operand.value);
          break;
      }
    }
    if (clause.name.empty()) {
      return fail(kNoName);
    }
    for (const KeyClause& earlier : clauses_) {
      if (earlier.name == clause.name) {
        return fail(kOnePerKey);
      }
    }
    clause.op = operator_of(test.kind, reversed);
    clause.values = values.span();
    clauses_.push_back(clause);
    return true;
  }

  bool fail(std::string_view problem) {
    problem_ = problem;
    return false;
  }

  Arena* arena_;
  ArenaVector<KeyClause> clauses_;
  std::string problem_;
};

}  // namespace

}  // namespace understudy::expression

namespace understudy {

Result<const Condition*> compile_key_condition(std::string_view text,
                                               const ExpressionContext& context) {
  return expression::bind_condition("KeyCondition", text, context);
}

Result<const KeyCondition*> read_key_clauses(const Condition& condition, Arena& arena) {
  expression::ClauseReader reader(arena);
  if (!reader.read(*condition.root)) {
    return validation_error(std::move(reader.problem()));
  }
  auto* key_condition = arena.make<KeyCondition>();
  key_condition->clauses = reader.clauses();
  return key_condition;
}

}  // namespace understudy
