// Dates in documents: "2026-01-15T12:00:00Z", with up to six digits of a second's fraction.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "emulator/clock/clock.h"

namespace understudy {

std::optional<Microseconds> parse_iso_moment(std::string_view text);
std::string iso_moment_text(Microseconds moment);

}  // namespace understudy
