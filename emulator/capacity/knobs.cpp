#include "emulator/capacity/knobs.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>

namespace understudy {
namespace {

constexpr CapacityKnobRow kRows[] = {
#define CAPACITY_KNOB(name, initial, smallest, largest, unit, meaning, source) \
  {#name, #initial, unit, meaning, source},
#define CAPACITY_CHOICE(name, Type, initial, values, meaning, source)                              \
  {#name, std::string_view(values).substr(0, std::string_view(values).find('|')), values, meaning, \
   source},
#define CAPACITY_NEEDS(what)
#include "emulator/capacity/knobs.inc"
#undef CAPACITY_KNOB
#undef CAPACITY_CHOICE
#undef CAPACITY_NEEDS
};

/// By row.
constexpr auto kNeeds = [] {
  std::array<KnobNeeds, std::size(kRows)> all{};
  std::size_t row = 0;
  KnobNeeds needs = KnobNeeds::kNothing;
#define CAPACITY_KNOB(...) all[row++] = needs;
#define CAPACITY_CHOICE(...) all[row++] = needs;
#define CAPACITY_NEEDS(what) needs = KnobNeeds::what;
#include "emulator/capacity/knobs.inc"
#undef CAPACITY_KNOB
#undef CAPACITY_CHOICE
#undef CAPACITY_NEEDS
  return all;
}();

std::optional<std::string> set_number(std::int64_t& knob, std::string_view value,
                                      std::int64_t smallest, std::int64_t largest) {
  std::int64_t number = 0;
  const char* end = value.data() + value.size();
  const auto [stop, problem] = std::from_chars(value.data(), end, number);
  if (problem != std::errc() || stop != end || number < smallest || number > largest) {
    return "must be a whole number from " + std::to_string(smallest) + " to " +
           std::to_string(largest);
  }
  knob = number;
  return std::nullopt;
}

std::string_view choice_at(std::string_view values, std::size_t position) {
  for (; position > 0; --position) {
    values.remove_prefix(values.find('|') + 1);
  }
  return values.substr(0, values.find('|'));
}

template <class Type>
std::optional<std::string> set_choice(Type& knob, std::string_view value, std::string_view values) {
  const auto choices = static_cast<std::size_t>(std::ranges::count(values, '|')) + 1;
  for (std::size_t i = 0; i < choices; ++i) {
    if (choice_at(values, i) == value) {
      knob = static_cast<Type>(i);
      return std::nullopt;
    }
  }
  return "must be one of " + std::string(values);
}

}  // namespace

CapacityUnits CapacityKnobs::partition_ceiling(Dimension dimension) const {
  return CapacityUnits::whole(dimension == Dimension::kRead ? partition_read_units
                                                            : partition_write_units);
}

CapacityUnits CapacityKnobs::on_demand_initial(Dimension dimension) const {
  return CapacityUnits::whole(dimension == Dimension::kRead ? on_demand_initial_read_units
                                                            : on_demand_initial_write_units);
}

CapacityUnits CapacityKnobs::table_quota(Dimension dimension) const {
  return CapacityUnits::whole(dimension == Dimension::kRead ? table_read_quota : table_write_quota);
}

std::span<const CapacityKnobRow> capacity_knob_rows() {
  return kRows;
}

KnobNeeds knob_needs(const CapacityKnobRow& row) {
  return kNeeds[static_cast<std::size_t>(&row - kRows)];
}

std::optional<std::string> capacity_knob(const CapacityKnobs& knobs, std::string_view name) {
#define CAPACITY_KNOB(member, ...)       \
  if (name == #member) {                 \
    return std::to_string(knobs.member); \
  }
#define CAPACITY_CHOICE(member, Type, initial, values, ...)                        \
  if (name == #member) {                                                           \
    return std::string(choice_at(values, static_cast<std::size_t>(knobs.member))); \
  }
#define CAPACITY_NEEDS(what)
#include "emulator/capacity/knobs.inc"
#undef CAPACITY_KNOB
#undef CAPACITY_CHOICE
#undef CAPACITY_NEEDS
  return std::nullopt;
}

std::optional<std::string> set_capacity_knob(CapacityKnobs& knobs, std::string_view name,
                                             std::string_view value) {
#define CAPACITY_KNOB(member, initial, smallest, largest, ...) \
  if (name == #member) {                                       \
    return set_number(knobs.member, value, smallest, largest); \
  }
#define CAPACITY_CHOICE(member, Type, initial, values, ...) \
  if (name == #member) {                                    \
    return set_choice(knobs.member, value, values);         \
  }
#define CAPACITY_NEEDS(what)
#include "emulator/capacity/knobs.inc"
#undef CAPACITY_KNOB
#undef CAPACITY_CHOICE
#undef CAPACITY_NEEDS
  return "is no knob";
}

}  // namespace understudy
