#include "emulator/operations/item_read.h"

#include "emulator/operations/request_reader.h"

namespace understudy {

ReadConsistency read_consistency(const JsonNode& input) {
  return read_flag(input, "ConsistentRead") ? ReadConsistency::kStrong : ReadConsistency::kEventual;
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
