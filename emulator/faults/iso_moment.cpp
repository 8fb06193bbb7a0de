#include "emulator/faults/iso_moment.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>

namespace understudy {
namespace {

/// The number at the start of `text`, of that many digits, taken off with the `mark` behind it.
std::optional<int> take(std::string_view& text, std::size_t digits, char mark) {
  int value = 0;
  if (text.size() <= digits || text[digits] != mark ||
      text.find_first_not_of("0123456789") != digits) {
    return std::nullopt;
  }
  std::from_chars(text.data(), text.data() + digits, value);
  text.remove_prefix(digits + 1);
  return value;
}

}  // namespace

std::optional<Microseconds> parse_iso_moment(std::string_view text) {
  const auto year = take(text, 4, '-');
  const auto month = year ? take(text, 2, '-') : std::nullopt;
  const auto day = month ? take(text, 2, 'T') : std::nullopt;
  const auto hour = day ? take(text, 2, ':') : std::nullopt;
  const auto minute = hour ? take(text, 2, ':') : std::nullopt;
  if (!minute || *hour > 23 || *minute > 59) {
    return std::nullopt;
  }
  const bool fraction = text.find('.') == 2;
  const auto second = take(text, 2, fraction ? '.' : 'Z');
  if (!second || *second > 59) {
    return std::nullopt;
  }
  Microseconds micros = 0;
  if (fraction) {
    const std::size_t digits = text.size() - 1;
    const auto value =
        text.empty() || digits == 0 || digits > 6 ? std::nullopt : take(text, digits, 'Z');
    if (!value) {
      return std::nullopt;
    }
    micros = *value;
    for (std::size_t i = digits; i < 6; ++i) {
      micros *= 10;
    }
  }
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!text.empty() || !date.ok()) {
    return std::nullopt;
  }
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return ((days * 24 + *hour) * 60 + *minute) * 60'000'000 + *second * 1'000'000 + micros;
}

std::string iso_moment_text(Microseconds moment) {
  const std::int64_t seconds =
      (moment - ((moment % 1'000'000) + 1'000'000) % 1'000'000) / 1'000'000;
  const std::int64_t days = (seconds - ((seconds % 86400) + 86400) % 86400) / 86400;
  const std::int64_t of_day = seconds - days * 86400;
  const std::chrono::year_month_day date{std::chrono::sys_days{std::chrono::days(days)}};
  std::array<char, 64> text{};
  const int length =
      std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ",
                    static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                    static_cast<unsigned>(date.day()), static_cast<int>(of_day / 3600),
                    static_cast<int>(of_day / 60 % 60), static_cast<int>(of_day % 60),
                    static_cast<int>(moment - seconds * 1'000'000));
  return {text.data(), static_cast<std::size_t>(length)};
}

}  // namespace understudy
