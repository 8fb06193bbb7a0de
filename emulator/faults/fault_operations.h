// Which operations a rule is about. Inside this room only.
#pragma once

#include <cstddef>
#include <string_view>

#include "emulator/faults/fault_rule.h"
#include "emulator/service/shape.h"

namespace understudy {

/// Of DynamoDB and its streams, then of the services beside them: in that order everywhere here.
std::size_t fault_operation_count();
const ModelOperation& fault_operation(std::size_t position);
/// Position of one of those rows.
std::size_t position_of(const ModelOperation& operation);

/// Whether the operation has what the action changes: unprocessed items, cancellation reasons, …
bool action_suits(const FaultAction& action, const ModelOperation& operation);
/// Whether the rule names the operation, and its action suits.
bool rule_names(const FaultRule& rule, const ModelOperation& operation);

}  // namespace understudy
