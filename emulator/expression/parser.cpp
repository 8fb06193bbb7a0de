#include "emulator/expression/parser.h"

#include <algorithm>
#include <array>
#include <vector>

#include "emulator/expression/expression_reader.h"
#include "emulator/expression/lexer.h"

namespace understudy::expression {
namespace {

constexpr std::array<std::string_view, 573> kReservedWords = {
#include "emulator/expression/reserved_words.inc"
};
static_assert(std::is_sorted(kReservedWords.begin(), kReservedWords.end()));
constexpr std::size_t kReservedWordMaxBytes = 14;

using ParseResult = Expected<Tree, std::string>;

std::string_view part(std::string_view text, std::uint32_t begin, std::uint32_t size) {
  return text.substr(begin, size);
}

std::string name_of(const Node& function, std::string_view text) {
  return std::string(part(text, function.begin, function.size));
}

/// What a function's name has against it in a condition (or in an update), or empty.
std::string function_name_problem(const Node& function, std::string_view text, bool update) {
  if (function.function == Function::kUnknown) {
    return "Invalid function name; function: " + name_of(function, text);
  }
  const bool of_update =
      function.function == Function::kIfNotExists || function.function == Function::kListAppend;
  if (update == of_update) {
    return {};
  }
  // Source: answers of the service repeated in public tests of another emulator, 2026.
  return std::string("The function is not allowed in ") + (update ? "an update" : "a condition") +
         " expression; function: " + name_of(function, text);
}

bool is_connective(NodeKind kind) {
  return kind == NodeKind::kNot || kind == NodeKind::kAnd || kind == NodeKind::kOr;
}

/// Whether function `child` may not stand below `parent` (nullptr: it is the whole condition). In a
/// condition only size() makes an operand, and it makes no condition. In an update list_append()
/// may not stand inside another function. Source: scylla test_update_expression.py,
/// test_update_expression_function_nesting.
bool is_misused(const Node& child, const Node* parent, bool update) {
  if (update) {
    return parent != nullptr && parent->kind == NodeKind::kFunction &&
           child.function == Function::kListAppend;
  }
  const bool as_condition = parent == nullptr || is_connective(parent->kind);
  return (child.function == Function::kSize) == as_condition;
}

/// Finds the problem that stands first in the text, be it a function's name, its place or a
/// reserved word. Assumed: as DynamoDB Local 3.3.1, which walks its parse tree once.
class NameChecker {
 public:
  NameChecker(const Tree& tree, std::string_view text, bool update)
      : tree_(&tree), text_(text), update_(update) {}

  std::string first_problem() {
    for (const PathStep& step : tree_->steps) {
      const std::string_view name = part(text_, step.begin, step.size);
      if (step.kind == StepKind::kName && is_reserved_word(name)) {
        note(step.begin,
             "Attribute name is a reserved keyword; reserved keyword: " + std::string(name));
      }
    }
    for (const Node& node : tree_->nodes) {
      if (node.kind == NodeKind::kFunction) {
        note(node.begin, function_name_problem(node, text_, update_));
      }
      for (std::uint32_t i = 0; has_children(node) && i < node.count; ++i) {
        check_place(tree_->nodes[tree_->children[node.first + i]], &node);
      }
    }
    if (!update_ && !tree_->nodes.empty()) {
      check_place(tree_->nodes.back(), nullptr);
    }
    return std::move(problem_);
  }

 private:
  static bool has_children(const Node& node) {
    return node.kind != NodeKind::kPath && node.kind != NodeKind::kValue;
  }

  void check_place(const Node& child, const Node* parent) {
    if (child.kind == NodeKind::kFunction && is_misused(child, parent, update_)) {
      note(child.begin,
           "The function is not allowed to be used this way in an expression; function: " +
               name_of(child, text_));
    }
  }

  /// Of two problems at one place the earlier note counts.
  void note(std::uint32_t at, std::string problem) {
    if (!problem.empty() && (problem_.empty() || at < at_)) {
      at_ = at;
      problem_ = std::move(problem);
    }
  }

