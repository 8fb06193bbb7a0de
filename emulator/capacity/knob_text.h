// Knobs as text: what people write on the command line and in files, and what `understudy knobs`
// prints. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "emulator/capacity/knobs.h"

namespace understudy {

/// Sets one knob from "NAME=VALUE". Returns what is wrong with it; `knobs` is then as it was.
std::optional<std::string> assign_knob(CapacityKnobs& knobs, std::string_view assignment);

/// Sets knobs from a file's text: a line each, "name: value" or "name = value"; "#" begins a
/// comment. All or none: returns "line 3: …" for the first line that is wrong, and `knobs` is then
/// as it was.
std::optional<std::string> assign_knobs(CapacityKnobs& knobs, std::string_view text);

/// A line for each knob: name, default, unit, meaning, source; the first line names the columns. A
/// value that differs from the default in `knobs` stands behind it, in brackets.
std::string knob_table(const CapacityKnobs& knobs);

}  // namespace understudy
