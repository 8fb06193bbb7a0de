// Binding of updates: placeholders, paths against each other, types of operands.
// Order of checks: names of all actions, paths against each other, then action by action its values
// and the types of its operands; always from the last action to the first. Case: dynalite
// test/updateItem.js, run against the service; DynamoDB Local agrees in all of it.
#include <algorithm>
#include <string>

#include "emulator/expression/bind.h"
#include "emulator/expression/update.h"

namespace understudy::expression {
namespace {

/// As ADD and DELETE name the type of their operand.
std::string_view long_type_name(ValueType type) {
  switch (type) {
    case ValueType::kString:
      return "STRING";
    case ValueType::kNumber:
      return "NUMBER";
    case ValueType::kBinary:
      return "BINARY";
    case ValueType::kBool:
      return "BOOLEAN";
    case ValueType::kNull:
      return "NULL";
    case ValueType::kList:
      return "LIST";
    case ValueType::kMap:
      return "MAP";
    default:
      return type_name(type);
  }
}

class UpdateBinder {
 public:
  UpdateBinder(const Binder& binder, Arena& arena)
      : binder_(&binder),
        arena_(&arena),
        nested_(arena),
        sources_(arena.make_array<Source>(binder.tree().nodes.size())) {
    for (std::size_t i = 0; i < binder.tree().nodes.size(); ++i) {
      ::new (sources_ + i) Source;
    }
  }

  /// nullptr: problem() says why.
  const Update* bind() {
    const std::span<const ActionNode> from = binder_->tree().actions;
    if (!resolve_paths()) {
      return nullptr;
    }
    Path* paths = arena_->make_array<Path>(from.size());
    for (std::size_t i = 0; i < from.size(); ++i) {
      ::new (paths + i) Path(sources_[from[i].path].path);
    }
    problem_ = path_clash({paths, from.size()}, *arena_);
    if (!problem_.empty() || !resolve_operands()) {
      return nullptr;
    }
    auto* actions = arena_->make_array<UpdateAction>(from.size());
    for (std::size_t i = 0; i < from.size(); ++i) {
      ::new (actions + i) UpdateAction(make_action(from[i]));
    }
    return make_update({actions, from.size()}, nested_.span(), *arena_);
  }
  [[nodiscard]] const std::string& problem() const { return problem_; }

 private:
  /// The nodes of an action: they follow those of the action before it.
  struct NodeRange {
    std::size_t begin;
    std::size_t end;
  };
  [[nodiscard]] NodeRange nodes_of(std::size_t action) const {
    const std::span<const ActionNode> actions = binder_->tree().actions;
    const auto last = [&](std::size_t i) {
      return std::max(actions[i].path, actions[i].value) + 1;
    };
    return {action == 0 ? 0 : last(action - 1), last(action)};
  }

  bool resolve_paths() {
    for (std::size_t action = binder_->tree().actions.size(); action-- > 0;) {
      const NodeRange range = nodes_of(action);
      for (std::size_t i = range.begin; i < range.end; ++i) {
        if (!resolve_path(binder_->tree().nodes[i], sources_[i])) {
          return false;
        }
      }
    }
    return true;
  }

  bool resolve_path(const Node& node, Source& to) {
    if (node.kind != NodeKind::kPath) {
      return true;
    }
    to.kind = SourceKind::kPath;
    to.path = binder_->path(node, problem_);
    if (!problem_.empty()) {
      return false;
    }
    if (node.count > 1) {
      nested_.push_back(to.path[0].name);
    }
    return true;
  }

  bool resolve_operands() {
    for (std::size_t action = binder_->tree().actions.size(); action-- > 0;) {
      const NodeRange range = nodes_of(action);
      if (!resolve_values(range) || !check_add_and_delete(binder_->tree().actions[action]) ||
          !check_functions(range)) {
        return false;
      }
    }
    return true;
  }

  /// Values, and the functions and sums over what is resolved by then: operands come first.
  bool resolve_values(const NodeRange& range) {
    for (std::size_t i = range.begin; i < range.end; ++i) {
      const Node& node = binder_->tree().nodes[i];
      if (node.kind == NodeKind::kValue) {
        const Value* value = binder_->value(node, problem_);
        if (value == nullptr) {
          return false;
        }
        sources_[i].value = *value;
      } else if (node.kind != NodeKind::kPath) {
        make_source(node, sources_[i]);
      }
    }
    return true;
  }

  void make_source(const Node& node, Source& to) {
    if (node.kind == NodeKind::kFunction) {
      to.kind = node.function == Function::kIfNotExists ? SourceKind::kIfNotExists
                                                        : SourceKind::kListAppend;
    } else {
      to.kind = node.kind == NodeKind::kPlus ? SourceKind::kPlus : SourceKind::kMinus;
    }
    if (node.count != 2) {
      return;  // check_functions() refuses it.
    }
    to.left = &sources_[binder_->child_number(node, 0)];
    to.right = &sources_[binder_->child_number(node, 1)];
    to.path = to.left->path;
  }

