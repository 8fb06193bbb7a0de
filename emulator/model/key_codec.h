// Keys as order-preserving bytes: comparing bytes is comparing keys. A string or binary alone is
// its own bytes; a number is sign, exponent and base-100 digits, the form the service hashes (E).
// Where several parts make one key, each part is made self-delimiting (0x00 becomes 0x00 0xFF, the
// end is 0x00 0x01), so that the whole compares part by part.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "emulator/base/arena.h"
#include "emulator/model/item.h"
#include "emulator/model/key_schema.h"
#include "emulator/model/value.h"

namespace understudy {

/// Where a partition stands in scan order: MD5 of "Outliers" and the partition key's bytes,
/// compared as a 128-bit number. Segment s of n owns the hashes whose first 12 bits are in
/// [ceil(4096·s/n), ceil(4096·(s+1)/n)). Source: section E (dynalite, recomputed).
struct KeyHash {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  friend auto operator<=>(const KeyHash&, const KeyHash&) = default;  // NOLINT
};
KeyHash hash_partition_key(std::string_view partition);

/// A key in order-preserving bytes, living in an arena.
struct EncodedKey {
  std::string_view partition;
  std::string_view sort;  ///< empty where the schema has no sort key
  KeyHash hash;
};

/// Bytes of one key value (S, N or B) standing alone.
std::string_view encode_key_value(const Value& value, Arena& arena);
/// Appends one part of a composite key in self-delimiting form.
void append_key_part(ArenaVector<char>& to, std::string_view encoded_value);
/// The smallest byte string greater than all that begin with `prefix`; nullopt: there is none.
std::optional<std::string_view> after_prefix(std::string_view prefix, Arena& arena);

/// When a key's hash is worked out. kLater: by hash_keys(), before the key is looked up.
enum class Hashing : std::uint8_t { kNow, kLater };

/// The key of a table's item from a canonical map that has all key attributes with the right types.
EncodedKey encode_table_key(const KeySchema& schema, std::span<const MapEntry> attributes,
                            Arena& arena, Hashing hashing = Hashing::kNow);
/// The same of key attributes found already, whose types are the schema's; `sort`: nullptr where it
/// has none.
EncodedKey encode_table_key(const Value& partition, const Value* sort, Arena& arena,
                            Hashing hashing);
/// Works out the hashes of keys encoded with Hashing::kLater; several together cost less than one
/// by one.
void hash_keys(std::span<EncodedKey* const> keys);

/// The key of an index entry for an item: the index's partition values, then the index's sort
/// values followed by the table's key (which makes it unique). nullopt where the item lacks an
/// index key attribute or has it with another type: then it is not in the index. Parts: single
/// partition values stand alone (same bytes as in a table); sort parts are always self-delimiting.
std::optional<EncodedKey> encode_index_key(const KeySchema& index, const KeySchema& table,
                                           const Item& item, Arena& arena);
std::optional<EncodedKey> encode_index_key(const KeySchema& index, const KeySchema& table,
                                           std::span<const MapEntry> attributes, Arena& arena);

}  // namespace understudy
