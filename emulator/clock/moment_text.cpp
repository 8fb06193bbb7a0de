#include "emulator/clock/moment_text.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>
#include <cstdio>

namespace understudy {
namespace {

/// Takes `count` digits off the front; nullopt where they are not there.
std::optional<int> take_digits(std::string_view& text, std::size_t count) {
  int value = 0;
  if (text.size() < count) {
    return std::nullopt;
  }
  for (const char c : text.substr(0, count)) {
    if (c < '0' || c > '9') {
      return std::nullopt;
    }
    value = value * 10 + (c - '0');
  }
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, char wanted) {
  if (text.empty() || text.front() != wanted) {
    return false;
  }
  text.remove_prefix(1);
  return true;
}

std::optional<Microseconds> take_date(std::string_view& text) {
  const auto year = take_digits(text, 4);
  const bool first = year && take(text, '-');
  const auto month = first ? take_digits(text, 2) : std::nullopt;
  const bool second = month && take(text, '-');
  const auto day = second ? take_digits(text, 2) : std::nullopt;
  if (!day) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) {
    return std::nullopt;
  }
  return std::chrono::sys_days(date).time_since_epoch().count() * kDay;
}

std::optional<Microseconds> take_fraction(std::string_view& text) {
  Microseconds unit = kSecond;
  Microseconds value = 0;
  while (!text.empty() && text.front() >= '0' && text.front() <= '9' && unit > 1) {
    unit /= 10;
    value += unit * (text.front() - '0');
    text.remove_prefix(1);
  }
  return unit == kSecond ? std::nullopt : std::optional(value);
}

std::optional<Microseconds> take_time_of_day(std::string_view& text) {
  const auto hour = take_digits(text, 2);
  const bool first = hour && take(text, ':');
  const auto minute = first ? take_digits(text, 2) : std::nullopt;
  if (!minute || *hour > 23 || *minute > 59) {
    return std::nullopt;
  }
  Microseconds rest = 0;
  if (take(text, ':')) {
    const auto second = take_digits(text, 2);
    if (!second || *second > 59) {
      return std::nullopt;
    }
    rest = *second * kSecond;
    if (take(text, '.')) {
      const auto fraction = take_fraction(text);
      if (!fraction) {
        return std::nullopt;
      }
      rest += *fraction;
    }
  }
  return (*hour * 60 + *minute) * 60 * kSecond + rest;
}

/// A number at the front; nullopt where there is none that is finite and not negative.
std::optional<double> take_number(std::string_view& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || !std::isfinite(value) || value < 0 || text.front() == '-') {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

}  // namespace

std::optional<Microseconds> parse_moment(std::string_view text) {
  if (text.size() < 5 || text[4] != '-') {
    const auto seconds = take_number(text);
    // The end of the year 9999: what a date can say.
    if (!seconds || !text.empty() || *seconds >= 253'402'300'800.0) {
      return std::nullopt;
    }
    return std::llround(*seconds * static_cast<double>(kSecond));
  }
  const auto date = take_date(text);
  if (!date || text.empty()) {
    return date;
  }
  if (!take(text, 'T') && !take(text, ' ')) {
    return std::nullopt;
  }
  const auto time = take_time_of_day(text);
  take(text, 'Z');
  return time && text.empty() ? std::optional(*date + *time) : std::nullopt;
}

std::string moment_text(Microseconds moment) {
  const auto days = std::chrono::floor<std::chrono::days>(std::chrono::microseconds(moment));
  const std::chrono::year_month_day date{std::chrono::sys_days(days)};
  const Microseconds rest = moment - days.count() * kDay;
  const auto seconds = static_cast<int>(rest / kSecond);
  std::array<char, 64> text{};
  const int length =
      std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ",
                    static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                    static_cast<unsigned>(date.day()), seconds / 3600, seconds / 60 % 60,
                    seconds % 60, static_cast<int>(rest % kSecond));
  return {text.data(), static_cast<std::size_t>(length)};
}

}  // namespace understudy
