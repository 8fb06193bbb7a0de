#include <algorithm>

#include "emulator/api/engine_impl.h"
#include "emulator/api/error_body.h"
#include "emulator/api/fault_delivery.h"
#include "emulator/api/tenant.h"
#include "emulator/table/capacity_control.h"

namespace understudy {

namespace {

/// Source: "Common Error Types" of SQS and CloudWatch (query names) and of the others.
std::string_view query_name(ErrorKind kind) {
  return kind == ErrorKind::kUnrecognizedClientException    ? "InvalidClientTokenId"
         : kind == ErrorKind::kInvalidSignatureException    ? "SignatureDoesNotMatch"
         : kind == ErrorKind::kIncompleteSignatureException ? "IncompleteSignature"
                                                            : "MissingAuthenticationToken";
}

}  // namespace

/// Under strict authentication: false, and the service's refusal, where the signature does not
/// hold.
bool Engine::Impl::admits_beside(const Exchange& exchange, const SideService& service) {
  const auto signing = service.signing_of(exchange.request);
  if (!signing) {
    return true;
  }
  Arena& arena = exchange.workspace.arena;
  const Result<void> held = [&]() -> Result<void> {
    TRY(const Signature signature, read_signature(exchange.request, arena));
    return verifier.verify(exchange.request, signature, signing_time(signature, exchange.now),
                           arena, signing->service);
  }();
  if (held) {
    return true;
  }
  const ErrorKind kind = held.error().kind();
  service.refuse(exchange.request,
                 {signing->status, signing->query_names ? query_name(kind) : error_row(kind).name,
                  held.error().message()},
                 exchange.response);
  return false;
}

/// Whether a service beside DynamoDB took the request.
bool Engine::Impl::serve_beside(Exchange& exchange) {
  const Request& request = exchange.request;
  if (request.header(KnownHeader::kTarget).starts_with("DynamoDB")) {
    return false;
  }
  for (SideService* const service : services) {
    if (!service->claims(request)) {
      continue;
    }
    if (options.strict_auth && !admits_beside(exchange, *service)) {
      return true;
    }
    if (faults.engaged() || options.allow_fault_header) [[unlikely]] {
      serve_with_faults(exchange, *service);
    } else {
      service->handle(request, exchange.now, exchange.response);
    }
    return true;
  }
  return false;
}

/// The same, held against the fault rules. What happens after an answer that comes later (a long
/// poll) is decided now, by the rules and the time of the request, as for any other.
void Engine::Impl::serve_with_faults(Exchange& exchange, SideService& service) {
  const Request& request = exchange.request;
  Response& response = exchange.response;
  Arena& arena = exchange.workspace.arena;
  const ModelOperation* const model = service.operation_of(request);
  if (model == nullptr) {
    service.handle(request, exchange.now, response);
    return;
  }
  const auto carried = carried_rule(request, *model);
  if (!carried) {
    service.refuse(request, {400, "ValidationException", carried.error()}, response);
    return;
  }
  exchange.beside = model;
  exchange.scope = scope_of_request(options, request, arena);
  const auto parsed = parse_json(request.body, arena);
  const JsonNode nothing = *parse_json("{}", arena);
  const bool is_object = parsed && parsed->is(JsonKind::kObject);
  const FaultSubject subject{*model,
                             is_object ? *parsed : nothing,
                             exchange.scope.tenant,
                             exchange.now,
                             arena,
                             &request,
                             find_request_header,
                             service.subject_of(request, arena)};
  FaultGate gate(faults.snapshot(), subject);
  if (*carried) {
    gate.add(**carried, faults.seed());
  }
  OperationContext context{*model,       exchange.scope, catalog,        plans,   arena,
                           exchange.now, wording,        exchange.trace, nullptr, &gate};
  Result<void> done = gate.pass(context, FaultPhase::kOnArrival);
  if (done) {
    done = gate.pass(context, FaultPhase::kBeforeCommit);
  }
  if (done) {
    service.handle(request, exchange.now, response);
    done = gate.pass(context, FaultPhase::kAfterCommit);
  }
  if (!done) {
    const FaultError* const rule = gate.error();
    const SideErrorRow* const own = rule != nullptr ? find_side_error(rule->side) : nullptr;
    const ErrorRow& row = error_row(done.error().kind());
    const bool internal = done.error().kind() == ErrorKind::kInternalServerError;
    const SideError error{
        own != nullptr ? own->http_status : row.http_status,
        own != nullptr ? own->name
        : internal     ? std::string_view("InternalFailure")
                       : row.name,
        own != nullptr ? std::string_view(rule->message) : done.error().message()};
    service.refuse(request, error, response);
    exchange.error = arena.copy(error.name);
  }
  if (response.late != nullptr) {
    change_late_answer(gate.outcome(), !done, response);
    return;
  }
  exchange.faults = gate.outcome();
}

void Engine::snapshot(std::string_view name, std::optional<std::string_view> tenant) {
  Catalog::Beside beside;
  for (const SideService* const service : impl_->services) {
    beside.push_back(service->save_tables(tenant));
  }
  impl_->catalog.snapshot(name, tenant, std::move(beside));
}
bool Engine::restore(std::string_view name, std::optional<std::string_view> tenant) {
  Catalog::Beside beside;
  const bool restored = impl_->catalog.restore(name, tenant, &beside);
  for (std::size_t i = 0; i < std::min(beside.size(), impl_->services.size()); ++i) {
    if (beside[i] != nullptr) {
      impl_->services[i]->restore_tables(tenant, beside[i], impl_->clock.now());
    }
  }
  CapacityControl(impl_->catalog).release_holds();  // Of rules that are gone since.
  return restored;
}
void Engine::reset(std::optional<std::string_view> tenant) {
  impl_->catalog.reset(tenant);
  for (SideService* const service : impl_->services) {
    service->forget_tables(tenant);
  }
}

}  // namespace understudy
