// Key conditions, bound: at most one clause per attribute, joined by AND. KeyConditionExpression
// and KeyConditions make the same clauses. In the request's arena.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "emulator/model/value.h"

namespace understudy::expression {

enum class KeyOperator : std::uint8_t {
  kEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kBetween,
  kBeginsWith,
  kNotIndexable,  ///< KeyConditions only: NE, IN, NULL, … which no key supports
};

struct KeyClause {
  std::string_view name;
  KeyOperator op = KeyOperator::kEqual;
  std::span<const Value> values;  ///< two for kBetween
};

}  // namespace understudy::expression

namespace understudy {

struct KeyCondition {
  std::span<const expression::KeyClause> clauses;
};

}  // namespace understudy
