// Conditions, bound: tests over paths of an item and values of the request. Expressions and legacy
// parameters make the same tests. In the request's arena; evaluation is pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "emulator/expression/expression.h"
#include "emulator/expression/path.h"
#include "emulator/model/value.h"

namespace understudy::expression {

enum class TestKind : std::uint8_t {
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kBetween,
  kIn,
  kAttributeExists,
  kAttributeNotExists,
  kAttributeType,
  kBeginsWith,
  kContains,
  kSize,  ///< size() where a condition should stand; never evaluated
  kNot,
  kAnd,
  kOr,
};

enum class OperandKind : std::uint8_t { kPath, kValue, kSizeOf };

struct Operand {
  OperandKind kind = OperandKind::kPath;
  Path path;                       ///< kPath
  Value value;                     ///< kValue
  const Operand* inner = nullptr;  ///< kSizeOf
  /// kValue: its canonical text where that is cheap to make, else empty. An equal stored value has
  /// equal text, so that a filter need not decode it.
  std::string_view canonical;
};

struct Test {
  TestKind kind = TestKind::kEqual;
  ValueType type = ValueType::kNull;  ///< kAttributeType
  std::span<const Operand> operands;
  std::span<const Test* const> children;  ///< kNot, kAnd, kOr
};

/// Binds a condition text; `kind` is the word of its error texts ("Condition", "Filter",
/// "KeyCondition").
Result<const Condition*> bind_condition(std::string_view kind, std::string_view text,
                                        const ExpressionContext& context);

Operand value_operand(const Value& value, Arena& arena);
/// The path of one top-level attribute.
Path attribute_path(std::string_view name, Arena& arena);

/// How two values of the same ordered type (S, N, B) compare; nullopt for all others.
std::optional<std::strong_ordering> order_values(const Value& a, const Value& b);
bool is_ordered_type(ValueType type);

}  // namespace understudy::expression

namespace understudy {

struct Condition {
  const expression::Test* root = nullptr;  ///< nullptr: always holds
  std::span<const std::string_view> attributes;
  std::span<const std::string_view> nested;
};

}  // namespace understudy
