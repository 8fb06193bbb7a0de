#include "emulator/capacity/knob_text.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

namespace understudy {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\"'";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) {
    return {};
  }
  return text.substr(begin, text.find_last_not_of(kBlanks) - begin + 1);
}

std::optional<std::string> assign(CapacityKnobs& knobs, std::string_view text,
                                  std::string_view separators) {
  const std::size_t at = text.find_first_of(separators);
  if (at == std::string_view::npos) {
    return "'" + std::string(text) + "' is not NAME=VALUE";
  }
  const std::string_view name = trimmed(text.substr(0, at));
  auto wrong = set_capacity_knob(knobs, name, trimmed(text.substr(at + 1)));
  if (wrong) {
    return "'" + std::string(name) + "' " + *wrong;
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> assign_knob(CapacityKnobs& knobs, std::string_view assignment) {
  return assign(knobs, assignment, "=");
}

std::optional<std::string> assign_knobs(CapacityKnobs& knobs, std::string_view text) {
  CapacityKnobs changed = knobs;
  for (std::size_t line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view one = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    one = trimmed(one.substr(0, one.find('#')));
    if (one.empty()) {
      continue;
    }
    if (const auto wrong = assign(changed, one, ":=")) {
      return "line " + std::to_string(line) + ": " + *wrong;
    }
  }
  knobs = changed;
  return std::nullopt;
}

std::string knob_table(const CapacityKnobs& knobs) {
  using Row = std::array<std::string, 5>;
  std::vector<Row> rows{{"NAME", "DEFAULT", "UNIT", "MEANING", "SOURCE"}};
  for (const CapacityKnobRow& row : capacity_knob_rows()) {
    std::string value(row.initial);
    if (const auto now = capacity_knob(knobs, row.name); now && *now != value) {
      value += " [" + *now + "]";
    }
    rows.push_back({std::string(row.name), std::move(value), std::string(row.unit),
                    std::string(row.meaning), std::string(row.source)});
  }
  std::array<std::size_t, 5> widths{};
  for (const Row& row : rows) {
    for (std::size_t column = 0; column + 1 < row.size(); ++column) {
      widths[column] = std::max(widths[column], row[column].size());
    }
  }
  std::string table;
  for (const Row& row : rows) {
    for (std::size_t column = 0; column < row.size(); ++column) {
      table += row[column];
      table.append(column + 1 < row.size() ? widths[column] - row[column].size() + 2 : 0, ' ');
    }
    table += '\n';
  }
  return table;
}

}  // namespace understudy
