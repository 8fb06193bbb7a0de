// The engine's inside, for its own files: engine.cpp (the journey of a request and the public
// calls), engine_answer.cpp (what happens to an answer before it goes out) and engine_services.cpp
// (requests to the services beside DynamoDB).
#pragma once

#include <atomic>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "emulator/api/engine.h"
#include "emulator/api/operation_directory.h"
#include "emulator/api/request_id.h"
#include "emulator/api/side_service.h"
#include "emulator/api/signature_verifier.h"
#include "emulator/api/workspace_pool.h"
#include "emulator/base/random.h"
#include "emulator/faults/rule_book.h"
#include "emulator/operations/fault_gate.h"
#include "emulator/operations/operation.h"
#include "emulator/table/catalog.h"

namespace understudy {

/// One request on its way, and what became known of it.
struct Exchange {
  const Request& request;
  Response& response;
  Workspace& workspace;
  Microseconds now = 0;
  std::string_view body;  ///< after its content coding was undone
  const OperationRows* rows = nullptr;
  Scope scope;
  RequestTrace trace;
  std::string_view error;  ///< short name of the error answered
  std::string note;
  std::optional<FaultGate::Outcome> faults;  ///< where rules were asked
  const ModelOperation* beside = nullptr;    ///< a side service's, where rules were asked
};

struct Engine::Impl {
  explicit Impl(EngineOptions given);

  void handle(const Request& request, Response& response);
  void call(std::string_view operation, std::string_view access_key, const Request& request,
            Response& response);
  template <class FindScope>
  void call_within(Exchange& exchange, std::string_view operation, const FindScope& find_scope);

  Result<void> journey(Exchange& exchange);
  [[nodiscard]] Microseconds signing_time(const Signature& signature, Microseconds now) const;
  bool serve_beside(Exchange& exchange);
  bool admits_beside(const Exchange& exchange, const SideService& service);
  void serve_with_faults(Exchange& exchange, SideService& service);
  [[nodiscard]] Expected<std::optional<FaultRule>, std::string> carried_rule(
      const Request& request, const ModelOperation& operation) const;
  bool decode_body(Exchange& exchange);
  Result<void> run(Exchange& exchange, JsonNode& input);
  Result<void> run_with_faults(Exchange& exchange, JsonNode& input);
  Result<void> run_operation(Exchange& exchange, JsonNode& input, FaultGate* gate);
  Result<JsonNode> parse(const Exchange& exchange) const;

  template <class Steps>
  void guarded(Exchange& exchange, const Steps& steps);
  void finish(Exchange& exchange);
  void compress_answer(Exchange& exchange) const;
  void hint_at_other_tenants(Exchange& exchange);
  void record(const Exchange& exchange);
  void meter(const Exchange& exchange);
  static void delay_answer(Microseconds delay, Response& response);

  const EngineOptions options;
  SystemClock system_clock;
  Clock& clock;
  const Random random;
  std::atomic<std::uint64_t> seed;
  RequestIds request_ids;
  Scheduler scheduler;
  Catalog catalog;
  PlanCache plans;
  OperationDirectory directory;
  SignatureVerifier verifier;
  WorkspacePool workspaces;
  std::vector<SideService*> services;
  const ValidationWording wording;
  RuleBook faults;
  /// Tenants that were told where the tables are.
  Guarded<std::set<std::string, std::less<>>> hinted;
};

}  // namespace understudy
