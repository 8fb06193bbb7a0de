// Which members of a map in a request count.
#pragma once

#include <span>

#include "emulator/base/arena.h"
#include "emulator/base/json.h"

namespace understudy::expression {

/// The members of an object that count, in the order sent: of equal names the last. In time that
/// does not explode with the number of members, of which a body of 16 MB can hold a million.
std::span<const JsonMember* const> counting_members(const JsonNode& object, Arena& arena);

}  // namespace understudy::expression
