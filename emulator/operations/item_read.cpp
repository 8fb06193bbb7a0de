#include "emulator/operations/item_read.h"

#include "emulator/operations/capacity_gate.h"
#include "emulator/operations/replica_read.h"
#include "emulator/operations/request_reader.h"

namespace understudy {

ReadConsistency read_consistency(const JsonNode& input) {
  return read_flag(input, "ConsistentRead") ? ReadConsistency::kStrong : ReadConsistency::kEventual;
}

Result<ItemRef> read_item(OperationContext& context, const Table& table, const EncodedKey& key,
                          ReadConsistency consistency) {
  const auto state = table.lock();
  TRY(ItemRef item, find_item(context, *state, key, consistency));
  if (state->simulation) {
    TRY_VOID(admit_read(context, *state, key, item_read_units(item, consistency)));
    capacity_gate::count_success(context, *state);
  }
  return item;
}

void append_projected_item(Buffer& out, const Item& item, const Projection* projection,
                           Arena& arena) {
  if (projection == nullptr) {
    out.append(item.text());
  } else {
    append_projected(out, *projection, item, arena);
  }
}

CapacityUnits item_read_units(const ItemRef& item, ReadConsistency consistency) {
  return read_units(item ? item->size_bytes() : 0, consistency);
}

}  // namespace understudy
