// Whether the keys of a batch or transaction name the same item twice.
#pragma once

#include <span>

#include "emulator/base/arena.h"
#include "emulator/model/key_codec.h"
#include "emulator/model/value.h"
#include "emulator/service/api_error.h"

namespace understudy {

/// What a batch with one key twice is told.
inline Unexpected<ApiError> duplicate_keys() {
  return validation_error("Provided list of item keys contains duplicates");
}

/// Keys as sent, before any table is known: equal when they have equal attributes.
bool has_duplicate_keys(std::span<const std::span<const MapEntry>> keys, Arena& arena);

/// Keys of one table.
bool has_duplicate_keys(std::span<const EncodedKey> keys);

/// Whether a key of one table is in both lists.
bool share_key(std::span<const EncodedKey> left, std::span<const EncodedKey> right);

/// Error where a batch names the table of `bound` already, under another name (name and ARN), and
/// one of its keys with it. Assumed: the service may refuse such a batch whatever its keys are.
template <class BoundTable>
Result<void> check_keys_apart(std::span<const BoundTable> before, const BoundTable& bound) {
  for (const BoundTable& other : before) {
    if (other.found.table == bound.found.table && share_key(other.keys, bound.keys)) {
      return duplicate_keys();
    }
  }
  return {};
}

}  // namespace understudy
