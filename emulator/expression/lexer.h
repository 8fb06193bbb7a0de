// Lexer: expression text to tokens, and the one place that words a syntax error. Text and tokens
// are bounded by the 4096 bytes an expression may have. Pure; no state between calls.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace understudy::expression {

enum class TokenKind : std::uint8_t {
  kEnd,
  kIdentifier,        ///< a letter, then letters, digits, underscores
  kKeyword,           ///< AND, OR, NOT, BETWEEN, IN, SET, REMOVE, ADD, DELETE, in any case
  kNamePlaceholder,   ///< #name
  kValuePlaceholder,  ///< :value
  kNumber,            ///< digits, without leading zeros: 01 is two numbers
  kOpen,
  kClose,
  kOpenBracket,
  kCloseBracket,
  kDot,
  kComma,
  kPlus,
  kMinus,
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kUnknown,  ///< any other character: always a syntax error where it is met
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::uint32_t begin = 0;
  std::uint32_t size = 0;

  [[nodiscard]] std::uint32_t end() const { return begin + size; }
};

/// All tokens of `text`, closed by one kEnd.
std::vector<Token> tokenize(std::string_view text);

/// `Syntax error; token: "x", near: "a x b"`: the token that cannot stand there, and the text from
/// the token before it to the token after it, as sent; without such a token, to that end of the
/// text, blanks included. The end of the text reads `<EOF>`. Source: public reports of answers of
/// the service ("hits : incr", "[-1", "SET _123", "("). Assumed: the blanks, as DynamoDB
/// Local 3.3.1.
std::string syntax_error(std::string_view text, const std::vector<Token>& tokens, std::size_t at);

/// ASCII case-insensitive equality; `upper` is in upper case.
bool is_keyword(std::string_view word, std::string_view upper);

}  // namespace understudy::expression
