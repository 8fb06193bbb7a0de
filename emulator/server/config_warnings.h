// What a configuration says that nothing heeds: no error, but worth a line at the start.
#pragma once

#include <string>
#include <vector>

#include "emulator/table/simulation_options.h"

namespace understudy {

/// A sentence for each UNDERSTUDY_* variable of the environment that is not among `read`, the
/// variables of all flags; sorted. Not for those that Kubernetes sets where a service's name begins
/// with "understudy".
std::vector<std::string> unread_variables(const std::vector<std::string>& read);

/// A sentence for all knobs that are not as by default and, with what is simulated, do nothing.
std::vector<std::string> idle_knobs(const SimulationOptions& simulation);

}  // namespace understudy
