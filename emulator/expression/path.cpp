#include "emulator/expression/path.h"

#include <algorithm>

#include "emulator/model/json_codec.h"

namespace understudy::expression {
namespace {

/// How two paths stand to each other: one within the other, or one asking for a list where the
/// other asks for a map.
std::string_view compare_paths(const Path& a, const Path& b) {
  for (std::size_t i = 0; i < a.size() && i < b.size(); ++i) {
    if (a[i].is_index != b[i].is_index) {
      return "conflict";
    }
    if (a[i] != b[i]) {
      return {};
    }
  }
  return "overlap";
}

std::string clash_text(std::string_view what, const Path& one, const Path& two) {
  std::string text = "Two document paths ";
  text.append(what).append(
      " with each other; must remove or rewrite one of these paths; path one: ");
  return text.append(path_text(one)).append(", path two: ").append(path_text(two));
}

bool step_less(const Step& a, const Step& b) {
  if (a.is_index != b.is_index) {
    return b.is_index;
  }
  return a.is_index ? a.index < b.index : name_less(a.name, b.name);
}

/// Numbers of the paths, sorted: paths with a common beginning stand together, the shorter first.
std::span<const std::uint32_t> sorted_paths(std::span<const Path> paths, Arena& arena) {
  auto* order = arena.make_array<std::uint32_t>(paths.size());
  for (std::uint32_t i = 0; i < paths.size(); ++i) {
    order[i] = i;
  }
  std::sort(order, order + paths.size(), [&](std::uint32_t a, std::uint32_t b) {
    return std::lexicographical_compare(paths[a].begin(), paths[a].end(), paths[b].begin(),
                                        paths[b].end(), step_less);
  });
  return {order, paths.size()};
}

/// The nodes one step below a common beginning of `depth` steps, for the paths of `order`, which
/// all share it and are sorted.
std::span<PathNode* const> build_level(std::span<const Path> paths,
                                       std::span<const std::uint32_t> order, std::size_t depth,
                                       Arena& arena) {
  ArenaVector<PathNode*> nodes(arena);
  for (std::size_t i = 0; i < order.size();) {
    auto* node = arena.make<PathNode>();
    node->step = paths[order[i]][depth];
    std::size_t end = i + 1;
    while (end < order.size() && paths[order[end]][depth] == node->step) {
      ++end;
    }
    if (paths[order[i]].size() == depth + 1) {
      node->leaf = order[i];
    } else {
      node->children = build_level(paths, order.subspan(i, end - i), depth + 1, arena);
    }
    nodes.push_back(node);
    i = end;
  }
  return nodes.span();
}

class PathWriter {
 public:
  PathWriter(Buffer& out, Arena& arena) : out_(&out), arena_(&arena) {}

  /// Appends the member or element with what the node picks of `value`; nothing where it picks
  /// nothing.
  bool append_value_at(const PathNode& node, const Value& value) {
    if (node.is_leaf()) {
      append_value(*out_, value);
      return true;
    }
    const std::size_t start = out_->size();
    const bool any =
        node.has_indexes() ? append_elements(node, value) : append_members(node, value);
    if (!any) {
      out_->truncate(start);
    }
    return any;
  }

  bool append_attribute(const PathNode& node, const Item& item, bool comma) {
    const auto position = item.find(node.step.name);
    if (!position) {
      return false;
    }
    const std::size_t start = out_->size();
    if (comma) {
      out_->append(',');
    }
    if (node.is_leaf()) {
      out_->append(item.member_text(*position));
      return true;
    }
    append_json_string(*out_, node.step.name);
    out_->append(':');
    if (!append_value_at(node, item.value(*position, *arena_))) {
      out_->truncate(start);
      return false;
    }
    return true;
  }

