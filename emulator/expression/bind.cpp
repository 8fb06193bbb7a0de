#include "emulator/expression/bind.h"

namespace understudy::expression {

Unexpected<ApiError> invalid_expression(std::string_view kind, std::string_view problem) {
  std::string message = "Invalid ";
  message.append(kind).append("Expression: ").append(problem);
  return validation_error(std::move(message));
}

Path Binder::path(const Node& node, std::string& problem) const {
  Step* steps = arena().make_array<Step>(node.count);
  for (std::uint32_t i = 0; i < node.count; ++i) {
    const PathStep& from = tree_->steps[node.first + i];
    const std::string_view word = text_.substr(from.begin, from.size);
    Step* step = ::new (steps + i) Step;
    switch (from.kind) {
      case StepKind::kName:
        step->name = word;
        break;
      case StepKind::kPlaceholder: {
        const std::string_view* name = context_->placeholders.name(word);
        if (name == nullptr) {
          if (problem.empty()) {
            problem =
                "An expression attribute name used in the document path is not defined; attribute "
                "name: " +
                std::string(word);
          }
          return {};
        }
        step->name = *name;
        break;
      }
      case StepKind::kIndex:
        // Source: scylla test_projection_expression_list_index. Assumed: the largest index.
        if (from.index > kIndexMax && problem.empty()) {
          problem =
              "List index is not within the allowable range; index: [" + std::string(word) + "]";
        }
        step->is_index = true;
        step->index = from.index;
        break;
    }
  }
  if (node.count > kPathStepsMax && problem.empty()) {
    problem = "The document path has too many nesting levels; nesting levels: " +
              std::to_string(node.count);
  }
  return {steps, node.count};
}

const Value* Binder::value(const Node& node, std::string& problem) const {
  const std::string_view word = text(node);
  const Value* value = context_->placeholders.value(word);
  if (value == nullptr && problem.empty()) {
    problem = "An expression attribute value used in expression is not defined; attribute value: " +
              std::string(word);
  }
  return value;
}

std::string incorrect_operand_type(std::string_view operator_name, std::string_view type) {
  std::string text = "Incorrect operand type for operator or function; operator or function: ";
  return text.append(operator_name).append(", operand type: ").append(type);
}

std::string incorrect_operand_count(std::string_view function, std::size_t count) {
  std::string text =
      "Incorrect number of operands for operator or function; operator or function: ";
  return text.append(function).append(", number of operands: ").append(std::to_string(count));
}

std::string requires_path(std::string_view function) {
  return "Operator or function requires a document path; operator or function: " +
         std::string(function);
}

std::string not_distinct(std::string_view operator_name, std::string_view first_operand) {
  return "The first operand must be distinct from the remaining operands for this operator or "
         "function; operator: " +
         std::string(operator_name) + ", first operand: " + std::string(first_operand);
}

}  // namespace understudy::expression
