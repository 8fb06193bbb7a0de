// What a rule of a document does: its `do`. Inside this room only.
#pragma once

#include <vector>

#include "emulator/document/document.h"
#include "emulator/faults/fault_rule.h"

namespace understudy {

FaultAction read_fault_action(const DocumentNode& node, DocumentErrors& errors);
/// Names and the patterns of their values, of keys and headers.
std::vector<FaultPattern> read_fault_patterns(const DocumentNode& node, DocumentErrors& errors);

}  // namespace understudy