 private:
  bool append_members(const PathNode& node, const Value& value) {
    if (!value.is(ValueType::kMap)) {
      return false;
    }
    out_->append(R"({"M":{)");
    bool any = false;
    for (const PathNode* child : node.children) {
      const Value* member = find(value.map(), child->step.name);
      if (member == nullptr) {
        continue;
      }
      const std::size_t start = out_->size();
      if (any) {
        out_->append(',');
      }
      append_json_string(*out_, child->step.name);
      out_->append(':');
      if (append_value_at(*child, *member)) {
        any = true;
      } else {
        out_->truncate(start);
      }
    }
    out_->append("}}");
    return any;
  }

  /// Source: dynoxide changelog (captured 2026): chosen elements close up, in ascending order.
  bool append_elements(const PathNode& node, const Value& value) {
    if (!value.is(ValueType::kList)) {
      return false;
    }
    out_->append(R"({"L":[)");
    bool any = false;
    for (const PathNode* child : node.children) {
      if (child->step.index >= value.list().size()) {
        break;
      }
      const std::size_t start = out_->size();
      if (any) {
        out_->append(',');
      }
      if (append_value_at(*child, value.list()[child->step.index])) {
        any = true;
      } else {
        out_->truncate(start);
      }
    }
    out_->append("]}");
    return any;
  }

  Buffer* out_;
  Arena* arena_;
};

}  // namespace

const Value* walk_path(const Path& path, std::size_t done, const Value& root) {
  const Value* at = &root;
  for (std::size_t i = done; i < path.size() && at != nullptr; ++i) {
    const Step& step = path[i];
    if (step.is_index) {
      const bool there = at->is(ValueType::kList) && step.index < at->list().size();
      at = there ? &at->list()[step.index] : nullptr;
    } else {
      at = at->is(ValueType::kMap) ? find(at->map(), step.name) : nullptr;
    }
  }
  return at;
}

std::optional<Value> read_path(const Path& path, const Item* item, Arena& arena) {
  if (item == nullptr) {
    return std::nullopt;
  }
  const auto position = item->find(path[0].name);
  if (!position) {
    return std::nullopt;
  }
  const Value root = item->value(*position, arena);
  if (path.size() == 1) {
    return root;
  }
  const Value* found = walk_path(path, 1, root);
  return found != nullptr ? std::optional<Value>(*found) : std::nullopt;
}

std::string path_text(const Path& path) {
  std::string text = "[";
  for (const Step& step : path) {
    if (text.size() > 1) {
      text += ", ";
    }
    if (step.is_index) {
      text.append("[").append(std::to_string(step.index)).append("]");
    } else {
      text.append(step.name);
    }
  }
  return text += "]";
}

std::string path_clash(std::span<const Path> paths, Arena& arena) {
  // A path within another, or beside one of the other kind, stands next to such a one when sorted.
  const std::span<const std::uint32_t> order = sorted_paths(paths, arena);
  bool clean = true;
  for (std::size_t i = 1; i < order.size() && clean; ++i) {
    clean = compare_paths(paths[order[i - 1]], paths[order[i]]).empty();
  }
  if (clean) {
    return {};
  }
  // The service adds the last path first. Case: dynalite test/updateItem.js; DynamoDB Local agrees.
  // Assumed: with more paths in the expression both name as path two whatever path their hash table
  // ends with; here it is the one that clashes.
  for (std::size_t i = paths.size() - 1; i-- > 0;) {
    for (std::size_t j = i + 1; j < paths.size(); ++j) {
      const std::string_view what = compare_paths(paths[i], paths[j]);
      if (!what.empty()) {
        return clash_text(what, paths[i], paths[j]);
      }
    }
  }
  return {};
}

std::span<PathNode* const> path_tree(std::span<const Path> paths, Arena& arena) {
  return build_level(paths, sorted_paths(paths, arena), 0, arena);
}

bool append_paths(Buffer& out, std::span<PathNode* const> roots, const Item& item, Arena& arena) {
  PathWriter writer(out, arena);
  bool any = false;
  out.append('{');
  for (const PathNode* root : roots) {
    any = writer.append_attribute(*root, item, any) || any;
  }
  out.append('}');
  return any;
}

bool name_less(std::string_view a, std::string_view b) {
  return a < b;
}

}  // namespace understudy::expression
