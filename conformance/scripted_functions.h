// ScriptedFunctions: the functions a case declares, each a list of rules that says what it does
// with what it is invoked with, and a record of what came. Thread-safe.
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "conformance/case_file.h"
#include "emulator/base/expected.h"
#include "emulator/clock/clock.h"

namespace understudy {
class FunctionHost;
}

namespace understudy::conformance {

/// conformance/README.md, "functions" and "invocations".
class ScriptedFunctions {
 public:
  /// Adds the functions of `script` to `host`, which is destroyed before this. `until` in rules
  /// counts from `begin`.
  ScriptedFunctions(const Json& script, const Clock& clock, Microseconds begin, FunctionHost& host);

  /// The invocations since they were last asked for, as `ask` wants them; they are forgotten.
  Json take(const Json& ask);

 private:
  struct Rule {
    Json from;
    std::int64_t uses = 0;
  };
  struct Invocation {
    std::string function;
    std::string outcome;  ///< "returned", "failed"
    Json event;
  };

  Expected<std::string, std::string> invoke(const std::string& function, std::string_view event);
  [[nodiscard]] bool applies(const Rule& rule, std::string_view event) const;

  const Clock& clock_;
  const Microseconds begin_;
  std::mutex mutex_;
  std::map<std::string, std::vector<Rule>> rules_;
  std::vector<Invocation> invocations_;
};

}  // namespace understudy::conformance
