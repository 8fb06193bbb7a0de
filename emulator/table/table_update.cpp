#include "emulator/table/table_update.h"

#include <algorithm>
#include <utility>

#include "emulator/table/refusal.h"
#include "emulator/table/update_conflicts.h"

namespace understudy {

namespace {

Result<void> check_state(const TableState& state) {
  if (state.status == TableStatus::kCreating) {
    return still_in_use("Table is being created: " + state.settings->name);
  }
  if (state.status == TableStatus::kDeleting) {
    return still_in_use("Table is being deleted: " + state.settings->name);
  }
  return {};
}

void hold(TableState& state) {
  ++state.jobs.holding;
  state.status = TableStatus::kUpdating;
}

void release(TableState& state) {
  if (state.jobs.holding > 0 && --state.jobs.holding == 0 &&
      state.status == TableStatus::kUpdating) {
    state.status = TableStatus::kActive;
  }
}

/// The step's end, and the table's with it.
std::function<void(TableState&)> ending(UpdateStep& step) {
  return [finish = std::move(step.finish), holds = step.holds_table](TableState& state) {
    if (finish) {
      finish(state);
    }
    if (holds) {
      release(state);
    }
  };
}

}  // namespace

// Order of checks: the notes of the AWS Controllers for Kubernetes show single refusals only.
// Assumed: throughput before indexes, limits, then what must be alone in its request anyway.
Result<TableView> update_table(Catalog& catalog, const Scope& scope, std::string_view name,
                               const TableUpdate& update, Microseconds now) {
  TRY(const TableRef table, catalog.find(scope, name));
  const auto options = catalog.simulation_options();
  const UpdateContext context{catalog, scope, now, reserved_by_account(catalog, scope),
                              options->knobs};
  const auto state = table->lock();
  TRY_VOID(check_state(*state));
  std::vector<UpdateStep> steps;
  TRY_VOID(plan_throughput(context, *state, update, steps));
  TRY_VOID(plan_indexes(context, *state, update, steps));
  TRY_VOID(plan_limits(context, *state, update, steps));
  TRY_VOID(plan_attributes(context, *state, update, steps));
  bool shown_updating = false;
  for (UpdateStep& step : steps) {
    if (step.begin) {
      step.begin(*state);
    }
    if (step.holds_table) {
      hold(*state);
    }
    shown_updating = shown_updating || step.changes_nothing;
  }
  table->set_status(*state, state->status);
  TableView view = view_of(*state);
  if (shown_updating) {
    view.status = TableStatus::kUpdating;
  }
  for (UpdateStep& step : steps) {
    const Microseconds length = step.length;
    change_after(catalog, table, *state, length, ending(step));
  }
  return view;
}

}  // namespace understudy
