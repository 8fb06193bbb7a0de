// Scenario: a file that sets the stage of a run: fault rules and knobs (--scenario FILE).
//
//   seed: 7                        # unless --seed says else
//   knobs: {burst_seconds: 60}     # as --knob burst_seconds=60
//   faults: [{id: …, do: …}]       # emulator/faults/README.md
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/expected.h"
#include "emulator/faults/fault_rule.h"

namespace understudy {

struct Scenario {
  std::optional<std::uint64_t> seed;
  std::vector<std::string> knobs;  ///< "burst_seconds=60"
  std::vector<FaultRule> faults;
};

/// Error: one sentence with the place: "FILE:LINE: member '…': …".
Expected<Scenario, std::string> parse_scenario(std::string_view text, const std::string& file);
/// The same of a file; "cannot read FILE".
Expected<Scenario, std::string> read_scenario(const std::string& file);

}  // namespace understudy
