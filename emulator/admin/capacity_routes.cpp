// /_admin/capacity and /_admin/knobs: the model of capacity, live.
#include <array>
#include <cmath>

#include "emulator/admin/admin_parts.h"
#include "emulator/admin/admin_route.h"
#include "emulator/api/engine.h"
#include "emulator/api/tenant.h"
#include "emulator/base/ascii.h"
#include "emulator/base/utf8.h"
#include "emulator/capacity/knobs.h"
#include "emulator/table/capacity_control.h"

namespace understudy {
namespace {

constexpr double kUnitsMax = 1e9;

void append_units(CapacityUnits units, JsonWriter& out) {
  out.decimal(units.value());
}

/// A partition key as people read it: its text, or the bytes of its order-preserving form.
std::string key_text(const std::string& bytes) {
  const bool readable = is_valid_utf8(bytes) && std::ranges::all_of(bytes, [](char c) {
                          return static_cast<unsigned char>(c) >= ' ' && c != 0x7F;
                        });
  if (readable) {
    return bytes;
  }
  std::string text = "0x";
  for (const char c : bytes) {
    text.push_back("0123456789abcdef"[static_cast<unsigned char>(c) >> 4U]);
    text.push_back("0123456789abcdef"[static_cast<unsigned char>(c) & 0xFU]);
  }
  return text;
}

std::string_view cause_name(ThrottleCause cause) {
  switch (cause) {
    case ThrottleCause::kProvisionedThroughput:
      return "ProvisionedThroughput";
    case ThrottleCause::kKeyRangeThroughput:
      return "KeyRangeThroughput";
    case ThrottleCause::kMaxOnDemandThroughput:
      return "MaxOnDemandThroughput";
    case ThrottleCause::kAccountLimit:
      return "AccountLimit";
  }
  return "";
}

void append_bucket(const ArmView& arm, Dimension dimension, JsonWriter& out) {
  const BucketView& bucket = arm.buckets[dimension];
  out.begin_object();
  out.key("rate");
  append_units(bucket.rate, out);
  out.key("capacity");
  append_units(bucket.capacity, out);
  out.key("balance");
  append_units(bucket.balance, out);
  out.key("limited_by");
  out.string(cause_name(bucket.limited_by));
  if (arm.on_demand) {
    out.key("peak");
    append_units(arm.peak[dimension], out);
  }
  out.end_object();
}

void append_pair(std::string_view name, const PerDimension<CapacityUnits>& units, JsonWriter& out) {
  out.key(name);
  out.begin_object();
  out.key("read");
  append_units(units.read, out);
  out.key("write");
  append_units(units.write, out);
  out.end_object();
}

void append_arm(const ArmView& arm, JsonWriter& out) {
  out.begin_object();
  if (!arm.name.empty()) {
    out.key("index");
    out.string(arm.name);
  }
  out.key("on_demand");
  out.boolean(arm.on_demand);
  out.key("read");
  append_bucket(arm, Dimension::kRead, out);
  out.key("write");
  append_bucket(arm, Dimension::kWrite, out);
  out.key("partitions");
  out.begin_array();
  for (const PartitionView& partition : arm.partitions) {
    out.begin_object();
    out.key("id");
    out.integer(static_cast<std::int64_t>(partition.id));
    out.key("first_hash");
    out.string(hexadecimal(partition.first.hash.high));
    append_pair("balance", partition.balance, out);
    append_pair("consumed", partition.consumed, out);
    append_pair("last_window", partition.last_window, out);
    out.end_object();
  }
  out.end_array();
  out.key("hot_keys");
  out.begin_array();
  for (const HotKey& key : arm.hot_keys) {
    out.begin_object();
    out.key("key");
    out.string(key_text(key.partition));
    out.key("hash");
    out.string(hexadecimal(key.hash.high));
    out.key("units");
    append_units(key.units, out);
    out.key("at_least");
    append_units(key.at_least, out);
    out.end_object();
  }
  out.end_array();
  out.end_object();
}

AdminResult<void> list_capacity(AdminCall& call) {
  const auto tenant = call.tenant();
  const auto table = call.parameter("table");
  const CapacityControl control(call.parts.engine.catalog());
  JsonWriter& out = call.out;
  out.begin_object();
  out.key("tables");
  out.begin_array();
  for (const TableCapacityView& view : control.view(tenant)) {
    if (table && view.table != *table) {
      continue;
    }
    out.begin_object();
    out.key("tenant");
    out.string(view.tenant);
    out.key("table");
    out.string(view.table);
    out.key("arms");
    out.begin_array();
    for (const ArmView& arm : view.arms) {
      append_arm(arm, out);
    }
    out.end_array();
    out.end_object();
  }
  out.end_array();
  if (!call.parts.engine.options().simulation.any()) {
    out.key("hint");
    out.string("capacity is not simulated: start with --throttle, or --metrics to measure only");
  }
  out.end_object();
  return {};
}

// ---- Changes of one table or index.

constexpr DocumentName<Dimension> kDimensions[] = {{"read", Dimension::kRead},
                                                   {"write", Dimension::kWrite}};

/// What a change is about, with the numbers some of them want.
struct Change {
  std::string tenant{kSharedTenant};
  std::string table;
  std::string index;
  Dimension dimension = Dimension::kRead;
  std::optional<CapacityUnits> units;
  PartitionId partition = 0;
  Replica replica = Replica::kLeader;
  Microseconds length = 0;

