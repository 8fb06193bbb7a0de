// Binding: the placeholders of one request put into a compiled tree. Names and paths go into the
// request's arena; the tree itself is not referred to afterwards.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "emulator/expression/ast.h"
#include "emulator/expression/expression.h"
#include "emulator/expression/path.h"
#include "emulator/expression/plan_cache_state.h"

namespace understudy::expression {

/// "Invalid <kind>Expression: <problem>".
Unexpected<ApiError> invalid_expression(std::string_view kind, std::string_view problem);

/// One compiled text being bound.
class Binder {
 public:
  Binder(const CompiledText& compiled, const ExpressionContext& context)
      : tree_(&compiled.tree), context_(&context), text_(context.arena.copy(compiled.text)) {}

  [[nodiscard]] const Tree& tree() const { return *tree_; }
  [[nodiscard]] const Node& node(std::uint32_t number) const { return tree_->nodes[number]; }
  [[nodiscard]] const Node& child(const Node& parent, std::uint32_t i) const {
    return node(tree_->children[parent.first + i]);
  }
  [[nodiscard]] std::uint32_t child_number(const Node& parent, std::uint32_t i) const {
    return tree_->children[parent.first + i];
  }
  /// The node's own text (placeholder or function name), living in the arena.
  [[nodiscard]] std::string_view text(const Node& node) const {
    return text_.substr(node.begin, node.size);
  }
  [[nodiscard]] Arena& arena() const { return context_->arena; }

  /// The path of a kPath node. On a problem (undefined name, index or depth out of range) the text
  /// goes to `problem`.
  Path path(const Node& node, std::string& problem) const;
  /// The value of a kValue node; nullptr and the text in `problem` where it is not defined.
  const Value* value(const Node& node, std::string& problem) const;

 private:
  const Tree* tree_;
  const ExpressionContext* context_;
  std::string_view text_;
};

/// `[…]` of what is wrong with an operand's type.
std::string incorrect_operand_type(std::string_view operator_name, std::string_view type);
std::string incorrect_operand_count(std::string_view function, std::size_t count);
std::string requires_path(std::string_view function);
/// `first_operand`: as path_text() writes it.
std::string not_distinct(std::string_view operator_name, std::string_view first_operand);

}  // namespace understudy::expression
