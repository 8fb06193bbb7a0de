// What metric math's operators and functions do to values. Pure.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "emulator/cloudwatch/metric_math.h"

namespace understudy::cloudwatch {

/// The result of an operator on two numbers; nullopt: none (division by nought), the point is left
/// out. nullptr as a function: there is no such operator.
using BinaryOperator = std::optional<double> (*)(double left, double right);
BinaryOperator find_operator(std::string_view symbol);

/// Scalars go with every point, series with points of the same time, arrays element by element.
MathResult<MathValue> combine(BinaryOperator operation, const MathValue& left,
                              const MathValue& right);
/// `name` in upper case. `word`: a bare word among the arguments (REPEAT, LINEAR), or empty.
MathResult<MathValue> call_function(std::string_view name, std::vector<MathValue> arguments,
                                    std::string_view word, const MathContext& context);
/// Whether there is a function of that name.
bool is_math_function(std::string_view name);

}  // namespace understudy::cloudwatch
