#include "emulator/autoscaling/scaling_model.h"

namespace understudy::autoscaling {
namespace {

constexpr std::string_view kTableRead = "dynamodb:table:ReadCapacityUnits";
constexpr std::string_view kTableWrite = "dynamodb:table:WriteCapacityUnits";
constexpr std::string_view kIndexRead = "dynamodb:index:ReadCapacityUnits";
constexpr std::string_view kIndexWrite = "dynamodb:index:WriteCapacityUnits";

}  // namespace

std::string ScalableKey::resource_id() const {
  return index.empty() ? "table/" + table : "table/" + table + "/index/" + index;
}

std::string_view ScalableKey::dimension_text() const {
  if (index.empty()) {
    return dimension == Dimension::kRead ? kTableRead : kTableWrite;
  }
  return dimension == Dimension::kRead ? kIndexRead : kIndexWrite;
}

std::optional<ScalableKey> parse_scalable_key(std::string_view resource_id,
                                              std::string_view dimension) {
  constexpr std::string_view kTable = "table/";
  constexpr std::string_view kIndex = "/index/";
  if (!resource_id.starts_with(kTable)) {
    return std::nullopt;
  }
  resource_id.remove_prefix(kTable.size());
  const std::size_t at = resource_id.find(kIndex);
  ScalableKey key;
  key.table = resource_id.substr(0, at);
  if (at != std::string_view::npos) {
    key.index = resource_id.substr(at + kIndex.size());
  }
  const bool indexed = at != std::string_view::npos;
  if (key.table.empty() || (indexed && key.index.empty())) {
    return std::nullopt;
  }
  key.dimension = dimension.ends_with(":ReadCapacityUnits") ? Dimension::kRead : Dimension::kWrite;
  return dimension == key.dimension_text() ? std::optional(std::move(key)) : std::nullopt;
}

}  // namespace understudy::autoscaling
