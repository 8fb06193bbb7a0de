#include "emulator/expression/lexer.h"

#include <algorithm>
#include <array>

namespace understudy::expression {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_word(char c) {
  return is_letter(c) || is_digit(c) || c == '_';
}
bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

std::size_t word_end(std::string_view text, std::size_t from) {
  while (from < text.size() && is_word(text[from])) {
    ++from;
  }
  return from;
}

/// One UTF-8 character, so that the error shows it whole.
std::size_t character_end(std::string_view text, std::size_t from) {
  std::size_t end = from + 1;
  while (end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
    ++end;
  }
  return end;
}

/// Keywords are tokens of one grammar for every kind of expression: SET names no attribute in a
/// filter, nor AND in an update. Assumed: as DynamoDB Local 3.3.1, which has the service's grammar.
bool is_any_keyword(std::string_view word) {
  constexpr std::array<std::string_view, 9> kKeywords = {"AND", "OR",     "NOT", "BETWEEN", "IN",
                                                         "SET", "REMOVE", "ADD", "DELETE"};
  return std::any_of(kKeywords.begin(), kKeywords.end(),
                     [word](std::string_view keyword) { return is_keyword(word, keyword); });
}

TokenKind punctuation(char c) {
  switch (c) {
    case '(':
      return TokenKind::kOpen;
    case ')':
      return TokenKind::kClose;
    case '[':
      return TokenKind::kOpenBracket;
    case ']':
      return TokenKind::kCloseBracket;
    case '.':
      return TokenKind::kDot;
    case ',':
      return TokenKind::kComma;
    case '+':
      return TokenKind::kPlus;
    case '-':
      return TokenKind::kMinus;
    case '=':
      return TokenKind::kEqual;
    case '<':
      return TokenKind::kLess;
    case '>':
      return TokenKind::kGreater;
    default:
      return TokenKind::kUnknown;
  }
}

Token comparator(std::string_view text, std::size_t at) {
  const char next = at + 1 < text.size() ? text[at + 1] : '\0';
  const auto begin = static_cast<std::uint32_t>(at);
  if (text[at] == '<' && next == '>') {
    return {TokenKind::kNotEqual, begin, 2};
  }
  if (text[at] == '<' && next == '=') {
    return {TokenKind::kLessOrEqual, begin, 2};
  }
  if (text[at] == '>' && next == '=') {
    return {TokenKind::kGreaterOrEqual, begin, 2};
  }
  return {punctuation(text[at]), begin, 1};
}

Token next_token(std::string_view text, std::size_t at) {
  const char c = text[at];
  const auto begin = static_cast<std::uint32_t>(at);
  const auto to = [begin](TokenKind kind, std::size_t end) {
    return Token{kind, begin, static_cast<std::uint32_t>(end) - begin};
  };
  if (is_letter(c)) {
    const std::size_t end = word_end(text, at);
    return to(
        is_any_keyword(text.substr(at, end - at)) ? TokenKind::kKeyword : TokenKind::kIdentifier,
        end);
  }
  if (is_digit(c)) {
    std::size_t end = at + 1;
    while (c != '0' && end < text.size() && is_digit(text[end])) {
      ++end;
    }
    return to(TokenKind::kNumber, end);
  }
  if (c == '#' || c == ':') {
    const std::size_t end = word_end(text, at + 1);
    if (end == at + 1) {
      return to(TokenKind::kUnknown, end);
    }
    return to(c == '#' ? TokenKind::kNamePlaceholder : TokenKind::kValuePlaceholder, end);
  }
  if (c == '<' || c == '>') {
    return comparator(text, at);
  }
  const TokenKind kind = punctuation(c);
  return to(kind, kind == TokenKind::kUnknown ? character_end(text, at) : at + 1);
}

}  // namespace

std::vector<Token> tokenize(std::string_view text) {
  std::vector<Token> tokens;
  tokens.reserve(16);
  std::size_t at = 0;
  while (at < text.size()) {
    if (is_blank(text[at])) {
      ++at;
      continue;
    }
    tokens.push_back(next_token(text, at));
    at = tokens.back().end();
  }
  tokens.push_back({TokenKind::kEnd, static_cast<std::uint32_t>(text.size()), 0});
  return tokens;
}

std::string syntax_error(std::string_view text, const std::vector<Token>& tokens, std::size_t at) {
  const Token& token = tokens[at];
  const bool at_end = token.kind == TokenKind::kEnd;
  const std::uint32_t from = at > 0 ? tokens[at - 1].begin : 0;
  const std::uint32_t to = at_end ? token.end() : tokens[at + 1].end();
  const std::string_view shown = at_end ? "<EOF>" : text.substr(token.begin, token.size);
  std::string message = "Syntax error; token: \"";
  message.append(shown).append("\", near: \"").append(text.substr(from, to - from)).append("\"");
  return message;
}

bool is_keyword(std::string_view word, std::string_view upper) {
  if (word.size() != upper.size()) {
    return false;
  }
  for (std::size_t i = 0; i < word.size(); ++i) {
    const char c = word[i];
    if ((c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c) != upper[i]) {
      return false;
    }
  }
  return true;
}

}  // namespace understudy::expression
