// Updates, bound: actions over document paths, in a tree of what they touch. UpdateExpression and
// AttributeUpdates make the same actions. In the request's arena; applying one is pure.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "emulator/expression/path.h"
#include "emulator/model/value.h"

namespace understudy::expression {

enum class ChangeKind : std::uint8_t {
  kSet,
  kRemove,
  kAdd,        ///< number or set
  kDelete,     ///< members of a set
  kLegacyAdd,  ///< AttributeUpdates: lists too, and other error texts
  kLegacyDelete,
};

enum class SourceKind : std::uint8_t {
  kPath,
  kValue,
  kIfNotExists,
  kListAppend,
  kPlus,
  kMinus,
};

/// Where a SET takes its value from.
struct Source {
  SourceKind kind = SourceKind::kValue;
  Path path;                      ///< kPath, kIfNotExists
  Value value;                    ///< kValue
  const Source* left = nullptr;   ///< kListAppend, kPlus, kMinus
  const Source* right = nullptr;  ///< those and kIfNotExists
};

struct UpdateAction {
  ChangeKind kind = ChangeKind::kSet;
  Path path;
  const Source* source = nullptr;  ///< kSet
  Value value;                     ///< kAdd, kDelete
};

}  // namespace understudy::expression

namespace understudy {

struct Update {
  std::span<const expression::UpdateAction> actions;
  std::span<expression::PathNode* const> roots;  ///< leaves are numbers of actions
  std::span<const std::string_view> attributes;
  std::span<const std::string_view> nested;
  bool only_clears = false;
};

}  // namespace understudy

namespace understudy::expression {

/// The bound update of these actions, whose paths do not clash. `nested`: attributes it looks into.
const Update* make_update(std::span<const UpdateAction> actions,
                          std::span<const std::string_view> nested, Arena& arena);

}  // namespace understudy::expression
