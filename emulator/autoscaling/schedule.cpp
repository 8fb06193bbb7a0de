#include "emulator/autoscaling/schedule.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "emulator/base/ascii.h"

namespace understudy::autoscaling {
namespace {

constexpr int kFirstYear = 1970;
constexpr int kLastYear = 2199;

// Source: the service's answer as quoted in public code of CDK users (2021 to 2023).
constexpr std::string_view kSyntax =
    "Invalid schedule expression. Details: Schedule expressions must have the following syntax: "
    "rate(<number>\\s?(minutes?|hours?|days?)), cron(<cron_expression>) or "
    "at(yyyy-MM-dd'T'HH:mm:ss).";
// Assumed: the sentence for a cron expression of the right form with impossible fields.
constexpr std::string_view kCronFields =
    "Invalid schedule expression. Details: Parameter ScheduleExpression is not valid.";
// Assumed: the program carries no time zone database, so that zones other than UTC and fixed
// offsets are refused. The sentence is ours.
constexpr std::string_view kTimezone =
    "Invalid timezone. This emulator knows UTC and fixed offsets: UTC, Etc/UTC, GMT, Etc/GMT+9.";

using Fields = std::array<std::string_view, 6>;
constexpr std::array<std::string_view, 12> kMonthNames = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                          "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
constexpr std::array<std::string_view, 7> kDayNames = {"SUN", "MON", "TUE", "WED",
                                                       "THU", "FRI", "SAT"};

std::optional<int> number(std::string_view text) {
  int value = 0;
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, value);
  const bool valid = error == std::errc() && end == last && value >= 0;
  return valid ? std::optional(value) : std::nullopt;
}

/// A field's range, and the names that stand for its numbers from `least` on.
struct Range {
  int least;
  int most;
  const std::string_view* names = nullptr;
  std::size_t names_count = 0;

