// The steps of reading one item by its key, shared by single, batch and transactional forms.
// Under the table's lock only the item's pointer is taken; projecting and rendering happen outside.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "emulator/base/json.h"
#include "emulator/capacity/units.h"
#include "emulator/expression/expression.h"
#include "emulator/operations/item_write.h"
#include "emulator/operations/operation.h"

namespace understudy {

/// ConsistentRead of a validated request.
ReadConsistency read_consistency(const JsonNode& input);

/// Appends the item, projected where a projection is given.
void append_projected_item(Buffer& out, const Item& item, const Projection* projection,
                           Arena& arena);

/// The item under the key, let in by capacity under the lock that finds it. Error: a throttling
/// exception.
Result<ItemRef> read_item(OperationContext& context, const Table& table, const EncodedKey& key,
                          ReadConsistency consistency);

/// Read units of one item; a missing one costs the minimum.
CapacityUnits item_read_units(const ItemRef& item, ReadConsistency consistency);

}  // namespace understudy
