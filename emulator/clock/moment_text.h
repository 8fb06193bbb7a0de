// Moments as people write them in flags, documents and the admin API. UTC. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "emulator/clock/clock.h"

namespace understudy {

/// "2026-01-31", "2026-01-31T23:59:59Z", with up to six digits of fraction, with or without the Z,
/// or seconds since 1970 ("1769903999.5"). nullopt: none of them.
std::optional<Microseconds> parse_moment(std::string_view text);
/// "2026-01-31T23:59:59.123456Z"
std::string moment_text(Microseconds moment);

}  // namespace understudy