  [[nodiscard]] std::optional<int> value(std::string_view text) const {
    for (std::size_t i = 0; i < names_count; ++i) {
      if (equals_ignoring_case(text, names[i])) {
        return least + static_cast<int>(i);
      }
    }
    const auto parsed = number(text);
    return parsed && *parsed >= least && *parsed <= most ? parsed : std::nullopt;
  }
};

struct Steps {
  int first;
  int last;
  int step;
};

/// `3`, `3-7`, `*`, each with `/step`.
std::optional<Steps> parse_steps(std::string_view part, const Range& range) {
  Steps steps{range.least, range.most, 1};
  const std::size_t slash = part.find('/');
  const bool stepped = slash != std::string_view::npos;
  if (stepped) {
    steps.step = number(part.substr(slash + 1)).value_or(0);
    part = part.substr(0, slash);
  }
  if (steps.step == 0) {
    return std::nullopt;
  }
  if (part == "*") {
    return steps;
  }
  const std::size_t dash = part.find('-');
  const auto from = range.value(part.substr(0, dash));
  const auto to = dash != std::string_view::npos ? range.value(part.substr(dash + 1))
                  : stepped                      ? std::optional(range.most)
                                                 : from;
  if (!from || !to || *to < *from) {
    return std::nullopt;
  }
  steps.first = *from;
  steps.last = *to;
  return steps;
}

/// Sets the bits of the numbers that the field names, less `base`.
template <std::size_t Size>
bool add_field(std::string_view field, const Range& range, int base, std::bitset<Size>& bits) {
  for (;;) {
    const std::size_t comma = field.find(',');
    const auto steps = parse_steps(field.substr(0, comma), range);
    if (!steps) {
      return false;
    }
    for (int value = steps->first; value <= steps->last; value += steps->step) {
      bits.set(static_cast<std::size_t>(value - base));
    }
    if (comma == std::string_view::npos) {
      return true;
    }
    field.remove_prefix(comma + 1);
  }
}

bool add_month_days(std::string_view field, CronFields& cron) {
  if (equals_ignoring_case(field, "L")) {
    cron.last_day = true;
    return true;
  }
  if (field.size() > 1 && lower(field.back()) == 'w') {
    cron.nearest_weekday = number(field.substr(0, field.size() - 1)).value_or(0);
    return cron.nearest_weekday >= 1 && cron.nearest_weekday <= 31;
  }
  return add_field(field, Range{1, 31}, 0, cron.days);
}

bool add_weekdays(std::string_view field, CronFields& cron) {
  const Range range{1, 7, kDayNames.data(), kDayNames.size()};
  if (equals_ignoring_case(field, "L")) {
    cron.weekdays.set(7);
    return true;
  }
  if (field.size() > 1 && lower(field.back()) == 'l') {
    cron.last_weekday = range.value(field.substr(0, field.size() - 1)).value_or(0);
    return cron.last_weekday != 0;
  }
  const std::size_t hash = field.find('#');
  if (hash != std::string_view::npos) {
    cron.numbered_weekday = range.value(field.substr(0, hash)).value_or(0);
    cron.weekday_number = number(field.substr(hash + 1)).value_or(0);
    return cron.numbered_weekday != 0 && cron.weekday_number >= 1 && cron.weekday_number <= 5;
  }
  return add_field(field, range, 0, cron.weekdays);
}

std::optional<Fields> split(std::string_view text) {
  Fields fields;
  std::size_t count = 0;
  for (std::size_t begin = text.find_first_not_of(" \t"); begin != std::string_view::npos;
       begin = text.find_first_not_of(" \t")) {
    text.remove_prefix(begin);
    const std::size_t end = std::min(text.find_first_of(" \t"), text.size());
    if (count == fields.size()) {
      return std::nullopt;
    }
    fields[count++] = text.substr(0, end);
    text.remove_prefix(end);
  }
  return count == fields.size() ? std::optional(fields) : std::nullopt;
}

std::optional<CronFields> parse_cron(std::string_view text) {
  const auto fields = split(text);
  if (!fields) {
    return std::nullopt;
  }
  const auto& [minutes, hours, days, months, weekdays, years] = *fields;
  CronFields cron;
  cron.by_weekday = days == "?";
  // One of the two must leave the choice to the other. Source: EventBridge user guide.
  if (cron.by_weekday == (weekdays == "?")) {
    return std::nullopt;
  }
  const bool valid =
      add_field(minutes, Range{0, 59}, 0, cron.minutes) &&
      add_field(hours, Range{0, 23}, 0, cron.hours) &&
      (cron.by_weekday ? add_weekdays(weekdays, cron) : add_month_days(days, cron)) &&
      add_field(months, Range{1, 12, kMonthNames.data(), kMonthNames.size()}, 0, cron.months) &&
      add_field(years, Range{kFirstYear, kLastYear}, kFirstYear - 1, cron.years);
  return valid ? std::optional(cron) : std::nullopt;
}

using Date = std::chrono::year_month_day;

unsigned days_in_month(const Date& date) {
  const std::chrono::year_month_day_last last(date.year(),
                                              std::chrono::month_day_last(date.month()));
  return static_cast<unsigned>(last.day());
}

/// 1 (Sunday) to 7: that day of the date's month.
int weekday_of(const Date& date, unsigned day) {
  const std::chrono::sys_days at(Date(date.year(), date.month(), std::chrono::day(day)));
  return static_cast<int>(std::chrono::weekday(at).c_encoding()) + 1;
}

/// The weekday (Monday to Friday) of that month nearest to `wanted`.
unsigned nearest_weekday(const Date& date, unsigned wanted) {
  const unsigned last = days_in_month(date);
  const unsigned day = std::min(wanted, last);
  switch (weekday_of(date, day)) {
    case 7:
      return day > 1 ? day - 1 : day + 2;
    case 1:
      return day < last ? day + 1 : day - 2;
    default:
      return day;
  }
}

bool matches_month_day(const CronFields& cron, const Date& date) {
  const auto day = static_cast<unsigned>(date.day());
  if (cron.last_day) {
    return day == days_in_month(date);
  }
  if (cron.nearest_weekday != 0) {
    return day == nearest_weekday(date, static_cast<unsigned>(cron.nearest_weekday));
  }
  return cron.days.test(day);
}

bool matches_weekday(const CronFields& cron, const Date& date) {
  const auto day = static_cast<unsigned>(date.day());
  const int weekday = weekday_of(date, day);
  if (cron.last_weekday != 0) {
    return weekday == cron.last_weekday && day + 7 > days_in_month(date);
  }
  if (cron.numbered_weekday != 0) {
    return weekday == cron.numbered_weekday &&
           static_cast<int>((day - 1) / 7) + 1 == cron.weekday_number;
  }
  return cron.weekdays.test(static_cast<std::size_t>(weekday));
}

bool matches_day(const CronFields& cron, const Date& date) {
  const int year = static_cast<int>(date.year()) - kFirstYear + 1;
  return cron.years.test(static_cast<std::size_t>(year)) &&
         cron.months.test(static_cast<unsigned>(date.month())) &&
         (cron.by_weekday ? matches_weekday(cron, date) : matches_month_day(cron, date));
}

/// The first minute of a day that matches, from `from` on; both in minutes.
std::optional<int> first_minute(const CronFields& cron, int from) {
  for (int hour = from / 60; hour < 24; ++hour) {
    if (!cron.hours.test(static_cast<std::size_t>(hour))) {
      continue;
    }
    for (int minute = hour == from / 60 ? from % 60 : 0; minute < 60; ++minute) {
      if (cron.minutes.test(static_cast<std::size_t>(minute))) {
        return hour * 60 + minute;
      }
    }
  }
  return std::nullopt;
}

std::optional<Microseconds> next_of(const CronFields& cron, Microseconds after) {
  const Microseconds first = after - after % kMinute + kMinute;
  std::chrono::sys_days day{std::chrono::days{first / kDay}};
  int from = static_cast<int>(first % kDay / kMinute);
  for (;; day += std::chrono::days(1), from = 0) {
    const Date date(day);
    if (static_cast<int>(date.year()) > kLastYear) {
      return std::nullopt;
    }
    if (!matches_day(cron, date)) {
      continue;
    }
    if (const auto minute = first_minute(cron, from)) {
      return day.time_since_epoch().count() * kDay + *minute * kMinute;
    }
  }
}

/// yyyy-MM-ddTHH:mm:ss.
std::optional<Microseconds> parse_moment(std::string_view text) {
  constexpr std::string_view kForm = "dddd-dd-ddTdd:dd:dd";
  const auto fits = [](char form, char c) {
    return form == 'd' ? c >= '0' && c <= '9' : c == form;
  };
  if (!std::ranges::equal(kForm, text, fits)) {
    return std::nullopt;
  }
  const auto part = [&](std::size_t at, std::size_t length) {
    return number(text.substr(at, length)).value_or(0);
  };
  const Date date{std::chrono::year(part(0, 4)),
                  std::chrono::month(static_cast<unsigned>(part(5, 2))),
                  std::chrono::day(static_cast<unsigned>(part(8, 2)))};
  if (!date.ok() || part(11, 2) > 23 || part(14, 2) > 59 || part(17, 2) > 59) {
    return std::nullopt;
  }
  return std::chrono::sys_days(date).time_since_epoch().count() * kDay + part(11, 2) * kHour +
         part(14, 2) * kMinute + part(17, 2) * kSecond;
}

std::optional<Microseconds> parse_rate(std::string_view text) {
  const std::size_t digits = text.find_first_not_of("0123456789");
  if (digits == 0 || digits == std::string_view::npos) {
    return std::nullopt;
  }
  const int count = number(text.substr(0, digits)).value_or(0);
  std::string_view unit = text.substr(digits);
  if (unit.starts_with(' ')) {
    unit.remove_prefix(1);
  }
  Microseconds each = 0;
  if (unit == "minute" || unit == "minutes") {
    each = kMinute;
  } else if (unit == "hour" || unit == "hours") {
    each = kHour;
  } else if (unit == "day" || unit == "days") {
    each = kDay;
  }
  // A thousand years: what is added to it later must not overflow.
  constexpr Microseconds kLongest = 365'000 * kDay;
  if (count == 0 || each == 0 || count > kLongest / each) {
    return std::nullopt;
  }
  return count * each;
}

/// Local time less UTC.
std::optional<Microseconds> parse_timezone(std::string_view name) {
  constexpr std::array<std::string_view, 8> kUtc = {"",    "UTC", "Etc/UTC", "Etc/UCT",
                                                    "GMT", "Z",   "Etc/GMT", "UCT"};
  if (std::ranges::find(kUtc, name) != kUtc.end()) {
    return 0;
  }
  constexpr std::string_view kFixed = "Etc/GMT";
  if (!name.starts_with(kFixed)) {
    return std::nullopt;
  }
  name.remove_prefix(kFixed.size());
  const auto hours = number(name.substr(1));
  if ((name[0] != '+' && name[0] != '-') || !hours || *hours > 14) {
    return std::nullopt;
  }
  // POSIX's sign: Etc/GMT+9 is nine hours behind UTC.
  return (name[0] == '+' ? -kHour : kHour) * *hours;
}

}  // namespace