  [[nodiscard]] CapacityControl::Target target() const { return {tenant, table, index}; }
};

void read_target(MapReader& map, Change& change) {
  change.tenant = map.text("tenant").value_or(change.tenant);
  if (map.required("table")) {
    change.table = map.text("table").value_or("");
  }
  change.index = map.text("index").value_or("");
}
void read_dimension(MapReader& map, Change& change) {
  if (map.required("dimension")) {
    change.dimension = map.one_of("dimension", kDimensions).value_or(Dimension::kRead);
  }
}
void read_units(MapReader& map, Change& change, bool required) {
  if (required ? map.required("units").has_value() : map.has("units")) {
    if (const auto units = map.number("units", 0, kUnitsMax)) {
      change.units = CapacityUnits{std::llround(*units * 1000)};
    }
  }
}
void read_partition(MapReader& map, Change& change) {
  if (map.required("partition")) {
    change.partition = static_cast<PartitionId>(map.integer("partition", 0).value_or(0));
  }
}

AdminResult<void> answer_change(AdminCall& call, bool done, std::string_view what) {
  if (!done) {
    return admin_error(404, "table",
                       "no such table, index or " + std::string(what) +
                           ", or it has no capacity (start with --throttle)");
  }
  call.tell("capacity", call.body->root().json());
  call.out.raw(call.body->root().json());
  return {};
}

AdminResult<void> override_rate(AdminCall& call) {
  Change change;
  TRY_VOID(read_body(call, [&](MapReader& map) {
    read_target(map, change);
    read_dimension(map, change);
    read_units(map, change, false);
  }));
  CapacityControl control(call.parts.engine.catalog());
  return answer_change(call, control.override_rate(change.target(), change.dimension, change.units),
                       "dimension");
}

/// The balance as it is now: a bucket holds no more than its capacity, whatever was asked for.
AdminResult<void> answer_balance(AdminCall& call, const CapacityControl& control,
                                 const Change& change) {
  JsonWriter& out = call.out;
  out.begin_object();
  out.key("tenant");
  out.string(change.tenant);
  out.key("table");
  out.string(change.table);
  if (!change.index.empty()) {
    out.key("index");
    out.string(change.index);
  }
  out.key("dimension");
  out.string(change.dimension == Dimension::kRead ? "read" : "write");
  for (const TableCapacityView& view : control.view(change.tenant)) {
    for (const ArmView& arm : view.arms) {
      if (view.table == change.table && arm.name == change.index) {
        out.key("units");
        append_units(arm.buckets[change.dimension].balance, out);
      }
    }
  }
  out.end_object();
  call.tell("capacity", out.buffer().view());
  return {};
}

AdminResult<void> set_balance(AdminCall& call) {
  Change change;
  TRY_VOID(read_body(call, [&](MapReader& map) {
    read_target(map, change);
    read_dimension(map, change);
    read_units(map, change, true);
  }));
  CapacityControl control(call.parts.engine.catalog());
  const bool done = control.set_balance(change.target(), change.dimension, *change.units);
  if (!done) {
    return answer_change(call, false, "dimension");
  }
  return answer_balance(call, control, change);
}

AdminResult<void> limit_partition(AdminCall& call) {
  Change change;
  TRY_VOID(read_body(call, [&](MapReader& map) {
    read_target(map, change);
    read_dimension(map, change);
    read_partition(map, change);
    read_units(map, change, false);
  }));
  CapacityControl control(call.parts.engine.catalog());
  return answer_change(
      call,
      control.limit_partition(change.target(), change.partition, change.dimension, change.units),
      "partition");
}

AdminResult<void> split(AdminCall& call) {
  Change change;
  TRY_VOID(read_body(call, [&](MapReader& map) {
    read_target(map, change);
    read_partition(map, change);
  }));
  CapacityControl control(call.parts.engine.catalog());
  return answer_change(call, control.split_partition(change.target(), change.partition),
                       "partition");
}

AdminResult<void> merge(AdminCall& call) {
  Change change;
  TRY_VOID(read_body(call, [&](MapReader& map) {
    read_target(map, change);
    read_partition(map, change);
  }));
  CapacityControl control(call.parts.engine.catalog());
  return answer_change(call, control.merge_partition(change.target(), change.partition),
                       "partition");
}

constexpr DocumentName<Replica> kReplicaNames[] = {{"leader", Replica::kLeader},
                                                   {"follower-1", Replica::kFollower1},
                                                   {"follower-2", Replica::kFollower2}};

AdminResult<void> take_down(AdminCall& call) {
  Change change;
  TRY_VOID(read_body(call, [&](MapReader& map) {
    read_target(map, change);
    if (map.required("replica")) {
      change.replica = map.one_of("replica", kReplicaNames).value_or(Replica::kLeader);
    }
    if (map.required("for")) {
      change.length = map.duration("for").value_or(0);
    }
  }));
  CapacityControl control(call.parts.engine.catalog());
  return answer_change(call, control.take_down(change.target(), change.replica, change.length),
                       "replica (start with --replicas)");
}

AdminResult<void> set_refusing(AdminCall& call) {
  std::optional<bool> refusing;
  TRY_VOID(read_body(call, [&](MapReader& map) {
    if (map.required("refusing")) {
      refusing = map.boolean("refusing");
    }
  }));
  if (!call.parts.engine.options().simulation.any()) {
    return admin_error(409, "refusing",
                       "capacity is not simulated: start with --throttle, or --metrics");
  }
  CapacityControl(call.parts.engine.catalog()).set_refusing(*refusing);
  return answer_change(call, true, "");
}

// ---- Knobs.

AdminResult<void> list_knobs(AdminCall& call) {
  const CapacityKnobs knobs = CapacityControl(call.parts.engine.catalog()).knobs();
  JsonWriter& out = call.out;
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

AdminResult<void> set_knobs(AdminCall& call) {
  CapacityControl control(call.parts.engine.catalog());
  CapacityKnobs knobs = control.knobs();
  AdminResult<void> refused;
  TRY_VOID(read_body(call, [&](MapReader& map) {
    map.ignore_rest();
    for (const DocumentNode& node : map.node().children()) {
      const auto wrong = set_capacity_knob(knobs, node.name(), node.scalar());
      if (wrong && refused) {
        refused = admin_error(400, std::string(node.name()), *wrong);
      }
    }
  }));
  TRY_VOID(refused);
  control.set_knobs(knobs);
  call.tell("knobs", call.body->root().json());
  return list_knobs(call);
}

#define TARGET                                                                   \
  R"("tenant":{"type":"string","default":"default"},"table":{"type":"string"},)" \
  R"("index":{"type":"string"})"
#define DIMENSION R"("dimension":{"enum":["read","write"]})"
constexpr std::string_view kSame = R"({"type":"object","description":"the request's body"})";
constexpr std::string_view kBalance =
    R"({"type":"object","properties":{)" TARGET "," DIMENSION R"(,"units":{"type":"number"}}})";
constexpr std::string_view kKnobs =
    R"({"type":"object","properties":{"knobs":{"type":"array","items":{"type":"object"}}}})";

constexpr AdminRoute kCapacityRoutes[] = {
    {"GET", "/_admin/capacity",
     "Buckets, partitions and hot keys of tables and their indexes, as they stand.", "tenant table",
     "", R"({"type":"object","properties":{"tables":{"type":"array","items":{"type":"object"}}}})",
     list_capacity},
    {"PUT", "/_admin/capacity/refusing", "false: all is let in, and metered all the same.", "",
     R"({"type":"object","required":["refusing"],"properties":{"refusing":{"type":"boolean"}}})",
     kSame, set_refusing},
    {"PUT", "/_admin/capacity/rate", "Another rate than the table's settings; no units: theirs.",
     "",
     R"({"type":"object","required":["table","dimension"],"properties":{)" TARGET "," DIMENSION
     R"(,"units":{"type":"number"}}})",
     kSame, override_rate},
    {"PUT", "/_admin/capacity/balance",
     "What the bucket holds, no more than its capacity; 0 drains the burst.", "",
     R"({"type":"object","required":["table","dimension","units"],"properties":{)" TARGET
     "," DIMENSION R"(,"units":{"type":"number"}}})",
     kBalance, set_balance},
    {"PUT", "/_admin/capacity/partition", "A ceiling for one partition; no units: none.", "",
     R"({"type":"object","required":["table","dimension","partition"],"properties":{)" TARGET
     "," DIMENSION R"(,"partition":{"type":"integer"},"units":{"type":"number"}}})",
     kSame, limit_partition},
    {"POST", "/_admin/capacity/split", "Divides a partition in the middle.", "",
     R"({"type":"object","required":["table","partition"],"properties":{)" TARGET
     R"(,"partition":{"type":"integer"}}})",
     kSame, split},
    {"POST", "/_admin/capacity/merge", "Merges a partition with its right neighbour.", "",
     R"({"type":"object","required":["table","partition"],"properties":{)" TARGET
     R"(,"partition":{"type":"integer"}}})",
     kSame, merge},
    {"POST", "/_admin/capacity/outage", "A replica of a table does not answer for so long.", "",
     R"({"type":"object","required":["table","replica","for"],"properties":{)" TARGET
     R"(,"replica":{"enum":["leader","follower-1","follower-2"]},"for":{"type":"string"}}})",
     kSame, take_down},
    {"GET", "/_admin/knobs", "Every constant of the capacity model, with its source.", "", "",
     kKnobs, list_knobs},
    {"PUT", "/_admin/knobs", "Sets knobs, all or none: {\"burst_seconds\": 60}.", "",
     R"({"type":"object","additionalProperties":{"type":["number","string"]}})", kKnobs, set_knobs},
};
#undef TARGET
#undef DIMENSION

}  // namespace

std::span<const AdminRoute> capacity_routes() {
  return kCapacityRoutes;
}

}  // namespace understudy
