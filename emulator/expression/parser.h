// Parser: text to Tree, and every check that needs neither placeholders nor an item: size, syntax,
// redundant parentheses, functions, reserved words, sections of an update.
// Keeps its own stack instead of recursing: 4096 opening parentheses are an error, not a crash.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "emulator/base/expected.h"
#include "emulator/expression/ast.h"

namespace understudy::expression {

/// Filters and key conditions are conditions here: the service uses one grammar for the three.
enum class Grammar : std::uint8_t { kCondition, kProjection, kUpdate };

/// Bytes an expression may have, as sent. Source: Developer Guide, "Service quotas".
inline constexpr std::size_t kExpressionMaxBytes = 4096;
inline constexpr std::size_t kOperatorsMax = 300;
/// Told last, once the expression is bound. Source: scylla test_limits.py, where counting stops at
/// the first one too many. Assumed: the place among the checks, as in DynamoDB Local 3.3.1.
inline constexpr std::string_view kTooManyOperators =
    "The expression contains too many operators; operator count: 301";

/// The tree, or the error's text without "Invalid <Kind>Expression: ".
Expected<Tree, std::string> parse_expression(Grammar grammar, std::string_view text);

/// Whether `name` is one of the 573 reserved words, in any case.
bool is_reserved_word(std::string_view name);

}  // namespace understudy::expression
