#include "emulator/expression/expression_reader.h"

#include <charconv>

namespace understudy::expression {
namespace {

struct FunctionRow {
  std::string_view name;
  Function function;
};
// Function names are case-sensitive, keywords are not.
// Source: Developer Guide, "Condition and filter expressions, operators, and functions".
constexpr FunctionRow kFunctions[] = {
    {"attribute_exists", Function::kAttributeExists},
    {"attribute_not_exists", Function::kAttributeNotExists},
    {"attribute_type", Function::kAttributeType},
    {"begins_with", Function::kBeginsWith},
    {"contains", Function::kContains},
    {"size", Function::kSize},
    {"if_not_exists", Function::kIfNotExists},
    {"list_append", Function::kListAppend},
};

Function function_of(std::string_view name) {
  for (const FunctionRow& row : kFunctions) {
    if (row.name == name) {
      return row.function;
    }
  }
  return Function::kUnknown;
}

NodeKind comparator_of(TokenKind kind) {
  switch (kind) {
    case TokenKind::kNotEqual:
      return NodeKind::kNotEqual;
    case TokenKind::kLess:
      return NodeKind::kLess;
    case TokenKind::kLessOrEqual:
      return NodeKind::kLessOrEqual;
    case TokenKind::kGreater:
      return NodeKind::kGreater;
    case TokenKind::kGreaterOrEqual:
      return NodeKind::kGreaterOrEqual;
    default:
      return NodeKind::kEqual;
  }
}

std::uint32_t index_of(std::string_view digits) {
  std::uint32_t value = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return read.ec == std::errc() && value <= kIndexMax ? value : kIndexMax + 1;
}

}  // namespace

bool ExpressionReader::read(ExpressionMode mode, std::size_t at) {
  mode_ = mode;
  at_ = at;
  expecting_ = true;
  stopped_ = false;
  pending_.clear();
  operands_.clear();
  while (true) {
    if (expecting_) {
      if (!start()) {
        return false;
      }
      continue;
    }
    if (token().kind == TokenKind::kEnd) {
      return finish();
    }
    if (!go_on()) {
      return false;
    }
    if (stopped_) {
      return finish();
    }
  }
}

bool ExpressionReader::read_path(std::size_t at) {
  at_ = at;
  mode_ = ExpressionMode::kSetValue;
  const TokenKind kind = token().kind;
  if (kind != TokenKind::kIdentifier && kind != TokenKind::kNamePlaceholder) {
    return false;
  }
  Node path;
  path.first = static_cast<std::uint32_t>(tree_->steps.size());
  if (!path_steps(path)) {
    return false;
  }
  root_ = static_cast<std::uint32_t>(tree_->nodes.size());
  path.subtree = root_;
  tree_->nodes.push_back(path);
  return true;
}

bool ExpressionReader::in_condition() const {
  if (mode_ != ExpressionMode::kCondition) {
    return false;
  }
  if (pending_.empty()) {
    return true;
  }
  switch (pending_.back().kind) {
    case PendingKind::kParenthesis:
    case PendingKind::kNot:
    case PendingKind::kAnd:
    case PendingKind::kOr:
      return true;
    default:
      return false;
  }
}

bool ExpressionReader::in_sum() const {
  return mode_ == ExpressionMode::kSetValue &&
         (pending_.empty() || pending_.back().kind == PendingKind::kParenthesis);
}

int ExpressionReader::precedence(PendingKind kind) {
  switch (kind) {
    case PendingKind::kOr:
      return 1;
    case PendingKind::kAnd:
      return 2;
    case PendingKind::kNot:
      return 3;
    case PendingKind::kOperator:
    case PendingKind::kBetweenHigh:
      return 4;
    default:
      return 0;
  }
}

/// An operand or a condition must begin at this token.
bool ExpressionReader::start() {
  const Token& next = token();
  switch (next.kind) {
    case TokenKind::kOpen: {
      const bool either = in_condition() || in_sum();
      pending_.push_back({either ? PendingKind::kParenthesis : PendingKind::kOperandParenthesis,
                          NodeKind::kPath, 0, 0});
      ++at_;
      return true;
    }
    case TokenKind::kIdentifier:
      return start_identifier();
    case TokenKind::kKeyword:
      if (!in_condition() || !is_keyword(word(next), "NOT")) {
        return false;
      }
      pending_.push_back({PendingKind::kNot, NodeKind::kNot, 0, 0});
      ++at_;
      return true;
    case TokenKind::kNamePlaceholder:
    case TokenKind::kValuePlaceholder: {
      Node node;
      node.subtree = static_cast<std::uint32_t>(tree_->nodes.size());
      if (next.kind == TokenKind::kValuePlaceholder) {
        node.kind = NodeKind::kValue;
        node.begin = next.begin;
        node.size = next.size;
        ++at_;
      } else {
        node.first = static_cast<std::uint32_t>(tree_->steps.size());
        if (!path_steps(node)) {
          return false;
        }
      }
      operands_.push_back({node.subtree, Class::kOperand, false});
      tree_->nodes.push_back(node);
      expecting_ = false;
      return true;
    }
    default:
      return false;
  }
}

bool ExpressionReader::start_identifier() {
  if (token(1).kind == TokenKind::kOpen) {
    pending_.push_back({PendingKind::kFunction, NodeKind::kFunction,
                        static_cast<std::uint32_t>(at_),
                        static_cast<std::uint32_t>(operands_.size())});
    at_ += 2;
    return true;
  }
  Node path;
  path.subtree = static_cast<std::uint32_t>(tree_->nodes.size());
  path.first = static_cast<std::uint32_t>(tree_->steps.size());
  if (!path_steps(path)) {
    return false;
  }
  operands_.push_back({path.subtree, Class::kOperand, false});
  tree_->nodes.push_back(path);
  expecting_ = false;
  return true;
}

/// Appends steps to `path`, whose steps end the tree's: `.name`, `[1]`, and, when it has none, its
/// first name.
bool ExpressionReader::path_steps(Node& path) {
  const auto name = [&]() {
    const Token& next = token();
    const bool placeholder = next.kind == TokenKind::kNamePlaceholder;
    if (!placeholder && next.kind != TokenKind::kIdentifier) {
      return false;
    }
    tree_->steps.push_back(
        {placeholder ? StepKind::kPlaceholder : StepKind::kName, next.begin, next.size, 0});
    ++path.count;
    ++at_;
    return true;
  };
  if (path.count == 0 && !name()) {
    return false;
  }
  while (true) {
    if (token().kind == TokenKind::kDot) {
      ++at_;
      if (!name()) {
        return false;
      }
    } else if (token().kind == TokenKind::kOpenBracket) {
      ++at_;
      const Token& index = token();
      if (index.kind != TokenKind::kNumber) {
        return false;
      }
      ++at_;
      if (token().kind != TokenKind::kCloseBracket) {
        return false;
      }
      ++at_;
      tree_->steps.push_back({StepKind::kIndex, index.begin, index.size, index_of(word(index))});
      ++path.count;
    } else {
      return true;
    }
  }
}

/// The operand on top is complete; this token must go on from it.
bool ExpressionReader::go_on() {
  const Token& next = token();
  switch (next.kind) {
    case TokenKind::kEqual:
    case TokenKind::kNotEqual:
    case TokenKind::kLess:
    case TokenKind::kLessOrEqual:
    case TokenKind::kGreater:
    case TokenKind::kGreaterOrEqual:
      return infix(PendingKind::kOperator, comparator_of(next.kind));
    case TokenKind::kPlus:
      return sum(NodeKind::kPlus);
    case TokenKind::kMinus:
      return sum(NodeKind::kMinus);
    case TokenKind::kClose:
      return close();
    case TokenKind::kComma:
      return comma();
    case TokenKind::kKeyword:
      return go_on_keyword(next);
    default:
      stopped_ = mode_ == ExpressionMode::kSetValue;
      return stopped_;
  }
}

bool ExpressionReader::go_on_keyword(const Token& next) {
  if (mode_ == ExpressionMode::kSetValue) {
    stopped_ = true;
    return true;
  }
  const std::string_view name = word(next);
  if (is_keyword(name, "BETWEEN")) {
    return infix(PendingKind::kBetweenLow, NodeKind::kBetween);
  }
  if (is_keyword(name, "IN")) {
    if (!infix(PendingKind::kIn, NodeKind::kIn)) {
      return false;
    }
    pending_.back().base = static_cast<std::uint32_t>(operands_.size()) - 1;
    if (token().kind != TokenKind::kOpen) {
      return false;
    }
    ++at_;
    return true;
  }
  if (is_keyword(name, "AND")) {
    if (!pending_.empty() && pending_.back().kind == PendingKind::kBetweenLow) {
      pending_.back().kind = PendingKind::kBetweenHigh;
      ++at_;
      expecting_ = true;
      return true;
    }
    return connective(PendingKind::kAnd, NodeKind::kAnd);
  }
  if (is_keyword(name, "OR")) {
    return connective(PendingKind::kOr, NodeKind::kOr);
  }
  return false;
}

bool ExpressionReader::infix(PendingKind kind, NodeKind node) {
  if (!in_condition() || !can_be_operand(operands_.back())) {
    stopped_ = mode_ == ExpressionMode::kSetValue;
    return stopped_;
  }
  pending_.push_back({kind, node, 0, 0});
  ++at_;
  expecting_ = true;
  return true;
}

bool ExpressionReader::connective(PendingKind kind, NodeKind node) {
  if (!reduce(precedence(kind)) || !in_condition() || !can_be_condition(operands_.back())) {
    return false;
  }
  pending_.push_back({kind, node, 0, 0});
  ++at_;
  expecting_ = true;
  return true;
}

bool ExpressionReader::sum(NodeKind node) {
  if (mode_ != ExpressionMode::kSetValue) {
    return false;
  }
  if (!in_sum() || !can_be_operand(operands_.back())) {
    stopped_ = true;
    return true;
  }
  pending_.push_back({PendingKind::kOperator, node, 0, 0});
  ++at_;
  expecting_ = true;
  return true;
}

bool ExpressionReader::close() {
  if (!reduce(1)) {
    return false;
  }
  if (pending_.empty()) {
    stopped_ = mode_ == ExpressionMode::kSetValue;
    return stopped_;
  }
  const Pending top = pending_.back();
  switch (top.kind) {
    case PendingKind::kParenthesis:
    case PendingKind::kOperandParenthesis:
      redundant_ = redundant_ || operands_.back().parenthesised;
      operands_.back().parenthesised = true;
      break;
    case PendingKind::kFunction:
      build_function(top);
      break;
    case PendingKind::kIn:
      build(NodeKind::kIn, operands_.size() - top.base, Class::kCondition);
      break;
    default:
      return false;
  }
  pending_.pop_back();
  ++at_;
  return true;
}

bool ExpressionReader::comma() {
  if (!reduce(1)) {
    return false;
  }
  if (pending_.empty()) {
    stopped_ = mode_ == ExpressionMode::kSetValue;
    return stopped_;
  }
  const PendingKind top = pending_.back().kind;
  if (top != PendingKind::kFunction && top != PendingKind::kIn) {
    return false;
  }
  ++at_;
  expecting_ = true;
  return true;
}

bool ExpressionReader::finish() {
  if (!reduce(1) || !pending_.empty()) {
    return false;
  }
  if (mode_ == ExpressionMode::kCondition && !can_be_condition(operands_.back())) {
    return false;
  }
  root_ = operands_.back().node;
  return true;
}

/// Builds what waits with at least that precedence.
bool ExpressionReader::reduce(int least) {
  while (!pending_.empty()) {
    const Pending top = pending_.back();
    if (top.kind == PendingKind::kBetweenLow) {
      return false;
    }
    const int level = precedence(top.kind);
    if (level == 0 || level < least) {
      return true;
    }
    const bool sum = top.node == NodeKind::kPlus || top.node == NodeKind::kMinus;
    switch (top.kind) {
      case PendingKind::kBetweenHigh:
        build(top.node, 3, Class::kCondition);
        break;
      case PendingKind::kOperator:
        build(top.node, 2, sum ? Class::kSum : Class::kCondition);
        break;
      case PendingKind::kNot:
        if (!can_be_condition(operands_.back())) {
          return false;
        }
        build(top.node, 1, Class::kCondition);
        break;
      default:
        if (!can_be_condition(operands_.back())) {
          return false;
        }
        build(top.node, 2, Class::kCondition);
        break;
    }
    pending_.pop_back();
  }
  return true;
}

void ExpressionReader::build(NodeKind kind, std::size_t operands, Class is) {
  Node node;
  node.kind = kind;
  node.first = static_cast<std::uint32_t>(tree_->children.size());
  node.count = static_cast<std::uint32_t>(operands);
  const std::size_t base = operands_.size() - operands;
  node.subtree = tree_->nodes[operands_[base].node].subtree;
  for (std::size_t i = base; i < operands_.size(); ++i) {
    tree_->children.push_back(operands_[i].node);
  }
  operands_.resize(base);
  operands_.push_back({static_cast<std::uint32_t>(tree_->nodes.size()), is, false});
  tree_->nodes.push_back(node);
}

void ExpressionReader::build_function(const Pending& pending) {
  build(NodeKind::kFunction, operands_.size() - pending.base, Class::kFunction);
  Node& node = tree_->nodes.back();
  const Token& name = (*tokens_)[pending.token];
  node.begin = name.begin;
  node.size = name.size;
  node.function = function_of(word(name));
}

}  // namespace understudy::expression
