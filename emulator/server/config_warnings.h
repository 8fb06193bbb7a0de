// What a configuration says that nothing heeds: no error, but worth a line at the start.
#pragma once

#include <string>
#include <vector>

#include "emulator/table/simulation_options.h"

namespace understudy {

/// Adds a sentence for each UNDERSTUDY_* variable of the environment that no flag reads, but
/// not for those that Kubernetes sets where a service's name begins with "understudy". `read`:
/// what flags read, "--LOG_LEVEL" for UNDERSTUDY_LOG_LEVEL.
void warn_of_unread_variables(const std::vector<std::string>& read,
                              std::vector<std::string>& warnings);

/// Adds a sentence for all knobs that are not as by default and do nothing with what is simulated,
/// for each thing that would have to be.
void warn_of_idle_knobs(const SimulationOptions& simulation, std::vector<std::string>& warnings);

}  // namespace understudy
