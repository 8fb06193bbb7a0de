// Which operations a rule is about. Inside this room only.
#pragma once

#include <string_view>

#include "emulator/faults/fault_rule.h"
#include "emulator/service/shape.h"

namespace understudy {

/// Whether the operation has what the action changes: unprocessed items, cancellation reasons, …
bool action_suits(const FaultAction& action, const ModelOperation& operation);
/// Whether the rule names the operation, and its action suits.
bool rule_names(const FaultRule& rule, const ModelOperation& operation);

}  // namespace understudy
