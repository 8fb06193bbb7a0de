// Fault rules as documents (YAML, JSON, bodies of HTTP) and back.
//
//   faults:
//     - id: flaky-puts
//       match: {operations: [PutItem], table: "orders*", key: {pk: "user#*"}}
//       when: {probability: 0.3, skip: 2, window: {from: 10s, until: 1min}}
//       phase: before_commit
//       do: {throttle: TableWriteProvisionedThroughputExceeded, retry_after: 250ms}
//       expect: {hits: {min: 1}}
//
// emulator/faults/README.md has every member.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "emulator/document/document.h"
#include "emulator/faults/fault_rule.h"

namespace understudy {

struct ModelOperation;

/// A list of rules, or one rule.
std::vector<FaultRule> read_fault_rules(const DocumentNode& node, DocumentErrors& errors);
FaultRule read_fault_rule(const DocumentNode& node, DocumentErrors& errors);
/// The rules of a whole document: a map with `faults`, a list of rules, or one rule.
Expected<std::vector<FaultRule>, DocumentError> parse_fault_rules(std::string_view text,
                                                                  std::string file);
/// One action (`do`) for a request that carries its own fault; also a map of `do` and `phase`.
/// Error, too: the operation asked for has nothing that the action changes.
Expected<FaultRule, DocumentError> parse_fault_action(std::string_view text, std::string file,
                                                      const ModelOperation* operation = nullptr);

/// The rule as one JSON object, as read_fault_rule() takes it.
std::string fault_rule_json(const FaultRule& rule);

}  // namespace understudy
