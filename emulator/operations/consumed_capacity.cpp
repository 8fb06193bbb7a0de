#include "emulator/operations/consumed_capacity.h"

#include "emulator/model/json_codec.h"
#include "emulator/operations/request_reader.h"
#include "emulator/operations/response_writer.h"

namespace understudy {
namespace {

/// The members that carry one arm's units.
void append_units(JsonWriter& out, CapacityUnits units, CapacityArm arm) {
  if (arm != CapacityArm::kPlain) {
    out.key(arm == CapacityArm::kRead ? "ReadCapacityUnits" : "WriteCapacityUnits");
    out.decimal(units.value());
  }
  out.key("CapacityUnits");
  out.decimal(units.value());
}

void append_arms(JsonWriter& out, std::string_view member, bool global,
                 const TableCapacity& capacity, const TableSettings& settings, CapacityArm arm) {
  bool open = false;
  for (std::size_t i = 0; i < capacity.indexes.size(); ++i) {
    if (capacity.indexes[i].is_zero() || settings.indexes[i].global != global) {
      continue;
    }
    if (!open) {
      out.key(member);
      out.begin_object();
      open = true;
    }
    out.user_key(settings.indexes[i].name);
    out.begin_object();
    append_units(out, capacity.indexes[i], arm);
    out.end_object();
  }
  if (open) {
    out.end_object();
  }
}

}  // namespace

ReturnCapacity read_return_capacity(const JsonNode& input) {
  const std::string_view mode = read_string(input, "ReturnConsumedCapacity");
  if (mode == "TOTAL") {
    return ReturnCapacity::kTotal;
  }
  return mode == "INDEXES" ? ReturnCapacity::kIndexes : ReturnCapacity::kNone;
}

void TableCapacity::add_index(std::size_t position, CapacityUnits units) {
  if (indexes.size() <= position) {
    indexes.resize(position + 1);
  }
  indexes[position] += units;
}

void TableCapacity::add_write(const PlannedWrite& write, bool in_transaction) {
  table += in_transaction ? transactional(write.table_units) : write.table_units;
  for (const IndexChange& change : write.index_changes) {
    add_index(change.index, change.units);
  }
}

CapacityUnits TableCapacity::total() const {
  CapacityUnits sum = table;
  for (const CapacityUnits units : indexes) {
    sum += units;
  }
  return sum;
}

void append_capacity(JsonWriter& out, std::string_view name, const TableCapacity& capacity,
                     const TableSettings& settings, ReturnCapacity mode, CapacityArm arm) {
  out.begin_object();
  out.key("TableName");
  out.string(name);
  append_units(out, capacity.total(), arm);
  if (mode == ReturnCapacity::kIndexes) {
    out.key("Table");
    out.begin_object();
    append_units(out, capacity.table, arm);
    out.end_object();
    append_arms(out, "LocalSecondaryIndexes", false, capacity, settings, arm);
    append_arms(out, "GlobalSecondaryIndexes", true, capacity, settings, arm);
  }
  out.end_object();
}

void append_consumed_capacity(JsonWriter& out, std::string_view name, const TableCapacity& capacity,
                              const TableSettings& settings, ReturnCapacity mode) {
  if (mode != ReturnCapacity::kNone) {
    out.key("ConsumedCapacity");
    append_capacity(out, name, capacity, settings, mode, CapacityArm::kPlain);
  }
}

bool wants_collection_metrics(const JsonNode& input) {
  return read_string(input, "ReturnItemCollectionMetrics") == "SIZE";
}

std::size_t collection_size_bytes(const TableState& state, const EncodedKey& key) {
  std::size_t bytes = state.items.partition_size_bytes(key.partition, key.hash);
  for (std::size_t i = 0; i < state.indexes.size(); ++i) {
    if (!state.settings->indexes[i].global) {
      bytes += state.indexes[i].partition_size_bytes(key.partition, key.hash);
    }
  }
  return bytes;
}

void append_collection_metrics(JsonWriter& out, const TableSettings& settings,
                               std::span<const MapEntry> attributes, std::size_t size_bytes) {
  constexpr std::size_t kGigabyte = std::size_t{1} << 30;
  const std::string_view name = settings.keys.partition.front().name;
  out.begin_object();
  out.key("ItemCollectionKey");
  out.begin_object();
  out.user_key(name);
  append_value(begin_raw_value(out), *find(attributes, name));
  out.end_object();
  out.key("SizeEstimateRangeGB");
  out.begin_array();
  const auto low = static_cast<double>(size_bytes / kGigabyte);
  out.decimal(low);
  out.decimal(low + 1);
  out.end_array();
  out.end_object();
}

}  // namespace understudy
