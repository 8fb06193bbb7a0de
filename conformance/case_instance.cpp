#include "conformance/case_instance.h"

#include <stdexcept>

#include "conformance/engine_options.h"
#include "streams/function_host.h"

namespace understudy::conformance {

bool needs_own_instance(const Case& one) {
  return !one.options.is_null() || !one.functions.is_null();
}

CaseInstance::CaseInstance(const Case& one, VirtualClock& clock)
    : reusable_(!needs_own_instance(one)) {
  clock.set(kCaseStart);
  EngineOptions wanted = engine_options(one.options);
  wanted.clock = &clock;
  Features features;
  if (!one.functions.is_null()) {
    // No threads: callbacks run in place, as due work.
    features.functions = std::make_shared<const FunctionHostOptions>();
  }
  instance_ = std::make_unique<Instance>(std::move(wanted), features);
  if (!one.functions.is_null()) {
    functions_.emplace(one.functions, clock, kCaseStart, *instance_->functions());
  }
}

void CaseInstance::advance(std::int64_t ms) {
  instance_->advance(ms * 1000);
  reusable_ = false;
}

Json CaseInstance::take_invocations(const Json& ask) {
  if (!functions_) {
    throw std::invalid_argument("the case has no functions");
  }
  instance_->advance(0);
  return functions_->take(ask);
}

}  // namespace understudy::conformance
