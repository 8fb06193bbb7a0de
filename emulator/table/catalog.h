// Catalog: (tenant, table name) → Table, and what belongs to a tenant as a whole: tags, idempotency
// tokens, snapshots. Thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/guarded.h"
#include "emulator/base/random.h"
#include "emulator/clock/clock.h"
#include "emulator/clock/scheduler.h"
#include "emulator/service/api_error.h"
#include "emulator/table/scope.h"
#include "emulator/table/table.h"

namespace understudy {

/// How long table and index states last (D1).
struct Transitions {
  enum class Mode : std::uint8_t { kImmediate, kFixed, kAwsLike };
  Mode mode = Mode::kImmediate;
  Microseconds fixed = 0;  ///< kFixed: length of every transition
};

class Catalog {
 public:
  Catalog(Clock& clock, Random random, Scheduler& scheduler, Transitions transitions);
  ~Catalog();

  /// The table for a data-plane call. `name` may be an ARN. Error: ResourceNotFoundException
  /// "Requested resource not found" (absent, CREATING or DELETING), ValidationException for a
  /// malformed ARN.
  Result<TableRef> find_active(const Scope& scope, std::string_view name) const;
  /// The table for a control-plane call, in any state. Error: ResourceNotFoundException "Requested resource not
  /// found: Table: <name> not found".
  Result<TableRef> find(const Scope& scope, std::string_view name) const;

  struct State;
  /// For the control-plane steps of this room and the operations that use them.
  [[nodiscard]] State& state() const { return *state_; }
  [[nodiscard]] Clock& clock() const { return clock_; }
  [[nodiscard]] Scheduler& scheduler() const { return scheduler_; }
  [[nodiscard]] const Transitions& transitions() const { return transitions_; }

  // ---- Snapshots: named, of one tenant or (nullopt) of all; taking and restoring copies pointers, never items.
  void snapshot(std::string_view name, std::optional<std::string_view> tenant);
  /// False: no snapshot of that name and extent.
  bool restore(std::string_view name, std::optional<std::string_view> tenant);
  bool drop_snapshot(std::string_view name, std::optional<std::string_view> tenant);
  /// Forgets all tables of the tenant, or of all.
  void reset(std::optional<std::string_view> tenant);
  /// Number of tables per tenant, for the "your tables are elsewhere" hint and the admin API.
  [[nodiscard]] std::vector<std::pair<std::string, std::size_t>> tenants() const;

 private:
  Clock& clock_;
  Scheduler& scheduler_;
  Transitions transitions_;
  std::unique_ptr<State> state_;
};

}  // namespace understudy
