// Catalog: (tenant, table name) → Table, and what belongs to a tenant as a whole: tags, idempotency
// tokens, snapshots. Thread-safe.
#pragma once

#include <atomic>
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
#include "emulator/table/change.h"
#include "emulator/table/idempotency_tokens.h"
#include "emulator/table/scope.h"
#include "emulator/table/simulation_options.h"
#include "emulator/table/table.h"

namespace understudy {

class RemainsTaker;
class TimeToLive;

/// How long table and index states last (D1).
struct Transitions {
  enum class Mode : std::uint8_t { kImmediate, kFixed, kAwsLike };
  Mode mode = Mode::kImmediate;
  Microseconds fixed = 0;  ///< kFixed: length of every transition
};

class MinuteMetrics;
struct PastTable;
struct FinishedRequest;

class Catalog {
 public:
  Catalog(Clock& clock, Random random, Scheduler& scheduler, Transitions transitions,
          SimulationOptions simulation = {});
  ~Catalog();

  /// The table for a data-plane call. `name` may be the table's ARN, of the caller's account and
  /// region or of the table's own; the tenant decides what is visible. Error:
  /// ResourceNotFoundException "Requested resource not found" (absent, CREATING or DELETING),
  /// ValidationException for an ARN that is malformed or of another region, AccessDeniedException
  /// for one of another account.
  Result<TableRef> find_active(const Scope& scope, std::string_view name) const;
  /// The table for a control-plane call, in any state. Error: ResourceNotFoundException "Requested
  /// resource not found: Table: <name> not found".
  Result<TableRef> find(const Scope& scope, std::string_view name) const;

  /// Names of the tenant's tables, sorted.
  [[nodiscard]] std::vector<std::string> table_names(const Scope& scope) const;
  /// All of the tenant's tables, in no particular order: for sums over the account.
  [[nodiscard]] std::vector<TableRef> tables(const Scope& scope) const;
  /// Makes a table known under its settings' name. Error: ResourceInUseException
  /// "Table already exists: <name>". `state` is what it starts as.
  Result<TableRef> add(const Scope& scope, TableState state);
  /// Where the items of tables that are gone are freed: deleted, reset, replaced by a restore.
  [[nodiscard]] RemainsTaker& remains() const;
  /// Forgets the table, if that name still means this very table.
  void remove(std::string_view tenant, std::string_view name, const Table* table);
  /// A random (version 4) UUID in text.
  [[nodiscard]] std::string new_uuid();
  /// A label for a stream that begins now: the moment, moved on where that label was given before.
  [[nodiscard]] std::string new_stream_label(Microseconds now);
  [[nodiscard]] IdempotencyTokens& tokens() const;
  [[nodiscard]] TimeToLive& time_to_live() const;
  /// Chance begins anew, from there.
  void reseed(Random random);

  /// Who keeps the changes of tables. Before the first table; must outlive the catalog's tables.
  void set_change_keeper(ChangeKeeper& keeper) { keeper_ = &keeper; }
  /// Asks the keeper where the table's changes go, after its settings said something new about it.
  /// Under the table's lock.
  void follow_changes(TableState& state, Microseconds now) const;
  /// The table's deletion begins. Under the table's lock.
  void leave_changes(TableState& state, Microseconds now) const;

  [[nodiscard]] Clock& clock() const { return clock_; }
  [[nodiscard]] Scheduler& scheduler() const { return scheduler_; }
  [[nodiscard]] const Transitions& transitions() const { return transitions_; }

  // ---- Simulation of the service under load.
  /// Whether tables have one. Decided when the engine is made.
  [[nodiscard]] bool simulates() const { return simulates_; }
  [[nodiscard]] std::shared_ptr<const SimulationOptions> simulation_options() const;
  /// Other knobs or switches, for tables that are there and those to come. Where nothing was
  /// simulated from the start nothing will be.
  void set_simulation_options(SimulationOptions options);
  /// A call of the control plane. Error: ThrottlingException, where the knobs limit them (B7).
  Result<void> admit_control_call(const Scope& scope, std::string_view operation);
  /// A request is over: its table's and its account's metrics. `table` may be null.
  void count_request(const Scope& scope, Table* table, const FinishedRequest& request,
                     bool user_error);
  /// Metrics of accounts by tenant: UserErrors, SystemErrors.
  [[nodiscard]] std::vector<std::pair<std::string, MinuteMetrics>> account_metrics() const;

  /// Whether tables, those that are there and those to come, remember what stood before their
  /// latest writes (write_history.h): what fault rules that make reads stale need.
  void keep_history(bool keep);
  /// The table keeps its history from now on, where tables do. Under its lock, or before anybody
  /// knows it.
  void begin_history(TableState& state) const;

  /// Tables of the tenant that are deleted and still have metrics, in the order they went.
  [[nodiscard]] std::vector<std::shared_ptr<const PastTable>> past_tables(
      std::optional<std::string_view> tenant) const;

  // ---- Snapshots: named, of one tenant or (nullopt) of all; taking and restoring copies pointers,
  // never items.
  /// What other services keep beside the tables, of which the catalog knows no more.
  using Beside = std::vector<std::shared_ptr<const void>>;
  void snapshot(std::string_view name, std::optional<std::string_view> tenant, Beside beside = {});
  /// Tables come back as they stood; a transition that was under way counts as finished.
  /// Metrics of deleted tables are those of then. Idempotency tokens are forgotten. False: no
  /// snapshot of that name and extent.
  /// `beside`, where not null, gets what the snapshot was given.
  bool restore(std::string_view name, std::optional<std::string_view> tenant,
               Beside* beside = nullptr);
  bool drop_snapshot(std::string_view name, std::optional<std::string_view> tenant);
  struct SnapshotInfo {
    std::string name;
    std::optional<std::string> tenant;  ///< nullopt: of all
    Microseconds taken = 0;
    std::size_t tables = 0;
    std::size_t items = 0;
  };
  /// By extent, then name.
  [[nodiscard]] std::vector<SnapshotInfo> snapshots() const;
  /// Forgets all tables of the tenant, or of all.
  void reset(std::optional<std::string_view> tenant);
  /// Number of tables per tenant, for the "your tables are elsewhere" hint and the admin API.
  [[nodiscard]] std::vector<std::pair<std::string, std::size_t>> tenants() const;
  struct OwnedTable {
    std::string tenant;
    std::string name;
    TableRef table;
  };
  /// Tables of the tenant, or of all, by tenant and name: for sweeps and the admin API.
  [[nodiscard]] std::vector<OwnedTable> tables_of(
      std::optional<std::string_view> tenant = std::nullopt) const;

 private:
  struct State;
  Clock& clock_;
  Scheduler& scheduler_;
  Transitions transitions_;
  ChangeKeeper* keeper_ = nullptr;
  const bool simulates_;
  std::atomic<bool> keeps_history_{false};
  std::unique_ptr<State> state_;
};

}  // namespace understudy
