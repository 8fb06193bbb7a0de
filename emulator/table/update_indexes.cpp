// UpdateTable: global secondary indexes created, updated, deleted.
// Source: notes of the AWS Controllers for Kubernetes (October 2026), DDB-TABLE-125, -128, -135,
// -148 to -165, -169, -380, -442; Alternator's test_gsi_updatetable.
#include <algorithm>
#include <string>
#include <utility>

#include "emulator/table/backfill.h"
#include "emulator/table/refusal.h"
#include "emulator/table/simulation.h"
#include "emulator/table/table_arn.h"
#include "emulator/table/table_update.h"
#include "emulator/table/update_conflicts.h"

namespace understudy {

namespace {

constexpr std::int64_t kGlobalIndexesMaximum = 20;

Unexpected<ApiError> index_not_found(const TableSettings& settings, const std::string& index) {
  return api_error(ErrorKind::kResourceNotFoundException,
                   "Requested resource not found: Index " + index + " for table " + settings.name);
}

/// The global index of that name. `verb`: what was to be done with it.
Result<const IndexSettings*> find_global(const TableSettings& settings, const std::string& name,
                                         std::string_view verb) {
  const IndexSettings* index = settings.find_index(name);
  if (index == nullptr) {
    return index_not_found(settings, name);
  }
  if (!index->global) {
    return validation_error("Cannot " + std::string(verb) +
                            " an index that is not a GlobalSecondaryIndex: " + name);
  }
  return index;
}

/// Changes one index, which may have gone since the change was planned.
void change_index(TableState& state, const std::string& name,
                  const std::function<void(IndexSettings&)>& change) {
  change_settings(state, [&](TableSettings& settings) {
    const auto index = std::ranges::find(settings.indexes, name, &IndexSettings::name);
    if (index != settings.indexes.end()) {
      change(*index);
    }
  });
}

BillingMode billing_mode_after(const TableState& state, const TableUpdate& update) {
  return update.billing_mode.value_or(state.settings->billing_mode);
}

// ---- Create

std::string schema_text(const KeyAttribute& attribute, bool is_partition) {
  return "Schema:[SchemaElement: key{" + attribute.name + ":" +
         std::string(type_name(attribute.type)) + (is_partition ? ":HASH}]" : ":RANGE}]");
}

/// An attribute that is a key already keeps its type. Source: Alternator's
/// test_gsi_key_type_conflict_on_update quotes the text; Assumed: for other than single keys.
Result<void> check_types(const TableSettings& settings, const IndexSettings& created) {
  for (const bool is_partition : {true, false}) {
    for (const KeyAttribute& attribute :
         is_partition ? created.keys.partition : created.keys.sort) {
      const auto known =
          std::ranges::find(settings.attributes, attribute.name, &KeyAttribute::name);
      if (known != settings.attributes.end() && known->type != attribute.type) {
        return invalid_parameters(
            "Attributes cannot be redefined. Please check that your attribute has the same type as "
            "previously defined. Existing schema: " +
            schema_text(*known, is_partition) +
            " New schema: " + schema_text(attribute, is_partition));
      }
    }
  }
  return {};
}

/// Throughput of a new index under the billing mode the table will have; completes `created`.
Result<void> set_created_throughput(const UpdateContext& context, BillingMode mode,
                                    const IndexUpdate& request, IndexSettings& created) {
  if (mode == BillingMode::kPayPerRequest && request.provisioned) {
    return invalid_parameters(
        "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: " +
        request.name + " when BillingMode is PAY_PER_REQUEST");
  }
  if (mode == BillingMode::kProvisioned && !request.provisioned) {
    return invalid_parameters(
        "Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: " +
        request.name);
  }
  if (request.on_demand) {
    if (mode == BillingMode::kProvisioned) {
      return on_demand_needs_on_demand(*request.on_demand, request.name);
    }
    TRY_VOID(check_on_demand_range(*request.on_demand, request.name, false));
  }
  const Throughput least =
      mode == BillingMode::kPayPerRequest ? kOnDemandInitial : *request.provisioned;
  const Throughput warm = request.warm ? merge_warm(*request.warm, least) : least;
  TRY_VOID(check_initial_warm(warm, least, mode, request.name));
  created.provisioned.units = request.provisioned.value_or(Throughput{});
  created.on_demand = request.on_demand;
  created.warm = {warm, request.warm.has_value(), false};
  TRY_VOID(check_units_quota(created.provisioned.units, request.name, context.scope));
  TRY_VOID(check_limits_quota(created.on_demand, warm, request.name, context.scope));
  return check_account_quota(context.reserved, created.provisioned.units, context.scope);
}

/// What backfilling the newest index consumed, for its metrics. It is not admitted: the service
/// takes what it needs for that from elsewhere.
void meter_backfill(TableState& state) {
  if (!state.simulation) {
    return;
  }
  constexpr KeyHash kLast{UINT64_MAX, UINT64_MAX};
  constexpr std::int64_t kAllThousandths = 100'000;  // Percent.
  const Collection& entries = state.indexes.back();
  CapacityUnits units;
  for (auto cursor = Collection::Cursor::scan(entries, {}, kLast, nullptr); !cursor.done();
       cursor.next()) {
    units += write_units(cursor.entry().item->size_bytes());
  }
  const Microseconds now = state.simulation->clock->now();
  MinuteMetrics& metrics = state.simulation->admission.arm(state.indexes.size() - 1)->metrics();
  metrics.record(Metric::kOnlineIndexConsumedWriteCapacity, units.thousandths, now);
  metrics.record(Metric::kOnlineIndexPercentageProgress, kAllThousandths, now);
}

void begin_create(TableState& state, IndexSettings created) {
  state.indexes.push_back(backfill(created, state.settings->keys, state.items));
  change_settings(state, [&created](TableSettings& settings) {
    for (const auto* part : {&created.keys.partition, &created.keys.sort}) {
      for (const KeyAttribute& attribute : *part) {
        if (std::ranges::find(settings.attributes, attribute.name, &KeyAttribute::name) ==
            settings.attributes.end()) {
          settings.attributes.push_back(attribute);
        }
      }
    }
    std::ranges::sort(settings.attributes, {}, &KeyAttribute::name);
    settings.indexes.push_back(std::move(created));
  });
  meter_backfill(state);
}

Result<void> plan_create(const UpdateContext& context, const TableState& state,
                         const TableUpdate& update, const IndexUpdate& request,
                         std::vector<UpdateStep>& steps) {
  const TableSettings& settings = *state.settings;
  if (settings.find_index(request.name) != nullptr) {
    return validation_error("Attempting to create an index which already exists");
  }
  TRY_VOID(check_index_work_free(state));
  if (std::ranges::count_if(settings.indexes, &IndexSettings::global) >= kGlobalIndexesMaximum) {
    return subscriber_limit("Number of global secondary indexes exceeds per-table limit of 20");
  }
  IndexSettings created = request.created;
  TRY_VOID(check_types(settings, created));
  TRY_VOID(set_created_throughput(context, billing_mode_after(state, update), request, created));
  created.arn = make_index_arn(settings.arn, created.name);
  created.status = IndexStatus::kCreating;
  created.added_later = true;
  set_projected(created, settings.keys);

  // First the table is UPDATING while room is made, then it is ACTIVE while the index is filled.
  // (The entries are there from the beginning: what is written meanwhile must not be missed.)
  UpdateStep allocation;
  allocation.holds_table = true;
  allocation.length = context.length(Transition::kIndexAllocation);
  allocation.begin = [created](TableState& changed) { begin_create(changed, created); };
  allocation.finish = [name = created.name](TableState& changed) {
    change_index(changed, name, [](IndexSettings& index) { index.backfilling = true; });
  };
  UpdateStep filling;
  filling.length = allocation.length + context.length(Transition::kIndexBackfill);
  filling.finish = [name = created.name](TableState& changed) {
    change_index(changed, name, [](IndexSettings& index) {
      if (index.status == IndexStatus::kCreating) {
        index.status = IndexStatus::kActive;
        index.backfilling = false;
        index.warm.updating = false;
      }
    });
  };
  steps.push_back(std::move(allocation));
  steps.push_back(std::move(filling));
  return {};
}

// ---- Delete

bool is_used(const TableSettings& settings, const std::string& attribute) {
  return settings.keys.has(attribute) ||
         std::ranges::any_of(settings.indexes, [&attribute](const IndexSettings& index) {
           return index.keys.has(attribute);
         });
}

void finish_delete(TableState& state, const std::string& name) {
  const auto& indexes = state.settings->indexes;
  const auto index = std::ranges::find(indexes, name, &IndexSettings::name);
  if (index == indexes.end() || index->status != IndexStatus::kDeleting) {
    return;
  }
  const auto position = index - indexes.begin();
  state.indexes.erase(state.indexes.begin() + position);
  change_settings(state, [position](TableSettings& settings) {
    settings.indexes.erase(settings.indexes.begin() + position);
    std::erase_if(settings.attributes, [&settings](const KeyAttribute& attribute) {
      return !is_used(settings, attribute.name);
    });
  });
}

Result<void> plan_delete(const UpdateContext& context, const TableState& state,
                         const IndexUpdate& request, std::vector<UpdateStep>& steps) {
  TRY(const IndexSettings* index, find_global(*state.settings, request.name, "delete"));
  TRY_VOID(check_index_deletable(state, *index));
  UpdateStep step;
  step.holds_table = true;
  step.length = context.length(Transition::kIndexDeletion);
  step.begin = [name = request.name](TableState& changed) {
    change_index(changed, name, [](IndexSettings& going) {
      going.status = IndexStatus::kDeleting;
      going.backfilling = false;
    });
  };
  step.finish = [name = request.name](TableState& changed) { finish_delete(changed, name); };
  steps.push_back(std::move(step));
  return {};
}

// ---- Update

Unexpected<ApiError> unchanged(const std::string& index, const Throughput& current) {
  const std::string read = std::to_string(current.read);
  const std::string write = std::to_string(current.write);
  return validation_error(
      "The provisioned throughput for the index " + index +
      " will not change. The requested value equals the current value. Current ReadCapacityUnits "
      "provisioned for index " +
      index + ": " + read + ". Requested ReadCapacityUnits: " + read +
      ". Current WriteCapacityUnits provisioned for index " + index + ": " + write +
      ". Requested WriteCapacityUnits: " + write +
      ". Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher "
      "limits.");
}

Result<void> plan_index_throughput(const UpdateContext& context, const IndexSettings& index,
                                   const Throughput& wanted, std::vector<UpdateStep>& steps) {
  const Throughput& current = index.provisioned.units;
  if (current == wanted) {
    return unchanged(index.name, wanted);
  }
  TRY_VOID(check_units_quota(wanted, index.name, context.scope));
  TRY_VOID(check_account_quota(
      context.reserved, {wanted.read - current.read, wanted.write - current.write}, context.scope));
  TRY_VOID(check_decrease(index.provisioned, wanted, context.now));
  UpdateStep step;
  step.length = context.length(Transition::kIndexThroughput);
  step.begin = [name = index.name](TableState& changed) {
    change_index(changed, name,
                 [](IndexSettings& updated) { updated.status = IndexStatus::kUpdating; });
  };
  step.finish = [name = index.name, wanted, now = context.now](TableState& changed) {
    change_index(changed, name, [&](IndexSettings& updated) {
      apply_throughput(updated.provisioned, wanted, now);
      updated.warm.units = larger(updated.warm.units, wanted);
      updated.status = IndexStatus::kActive;
    });
  };
  steps.push_back(std::move(step));
  return {};
}

Result<void> plan_index_on_demand(const UpdateContext& context, const IndexSettings& index,
                                  BillingMode mode, const OnDemandThroughput& wanted,
                                  std::vector<UpdateStep>& steps) {
  if (mode == BillingMode::kProvisioned) {
    return on_demand_needs_on_demand(wanted, index.name);
  }
  TRY_VOID(check_on_demand_range(wanted, index.name, true));
  TRY_VOID(check_limits_quota(wanted, {}, index.name, context.scope));
  UpdateStep step;
  step.length = context.length(Transition::kIndexThroughput);
  step.begin = [name = index.name, wanted](TableState& changed) {
    change_index(changed, name, [&wanted](IndexSettings& updated) {
      merge_on_demand(updated.on_demand, wanted);
      updated.status = IndexStatus::kUpdating;
    });
  };
  step.finish = [name = index.name](TableState& changed) {
    change_index(changed, name, [](IndexSettings& updated) {
      drop_cleared(updated.on_demand);
      updated.status = IndexStatus::kActive;
    });
  };
  steps.push_back(std::move(step));
  return {};
}

Result<void> plan_index_warm(const UpdateContext& context, const IndexSettings& index,
                             const WarmRequest& request, std::vector<UpdateStep>& steps) {
  const Throughput wanted = merge_warm(request, index.warm.units);
  TRY_VOID(check_warm_rises(wanted, index.warm.units, index.name));
  TRY_VOID(check_limits_quota(std::nullopt, wanted, index.name, context.scope));
  UpdateStep step;
  step.length = context.length(Transition::kWarmThroughput);
  step.begin = [name = index.name](TableState& changed) {
    change_index(changed, name, [](IndexSettings& updated) { updated.warm.updating = true; });
  };
  step.finish = [name = index.name, wanted](TableState& changed) {
    change_index(changed, name, [&wanted](IndexSettings& updated) {
      updated.warm.units = larger(updated.warm.units, wanted);
      updated.warm.updating = false;
    });
  };
  steps.push_back(std::move(step));
  return {};
}

Result<void> plan_update(const UpdateContext& context, const TableState& state,
                         const TableUpdate& update, const IndexUpdate& request,
                         std::vector<UpdateStep>& steps) {
  TRY(const IndexSettings* index, find_global(*state.settings, request.name, "update"));
  const BillingMode mode = billing_mode_after(state, update);
  const bool on_demand = mode == BillingMode::kPayPerRequest;
  if (on_demand && (request.provisioned || (!request.on_demand && !request.warm))) {
    return invalid_parameters("The only Updates for index: " + request.name +
                              " when TableThroughputMode is PAY_PER_REQUEST can be to "
                              "OnDemandThroughput, WarmThroughput");
  }
  if (!request.provisioned && !request.on_demand && !request.warm) {
    // Assumed: the wording, that of an index created without numbers.
    return invalid_parameters(
        "Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: " +
        request.name);
  }
  TRY_VOID(check_index_free(state, *index));
  // A switch of the billing mode takes its indexes along (plan_throughput).
  const bool switching = mode != state.settings->billing_mode;
  if (request.provisioned && !switching) {
    TRY_VOID(plan_index_throughput(context, *index, *request.provisioned, steps));
  }
  if (request.on_demand) {
    TRY_VOID(plan_index_on_demand(context, *index, mode, *request.on_demand, steps));
  }
  if (request.warm) {
    TRY_VOID(plan_index_warm(context, *index, *request.warm, steps));
  }
  return {};
}

}  // namespace

Result<void> plan_indexes(const UpdateContext& context, const TableState& state,
                          const TableUpdate& update, std::vector<UpdateStep>& steps) {
  const auto works_on_index = [](const IndexUpdate& request) {
    return request.action != IndexUpdate::Action::kUpdate;
  };
  if (std::ranges::count_if(update.indexes, works_on_index) > 1) {
    return subscriber_limit(
        "Only 1 online index can be created or deleted simultaneously per table");
  }
  for (const IndexUpdate& request : update.indexes) {
    switch (request.action) {
      case IndexUpdate::Action::kCreate:
        TRY_VOID(plan_create(context, state, update, request, steps));
        break;
      case IndexUpdate::Action::kUpdate:
        TRY_VOID(plan_update(context, state, update, request, steps));
        break;
      case IndexUpdate::Action::kDelete:
        TRY_VOID(plan_delete(context, state, request, steps));
        break;
    }
  }
  return {};
}

}  // namespace understudy
