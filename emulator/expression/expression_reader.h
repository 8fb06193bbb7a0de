// ExpressionReader: the grammar of conditions and of SET values, by operator precedence with an
// explicit stack. Errors are found at the first token that cannot continue any expression, which is
// where the service finds them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "emulator/expression/ast.h"
#include "emulator/expression/lexer.h"

namespace understudy::expression {

enum class ExpressionMode : std::uint8_t {
  kCondition,  ///< a whole condition, to the end of the text
  kSetValue,   ///< the right side of one SET action; stops where it cannot go on
};

class ExpressionReader {
 public:
  ExpressionReader(std::string_view text, const std::vector<Token>& tokens, Tree& tree)
      : text_(text), tokens_(&tokens), tree_(&tree) {}

  /// Reads from token `at` on. True: `root()` is the expression, `at()` the first token after it.
  /// False: the token at `at()` is a syntax error.
  bool read(ExpressionMode mode, std::size_t at);
  /// Reads one document path, as read().
  bool read_path(std::size_t at);

  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] std::uint32_t root() const { return root_; }
  /// Whether anything read so far stood in doubled parentheses.
  [[nodiscard]] bool redundant_parentheses() const { return redundant_; }

 private:
  /// What waits on the stack for operands: open brackets and operators.
  enum class PendingKind : std::uint8_t {
    kParenthesis,         ///< may close around an operand or a condition
    kOperandParenthesis,  ///< may only close around an operand
    kFunction,
    kIn,
    kBetweenLow,  ///< before its AND
    kBetweenHigh,
    kOperator,  ///< comparator or + or -
    kNot,
    kAnd,
    kOr,
  };
  struct Pending {
    PendingKind kind;
    NodeKind node;
    std::uint32_t token;  ///< kFunction: its name
    std::uint32_t base;   ///< kFunction, kIn: operands below its own
  };
  enum class Class : std::uint8_t { kOperand, kFunction, kCondition, kSum };
  struct Operand {
    std::uint32_t node;
    Class is;
    bool parenthesised;
  };

  bool start();
  bool start_identifier();
  bool go_on();
  bool go_on_keyword(const Token& token);
  bool infix(PendingKind kind, NodeKind node);
  bool connective(PendingKind kind, NodeKind node);
  bool sum(NodeKind node);
  bool close();
  bool comma();
  bool finish();
  bool reduce(int precedence);
  void build(NodeKind kind, std::size_t operands, Class is);
  void build_function(const Pending& pending);
  bool path_steps(Node& path);

  [[nodiscard]] const Token& token(std::size_t offset = 0) const {
    const std::size_t last = tokens_->size() - 1;
    return (*tokens_)[at_ + offset < last ? at_ + offset : last];
  }
  [[nodiscard]] std::string_view word(const Token& token) const {
    return text_.substr(token.begin, token.size);
  }
  [[nodiscard]] bool in_condition() const;
  [[nodiscard]] bool in_sum() const;
  [[nodiscard]] static int precedence(PendingKind kind);
  [[nodiscard]] static bool can_be_operand(const Operand& operand) {
    return operand.is == Class::kOperand || operand.is == Class::kFunction;
  }
  [[nodiscard]] static bool can_be_condition(const Operand& operand) {
    return operand.is == Class::kCondition || operand.is == Class::kFunction;
  }

  std::string_view text_;
  const std::vector<Token>* tokens_;
  Tree* tree_;
  ExpressionMode mode_ = ExpressionMode::kCondition;
  std::size_t at_ = 0;
  std::uint32_t root_ = 0;
  bool redundant_ = false;
  bool expecting_ = true;  ///< an operand must come next
  bool stopped_ = false;   ///< kSetValue: the value ends before this token
  std::vector<Pending> pending_;
  std::vector<Operand> operands_;
};

}  // namespace understudy::expression
