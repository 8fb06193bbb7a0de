#include "emulator/server/config_warnings.h"

#include <unistd.h>

#include <string_view>
#include <utility>

#include "emulator/capacity/knobs.h"
#include "emulator/server/verbs.h"

namespace understudy {
namespace {

constexpr std::string_view kPrefix = "UNDERSTUDY_";

/// UNDERSTUDY_SERVICE_HOST, UNDERSTUDY_SERVICE_PORT_HTTP, UNDERSTUDY_PORT=tcp://10.0.0.1:8000,
/// UNDERSTUDY_PORT_8000_TCP_ADDR; of a service understudy-test, UNDERSTUDY_TEST_SERVICE_HOST.
/// `entry`: name and value, with the "=".
bool is_of_kubernetes(std::string_view entry) {
  for (const std::string_view part :
       {"_SERVICE_HOST", "_SERVICE_PORT", "=tcp://", "=udp://", "=sctp://"}) {
    if (entry.find(part) != std::string_view::npos) {
      return true;
    }
  }
  constexpr std::string_view kPort = "_PORT_";
  const std::size_t port = entry.find(kPort);
  return port != std::string_view::npos &&
         entry.substr(port + kPort.size()).find_first_of("0123456789") == 0;
}

}  // namespace

void warn_of_unread_variables(const std::vector<std::string>& read,
                              std::vector<std::string>& warnings) {
  for (char** at = environ; at != nullptr && *at != nullptr; ++at) {
    const std::string_view entry = *at;
    if (!entry.starts_with(kPrefix) || is_of_kubernetes(entry)) {
      continue;
    }
    // With as many letters as a flag has, of which words that are nearly others are known.
    std::string name = "--";
    name.append(entry.substr(0, entry.find('=')).substr(kPrefix.size()));
    const std::string_view near = nearest_word(name, read);
    if (near == name) {
      continue;
    }
    std::string& text = warnings.emplace_back("the environment sets UNDERSTUDY_");
    text.append(name, 2).append(", which no flag reads");
    if (!near.empty()) {
      text.append(". Did you mean UNDERSTUDY_").append(near.substr(2)).append("?");
    }
  }
}

void warn_of_idle_knobs(const SimulationOptions& simulation, std::vector<std::string>& warnings) {
  struct Need {
    KnobNeeds what;
    bool met;
    const char* beginning;
  };
  const Need needs[] = {
      {KnobNeeds::kCapacity, simulation.throttle || simulation.metrics,
       "knobs that do nothing without --throttle or --metrics: "},
      {KnobNeeds::kReplicas, simulation.replicas, "knobs that do nothing without --replicas: "},
      {KnobNeeds::kAny, simulation.any(),
       "knobs that do nothing without --throttle, --metrics or --replicas: "}};
  for (const Need& need : needs) {
    std::string text;
    for (const CapacityKnobRow& row : capacity_knob_rows()) {
      if (!need.met && knob_needs(row) == need.what &&
          capacity_knob(simulation.knobs, row.name) != row.initial) {
        text.append(text.empty() ? need.beginning : ", ").append(row.name);
      }
    }
    if (!text.empty()) {
      warnings.push_back(std::move(text));
    }
  }
}

}  // namespace understudy