  UpdateAction make_action(const ActionNode& from) const {
    UpdateAction action;
    action.path = sources_[from.path].path;
    switch (from.kind) {
      case ActionKind::kSet:
        action.kind = ChangeKind::kSet;
        action.source = &sources_[from.value];
        break;
      case ActionKind::kRemove:
        action.kind = ChangeKind::kRemove;
        break;
      case ActionKind::kAdd:
        action.kind = ChangeKind::kAdd;
        action.value = sources_[from.value].value;
        break;
      case ActionKind::kDelete:
        action.kind = ChangeKind::kDelete;
        action.value = sources_[from.value].value;
        break;
    }
    return action;
  }

  bool check_add_and_delete(const ActionNode& action) {
    if (action.kind != ActionKind::kAdd && action.kind != ActionKind::kDelete) {
      return true;
    }
    const bool add = action.kind == ActionKind::kAdd;
    const Value& value = sources_[action.value].value;
    if (value.is_set() || (add && value.is(ValueType::kNumber))) {
      return true;
    }
    // Case: aws-sdk-js-v3 and typedorm issues (2022) for DELETE, many for ADD. The type set came
    // after dynalite's captures of 2015.
    const std::string_view name = add ? "ADD" : "DELETE";
    problem_ = "Incorrect operand type for operator or function; operator: ";
    problem_.append(name)
        .append(", operand type: ")
        .append(long_type_name(value.type))
        .append(", typeSet: ALLOWED_FOR_")
        .append(name)
        .append("_OPERAND");
    return false;
  }

  bool check_functions(const NodeRange& range) {
    for (std::size_t i = range.begin; i < range.end; ++i) {
      const Node& node = binder_->tree().nodes[i];
      switch (node.kind) {
        case NodeKind::kPlus:
          problem_ = check_operands(node, "+", ValueType::kNumber);
          break;
        case NodeKind::kMinus:
          problem_ = check_operands(node, "-", ValueType::kNumber);
          break;
        case NodeKind::kFunction:
          problem_ = check_function(node);
          break;
        default:
          break;
      }
      if (!problem_.empty()) {
        return false;
      }
    }
    return true;
  }

  std::string check_function(const Node& node) const {
    const std::string_view name = binder_->text(node);
    if (node.count != 2) {
      return incorrect_operand_count(name, node.count);
    }
    if (node.function == Function::kIfNotExists) {
      return check_if_not_exists(node, name);
    }
    return check_operands(node, name, ValueType::kList);
  }

  std::string check_if_not_exists(const Node& node, std::string_view name) const {
    if (binder_->child(node, 0).kind != NodeKind::kPath) {
      return requires_path(name);
    }
    const Source& first = sources_[binder_->child_number(node, 0)];
    const Source& second = sources_[binder_->child_number(node, 1)];
    if (second.kind == SourceKind::kPath && std::ranges::equal(first.path, second.path)) {
      return not_distinct(name, path_text(first.path));  // Assumed: as DynamoDB Local.
    }
    return {};
  }

  std::string check_operands(const Node& node, std::string_view name, ValueType wanted) const {
    for (std::uint32_t i = 0; i < node.count; ++i) {
      const Source& operand = sources_[binder_->child_number(node, i)];
      if (operand.kind == SourceKind::kValue && !operand.value.is(wanted)) {
        return incorrect_operand_type(name, type_name(operand.value.type));
      }
    }
    return {};
  }

  const Binder* binder_;
  Arena* arena_;
  ArenaVector<std::string_view> nested_;
  Source* sources_;  ///< by node number
  std::string problem_;
};

}  // namespace

const Update* make_update(std::span<const UpdateAction> actions,
                          std::span<const std::string_view> nested, Arena& arena) {
  ArenaVector<Path> paths(arena);
  paths.reserve(actions.size());
  auto* update = arena.make<Update>();
  update->actions = actions;
  // An update without any action creates a missing item: it does not only clear.
  // Source: scylla test_returnvalues.py, AttributeUpdates={}.
  update->only_clears = !actions.empty();
  for (const UpdateAction& action : actions) {
    paths.push_back(action.path);
    update->only_clears = update->only_clears && action.kind != ChangeKind::kSet &&
                          action.kind != ChangeKind::kAdd && action.kind != ChangeKind::kLegacyAdd;
  }
  update->roots = path_tree(paths.span(), arena);
  ArenaVector<std::string_view> attributes(arena);
  attributes.reserve(update->roots.size());
  for (const PathNode* root : update->roots) {
    attributes.push_back(root->step.name);
  }
  update->attributes = attributes.span();
  update->nested = nested;
  return update;
}

}  // namespace understudy::expression

namespace understudy {

Result<const Update*> compile_update(std::string_view text, const ExpressionContext& context) {
  auto compiled = context.plans.state().find_or_compile(expression::Grammar::kUpdate, text);
  if (!compiled) {
    return expression::invalid_expression("Update", compiled.error());
  }
  const expression::Binder binder(**compiled, context);
  expression::UpdateBinder update_binder(binder, context.arena);
  const Update* update = update_binder.bind();
  if (update == nullptr) {
    return expression::invalid_expression("Update", update_binder.problem());
  }
  if (binder.tree().too_many_operators) {
    return expression::invalid_expression("Update", expression::kTooManyOperators);
  }
  return update;
}

}  // namespace understudy
