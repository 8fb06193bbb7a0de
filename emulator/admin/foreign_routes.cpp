// What other emulators offer beside the service, under the paths that their users know.
// Source of the formats: LocalStack's documentation.
#include "emulator/admin/admin_parts.h"
#include "emulator/admin/admin_route.h"
#include "emulator/admin/event_hub.h"
#include "emulator/api/engine.h"
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
  for (const char* service : {"dynamodb", "dynamodbstreams"}) {
    out.key(service);
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

constexpr AdminRoute kRoutes[] = {
    {"DELETE", "/_aws/dynamodb/expired",
     "Deletes all items that have expired by their time to live, without delay.", "tenant", "",
     R"({"type":"object","properties":{"ExpiredItems":{"type":"integer"}}})", delete_expired},
    {"GET", "/_localstack/health", "The services that run.", "", "", R"({"type":"object"})",
     health},
};

}  // namespace

std::span<const AdminRoute> foreign_routes() {
  return kRoutes;
}

}  // namespace understudy
