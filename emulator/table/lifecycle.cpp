#include "emulator/table/lifecycle.h"

#include <algorithm>
#include <string>
#include <utility>

#include "emulator/table/change_limits.h"
#include "emulator/table/refusal.h"
#include "emulator/table/table_arn.h"

namespace understudy {

namespace {

/// Middle of what was measured. Source: notes of the AWS Controllers for Kubernetes (section D1).
Microseconds measured_length(Transition transition) {
  switch (transition) {
    case Transition::kCreate:
      return 4 * kSecond;
    case Transition::kCreateWithIndexes:
      return 16 * kSecond;
    case Transition::kDelete:
      return 5 * kSecond;
    case Transition::kThroughput:
      return 1500 * kMillisecond;
    case Transition::kToProvisioned:
      return 80 * kSecond;
    case Transition::kToOnDemand:
      return 150 * kSecond;
    case Transition::kBackToOnDemand:
    case Transition::kStream:
      return 4500 * kMillisecond;
    case Transition::kTableClass:
      return 5 * kSecond;
    case Transition::kEncryption:
      return 22 * kSecond;
    case Transition::kIndexAllocation:
      return 40 * kSecond;
    case Transition::kIndexBackfill:
      return 720 * kSecond;
    case Transition::kIndexDeletion:
      return 4 * kSecond;
    case Transition::kIndexThroughput:
      return 3 * kSecond;
    case Transition::kWarmThroughput:
      return 400 * kSecond;
    case Transition::kKinesisEnabling:
      return 4500 * kMillisecond;
    case Transition::kKinesisDisabling:
      return 2 * kSecond;
    case Transition::kKinesisUpdate:
      return 138 * kSecond;
  }
  return 0;
}

bool has_index_work(const TableSettings& settings) {
  return std::ranges::any_of(settings.indexes, [](const IndexSettings& index) {
    return index.status != IndexStatus::kActive;
  });
}

Result<void> check_deletable(const TableState& state) {
  const TableSettings& settings = *state.settings;
  if (state.status == TableStatus::kCreating) {
    return still_in_use("Table is being created: " + settings.name);
  }
  if (state.status == TableStatus::kDeleting) {
    return still_in_use("Table is being deleted: " + settings.name);
  }
  if (settings.deletion_protection) {
    return validation_error(
        "Resource cannot be deleted as it is currently protected against deletion. Disable "
        "deletion "
        "protection first.");
  }
  if (has_index_work(settings)) {
    return still_in_use(
        "Cannot delete table while indexes are being created, updated, or deleted.");
  }
  if (state.jobs.stream) {
    return still_in_use("Cannot delete table while stream is being enabled/disabled.");
  }
  // Encryption and warm throughput change while the table stays ACTIVE (DDB-TABLE-120, -410).
  if (state.status == TableStatus::kUpdating || settings.encryption_updating ||
      settings.warm.updating) {
    return still_in_use("Table: " + settings.name + " is in the process of being updated.");
  }
  return {};
}

/// Source: DDB-TABLE-005. (A race past this check still ends in "already exists".)
Result<void> check_name_free(const Catalog& catalog, const Scope& scope, std::string_view name) {
  const auto taken = catalog.find(scope, name);
  if (taken && (*taken)->lock()->status == TableStatus::kCreating) {
    return still_in_use("Table is being created: " + std::string(name));
  }
  return {};
}

}  // namespace

TableView view_of(const TableState& state) {
  TableView view;
  view.settings = state.settings;
  view.status = state.status;
  view.table = {state.items.item_count(), state.items.size_bytes()};
  for (const Collection& entries : state.indexes) {
    view.indexes.push_back({entries.item_count(), entries.size_bytes()});
  }
  return view;
}

Microseconds transition_length(const Transitions& transitions, Transition transition) {
  switch (transitions.mode) {
    case Transitions::Mode::kImmediate:
      return 0;
    case Transitions::Mode::kFixed:
      return transitions.fixed;
    case Transitions::Mode::kAwsLike:
      return measured_length(transition);
  }
  return 0;
}

void change_after(Catalog& catalog, const TableRef& table, TableState& state, Microseconds length,
                  std::function<void(TableState&)> change) {
  if (length <= 0) {
    change(state);
    table->set_status(state, state.status);
    return;
  }
  const std::uint64_t id = ++state.steps_made;
  state.pending.push_back({id, std::move(change)});
  catalog.scheduler().at(catalog.clock().now() + length,
                         [id, weak = std::weak_ptr<Table>(table)](Microseconds /*due*/) {
                           const TableRef alive = weak.lock();
                           if (alive == nullptr) {
                             return;
                           }
                           const auto locked = alive->lock();
                           const auto step =
                               std::ranges::find(locked->pending, id, &PendingStep::id);
                           if (step != locked->pending.end()) {
                             const auto apply = std::move(step->apply);
                             locked->pending.erase(step);
                             apply(*locked);
                             alive->set_status(*locked, locked->status);
                           }
                         });
}

void change_settings(TableState& state, const std::function<void(TableSettings&)>& change) {
  auto changed = std::make_shared<TableSettings>(*state.settings);
  change(*changed);
  state.settings = std::move(changed);
  settings_published(state);
}

void begin_stream(Catalog& catalog, TableSettings& settings, Microseconds now) {
  settings.stream_label = catalog.new_stream_label(now);
  settings.stream_arn = settings.arn + "/stream/" + settings.stream_label;
}

Result<TableView> create_table(Catalog& catalog, const Scope& scope, TableSettings settings,
                               Microseconds now) {
  if (catalog.table_names(scope).size() >= kTablesMax) {
    return subscriber_limit("There is a limit of " + std::to_string(kTablesMax) +
                            " tables per subscriber");
  }
  settings.tenant = scope.tenant;
  settings.account = scope.account;
  settings.region = scope.region;
  settings.arn = make_table_arn(scope, settings.name);
  settings.id = catalog.new_uuid();
  settings.created = now;
  for (IndexSettings& index : settings.indexes) {
    index.arn = make_index_arn(settings.arn, index.name);
    index.status = IndexStatus::kActive;
  }
  if (settings.stream) {
    begin_stream(catalog, settings, now);
  }
  auto in_the_end = std::make_shared<const TableSettings>(settings);
  bool has_global = false;
  for (IndexSettings& index : settings.indexes) {
    if (index.global) {
      index.status = IndexStatus::kCreating;
      index.warm.updating = index.warm.requested;
      has_global = true;
    }
  }
  settings.warm.updating = settings.warm.requested;
  // An on-demand table says since when only once it is there. Source: LocalStack's AWS snapshots.
  settings.pay_per_request_since.reset();

  TableState initial;
  initial.settings = std::make_shared<const TableSettings>(std::move(settings));
  initial.indexes.resize(initial.settings->indexes.size());
  const TableView view = view_of(initial);
  TRY_VOID(check_name_free(catalog, scope, view.settings->name));
  TRY(const TableRef table, catalog.add(scope, std::move(initial)));
  const auto state = table->lock();
  catalog.follow_changes(*state, now);
  change_after(catalog, table, *state,
               transition_length(catalog.transitions(),
                                 has_global ? Transition::kCreateWithIndexes : Transition::kCreate),
               [in_the_end](TableState& changed) {
                 // Tags may have come meanwhile; nothing else changes while CREATING.
                 auto settled = std::make_shared<TableSettings>(*in_the_end);
                 settled->tags = changed.settings->tags;
                 changed.settings = std::move(settled);
                 settings_published(changed);
                 changed.status = TableStatus::kActive;
               });
  return view;
}

Result<TableView> delete_table(Catalog& catalog, const Scope& scope, std::string_view name) {
  TRY(const TableRef table, catalog.find(scope, name));
  TableView view;
  {
    const auto state = table->lock();
    TRY_VOID(check_deletable(*state));
    if (are_tags_locked(catalog.simulation_options()->knobs, *state->settings,
                        catalog.clock().now())) {
      return still_in_use("Table tags are being updated: " + state->settings->name);
    }
    table->set_status(*state, TableStatus::kDeleting);
    state->pending.clear();
    view = view_of(*state);
    catalog.leave_changes(*state, catalog.clock().now());
  }
  const Microseconds length = transition_length(catalog.transitions(), Transition::kDelete);
  const std::string& table_name = view.settings->name;
  if (length <= 0) {
    catalog.remove(scope.tenant, table_name, table.get());
    return view;
  }
  catalog.scheduler().at(catalog.clock().now() + length,
                         [&catalog, tenant = std::string(scope.tenant), table_name,
                          weak = std::weak_ptr<Table>(table)](Microseconds /*due*/) {
                           if (const TableRef alive = weak.lock()) {
                             catalog.remove(tenant, table_name, alive.get());
                           }
                         });
  return view;
}

}  // namespace understudy
