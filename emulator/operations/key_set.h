// Whether the keys of a batch or transaction name the same item twice.
#pragma once

#include <span>

#include "emulator/base/arena.h"
#include "emulator/model/key_codec.h"
#include "emulator/model/value.h"

namespace understudy {

/// Keys as sent, before any table is known: equal when they have equal attributes.
bool has_duplicate_keys(std::span<const std::span<const MapEntry>> keys, Arena& arena);

/// Keys of one table.
bool has_duplicate_keys(std::span<const EncodedKey> keys);

}  // namespace understudy
