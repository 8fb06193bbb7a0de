// The tree of one expression text, as kept in the plan cache: no placeholder is resolved in it, so
// one tree serves every request that sends the same text. Nodes are stored children first; names
// and placeholders are offsets into the text, so that a tree holds no pointers. Immutable after
// parsing, hence thread-safe.
#pragma once

#include <cstdint>
#include <vector>

namespace understudy::expression {

enum class NodeKind : std::uint8_t {
  kPath,
  kValue,
  kFunction,
  kEqual,
  kNotEqual,
  kLess,
  kLessOrEqual,
  kGreater,
  kGreaterOrEqual,
  kBetween,
  kIn,
  kNot,
  kAnd,
  kOr,
  kPlus,
  kMinus,
};

enum class Function : std::uint8_t {
  kUnknown,
  kAttributeExists,
  kAttributeNotExists,
  kAttributeType,
  kBeginsWith,
  kContains,
  kSize,
  kIfNotExists,
  kListAppend,
};

enum class StepKind : std::uint8_t { kName, kPlaceholder, kIndex };

/// One element of a document path. A list index that does not fit is kept as kIndexMax + 1.
struct PathStep {
  StepKind kind = StepKind::kName;
  std::uint32_t begin = 0;  ///< in the text
  std::uint32_t size = 0;
  std::uint32_t index = 0;  ///< kIndex
};
inline constexpr std::uint32_t kIndexMax = 2147483647;

struct Node {
  NodeKind kind = NodeKind::kPath;
  Function function = Function::kUnknown;
  std::uint32_t begin = 0;  ///< in the text: kValue's placeholder, kFunction's name
  std::uint32_t size = 0;
  std::uint32_t subtree =
      0;  ///< the first node of this node's subtree, which ends at the node itself
  std::uint32_t first = 0;  ///< kPath: first of its steps; else: first of its children
  std::uint32_t count = 0;
};

enum class ActionKind : std::uint8_t { kSet, kRemove, kAdd, kDelete };

/// One action of an update: `path` and `value` are nodes; kRemove has no value.
struct ActionNode {
  ActionKind kind = ActionKind::kSet;
  std::uint32_t path = 0;
  std::uint32_t value = 0;
};

struct Tree {
  std::vector<Node> nodes;
  std::vector<PathStep> steps;
  std::vector<std::uint32_t> children;  ///< node numbers
  std::vector<std::uint32_t> paths;     ///< projection: its paths, in order
  std::vector<ActionNode> actions;      ///< update: its actions, in order
  bool too_many_operators = false;
};

}  // namespace understudy::expression
