// Document paths with their placeholders resolved, values read through them, and sets of paths as a
// tree: what a projection picks and an update changes. All in the request's arena.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "emulator/base/arena.h"
#include "emulator/base/buffer.h"
#include "emulator/model/item.h"
#include "emulator/model/value.h"

namespace understudy::expression {

/// A map lookup or a list index.
struct Step {
  bool is_index = false;
  std::uint32_t index = 0;
  std::string_view name;

  friend bool operator==(const Step&, const Step&) = default;
};

/// The first step is a name: the top-level attribute.
using Path = std::span<const Step>;

/// Steps a path may have, the attribute itself included. Source: scylla
/// test_projection_expression_path_nesting_levels.
inline constexpr std::size_t kPathStepsMax = 32;

/// The value there, or nullopt where the item has none. `item` may be null.
std::optional<Value> read_path(const Path& path, const Item* item, Arena& arena);
/// The value below `root` after its first `done` steps, or nullptr.
const Value* walk_path(const Path& path, std::size_t done, const Value& root);

/// `[a, b, [1]]`
std::string path_text(const Path& path);

/// A problem between two paths of one projection or update, or an empty string:
/// "Two document paths overlap with each other; …" before "… conflict with each other; …".
std::string path_clash(std::span<const Path> paths, Arena& arena);

/// Paths that neither overlap nor conflict, as a tree: children are all names, in order, or all
/// indexes, ascending. A leaf is the end of path number `leaf`.
struct PathNode {
  static constexpr std::uint32_t kInner = UINT32_MAX;

  Step step;
  std::uint32_t leaf = kInner;
  std::span<PathNode* const> children;

  [[nodiscard]] bool is_leaf() const { return leaf != kInner; }
  [[nodiscard]] bool has_indexes() const {
    return !children.empty() && children.front()->step.is_index;
  }
};
/// The top-level attributes of `paths`, in the order items keep theirs.
std::span<PathNode* const> path_tree(std::span<const Path> paths, Arena& arena);

/// Appends the parts of `item` that the tree names, as `{…}`. Lists close up. Returns whether
/// anything was there; `{}` is appended where nothing is.
bool append_paths(Buffer& out, std::span<PathNode* const> roots, const Item& item, Arena& arena);

/// Whether attribute `a` comes before `b` in an item.
bool name_less(std::string_view a, std::string_view b);

}  // namespace understudy::expression