  const Tree* tree_;
  std::string_view text_;
  bool update_;
  std::uint32_t at_ = 0;
  std::string problem_;
};

/// Comparators, connectives, arithmetic and functions count. Source: Developer Guide, "Service
/// quotas", "Operators and operands in expressions". Assumed: functions count, as the guide says.
bool too_many_operators(const Tree& tree) {
  const auto operators = std::count_if(tree.nodes.begin(), tree.nodes.end(), [](const Node& node) {
    return node.kind != NodeKind::kPath && node.kind != NodeKind::kValue;
  });
  return static_cast<std::size_t>(operators) > kOperatorsMax;
}

std::string redundant_parentheses(bool redundant) {
  return redundant ? "The expression has redundant parentheses;" : std::string();
}

/// The first of several checks that finds something, in the service's order.
std::string first_of(std::initializer_list<std::string> problems) {
  for (const std::string& problem : problems) {
    if (!problem.empty()) {
      return problem;
    }
  }
  return {};
}

/// What is wrong with a text that cannot be read beyond token `at`: doubled parentheses before it
/// are told first. Case: dynalite test/scan.js, `((b.c)).d`; DynamoDB Local 3.3.1.
std::string stopped_at(const ExpressionReader& reader, std::string_view text,
                       const std::vector<Token>& tokens, std::size_t at) {
  std::string problem = redundant_parentheses(reader.redundant_parentheses());
  return problem.empty() ? syntax_error(text, tokens, at) : problem;
}

ParseResult parse_condition(std::string_view text, const std::vector<Token>& tokens) {
  Tree tree;
  ExpressionReader reader(text, tokens, tree);
  if (!reader.read(ExpressionMode::kCondition, 0)) {
    return Unexpected{stopped_at(reader, text, tokens, reader.at())};
  }
  std::string problem = first_of({redundant_parentheses(reader.redundant_parentheses()),
                                  NameChecker(tree, text, false).first_problem()});
  if (!problem.empty()) {
    return Unexpected{std::move(problem)};
  }
  tree.too_many_operators = too_many_operators(tree);
  return tree;
}

ParseResult parse_projection(std::string_view text, const std::vector<Token>& tokens) {
  Tree tree;
  ExpressionReader reader(text, tokens, tree);
  std::size_t at = 0;
  while (true) {
    if (!reader.read_path(at)) {
      return Unexpected{syntax_error(text, tokens, reader.at())};
    }
    tree.paths.push_back(reader.root());
    at = reader.at();
    if (tokens[at].kind == TokenKind::kEnd) {
      break;
    }
    if (tokens[at].kind != TokenKind::kComma) {
      return Unexpected{syntax_error(text, tokens, at)};
    }
    ++at;
  }
  std::string problem = NameChecker(tree, text, true).first_problem();
  if (!problem.empty()) {
    return Unexpected{std::move(problem)};
  }
  return tree;
}

struct Section {
  std::string_view name;
  ActionKind kind;
};
constexpr std::array<Section, 4> kSections = {{{"SET", ActionKind::kSet},
                                               {"REMOVE", ActionKind::kRemove},
                                               {"ADD", ActionKind::kAdd},
                                               {"DELETE", ActionKind::kDelete}}};

class UpdateParser {
 public:
  UpdateParser(std::string_view text, const std::vector<Token>& tokens)
      : text_(text), tokens_(&tokens), reader_(text, tokens, tree_) {}

  ParseResult parse() {
    while ((*tokens_)[at_].kind != TokenKind::kEnd || at_ == 0) {
      if (!read_section()) {
        return Unexpected{stopped_at(reader_, text_, *tokens_, at_)};
      }
    }
    // Order: dynalite db/updateParser.pegjs, found against the service.
    std::string problem = first_of({redundant_parentheses(reader_.redundant_parentheses()),
                                    NameChecker(tree_, text_, true).first_problem(), repeated_});
    if (!problem.empty()) {
      return Unexpected{std::move(problem)};
    }
    tree_.too_many_operators = too_many_operators(tree_);
    return std::move(tree_);
  }

