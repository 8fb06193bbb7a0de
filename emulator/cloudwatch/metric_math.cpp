#include "emulator/cloudwatch/metric_math.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "emulator/cloudwatch/math_functions.h"

namespace understudy::cloudwatch {
namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  }
  return result;
}

/// Recursive descent, evaluated on the way. Binary operators by their strength: OR, AND,
/// comparisons, sums, products, powers.
class Evaluation {
 public:
  Evaluation(std::string_view text, const MathContext& context) : rest_(text), context_(context) {}

  MathResult<MathValue> whole();

 private:
  static constexpr std::size_t kLevels = 6;

  MathResult<MathValue> level(std::size_t strength);
  MathResult<MathValue> unary();
  MathResult<MathValue> primary();
  MathResult<MathValue> number();
  MathResult<MathValue> named();
  MathResult<MathValue> call(const std::string& name);
  std::optional<std::string_view> take_operator(std::size_t strength);
  bool take(char c);
  void skip_blanks() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
  }
  [[nodiscard]] std::string unexpected() const {
    return rest_.empty() ? std::string("Unexpected end of the expression")
                         : "Unexpected text at: " + std::string(rest_.substr(0, 20));
  }

  std::string_view rest_;
  const MathContext& context_;
  std::size_t depth_ = 0;
};

bool Evaluation::take(char c) {
  skip_blanks();
  if (!rest_.starts_with(c)) {
    return false;
  }
  rest_.remove_prefix(1);
  return true;
}

std::optional<std::string_view> Evaluation::take_operator(std::size_t strength) {
  // Longer ones first, where one begins with another.
  static constexpr std::array<std::array<std::string_view, 6>, kLevels> kSymbols = {{
      {"||", "OR"},
      {"&&", "AND"},
      {"<=", ">=", "==", "!=", "<", ">"},
      {"+", "-"},
      {"*", "/"},
      {"^"},
  }};
  skip_blanks();
  for (const std::string_view symbol : kSymbols[strength]) {
    const bool word = !symbol.empty() && is_letter(symbol[0]);
    const bool ends = !word || rest_.size() == symbol.size() ||
                      (rest_.size() > symbol.size() && !is_letter(rest_[symbol.size()]) &&
                       !is_digit(rest_[symbol.size()]));
    if (!symbol.empty() && rest_.starts_with(symbol) && ends) {
      rest_.remove_prefix(symbol.size());
      return symbol;
    }
  }
  return std::nullopt;
}

MathResult<MathValue> Evaluation::whole() {
  TRY(MathValue value, level(0));
  skip_blanks();
  if (!rest_.empty()) {
    return Unexpected{unexpected()};
  }
  return value;
}

MathResult<MathValue> Evaluation::level(std::size_t strength) {
  if (strength == kLevels) {
    return unary();
  }
  TRY(MathValue value, level(strength + 1));
  while (const auto symbol = take_operator(strength)) {
    TRY(const MathValue right, level(strength + 1));
    TRY(value, combine(find_operator(*symbol), value, right));
  }
  return value;
}

MathResult<MathValue> Evaluation::unary() {
  if (depth_ == kMathDepthMax) {
    return Unexpected{std::string("The expression is nested too deeply")};
  }
  ++depth_;
  const bool negative = take('-');
  MathResult<MathValue> value = negative ? unary() : primary();
  --depth_;
  if (negative && value) {
    return combine(find_operator("*"), MathValue(-1.0), *value);
  }
  return value;
}

MathResult<MathValue> Evaluation::primary() {
  skip_blanks();
  if (rest_.empty()) {
    return Unexpected{unexpected()};
  }
  if (take('(')) {
    TRY(MathValue value, level(0));
    if (!take(')')) {
      return Unexpected{unexpected()};
    }
    return value;
  }
  if (is_digit(rest_[0]) || rest_[0] == '.') {
    return number();
  }
  if (is_letter(rest_[0])) {
    return named();
  }
  return Unexpected{unexpected()};
}

MathResult<MathValue> Evaluation::number() {
  double value = 0;
  const char* const last = rest_.data() + rest_.size();
  const auto [end, error] = std::from_chars(rest_.data(), last, value);
  if (error != std::errc()) {
    return Unexpected{unexpected()};
  }
  rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
  return MathValue(value);
}

MathResult<MathValue> Evaluation::named() {
  std::size_t length = 0;
  while (length < rest_.size() && (is_letter(rest_[length]) || is_digit(rest_[length]))) {
    ++length;
  }
  const std::string_view name = rest_.substr(0, length);
  rest_.remove_prefix(length);
  if (take('(')) {
    return call(upper(name));
  }
  return context_.find(name);
}

/// The arguments and the closing parenthesis.
MathResult<MathValue> Evaluation::call(const std::string& name) {
  if (!is_math_function(name)) {
    return Unexpected{"Unsupported function " + name};
  }
  std::vector<MathValue> arguments;
  std::string word;
  while (!take(')')) {
    if ((!arguments.empty() || !word.empty()) && !take(',')) {
      return Unexpected{unexpected()};
    }
    skip_blanks();
    const std::string_view before = rest_;
    for (const std::string_view known : {"REPEAT", "LINEAR"}) {
      if (rest_.starts_with(known)) {
        rest_.remove_prefix(known.size());
        word = known;
      }
    }
    if (rest_.size() == before.size()) {
      TRY(MathValue argument, level(0));
      arguments.push_back(std::move(argument));
    }
  }
  return call_function(name, std::move(arguments), word, context_);
}

}  // namespace

MathResult<MathValue> evaluate_math(std::string_view expression, const MathContext& context) {
  return Evaluation(expression, context).whole();
}

}  // namespace understudy::cloudwatch
