// What fault rules do to the capacity of the table a request names: another rate, no burst, a
// narrow partition. Does nothing where capacity is not simulated (--throttle, --metrics).
#pragma once

#include "emulator/base/json.h"
#include "emulator/faults/rule_book.h"
#include "emulator/operations/operation.h"

namespace understudy {

/// Outside of any table's lock.
void apply_capacity_fault(OperationContext& context, const FaultSubject& subject,
                          const FaultItem& item, const FaultCapacity& fault);

}  // namespace understudy
