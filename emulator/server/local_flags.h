// DynamoDB Local's command line, translated into ours, so that compose files and Testcontainers
// modules made for it run unchanged. Pure.
// Source: Developer Guide, "DynamoDB local usage notes" (command-line options).
#pragma once

#include <string>
#include <vector>

#include "emulator/base/expected.h"

namespace understudy {

struct TranslatedArguments {
  std::vector<std::string> arguments;  ///< without the program's name
  bool local_style = false;            ///< some argument was DynamoDB Local's
  bool as_java = false;                ///< called in place of a Java machine
  bool shared = false;                 ///< -sharedDb
};

/// `arguments`: argv. Error: one line, for what we cannot do (yet).
Expected<TranslatedArguments, std::string> translate_local_flags(
    const std::vector<std::string>& arguments);

}  // namespace understudy
