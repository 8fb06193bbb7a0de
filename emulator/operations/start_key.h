// Where a page begins and where the next one will: ExclusiveStartKey and LastEvaluatedKey.
#pragma once

#include <span>

#include "emulator/operations/page.h"

namespace understudy {

/// ExclusiveStartKey. Error: "The provided starting key is invalid: …".
Result<void> read_start_key(const JsonNode& input, const Wording& wording, Arena& arena,
                            PageRequest& request);

/// The start key's attributes: those of the key walked, no more, of the right types. `scan`: in the
/// words of Scan.
Result<void> check_start_key(const BoundPage& page, std::span<const MapEntry> start_key, bool scan);
/// The start key in order-preserving bytes of the collection walked. Error: "The provided starting
/// key is invalid: …" where its part of the table's key is none.
Result<EncodedKey> encode_start_key(const BoundPage& page, std::span<const MapEntry> start_key,
                                    Arena& arena);

/// LastEvaluatedKey: the table's key and, of an index, the index's key attributes.
void append_last_key(JsonWriter& out, const BoundPage& page, const Item& item);

}  // namespace understudy
