// Moments as the service writes them into texts. All in UTC. Pure functions.
#pragma once

#include <string>

#include "emulator/clock/clock.h"

namespace understudy {

/// "2015-05-11T21:21:33.291": to the millisecond, without zone.
std::string iso_text(Microseconds moment);
/// "Friday, October 9, 2026 at 12:21:34 AM Coordinated Universal Time".
std::string long_date_text(Microseconds moment);
/// "Sat Feb 23 03:07:45 UTC 2019".
std::string java_date_text(Microseconds moment);
/// Start of the UTC day of that moment.
Microseconds start_of_day(Microseconds moment);

inline constexpr Microseconds kMicrosecondsPerSecond = 1'000'000;
inline constexpr Microseconds kMicrosecondsPerDay = 86'400 * kMicrosecondsPerSecond;

}  // namespace understudy
