// The Query protocol's request: a form whose names are paths ("Dimensions.member.1.Name"), as the
// tree that JSON arrives in. Every value is a string.
#pragma once

#include <optional>
#include <string_view>

#include "emulator/base/arena.h"
#include "emulator/base/json.h"

namespace understudy::cloudwatch {

/// The value of a parameter at the top of the form, decoded.
std::optional<std::string_view> find_form_value(std::string_view form, std::string_view name,
                                                Arena& arena);

/// What may be sent: more names than that, or deeper ones, are left out.
inline constexpr std::size_t kFormParametersMax = 20'000;
inline constexpr std::size_t kFormDepthMax = 16;

/// The tree lives in `arena`.
JsonNode parse_query_form(std::string_view form, Arena& arena);

}  // namespace understudy::cloudwatch
