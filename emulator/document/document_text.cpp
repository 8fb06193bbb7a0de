// Durations and names as documents write them.
#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

#include "emulator/document/document.h"

namespace understudy {
namespace {

constexpr double kThousandYears = 1000.0 * 366 * 86400 * 1e6;

struct Unit {
  std::string_view name;
  std::int64_t microseconds;
};
constexpr Unit kUnits[] = {{"us", 1},           {"ms", 1'000},        {"s", 1'000'000},
                           {"min", 60'000'000}, {"h", 3'600'000'000}, {"d", 86'400'000'000}};

/// Letters to insert, erase or replace to make one of the other.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

}  // namespace

std::string_view closest_name(std::string_view text, std::span<const std::string_view> names) {
  constexpr std::size_t kNameBytesMax = 100;
  std::string_view closest;
  std::size_t best = text.size() / 3 + 2;  // As many wrong letters make it another word.
  for (const std::string_view name : names) {
    if (text.size() > kNameBytesMax || name.size() > kNameBytesMax) {
      continue;
    }
    const std::size_t distance = edit_distance(text, name);
    if (distance < best && distance < name.size()) {
      best = distance;
      closest = name;
    }
  }
  return closest;
}

std::optional<std::int64_t> parse_duration(std::string_view text) {
  double value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc() || !std::isfinite(value) || value < 0 || text.starts_with('-')) {
    return std::nullopt;
  }
  std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  while (unit.starts_with(' ')) {
    unit.remove_prefix(1);
  }
  for (const Unit& row : kUnits) {
    const double microseconds = value * static_cast<double>(row.microseconds);
    if (row.name == unit && microseconds <= kThousandYears) {
      return std::llround(microseconds);
    }
  }
  return std::nullopt;
}

std::string duration_text(std::int64_t microseconds) {
  const Unit* unit = std::begin(kUnits);
  for (const Unit& row : kUnits) {
    if (microseconds != 0 && microseconds % row.microseconds == 0) {
      unit = &row;
    }
  }
  if (microseconds == 0) {
    return "0s";
  }
  return std::to_string(microseconds / unit->microseconds) + std::string(unit->name);
}

}  // namespace understudy
