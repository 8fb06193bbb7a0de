// ComparisonOperator of the parameters from before expressions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace understudy::expression {

enum class LegacyComparison : std::uint8_t {
  kEqual,
  kNotEqual,
  kIn,
  kLessOrEqual,
  kLess,
  kGreaterOrEqual,
  kGreater,
  kBetween,
  kNotNull,
  kNull,
  kContains,
  kNotContains,
  kBeginsWith,
};

/// The comparison of that wire name (case-sensitive), or nullopt.
std::optional<LegacyComparison> find_legacy_comparison(std::string_view name);

}  // namespace understudy::expression
