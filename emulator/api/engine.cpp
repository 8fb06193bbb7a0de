#include "emulator/api/engine.h"

#include <exception>

#include "emulator/api/authentication.h"
#include "emulator/api/content_coding.h"
#include "emulator/api/engine_impl.h"
#include "emulator/api/envelope.h"
#include "emulator/api/error_body.h"
#include "emulator/api/fault_delivery.h"
#include "emulator/api/tenant.h"
#include "emulator/base/check.h"
#include "emulator/faults/fault_document.h"
#include "emulator/table/capacity_control.h"

namespace understudy {
namespace {

Transitions transitions_of(const EngineOptions& options) {
  if (!options.transition_ms.has_value()) {
    return {Transitions::Mode::kAwsLike, 0};
  }
  if (*options.transition_ms <= 0) {
    return {Transitions::Mode::kImmediate, 0};
  }
  return {Transitions::Mode::kFixed, *options.transition_ms * 1000};
}

}  // namespace

Engine::Impl::Impl(EngineOptions given)
    : options(std::move(given)),
      clock(options.clock != nullptr ? *options.clock : system_clock),
      random(options.seed),
      seed(options.seed),
      request_ids(random.fork("request-id")),
      catalog(clock, random.fork("catalog"), scheduler, transitions_of(options),
              options.simulation),
      verifier(options.credentials),
      wording(options.wording_2025 ? ValidationWording::k2025 : ValidationWording::k2026),
      faults(clock, options.seed) {
  catalog.keep_history(options.allow_fault_header);
  faults.on_change([this] {
    catalog.keep_history(options.allow_fault_header || faults.asks_for_history());
    CapacityControl(catalog).release_holds();
  });
}

void Engine::Impl::handle(const Request& request, Response& response) {
  response.clear();
  const WorkspacePool::Loan workspace = workspaces.borrow();
  Exchange exchange{request, response, *workspace, clock.now(), request.body};
  request_ids.write_next(response.request_id);
  scheduler.run_due(exchange.now);
  guarded(exchange, [&] { return journey(exchange); });
  finish(exchange);
}

/// Sections F1 to F3, in their order.
Result<void> Engine::Impl::journey(Exchange& exchange) {
  const Request& request = exchange.request;
  if (!services.empty() && serve_beside(exchange)) {
    return {};
  }
  if (answer_envelope(options, request, exchange.response)) {
    return {};
  }
  if (request.has(KnownHeader::kContentEncoding) && decode_body(exchange)) {
    return {};
  }
  TRY(JsonNode input, parse(exchange));
  const std::string_view target = request.header(KnownHeader::kTarget);
  exchange.rows = directory.find(target);
  if (exchange.rows == nullptr) {
    return Unexpected{directory.unknown(target)};
  }
  TRY(const Signature signature, read_signature(request, exchange.workspace.arena));
  exchange.scope = scope_of(options, signature.access_key, signature.region,
                            request.header(KnownHeader::kHost), exchange.workspace.arena);
  if (options.strict_auth) {
    TRY_VOID(verifier.verify(request, signature, signing_time(signature, exchange.now),
                             exchange.workspace.arena));
  }
  return run(exchange, input);
}

/// The time a signature is held against: the engine's, unless only the other clock's fits.
Microseconds Engine::Impl::signing_time(const Signature& signature, Microseconds now) const {
  const Clock* const other = options.signature_clock;
  if (other == nullptr || is_timely(signature, now)) {
    return now;
  }
  const Microseconds real = other->now();
  return is_timely(signature, real) ? real : now;
}

/// The rule that the request carries for itself, where that is allowed. Error: what is wrong with
/// it.
Expected<std::optional<FaultRule>, std::string> Engine::Impl::carried_rule(
    const Request& request, const ModelOperation& operation) const {
  const std::string_view own =
      options.allow_fault_header ? find_request_header(&request, kFaultHeader) : std::string_view();
  if (own.empty()) {
    return std::optional<FaultRule>();
  }
  auto rule = parse_fault_action(own, std::string(kFaultHeader), &operation);
  if (!rule) {
    return Unexpected<std::string>{rule.error().message()};
  }
  return std::optional<FaultRule>(*std::move(rule));
}

void Engine::Impl::call(std::string_view operation, std::string_view access_key,
                        const Request& request, Response& response) {
  response.clear();
  response.content_type = "application/x-amz-json-1.0";
  const WorkspacePool::Loan workspace = workspaces.borrow();
  Exchange exchange{request, response, *workspace, clock.now(), request.body};
  scheduler.run_due(exchange.now);
  call_within(exchange, operation,
              [&] { return scope_of(options, access_key, options.region, {}, workspace->arena); });
}

/// An operation that a caller in this process asks for by name.
template <class FindScope>
void Engine::Impl::call_within(Exchange& exchange, std::string_view operation,
                               const FindScope& find_scope) {
  request_ids.write_next(exchange.response.request_id);
  guarded(exchange, [&]() -> Result<void> {
    TRY(JsonNode input, parse(exchange));
    exchange.rows = directory.find_by_name(operation);
    if (exchange.rows == nullptr) {
      return Unexpected{directory.unknown(operation)};
    }
    exchange.scope = find_scope();
    return run(exchange, input);
  });
  finish(exchange);
}

/// Undoes the Content-Encoding. True: the answer is there already. Source: section F1.
bool Engine::Impl::decode_body(Exchange& exchange) {
  Buffer& decoded = exchange.workspace.decoded;
  switch (decompress(exchange.request.body, exchange.request.header(KnownHeader::kContentEncoding),
                     options.max_body_bytes, decoded)) {
    case Decoded::kPlain:
      return false;
    case Decoded::kDecoded:
      exchange.body = decoded.view();
      return false;
    case Decoded::kBroken:
      exchange.error = "InternalServerError";
      write_error_body(ApiError(ErrorKind::kInternalServerError, "Internal server error"),
                       exchange.response);
      return true;
    case Decoded::kTooLarge:
      answer_too_large(exchange.response);
      return true;
  }
  return false;
}

/// The only parse of the body. No body is not malformed yet: steps 6 to 16 come first, then run()
/// refuses it. Source: DLT:index.js ("serialization checks seem to be a bit out of sync").
Result<JsonNode> Engine::Impl::parse(const Exchange& exchange) const {
  if (exchange.body.empty()) {
    return JsonNode{};
  }
  auto parsed = parse_json(exchange.body, exchange.workspace.arena);
  if (!parsed) {
    return api_error(ErrorKind::kSerializationException);
  }
  return *parsed;
}

Result<void> Engine::Impl::run(Exchange& exchange, JsonNode& input) {
  if (!input.is(JsonKind::kObject)) {
    // Assumed: any other JSON document is refused in the same words as no document.
    return api_error(ErrorKind::kSerializationException);
  }
  if (faults.engaged() || options.allow_fault_header) [[unlikely]] {
    return run_with_faults(exchange, input);
  }
  return run_operation(exchange, input, nullptr);
}

Result<void> Engine::Impl::run_operation(Exchange& exchange, JsonNode& input, FaultGate* gate) {
  const OperationRows& rows = *exchange.rows;
  exchange.scope.operation = rows.model->name;
  OperationContext context{
      *rows.model,  exchange.scope, catalog,        plans,    exchange.workspace.arena,
      exchange.now, wording,        exchange.trace, rows.set, gate};
  if (gate != nullptr) [[unlikely]] {
    TRY_VOID(gate->pass(context, FaultPhase::kOnArrival));
  }
  if (catalog.simulates() && rows.operation->access == Access::kControl) {
    TRY_VOID(catalog.admit_control_call(exchange.scope, rows.model->name));
  }
  TRY_VOID(validate_input(*rows.model, input, wording));
  JsonWriter out(exchange.response.body);
  TRY_VOID(rows.operation->run(context, input, out));
  if (rows.operation->empty_body) {
    exchange.response.body.clear();
  }
  if (gate != nullptr) [[unlikely]] {
    return gate->pass(context, FaultPhase::kAfterCommit);
  }
  return {};
}

/// The same, held against the fault rules in force and the one the request carries.
Result<void> Engine::Impl::run_with_faults(Exchange& exchange, JsonNode& input) {
  const FaultSubject subject{*exchange.rows->model,    input,
                             exchange.scope.tenant,    exchange.now,
                             exchange.workspace.arena, &exchange.request,
                             find_request_header};
  const auto carried = carried_rule(exchange.request, *exchange.rows->model);
  if (!carried) {
    return validation_error(carried.error());
  }
  FaultGate gate(faults.snapshot(), subject);
  if (*carried) {
    gate.add(**carried, faults.seed());
  }
  Result<void> done = run_operation(exchange, input, &gate);
  exchange.faults = gate.outcome();
  return done;
}

/// Turns an error into its body. What is thrown (by a library, or by our own mistake) becomes
/// InternalServerError: nothing leaves the engine but answers.
template <class Steps>
void Engine::Impl::guarded(Exchange& exchange, const Steps& steps) {
  try {
    const Result<void> done = steps();
    if (!done) {
      exchange.error = error_row(done.error().kind()).name;
      write_error_body(done.error(), exchange.response);
    }
    return;
  } catch (const std::exception& thrown) {
    exchange.note = std::string("internal error: ") + thrown.what();
  } catch (...) {
    exchange.note = "internal error";
  }
  exchange.error = "InternalServerError";
  write_error_body(ApiError(ErrorKind::kInternalServerError, "Internal server error"),
                   exchange.response);
}

Engine::Engine(EngineOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Engine::~Engine() = default;

void Engine::handle(const Request& request, Response& response) {
  impl_->handle(request, response);
}

void Engine::refuse(int status, Response& response) {
  response.clear();
  response.status = status;
  response.close = true;
  response.chunked = status == 413;  // as the service: section F1
  response.arrived = impl_->clock.now();
  impl_->request_ids.write_next(response.request_id);
}

void Engine::add_service(SideService& service) {
  impl_->services.push_back(&service);
}

void Engine::add_operations(OperationSet& set) {
  impl_->directory.add(set);
}

Engine::Answer Engine::call(std::string_view operation, std::string_view json_body) {
  return call(operation, json_body, {});
}

Engine::Answer Engine::call(std::string_view operation, std::string_view json_body,
                            std::string_view access_key) {
  Request request;
  request.body = json_body;
  Response response;
  impl_->call(operation, access_key, request, response);
  return {response.status, std::string(response.body.view()), std::move(response.delivery)};
}

void Engine::call(std::string_view operation, std::string_view json_body,
                  std::string_view access_key, Response& response) {
  Request request;
  request.body = json_body;
  impl_->call(operation, access_key, request, response);
}

Engine::Answer Engine::call_at(Microseconds now, const Scope& scope, std::string_view operation,
                               std::string_view json_body) {
  Request request;
  request.body = json_body;
  Response response;
  const WorkspacePool::Loan workspace = impl_->workspaces.borrow();
  Exchange exchange{request, response, *workspace, now, request.body};
  impl_->call_within(exchange, operation, [&] { return scope; });
  return {response.status, std::string(response.body.view()), std::move(response.delivery)};
}

void Engine::run_step(const Scope& scope, const ModelOperation& model,
                      void (*step)(OperationContext& context, void* state), void* state) {
  const WorkspacePool::Loan workspace = impl_->workspaces.borrow();
  const Microseconds now = impl_->clock.now();
  impl_->scheduler.run_due(now);
  RequestTrace trace;
  OperationContext context{model, scope,          impl_->catalog, impl_->plans, workspace->arena,
                           now,   impl_->wording, trace};
  step(context, state);
}

Result<void> Engine::run_step_with_faults(const Scope& scope, const ModelOperation& model,
                                          std::string_view request_json,
                                          void (*step)(OperationContext& context, void* state),
                                          void* state) {
  const WorkspacePool::Loan workspace = impl_->workspaces.borrow();
  Arena& arena = workspace->arena;
  const Microseconds now = impl_->clock.now();
  impl_->scheduler.run_due(now);
  const auto input = parse_json(request_json, arena);
  CHECK(input.has_value());
  FaultGate gate(impl_->faults.snapshot(), {model, *input, scope.tenant, now, arena});
  RequestTrace trace;
  OperationContext context{model, scope,          impl_->catalog, impl_->plans, arena,
                           now,   impl_->wording, trace,          nullptr,      &gate};
  TRY_VOID(gate.pass(context, FaultPhase::kOnArrival));
  TRY_VOID(gate.pass(context, FaultPhase::kBeforeCommit));
  step(context, state);
  TRY_VOID(gate.pass(context, FaultPhase::kAfterCommit));
  return gate.outcome().transport
             ? api_error(ErrorKind::kInternalServerError, "the answer was lost by a fault rule")
             : Result<void>();
}

RuleBook& Engine::faults() {
  return impl_->faults;
}

std::uint64_t Engine::seed() const {
  return impl_->seed.load();
}
void Engine::reseed(std::uint64_t seed) {
  const Random random(seed);
  impl_->seed.store(seed);
  impl_->request_ids.reseed(random.fork("request-id"));
  impl_->catalog.reseed(random.fork("catalog"));
  impl_->faults.reseed(seed);
}

const EngineOptions& Engine::options() const {
  return impl_->options;
}
Catalog& Engine::catalog() {
  return impl_->catalog;
}
Scheduler& Engine::scheduler() {
  return impl_->scheduler;
}
Clock& Engine::clock() {
  return impl_->clock;
}

}  // namespace understudy
