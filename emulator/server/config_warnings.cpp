#include "emulator/server/config_warnings.h"

#include <unistd.h>

#include <algorithm>
#include <string_view>

#include "emulator/capacity/knobs.h"
#include "emulator/server/verbs.h"

namespace understudy {
namespace {

constexpr std::string_view kPrefix = "UNDERSTUDY_";

/// UNDERSTUDY_SERVICE_HOST, UNDERSTUDY_SERVICE_PORT_HTTP, UNDERSTUDY_PORT=tcp://10.0.0.1:8000,
/// UNDERSTUDY_PORT_8000_TCP_ADDR; of a service understudy-test, UNDERSTUDY_TEST_SERVICE_HOST.
bool is_of_kubernetes(std::string_view name, std::string_view value) {
  constexpr std::string_view kPort = "_PORT_";
  const std::size_t port = name.find(kPort);
  const std::string_view behind =
      port == std::string_view::npos ? std::string_view() : name.substr(port + kPort.size());
  return name.find("_SERVICE_HOST") != std::string_view::npos ||
         name.find("_SERVICE_PORT") != std::string_view::npos ||
         (!behind.empty() && behind.front() >= '0' && behind.front() <= '9') ||
         value.starts_with("tcp://") || value.starts_with("udp://") || value.starts_with("sctp://");
}

/// As a flag is written, of which words that are nearly others are known.
std::string as_flag(std::string_view variable) {
  return "--" + std::string(variable.substr(kPrefix.size()));
}

std::string unread(std::string_view name, const std::vector<std::string>& flags) {
  std::string text = "the environment sets " + std::string(name) + ", which no flag reads";
  if (const std::string_view near = nearest_word(as_flag(name), flags); !near.empty()) {
    text.append(". Did you mean ").append(kPrefix).append(near.substr(2)).append("?");
  }
  return text;
}

}  // namespace

std::vector<std::string> unread_variables(const std::vector<std::string>& read) {
  std::vector<std::string> flags;
  for (const std::string& variable : read) {
    flags.push_back(as_flag(variable));
  }
  std::vector<std::string> sentences;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view both = *entry;
    const std::size_t equals = std::min(both.find('='), both.size());
    const std::string_view name = both.substr(0, equals);
    if (name.starts_with(kPrefix) && std::ranges::find(read, name) == read.end() &&
        !is_of_kubernetes(name, both.substr(std::min(equals + 1, both.size())))) {
      sentences.push_back(unread(name, flags));
    }
  }
  std::ranges::sort(sentences);
  return sentences;
}

std::vector<std::string> idle_knobs(const SimulationOptions& simulation) {
  const CapacityKnobs& knobs = simulation.knobs;
  const auto sentence_without = [&knobs](KnobNeeds needs, std::string_view flags) {
    std::string names;
    bool several = false;
    for (const CapacityKnobRow& row : capacity_knob_rows()) {
      if (knob_needs(row) == needs && capacity_knob(knobs, row.name) != row.initial) {
        several = !names.empty();
        names.append(several ? ", " : "").append(row.name);
      }
    }
    return names.empty() ? names
                         : (several ? "knobs " : "knob ") + names +
                               (several ? " do nothing without " : " does nothing without ") +
                               std::string(flags);
  };
  std::vector<std::string> sentences;
  if (!simulation.throttle && !simulation.metrics) {
    sentences.push_back(sentence_without(KnobNeeds::kCapacity, "--throttle or --metrics"));
  }
  if (!simulation.replicas) {
    sentences.push_back(sentence_without(KnobNeeds::kReplicas, "--replicas"));
  }
  if (!simulation.any()) {
    sentences.push_back(sentence_without(KnobNeeds::kAny, "--throttle, --metrics or --replicas"));
  }
  std::erase(sentences, std::string());
  return sentences;
}

}  // namespace understudy
