// CBOR as it arrives (RFC 8949), into the tree that JSON arrives in: operations read one form. Tags
// are looked through (a time is the number it tags), byte strings become strings.
#pragma once

#include <string_view>

#include "emulator/base/arena.h"
#include "emulator/base/expected.h"
#include "emulator/base/json.h"

namespace understudy::cloudwatch {

/// How deep arrays, maps and tags may nest.
inline constexpr int kCborDepthMax = 64;

/// One document, with nothing after it. The tree lives in `arena`; texts may point into `document`.
/// Error: what is wrong with it, for people.
Expected<JsonNode, std::string_view> parse_cbor(std::string_view document, Arena& arena);

}  // namespace understudy::cloudwatch
