// How violations are worded: paths, echoed values, constraint lists. For the slow half of the shape
// gate only; everything here allocates. Pure functions, any thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "emulator/base/json.h"
#include "emulator/service/shape.h"

namespace understudy {

/// One step of the path to a value. The chain lives on the stack of the walk and is rendered only
/// for a violation.
struct PathStep {
  enum class Kind : std::uint8_t { kMember, kIndex, kKey };

  const PathStep* parent = nullptr;
  Kind kind = Kind::kMember;
  std::string_view name;     ///< member or key
  std::size_t position = 0;  ///< index, from 1
};

/// "keySchema.1.member.keyType": members in lower camel case, as Java names them.
std::string java_path(const PathStep* step);
/// "RequestItems.T.member.Keys": members as on the wire.
std::string wire_path(const PathStep* step);

/// The value as Java's toString() writes it: "[a, b]", "{k=v}", "KeySchemaElement(attributeName=pk,
/// keyType=HASH)". Case: recorded answers, 2026-09-20.
std::string java_value(const JsonNode& node, const Shape& shape);
/// The value as compact JSON.
std::string json_value(const JsonNode& node);

std::string length_at_least(std::int64_t min);
std::string length_at_most(std::int64_t max);
std::string pattern_unmet(PatternId pattern);
std::string enumerators_unmet(const Shape& shape);
/// What is asked of map keys, map values and the scalars of a list, as one list in brackets. Empty
/// where nothing is.
std::string constraint_list(const Shape& shape);

}  // namespace understudy
