// Schedule: when a scheduled action runs: at(…), rate(…) and cron(…) expressions. A value; pure.
// Source: Application Auto Scaling API reference, PutScheduledAction; Amazon EventBridge user
// guide, "Cron expressions".
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "emulator/base/expected.h"
#include "emulator/clock/clock.h"

namespace understudy::autoscaling {

/// cron(minutes hours day-of-month month day-of-week year).
struct CronFields {
  std::bitset<60> minutes;
  std::bitset<24> hours;
  std::bitset<32> days;      ///< of the month; 1 to 31
  std::bitset<13> months;    ///< 1 to 12
  std::bitset<8> weekdays;   ///< 1 (Sunday) to 7
  std::bitset<231> years;    ///< since 1969: 1970 to 2199
  bool last_day = false;     ///< L: the month's last day
  int nearest_weekday = 0;   ///< 15W: the weekday nearest to the 15th
  int last_weekday = 0;      ///< 6L: the month's last Friday
  int numbered_weekday = 0;  ///< 6#3: the month's third Friday
  int weekday_number = 0;    ///< the 3 of it
  bool by_weekday = false;   ///< day of the month is '?'
};

class Schedule {
 public:
  /// Error: the service's sentence. `created`: from when a rate counts.
  static Expected<Schedule, std::string_view> parse(std::string_view expression,
                                                    std::string_view timezone,
                                                    Microseconds created);

  /// The first time after `after`; nullopt: never again.
  [[nodiscard]] std::optional<Microseconds> next(Microseconds after) const;

 private:
  struct At {
    Microseconds moment = 0;
  };
  struct Rate {
    Microseconds from = 0;
    Microseconds every = 0;
  };
  struct Cron {
    CronFields fields;
    Microseconds offset = 0;  ///< local time less UTC
  };
  using Kind = std::variant<At, Rate, Cron>;
  explicit Schedule(Kind kind) : kind_(kind) {}

  Kind kind_;
};

}  // namespace understudy::autoscaling
