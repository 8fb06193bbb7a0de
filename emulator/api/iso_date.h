// Dates of signatures in ISO-8601 "basic format": 20260131T235959Z. Pure, thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/clock/clock.h"

namespace understudy {

/// The time that `text` names; nullopt where it is not a date of that format.
std::optional<Microseconds> parse_iso_basic(std::string_view text);
/// The second of `time` in that format.
std::string format_iso_basic(Microseconds time);

}  // namespace understudy
