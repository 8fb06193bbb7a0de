// The data plane for C++ callers: decoded values in, items out, no JSON in between. Same gates from
// the table's on, same locks, same trace as the operations.
#pragma once

#include <span>
#include <string_view>

#include "emulator/capacity/units.h"
#include "emulator/model/item.h"
#include "emulator/model/value.h"
#include "emulator/operations/operation.h"
#include "emulator/service/api_error.h"

namespace understudy::typed {

/// The item under `key` (canonical: sorted by name), or null. Error: ResourceNotFoundException,
/// ValidationException.
Result<ItemRef> get_item(OperationContext& context, std::string_view table,
                         std::span<const MapEntry> key,
                         ReadConsistency consistency = ReadConsistency::kEventual);

/// Writes the item (canonical) and returns what stood there, or null. Error: as get_item.
Result<ItemRef> put_item(OperationContext& context, std::string_view table,
                         std::span<const MapEntry> item);

/// Deletes the item and returns it, or null. Error: as get_item.
Result<ItemRef> delete_item(OperationContext& context, std::string_view table,
                            std::span<const MapEntry> key);

}  // namespace understudy::typed
