// A table's life: created, changed, deleted, with the states in between. A change has two faces:
// what the answer shows and describes for the time being, and what holds in the end. With immediate
// transitions the end is there before the answer is; else the scheduler brings it.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "emulator/service/api_error.h"
#include "emulator/table/catalog.h"
#include "emulator/table/scope.h"
#include "emulator/table/table.h"

namespace understudy {

/// What a table description is written from: the state at one moment, outside of any lock.
struct TableView {
  struct Counts {
    std::size_t items = 0;
    std::size_t bytes = 0;
  };
  std::shared_ptr<const TableSettings> settings;
  TableStatus status = TableStatus::kActive;
  Counts table;
  std::vector<Counts> indexes;  ///< in the order of settings->indexes
};
TableView view_of(const TableState& state);

/// Transitions with a length of their own (D1).
enum class Transition : std::uint8_t {
  kCreate,
  kCreateWithIndexes,
  kDelete,
  kThroughput,
  kToProvisioned,
  kToOnDemand,
  kBackToOnDemand,  ///< the table was on demand before
  kStream,
  kTableClass,
  kEncryption,
  kIndexAllocation,
  kIndexBackfill,
  kIndexDeletion,
  kIndexThroughput,
  kWarmThroughput,
  kKinesisEnabling,
  kKinesisDisabling,
  kKinesisUpdate,
};
/// 0 where transitions are immediate.
Microseconds transition_length(const Transitions& transitions, Transition transition);

/// Lets `change` happen to the table after `length`: at once when that is 0. The caller holds the
/// table's lock, and so does `change` when it runs.
void change_after(Catalog& catalog, const TableRef& table, TableState& state, Microseconds length,
                  std::function<void(TableState&)> change);

/// Publishes changed settings.
void change_settings(TableState& state, const std::function<void(TableSettings&)>& change);

/// Gives the settings the identity of a new stream.
void begin_stream(Catalog& catalog, TableSettings& settings, Microseconds now);

/// Creates the table. `settings` is what it will be when it is ACTIVE, complete but for ARNs and
/// id. Error: ResourceInUseException (name taken), LimitExceededException (too many tables).
Result<TableView> create_table(Catalog& catalog, const Scope& scope, TableSettings settings,
                               Microseconds now);

/// Error: ResourceNotFoundException, ResourceInUseException, ValidationException (protected).
Result<TableView> delete_table(Catalog& catalog, const Scope& scope, std::string_view name);

}  // namespace understudy
