#include "emulator/table/date_text.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <string_view>

namespace understudy {

namespace {

struct Civil {
  std::chrono::year_month_day date;
  unsigned weekday;  ///< 0: Sunday
  std::int64_t seconds;
  std::int64_t milliseconds;
};

Civil civil(Microseconds moment) {
  const std::chrono::sys_days day{std::chrono::days{start_of_day(moment) / kMicrosecondsPerDay}};
  const Microseconds rest = moment - start_of_day(moment);
  return {std::chrono::year_month_day(day), std::chrono::weekday(day).c_encoding(),
          rest / kMicrosecondsPerSecond, rest / 1000 % 1000};
}

std::string padded(std::int64_t value, std::size_t digits) {
  std::string text = std::to_string(value);
  return text.size() < digits ? std::string(digits - text.size(), '0') + text : text;
}

constexpr std::array<std::string_view, 7> kWeekdays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                       "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> kMonths = {
    "January", "February", "March",     "April",   "May",      "June",
    "July",    "August",   "September", "October", "November", "December"};

}  // namespace

Microseconds start_of_day(Microseconds moment) {
  return moment - moment % kMicrosecondsPerDay;
}

std::string iso_text(Microseconds moment) {
  const Civil c = civil(moment);
  return padded(static_cast<int>(c.date.year()), 4) + "-" +
         padded(static_cast<unsigned>(c.date.month()), 2) + "-" +
         padded(static_cast<unsigned>(c.date.day()), 2) + "T" + padded(c.seconds / 3600, 2) + ":" +
         padded(c.seconds / 60 % 60, 2) + ":" + padded(c.seconds % 60, 2) + "." +
         padded(c.milliseconds, 3);
}

std::string long_date_text(Microseconds moment) {
  const Civil c = civil(moment);
  const std::int64_t hour = c.seconds / 3600;
  std::string text(kWeekdays[c.weekday]);
  text.append(", ").append(kMonths[static_cast<unsigned>(c.date.month()) - 1]);
  text.append(" ").append(std::to_string(static_cast<unsigned>(c.date.day())));
  text.append(", ").append(std::to_string(static_cast<int>(c.date.year())));
  text.append(" at ").append(std::to_string(hour % 12 == 0 ? 12 : hour % 12));
  text.append(":").append(padded(c.seconds / 60 % 60, 2));
  text.append(":").append(padded(c.seconds % 60, 2));
  return text + (hour < 12 ? " AM" : " PM") + " Coordinated Universal Time";
}

std::string java_date_text(Microseconds moment) {
  const Civil c = civil(moment);
  std::string text(kWeekdays[c.weekday].substr(0, 3));
  text.append(" ").append(kMonths[static_cast<unsigned>(c.date.month()) - 1].substr(0, 3));
  text.append(" ").append(padded(static_cast<unsigned>(c.date.day()), 2));
  text.append(" ").append(padded(c.seconds / 3600, 2));
  text.append(":").append(padded(c.seconds / 60 % 60, 2));
  text.append(":").append(padded(c.seconds % 60, 2));
  return text + " UTC " + std::to_string(static_cast<int>(c.date.year()));
}

}  // namespace understudy
