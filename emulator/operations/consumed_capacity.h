// What a request consumed, per table and index, and how the answer says so (A7). Also the item
// collection metrics (A8), the other thing that answers report about writes.
// Thread-safe: values, no shared state.
#pragma once

#include <boost/container/small_vector.hpp>
#include <cstdint>
#include <string_view>

#include "emulator/base/buffer.h"
#include "emulator/base/json.h"
#include "emulator/capacity/units.h"
#include "emulator/model/key_codec.h"
#include "emulator/table/table.h"

namespace understudy {

enum class ReturnCapacity : std::uint8_t { kNone, kTotal, kIndexes };
/// ReturnConsumedCapacity of a validated request.
ReturnCapacity read_return_capacity(const JsonNode& input);

/// Which further member repeats the units: none outside transactions, one of these inside.
/// Source: A7 (dynoxide captures, Alternator test_returnconsumedcapacity).
enum class CapacityArm : std::uint8_t { kPlain, kRead, kWrite };

/// What one table and its indexes were charged.
struct TableCapacity {
  CapacityUnits table;
  /// By position in settings->indexes; may be shorter. Zero: not charged, not shown.
  boost::container::small_vector<CapacityUnits, 4> indexes;

  void add_index(std::size_t position, CapacityUnits units);
  /// A committed or refused write. `transactional` doubles the table's arm, never the indexes'.
  void add_write(const PlannedWrite& write, bool transactional = false);
  [[nodiscard]] CapacityUnits total() const;
};

/// The value of ConsumedCapacity for one table. `name` is as the request named the table.
void append_capacity(JsonWriter& out, std::string_view name, const TableCapacity& capacity,
                     const TableSettings& settings, ReturnCapacity mode, CapacityArm arm);

/// `"ConsumedCapacity":{…}` of an operation on one table; nothing under kNone.
void append_consumed_capacity(JsonWriter& out, std::string_view name, const TableCapacity& capacity,
                              const TableSettings& settings, ReturnCapacity mode);

inline MaybeBytes bytes_of(const ItemRef& item) {
  return item ? MaybeBytes(item->size_bytes()) : MaybeBytes();
}

/// ReturnItemCollectionMetrics of a validated request is SIZE.
bool wants_collection_metrics(const JsonNode& input);

/// Billed bytes of the item collection: items of the partition and their entries in local indexes.
std::size_t collection_size_bytes(const TableState& state, const EncodedKey& key);

/// `{"ItemCollectionKey":{…},"SizeEstimateRangeGB":[0.0,1.0]}`. `attributes` holds the partition
/// key. Only tables with a local secondary index report any.
void append_collection_metrics(JsonWriter& out, const TableSettings& settings,
                               std::span<const MapEntry> attributes, std::size_t size_bytes);

}  // namespace understudy
