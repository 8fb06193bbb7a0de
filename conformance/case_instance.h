// CaseInstance: the emulator that one case, or several that ask for nothing special, run against.
#pragma once

#include <memory>
#include <optional>

#include "conformance/case_file.h"
#include "conformance/scripted_functions.h"
#include "emulator/clock/clock.h"
#include "emulator/server/instance.h"

namespace understudy::conformance {

class CaseInstance {
 public:
  /// Sets `clock`, which must outlive it, to where every case begins. Throws where the functions
  /// of the case make no sense.
  CaseInstance(const Case& one, VirtualClock& clock);

  [[nodiscard]] Instance& instance() { return *instance_; }
  /// Whether another case may be run against it: no options, no functions, the clock not moved.
  [[nodiscard]] bool reusable() const { return reusable_; }

  void advance(std::int64_t ms);
  /// ScriptedFunctions::take(), after all that is due now.
  Json take_invocations(const Json& ask);

 private:
  std::optional<ScriptedFunctions> functions_;
  std::unique_ptr<Instance> instance_;
  bool reusable_ = true;
};

/// Whether a case needs an instance of its own.
bool needs_own_instance(const Case& one);

}  // namespace understudy::conformance
