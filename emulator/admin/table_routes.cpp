// /_admin/tenants, /_admin/tables, /_admin/snapshots, /_admin/reset: what is stored.
#include "emulator/admin/admin_parts.h"
#include "emulator/admin/admin_route.h"
#include "emulator/api/engine.h"
#include "emulator/clock/moment_text.h"
#include "emulator/table/catalog.h"
#include "emulator/table/table_description.h"

namespace understudy {
namespace {

std::string_view status_name(TableStatus status) {
  switch (status) {
    case TableStatus::kCreating:
      return "CREATING";
    case TableStatus::kUpdating:
      return "UPDATING";
    case TableStatus::kDeleting:
      return "DELETING";
    case TableStatus::kActive:
      return "ACTIVE";
  }
  return "";
}

AdminResult<void> list_tenants(AdminCall& call) {
  JsonWriter& out = call.out;
  out.begin_object();
  out.key("tenants");
  out.begin_array();
  for (const auto& [tenant, tables] : call.parts.engine.catalog().tenants()) {
    out.begin_object();
    out.key("tenant");
    out.string(tenant);
    out.key("tables");
    out.integer(static_cast<std::int64_t>(tables));
    out.end_object();
  }
  out.end_array();
  out.end_object();
  return {};
}

void append_table(const Catalog::OwnedTable& owned, JsonWriter& out) {
  const auto state = owned.table->lock();
  out.begin_object();
  out.key("tenant");
  out.string(owned.tenant);
  out.key("table");
  out.string(owned.name);
  out.key("status");
  out.string(status_name(state->status));
  out.key("items");
  out.integer(static_cast<std::int64_t>(state->items.item_count()));
  out.key("bytes");
  out.integer(static_cast<std::int64_t>(state->items.size_bytes()));
  out.key("indexes");
  out.begin_array();
  for (std::size_t i = 0; i < state->settings->indexes.size(); ++i) {
    out.begin_object();
    out.key("index");
    out.string(state->settings->indexes[i].name);
    out.key("items");
    out.integer(static_cast<std::int64_t>(state->indexes[i].item_count()));
    out.end_object();
  }
  out.end_array();
  if (state->settings->ttl_attribute) {
    out.key("time_to_live");
    out.string(*state->settings->ttl_attribute);
  }
  out.end_object();
}

AdminResult<void> list_tables(AdminCall& call) {
  const auto tenant = call.tenant();
  call.out.begin_object();
  call.out.key("tables");
  call.out.begin_array();
  for (const auto& owned : call.parts.engine.catalog().tables_of(tenant)) {
    append_table(owned, call.out);
  }
  call.out.end_array();
  call.out.end_object();
  return {};
}

AdminResult<void> list_snapshots(AdminCall& call) {
  JsonWriter& out = call.out;
  out.begin_object();
  out.key("snapshots");
  out.begin_array();
  for (const Catalog::SnapshotInfo& info : call.parts.engine.catalog().snapshots()) {
    out.begin_object();
    out.key("name");
    out.string(info.name);
    if (info.tenant) {
      out.key("tenant");
      out.string(*info.tenant);
    }
    out.key("taken");
    out.string(moment_text(info.taken));
    out.key("tables");
    out.integer(static_cast<std::int64_t>(info.tables));
    out.key("items");
    out.integer(static_cast<std::int64_t>(info.items));
    out.end_object();
  }
  out.end_array();
  out.end_object();
  return {};
}

void tell_tables(AdminCall& call, std::string_view what, std::string_view name,
                 const std::optional<std::string>& tenant) {
  Buffer buffer;
  JsonWriter out(buffer);
  out.begin_object();
  out.key(what);
  out.string(name);
  if (tenant) {
    out.key("tenant");
    out.string(*tenant);
  }
  out.end_object();
  call.tell("tables", buffer.view());
  call.out.raw(buffer.view());
}

AdminResult<void> take_snapshot(AdminCall& call) {
  std::optional<std::string> name;
  std::optional<std::string> tenant;
  TRY_VOID(read_body(call, [&](MapReader& map) {
    if (map.required("name")) {
      name = map.text("name");
    }
    tenant = map.text("tenant");
    if (name && name->empty()) {
      map.complain("name", "expected a name");
    }
  }));
  call.parts.engine.snapshot(*name, tenant);
  tell_tables(call, "taken", *name, tenant);
  return {};
}

AdminResult<void> restore_snapshot(AdminCall& call) {
  std::optional<std::string> tenant;
  TRY_VOID(read_body(call, [&](MapReader& map) { tenant = map.text("tenant"); }));
  if (!call.parts.engine.restore(call.arguments[0], tenant)) {
    return admin_error(404, "name",
                       "no snapshot '" + call.arguments[0] + "' of " +
                           (tenant ? "tenant '" + *tenant + "'" : std::string("all tenants")));
  }
  tell_tables(call, "restored", call.arguments[0], tenant);
  return {};
}

AdminResult<void> drop_snapshot(AdminCall& call) {
  const auto tenant = call.tenant();
  if (!call.parts.engine.catalog().drop_snapshot(call.arguments[0], tenant)) {
    return admin_error(404, "name", "no snapshot '" + call.arguments[0] + "' of that extent");
  }
  tell_tables(call, "dropped", call.arguments[0], tenant);
  return {};
}

AdminResult<void> reset(AdminCall& call) {
  std::optional<std::string> tenant;
  TRY_VOID(read_body(call, [&](MapReader& map) { tenant = map.text("tenant"); }));
  call.parts.engine.reset(tenant);
  tell_tables(call, "reset", tenant.value_or("all"), tenant);
  return {};
}

constexpr std::string_view kDone =
    R"({"type":"object","properties":{"tenant":{"type":"string"}},"additionalProperties":{"type":"string"}})";
constexpr std::string_view kTenantBody =
    R"({"type":"object","properties":{"tenant":{"type":"string","description":"absent: all tenants"}}})";

constexpr AdminRoute kTableRoutes[] = {
    {"GET", "/_admin/tenants", "Who has tables: accounts, or whatever isolates.", "", "",
     R"({"type":"object","properties":{"tenants":{"type":"array","items":{"type":"object"}}}})",
     list_tenants},
    {"GET", "/_admin/tables", "All tables with their indexes, item counts and states.", "tenant",
     "", R"({"type":"object","properties":{"tables":{"type":"array","items":{"type":"object"}}}})",
     list_tables},
    {"GET", "/_admin/snapshots", "Snapshots that can be restored.", "", "",
     R"({"type":"object","properties":{"snapshots":{"type":"array","items":{"type":"object"}}}})",
     list_snapshots},
    {"POST", "/_admin/snapshots",
     "Keeps all tables and what scales them as they stand, under a name.", "",
     R"({"type":"object","required":["name"],"properties":{"name":{"type":"string"},"tenant":{"type":"string"}}})",
     kDone, take_snapshot},
    {"POST", "/_admin/snapshots/{name}/restore",
     "Puts the tables and what scales them back as they stood.", "", kTenantBody, kDone,
     restore_snapshot},
    {"DELETE", "/_admin/snapshots/{name}", "Forgets a snapshot.", "tenant", "", kDone,
     drop_snapshot},
    {"POST", "/_admin/reset", "Forgets all tables and what scales them, of one tenant or of all.",
     "", kTenantBody, kDone, reset},
};

}  // namespace

std::span<const AdminRoute> table_routes() {
  return kTableRoutes;
}

}  // namespace understudy