Expected<Schedule, std::string_view> Schedule::parse(std::string_view expression,
                                                     std::string_view timezone,
                                                     Microseconds created) {
  const auto offset = parse_timezone(timezone);
  if (!offset) {
    return Unexpected{kTimezone};
  }
  const std::size_t open = expression.find('(');
  if (open == std::string_view::npos || !expression.ends_with(')')) {
    return Unexpected{kSyntax};
  }
  const std::string_view kind = expression.substr(0, open);
  const std::string_view inner = expression.substr(open + 1, expression.size() - open - 2);
  if (kind == "at") {
    if (const auto moment = parse_moment(inner)) {
      return Schedule(At{*moment - *offset});
    }
  } else if (kind == "rate") {
    if (const auto every = parse_rate(inner)) {
      return Schedule(Rate{created, *every});
    }
  } else if (kind == "cron") {
    if (const auto fields = parse_cron(inner)) {
      return Schedule(Cron{*fields, *offset});
    }
    return Unexpected{kCronFields};
  }
  return Unexpected{kSyntax};
}

std::optional<Microseconds> Schedule::next(Microseconds after) const {
  if (const At* const at = std::get_if<At>(&kind_)) {
    return at->moment > after ? std::optional(at->moment) : std::nullopt;
  }
  if (const Rate* const rate = std::get_if<Rate>(&kind_)) {
    // Assumed: a rate counts from its start, or from one interval after its creation.
    if (after < rate->from) {
      return rate->from;
    }
    return rate->from + ((after - rate->from) / rate->every + 1) * rate->every;
  }
  const Cron& cron = *std::get_if<Cron>(&kind_);
  const auto local = next_of(cron.fields, after + cron.offset);
  return local ? std::optional(*local - cron.offset) : std::nullopt;
}

}  // namespace understudy::autoscaling
