// LambdaService: the part of Lambda's API that works on what is there already: Invoke, the
// descriptions of functions, event source mappings (handed on). REST and JSON under /2015-03-31/.
#pragma once

#include <memory>
#include <string>

#include "emulator/api/side_service.h"
#include "streams/functions/function_registry.h"
#include "streams/functions/lambda_answer.h"

namespace understudy {

class Scheduler;

/// Answers for one collection below /2015-03-31/, as event-source-mappings.
class LambdaResource {
 public:
  LambdaResource() = default;
  virtual ~LambdaResource() = default;
  LambdaResource(const LambdaResource&) = delete;
  LambdaResource& operator=(const LambdaResource&) = delete;

  struct Call {
    std::string_view method;
    std::string_view id;     ///< decoded; empty: the collection
    std::string_view query;  ///< of the target, still encoded
    std::string_view body;
  };
  virtual LambdaResult answer(const Call& call) = 0;
};

/// Thread-safe.
class LambdaService final : public SideService {
 public:
  /// All must outlive it. `mappings` may be null: then there are none.
  LambdaService(FunctionRegistry& functions, const Clock& clock, Scheduler& scheduler,
                LambdaResource* mappings);

  [[nodiscard]] bool claims(const Request& request) const override;
  void handle(const Request& request, Microseconds now, Response& response) override;
  [[nodiscard]] const ModelOperation* operation_of(const Request& request) const override;
  [[nodiscard]] std::optional<SideSigning> signing_of(const Request& request) const override;
  [[nodiscard]] std::string_view subject_of(const Request& request, Arena& arena) const override;
  void refuse(const Request& request, const SideError& error, Response& response) const override;

 private:
  LambdaResult answer(const Request& request, Response& response);
  LambdaResult functions(const Request& request, std::string_view path, Response& response);
  LambdaResult list(std::string_view query);
  LambdaResult describe(std::string_view name, bool configuration_only);
  LambdaResult invoke(const Request& request, const std::string& name, Response& response);
  void invoke_event(const std::string& name, const FunctionInvocation& invocation, int attempt);
  [[nodiscard]] Unexpected<LambdaError> no_such_function(std::string_view name) const;

  FunctionRegistry& functions_;
  const Clock& clock_;
  Scheduler& scheduler_;
  LambdaResource* mappings_;
};

}  // namespace understudy
