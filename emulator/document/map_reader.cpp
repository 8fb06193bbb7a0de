#include <algorithm>

#include "emulator/document/document.h"

namespace understudy {

MapReader::MapReader(const DocumentNode& node, DocumentErrors& errors)
    : node_(node), errors_(errors) {
  node.expect(errors, DocumentKind::kMap);
}

MapReader::~MapReader() {
  if (rest_ignored_ || !node_.is(DocumentKind::kMap)) {
    return;
  }
  const std::vector<std::string_view> names(asked_.begin(), asked_.end());
  for (const DocumentNode& member : node_.children()) {
    if (std::ranges::find(names, member.name()) != names.end()) {
      continue;
    }
    const std::string_view close = closest_name(member.name(), names);
    errors_.add(member, close.empty()
                            ? "unknown member"
                            : "unknown member (did you mean '" + std::string(close) + "'?)");
  }
}

std::optional<DocumentNode> MapReader::find(std::string_view name) {
  if (std::ranges::find(asked_, name) == asked_.end()) {
    asked_.emplace_back(name);
  }
  return node_.find(name);
}

std::optional<DocumentNode> MapReader::required(std::string_view name) {
  auto found = find(name);
  if (!found && node_.is(DocumentKind::kMap)) {
    complain("member '" + std::string(name) + "' is missing");
  }
  return found;
}

std::optional<std::string> MapReader::text(std::string_view name) {
  const auto node = find(name);
  return node ? node->text(errors_) : std::nullopt;
}

std::optional<std::int64_t> MapReader::integer(std::string_view name, std::int64_t min,
                                               std::int64_t max) {
  const auto node = find(name);
  return node ? node->integer(errors_, min, max) : std::nullopt;
}

std::optional<double> MapReader::number(std::string_view name, double min, double max) {
  const auto node = find(name);
  return node ? node->number(errors_, min, max) : std::nullopt;
}

std::optional<bool> MapReader::boolean(std::string_view name) {
  const auto node = find(name);
  return node ? node->boolean(errors_) : std::nullopt;
}

std::optional<std::int64_t> MapReader::duration(std::string_view name) {
  const auto node = find(name);
  return node ? node->duration(errors_) : std::nullopt;
}

std::vector<std::string> MapReader::texts(std::string_view name) {
  const auto node = find(name);
  return node ? node->texts(errors_) : std::vector<std::string>();
}

std::optional<DocumentNode> MapReader::list(std::string_view name) {
  const auto node = find(name);
  return node && node->expect(errors_, DocumentKind::kList) ? node : std::nullopt;
}

std::optional<DocumentNode> MapReader::map(std::string_view name) {
  const auto node = find(name);
  return node && node->expect(errors_, DocumentKind::kMap) ? node : std::nullopt;
}

void MapReader::complain(std::string text) {
  errors_.add(node_, std::move(text));
}

void MapReader::complain(std::string_view name, std::string text) {
  errors_.add(find(name).value_or(node_), std::move(text));
}

}  // namespace understudy
