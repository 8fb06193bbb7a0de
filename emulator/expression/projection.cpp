#include "emulator/expression/projection.h"

#include <string>

#include "emulator/expression/attribute_name.h"
#include "emulator/expression/bind.h"

namespace understudy::expression {
namespace {

const Projection* make_projection(std::span<const Path> paths, Arena& arena) {
  ArenaVector<std::string_view> attributes(arena);
  ArenaVector<std::string_view> nested(arena);
  auto* projection = arena.make<Projection>();
  projection->roots = path_tree(paths, arena);
  attributes.reserve(projection->roots.size());
  for (const PathNode* root : projection->roots) {
    attributes.push_back(root->step.name);
    if (!root->is_leaf()) {
      nested.push_back(root->step.name);
    }
  }
  projection->attributes = attributes.span();
  projection->nested = nested.span();
  return projection;
}

}  // namespace

}  // namespace understudy::expression

namespace understudy {

Result<const Projection*> compile_projection(std::string_view text,
                                             const ExpressionContext& context) {
  auto compiled = context.plans.state().find_or_compile(expression::Grammar::kProjection, text);
  if (!compiled) {
    return expression::invalid_expression("Projection", compiled.error());
  }
  const expression::Binder binder(**compiled, context);
  const std::vector<std::uint32_t>& numbers = binder.tree().paths;
  auto* paths = context.arena.make_array<expression::Path>(numbers.size());
  std::string problem;
  // From the last path to the first. Assumed: as DynamoDB Local; updates are recorded so.
  for (std::size_t i = numbers.size(); i-- > 0;) {
    ::new (paths + i) expression::Path(binder.path(binder.node(numbers[i]), problem));
    if (!problem.empty()) {
      return expression::invalid_expression("Projection", problem);
    }
  }
  problem = expression::path_clash({paths, numbers.size()}, context.arena);
  if (!problem.empty()) {
    return expression::invalid_expression("Projection", problem);
  }
  return expression::make_projection({paths, numbers.size()}, context.arena);
}

Result<const Projection*> compile_attributes_to_get(const JsonNode& names, Arena& arena) {
  ArenaVector<expression::Path> paths(arena);
  paths.reserve(names.size);
  for (const JsonNode& name : names.elements()) {
    TRY_VOID(expression::check_attribute_name(name.text()));
    expression::Step* step = arena.make<expression::Step>();
    step->name = name.text();
    paths.push_back({step, 1});
  }
  return expression::make_projection(paths.span(), arena);
}

void append_projected(Buffer& out, const Projection& projection, const Item& item, Arena& arena) {
  expression::append_paths(out, projection.roots, item, arena);
}

std::span<const std::string_view> attributes_named(const Projection& projection) {
  return projection.attributes;
}

std::span<const std::string_view> attributes_looked_into(const Projection& projection) {
  return projection.nested;
}

}  // namespace understudy
