// What fault rules do to the capacity of the table a request names: another rate, no burst, a
// narrow partition. Does nothing where capacity is not simulated (--throttle, --metrics).
#pragma once

#include <optional>

#include "emulator/base/json.h"
#include "emulator/faults/rule_book.h"
#include "emulator/model/key_codec.h"
#include "emulator/operations/operation.h"

namespace understudy {

/// Hash of the item's partition key; nullopt: there is no such table or no such key in it. Outside
/// of any table's lock.
std::optional<KeyHash> fault_item_hash(OperationContext& context, const FaultItem& item);

/// What it does lasts as long as `hold`; `hold.over` null: until somebody takes it back. Outside of
/// any table's lock.
void apply_capacity_fault(OperationContext& context, const FaultSubject& subject,
                          const FaultItem& item, const FaultCapacity& fault,
                          const CapacityHold& hold);

}  // namespace understudy
