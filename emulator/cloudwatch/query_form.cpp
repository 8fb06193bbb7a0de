#include "emulator/cloudwatch/query_form.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "emulator/api/query_string.h"

namespace understudy::cloudwatch {
namespace {

struct FormTree {
  std::optional<std::string_view> value;
  std::map<std::string_view, FormTree> children;
};

/// Undoes + and %XX.
std::string_view decode(std::string_view text, Arena& arena) {
  if (text.find('+') != std::string_view::npos) {
    char* const blanks = arena.make_array<char>(text.size());
    std::ranges::replace_copy(text, blanks, '+', ' ');
    text = {blanks, text.size()};
  }
  return percent_decode(text, arena);
}

template <class Visit>
void each_parameter(std::string_view form, Arena& arena, const Visit& visit) {
  for (std::size_t count = 0; !form.empty() && count < kFormParametersMax; ++count) {
    const std::size_t end = std::min(form.find('&'), form.size());
    const std::string_view parameter = form.substr(0, end);
    form.remove_prefix(std::min(end + 1, form.size()));
    const std::size_t equals = std::min(parameter.find('='), parameter.size());
    const std::string_view value = parameter.substr(std::min(equals + 1, parameter.size()));
    visit(decode(parameter.substr(0, equals), arena), decode(value, arena));
  }
}

void insert(FormTree& root, std::string_view path, std::string_view value) {
  FormTree* at = &root;
  for (std::size_t depth = 0; depth < kFormDepthMax; ++depth) {
    const std::size_t dot = path.find('.');
    at = &at->children[path.substr(0, dot)];
    if (dot == std::string_view::npos) {
      at->value = value;
      return;
    }
    path.remove_prefix(dot + 1);
  }
}

std::optional<unsigned> position(std::string_view text) {
  unsigned value = 0;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, value);
  return error == std::errc() && end == last ? std::optional(value) : std::nullopt;
}

JsonNode node_of(const FormTree& tree, Arena& arena);

/// "member.1", "member.2": a list in the order of its numbers.
JsonNode list_of(const FormTree& members, Arena& arena) {
  std::vector<std::pair<unsigned, const FormTree*>> sorted;
  for (const auto& [name, child] : members.children) {
    if (const auto at = position(name)) {
      sorted.emplace_back(*at, &child);
    }
  }
  std::ranges::sort(sorted);
  ArenaVector<JsonNode> elements(arena);
  for (const auto& [at, child] : sorted) {
    elements.push_back(node_of(*child, arena));
  }
  JsonNode node;
  node.kind = JsonKind::kArray;
  node.size = static_cast<std::uint32_t>(elements.size());
  node.first_element = elements.data();
  return node;
}

JsonNode node_of(const FormTree& tree, Arena& arena) {
  JsonNode node;
  if (tree.children.empty()) {
    node.kind = JsonKind::kString;
    const std::string_view text = tree.value.value_or("");
    node.size = static_cast<std::uint32_t>(text.size());
    node.bytes = text.data();
    return node;
  }
  if (tree.children.size() == 1 && tree.children.begin()->first == "member") {
    return list_of(tree.children.begin()->second, arena);
  }
  ArenaVector<JsonMember> members(arena);
  for (const auto& [name, child] : tree.children) {
    members.push_back({name, node_of(child, arena)});
  }
  node.kind = JsonKind::kObject;
  node.size = static_cast<std::uint32_t>(members.size());
  node.first_member = members.data();
  return node;
}

}  // namespace

std::optional<std::string_view> find_form_value(std::string_view form, std::string_view name,
                                                Arena& arena) {
  std::optional<std::string_view> found;
  each_parameter(form, arena, [&](std::string_view key, std::string_view value) {
    if (!found && key == name) {
      found = value;
    }
  });
  return found;
}

JsonNode parse_query_form(std::string_view form, Arena& arena) {
  FormTree root;
  each_parameter(form, arena,
                 [&](std::string_view path, std::string_view value) { insert(root, path, value); });
  root.children.erase("");
  JsonNode node;
  node.kind = JsonKind::kObject;
  return root.children.empty() ? node : node_of(root, arena);
}

}  // namespace understudy::cloudwatch
