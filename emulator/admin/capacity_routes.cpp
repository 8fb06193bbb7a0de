// /_admin/capacity and /_admin/knobs: the model of capacity, live.
#include "emulator/admin/admin_parts.h"
#include "emulator/admin/admin_route.h"
#include "emulator/capacity/knobs.h"

namespace understudy {
namespace {

AdminResult<void> list_knobs(AdminCall& call) {
  JsonWriter& out = call.out;
  const CapacityKnobs knobs;
  out.begin_object();
  out.key("knobs");
  out.begin_array();
  for (const CapacityKnobRow& row : capacity_knob_rows()) {
    out.begin_object();
    out.key("name");
    out.string(row.name);
    out.key("value");
    out.string(capacity_knob(knobs, row.name).value_or(""));
    out.key("default");
    out.string(row.initial);
    out.key("unit");
    out.string(row.unit);
    out.key("meaning");
    out.string(row.meaning);
    out.key("source");
    out.string(row.source);
    out.end_object();
  }
  out.end_array();
  out.end_object();
  return {};
}

constexpr AdminRoute kRoutes[] = {
    {"GET", "/_admin/knobs", "Every constant of the capacity model, with its source.", "", "",
     R"({"type":"object","properties":{"knobs":{"type":"array","items":{"type":"object"}}}})",
     list_knobs},
};

}  // namespace

std::span<const AdminRoute> capacity_routes() {
  return kRoutes;
}

}  // namespace understudy
