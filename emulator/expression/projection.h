// Projections, bound: the paths they keep, as a tree.
#pragma once

#include <span>
#include <string_view>

#include "emulator/expression/path.h"

namespace understudy {

struct Projection {
  std::span<expression::PathNode* const> roots;
  std::span<const std::string_view> attributes;
  std::span<const std::string_view> nested;
};

}  // namespace understudy