 private:
  const Section* section_here() const {
    const Token& token = (*tokens_)[at_];
    if (token.kind != TokenKind::kKeyword) {
      return nullptr;
    }
    for (const Section& section : kSections) {
      if (is_keyword(part(text_, token.begin, token.size), section.name)) {
        return &section;
      }
    }
    return nullptr;
  }

  /// False: the token at at_ is a syntax error.
  bool read_section() {
    const Section* section = section_here();
    if (section == nullptr) {
      return false;
    }
    bool& seen = seen_[static_cast<std::size_t>(section->kind)];
    if (seen && repeated_.empty()) {
      repeated_ = "The \"" + std::string(section->name) +
                  "\" section can only be used once in an update expression;";
    }
    seen = true;
    do {
      ++at_;
      if (!read_action(section->kind)) {
        return false;
      }
    } while ((*tokens_)[at_].kind == TokenKind::kComma);
    return (*tokens_)[at_].kind == TokenKind::kEnd || section_here() != nullptr;
  }

  bool read_action(ActionKind kind) {
    ActionNode action{kind, 0, 0};
    const bool path = reader_.read_path(at_);
    at_ = reader_.at();
    if (!path) {
      return false;
    }
    action.path = reader_.root();
    switch (kind) {
      case ActionKind::kSet: {
        if ((*tokens_)[at_].kind != TokenKind::kEqual) {
          return false;
        }
        const bool value = reader_.read(ExpressionMode::kSetValue, at_ + 1);
        at_ = reader_.at();
        if (!value) {
          return false;
        }
        action.value = reader_.root();
        break;
      }
      case ActionKind::kRemove:
        break;
      case ActionKind::kAdd:
      case ActionKind::kDelete: {
        const Token& token = (*tokens_)[at_];
        if (token.kind != TokenKind::kValuePlaceholder) {
          return false;
        }
        action.value = static_cast<std::uint32_t>(tree_.nodes.size());
        tree_.nodes.push_back(
            {NodeKind::kValue, Function::kUnknown, token.begin, token.size, action.value, 0, 0});
        ++at_;
        break;
      }
    }
    tree_.actions.push_back(action);
    return true;
  }

  std::string_view text_;
  const std::vector<Token>* tokens_;
  Tree tree_;
  ExpressionReader reader_;
  std::size_t at_ = 0;
  bool seen_[4] = {};
  std::string repeated_;
};

}  // namespace

bool is_reserved_word(std::string_view name) {
  char upper[kReservedWordMaxBytes];
  if (name.size() > sizeof upper) {
    return false;
  }
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    upper[i] = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return std::binary_search(kReservedWords.begin(), kReservedWords.end(),
                            std::string_view(upper, name.size()));
}

ParseResult parse_expression(Grammar grammar, std::string_view text) {
  // Measured on the text as sent, before anything is parsed. Source: scylla test_limits.py;
  // dynoxide changelog (2026).
  if (text.size() > kExpressionMaxBytes) {
    std::string problem = "Expression size has exceeded the maximum allowed size;";
    // Case: an update's is not told (AWS capture, 2026-10).
    if (grammar != Grammar::kUpdate) {
      problem.append(" expression size: ").append(std::to_string(text.size()));
    }
    return Unexpected{std::move(problem)};
  }
  const std::vector<Token> tokens = tokenize(text);
  if (text.empty()) {
    return Unexpected{std::string("The expression can not be empty;")};
  }
  switch (grammar) {
    case Grammar::kCondition:
      return parse_condition(text, tokens);
    case Grammar::kProjection:
      return parse_projection(text, tokens);
    case Grammar::kUpdate:
      return UpdateParser(text, tokens).parse();
  }
  return Unexpected{std::string("The expression can not be empty;")};
}

}  // namespace understudy::expression
