// An operation is one file and one row of operation_table.inc. Its file has
//   struct <Name>Request                          what parse understood; cannot be built invalid
//   Result<<Name>Request> parse_<name>(context, input)   the request gate: members, no table
//   Result<void> run_<name>(context, request, out)       the table and item gates, and the answer
// (in an unnamed namespace) and ends in UNDERSTUDY_OPERATION(<function of the row>), which makes
// the row's entry point: parse, the gate for faults that know tables and keys, run. Shape
// validation, authentication, metrics and rendering are the dispatcher's.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "emulator/base/arena.h"
#include "emulator/base/buffer.h"
#include "emulator/base/json.h"
#include "emulator/capacity/refused_attempt.h"
#include "emulator/clock/clock.h"
#include "emulator/expression/plan_cache.h"
#include "emulator/service/api_error.h"
#include "emulator/service/input_validator.h"
#include "emulator/service/shape.h"
#include "emulator/table/catalog.h"
#include "emulator/table/scope.h"

namespace understudy {

/// What the journal wants to know of a request; filled in on the way, for free.
struct RequestTrace {
  std::string_view table;  ///< first table named
  std::uint64_t key_hash = 0;
  CapacityUnits read_units;
  CapacityUnits write_units;
  std::uint32_t items = 0;
  /// What stood in the request's way, set only by whoever stands there (capacity, a fault rule).
  /// Views must live as long as the request: constants, or text in its arena.
  std::string_view verdict;  ///< empty: none; "throttled", "fault"
  std::string_view rule;     ///< id of the fault rule that acted
  std::string_view reason;   ///< as in ThrottlingReasons: "TableWriteProvisionedThroughputExceeded"
  std::string_view bucket;   ///< what ran dry: ARN of the table or index, with "#partition" if that
  std::int64_t balance_thousandths = 0;  ///< units left in that bucket
  /// Which replica answered ("follower-1"), where they are simulated, and how long ago the oldest
  /// write was made that it had not got yet.
  std::string_view replica;
  Microseconds replica_behind = 0;
  /// How long the client waits for an answer that is there: of a transaction that takes time.
  Microseconds answer_delay = 0;
  /// What capacity refused, of batches item by item; in the request's arena.
  std::span<const RefusedAttempt> refused;
  /// The first table, where it is simulated: its metrics get this request. Else null.
  TableRef metered;
};

class FaultGate;
class OperationSet;

struct OperationContext {
  const ModelOperation& model;
  const Scope& scope;
  Catalog& catalog;
  PlanCache& plans;
  Arena& arena;
  Microseconds now;
  ValidationWording wording;
  RequestTrace& trace;
  /// Where the operation's row came from, when that is not operation_table.inc: its state.
  OperationSet* set = nullptr;
  /// The fault rules this request is held against (fault_gate.h); nullptr: none.
  FaultGate* faults = nullptr;
};

/// The gate for faults that know table and key. Error: what answers in place of the operation.
/// Only where `context.faults` is set.
Result<void> pass_faults(OperationContext& context);

enum class Access : std::uint8_t { kRead, kWrite, kControl };

struct Operation {
  std::string_view name;
  Service service;
  Access access;
  Result<void> (*run)(OperationContext& context, const JsonNode& input, JsonWriter& out);
  /// Answers 200 with no body at all (TagResource, UntagResource).
  bool empty_body;
};

/// Operations from outside, with the state they work on: another service of the same kind, as the
/// streams. Engine::add_operations makes them served; their functions find the set in the context.
class OperationSet {
 public:
  OperationSet() = default;
  virtual ~OperationSet() = default;
  OperationSet(const OperationSet&) = delete;
  OperationSet& operator=(const OperationSet&) = delete;
  /// Lives as long as the set.
  [[nodiscard]] virtual std::span<const Operation> rows() const = 0;
};

/// The entry point that a row of operation_table.inc names.
#define UNDERSTUDY_OPERATION(function)                                                       \
  Result<void> function(OperationContext& context, const JsonNode& input, JsonWriter& out) { \
    TRY(auto request, parse_##function(context, input));                                     \
    if (context.faults != nullptr) [[unlikely]] {                                            \
      TRY_VOID(pass_faults(context));                                                        \
    }                                                                                        \
    return run_##function(context, request, out);                                            \
  }

/// All operations served, sorted by name.
std::span<const Operation> served_operations();
/// Row of that operation, or nullptr: not served.
const Operation* find_operation(Service service, std::string_view name);

}  // namespace understudy
