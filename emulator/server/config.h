// Config: what flags, environment and file ask of the program. Reading it starts nothing.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/expected.h"
#include "emulator/server/log.h"
#include "emulator/server/replay.h"
#include "emulator/server/scenario.h"
#include "emulator/server/server.h"
#include "emulator/server/verbs.h"

namespace understudy {

/// Kept equal to the version of the CMake project by the tests of this room.
inline constexpr std::string_view kProductVersion = "0.1.0";

struct Config {
  Verb verb = Verb::kServe;
  ServerOptions server;
  Scenario scenario;
  LogLevel log_level = LogLevel::kInfo;
  LogFormat log_format = LogFormat::kText;
  std::string ready_file;  ///< empty: none
  std::string stack_file;  ///< empty: none
  /// Files and folders of tables and items that are there from the start.
  std::vector<std::string> seed_data;
  std::string record;  ///< file that requests are recorded in; empty: none
  /// What started this server, environment included, for a record of it: no secrets but those of
  /// --credential.
  std::vector<std::string> arguments;
  ReplayOptions replay;  ///< kReplay
  /// What is asked for and does nothing, a line each.
  std::vector<std::string> warnings;
};

/// Why the program ends before it has begun.
struct EarlyExit {
  int code = 0;      ///< 0: help was asked for; 2: something is wrong with the arguments
  std::string text;  ///< help, or one line
};

/// `arguments`: argv, the program's name first. Flags before environment (UNDERSTUDY_*) before file
/// before default. Takes DynamoDB Local's flags and command line too; with those its rule of who
/// sees which tables holds. `threads`: how many the machine would run at once.
Expected<Config, EarlyExit> read_config(const std::vector<std::string>& arguments,
                                        unsigned threads);

}  // namespace understudy
