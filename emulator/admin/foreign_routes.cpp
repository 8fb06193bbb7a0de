// What other emulators offer beside the service, under the paths that their users know.
// Source of the formats: LocalStack's documentation.
#include "emulator/admin/admin_parts.h"
#include "emulator/admin/admin_route.h"
#include "emulator/admin/chaos.h"
#include "emulator/api/engine.h"
#include "emulator/service/side_operations.h"
#include "emulator/table/catalog.h"
#include "emulator/table/time_to_live.h"

namespace understudy {
namespace {

AdminResult<void> delete_expired(AdminCall& call) {
  const std::size_t deleted =
      call.parts.engine.catalog().time_to_live().sweep_now(call.now, call.tenant());
  call.out.begin_object();
  call.out.key("ExpiredItems");
  call.out.integer(static_cast<std::int64_t>(deleted));
  call.out.end_object();
  return {};
}

AdminResult<void> health(AdminCall& call) {
  JsonWriter& out = call.out;
  out.begin_object();
  out.key("services");
  out.begin_object();
  // Names are boto3's, as LocalStack's are.
  for (const Service service :
       {Service::kDynamoDb, Service::kDynamoDbStreams, Service::kApplicationAutoScaling,
        Service::kCloudWatch, Service::kLambda, Service::kSqs}) {
    out.key(service_name(service));
    out.string("running");
  }
  out.end_object();
  out.key("edition");
  out.string("understudy");
  out.key("version");
  out.string("0.1.0");
  out.end_object();
  return {};
}

AdminResult<LocalStackChaos*> chaos_of(const AdminCall& call) {
  if (call.parts.chaos == nullptr) {
    return admin_error(409, "", "this emulator takes no chaos documents");
  }
  return call.parts.chaos;
}

AdminResult<void> answer_rules(AdminCall& call, const LocalStackChaos& chaos) {
  call.out.raw(chaos.rules_json());
  return {};
}

AdminResult<void> list_chaos(AdminCall& call) {
  TRY(const LocalStackChaos* const chaos, chaos_of(call));
  return answer_rules(call, *chaos);
}

AdminResult<void> change_chaos(AdminCall& call, LocalStackChaos::Change change) {
  TRY(LocalStackChaos* const chaos, chaos_of(call));
  if (!call.body.has_value()) {
    return admin_error(400, "", "expected a list of rules");
  }
  TRY_VOID(chaos->change(change, call.body->root(), call.parts.engine.faults()));
  return answer_rules(call, *chaos);
}
AdminResult<void> post_chaos(AdminCall& call) {
  return change_chaos(call, LocalStackChaos::Change::kReplace);
}
AdminResult<void> patch_chaos(AdminCall& call) {
  return change_chaos(call, LocalStackChaos::Change::kAppend);
}

AdminResult<void> delete_chaos(AdminCall& call) {
  if (call.body.has_value()) {
    return change_chaos(call, LocalStackChaos::Change::kRemove);
  }
  TRY(LocalStackChaos* const chaos, chaos_of(call));
  chaos->clear(call.parts.engine.faults());
  return answer_rules(call, *chaos);
}

AdminResult<void> answer_effects(AdminCall& call, const LocalStackChaos& chaos) {
  call.out.begin_object();
  call.out.key("latency");
  call.out.integer(chaos.latency_ms());
  call.out.end_object();
  return {};
}

AdminResult<void> show_effects(AdminCall& call) {
  TRY(const LocalStackChaos* const chaos, chaos_of(call));
  return answer_effects(call, *chaos);
}

AdminResult<void> set_effects(AdminCall& call) {
  constexpr std::int64_t kLatencyMsMax = 3'600'000;
  std::optional<std::int64_t> latency;
  TRY_VOID(
      read_body(call, [&](MapReader& map) { latency = map.integer("latency", 0, kLatencyMsMax); }));
  TRY(LocalStackChaos* const chaos, chaos_of(call));
  TRY_VOID(chaos->set_latency(latency.value_or(0), call.parts.engine.faults()));
  return answer_effects(call, *chaos);
}

constexpr std::string_view kChaosRules =
    R"({"type":"array","items":{"type":"object","properties":{"region":{"type":"string"},"service":{"type":"string"},"operation":{"type":"string"},"probability":{"type":"number"},"error":{"type":"object","properties":{"statusCode":{"type":"integer"},"code":{"type":"string"}}}}}})";
constexpr std::string_view kEffects =
    R"({"type":"object","properties":{"latency":{"type":"integer","description":"milliseconds"}}})";

constexpr AdminRoute kForeignRoutes[] = {
    {"GET", "/_localstack/chaos/faults", "LocalStack's fault rules in force.", "", "", kChaosRules,
     list_chaos},
    {"POST", "/_localstack/chaos/faults", "These rules and no others of LocalStack's form.", "",
     kChaosRules, kChaosRules, post_chaos},
    {"PATCH", "/_localstack/chaos/faults", "Adds rules.", "", kChaosRules, kChaosRules,
     patch_chaos},
    {"DELETE", "/_localstack/chaos/faults", "Takes these rules out of force; without a body all.",
     "", kChaosRules, kChaosRules, delete_chaos},
    {"GET", "/_localstack/chaos/effects", "Network effects in force.", "", "", kEffects,
     show_effects},
    {"POST", "/_localstack/chaos/effects", "Delays every call.", "", kEffects, kEffects,
     set_effects},
    {"DELETE", "/_aws/dynamodb/expired",
     "Deletes all items that have expired by their time to live, without delay.", "tenant", "",
     R"({"type":"object","properties":{"ExpiredItems":{"type":"integer"}}})", delete_expired},
    {"GET", "/_localstack/health", "The services that run.", "", "", R"({"type":"object"})",
     health},
};

}  // namespace

std::span<const AdminRoute> foreign_routes() {
  return kForeignRoutes;
}

}  // namespace understudy
