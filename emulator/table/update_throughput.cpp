// UpdateTable: provisioned throughput of the table and its billing mode.
// Source: notes of the AWS Controllers for Kubernetes (October 2026), DDB-TABLE-055 to -064, -152,
// -153, -156, -183, -452.
#include <algorithm>
#include <string>

#include "emulator/table/change_limits.h"
#include "emulator/table/refusal.h"
#include "emulator/table/table_update.h"
#include "emulator/table/update_conflicts.h"

namespace understudy {

namespace {

Unexpected<ApiError> unchanged(const Throughput& current) {
  const std::string read = std::to_string(current.read);
  const std::string write = std::to_string(current.write);
  return validation_error(
      "The provisioned throughput for the table will not change. The requested value equals the "
      "current value. Current ReadCapacityUnits provisioned for the table: " +
      read + ". Requested ReadCapacityUnits: " + read +
      ". Current WriteCapacityUnits provisioned for the table: " + write +
      ". Requested WriteCapacityUnits: " + write +
      ". Refer to the Amazon DynamoDB Developer Guide for current limits and how to request higher "
      "limits.");
}

const IndexUpdate* update_of(const TableUpdate& update, std::string_view index) {
  const auto found = std::ranges::find_if(update.indexes, [index](const IndexUpdate& one) {
    return one.action == IndexUpdate::Action::kUpdate && one.name == index;
  });
  return found == update.indexes.end() ? nullptr : &*found;
}

/// An index that is going away is named before the table's refusal is (DDB-TABLE-375).
Result<void> check_named_indexes(const TableState& state, const TableUpdate& update) {
  for (const IndexSettings& index : state.settings->indexes) {
    if (index.status == IndexStatus::kDeleting && update_of(update, index.name) != nullptr) {
      return check_index_free(state, index);
    }
  }
  return {};
}

Result<void> plan_change(const UpdateContext& context, const TableState& state,
                         const Throughput& wanted, std::vector<UpdateStep>& steps) {
  const ProvisionedThroughput& current = state.settings->provisioned;
  if (current.units == wanted) {
    return unchanged(wanted);
  }
  TRY_VOID(check_units_quota(wanted, {}, context.scope));
  TRY_VOID(check_account_quota(
      context.reserved, {wanted.read - current.units.read, wanted.write - current.units.write},
      context.scope));
  TRY_VOID(check_decrease(current, wanted, context.now));
  UpdateStep step;
  step.holds_table = true;
  step.length = context.length(Transition::kThroughput);
  // Meanwhile: the new moment beside the old numbers.
  step.begin = [wanted, now = context.now](TableState& changed) {
    changed.jobs.throughput = true;
    change_settings(changed, [&](TableSettings& settings) {
      if (is_decrease(settings.provisioned.units, wanted)) {
        // The counter goes with the old moment: keep it right when the day has changed.
        settings.provisioned.decreases_today = decreases_today(settings.provisioned, now);
        settings.provisioned.last_decrease = now;
      }
      if (is_increase(settings.provisioned.units, wanted)) {
        settings.provisioned.last_increase = now;
      }
    });
  };
  step.finish = [wanted, now = context.now](TableState& changed) {
    changed.jobs.throughput = false;
    change_settings(changed, [&](TableSettings& settings) {
      apply_throughput(settings.provisioned, wanted, now);
      settings.warm.units = larger(settings.warm.units, wanted);
    });
  };
  steps.push_back(std::move(step));
  return {};
}

/// Every index needs numbers of its own: nothing is assigned by itself.
Result<void> check_all_indexes_provisioned(const TableSettings& settings,
                                           const TableUpdate& update) {
  std::string missing;
  for (const IndexSettings& index : settings.indexes) {
    const IndexUpdate* own = update_of(update, index.name);
    if (index.global && (own == nullptr || !own->provisioned)) {
      missing += (missing.empty() ? "" : ",") + index.name;
    }
  }
  return missing.empty()
             ? Result<void>()
             : invalid_parameters("ProvisionedThroughput must be specified for index: " + missing);
}

Result<void> check_switch_quotas(const UpdateContext& context, const TableUpdate& update) {
  Throughput more = *update.provisioned;
  TRY_VOID(check_units_quota(more, {}, context.scope));
  for (const IndexUpdate& index : update.indexes) {
    if (index.provisioned) {
      TRY_VOID(check_units_quota(*index.provisioned, index.name, context.scope));
      more.read += index.provisioned->read;
      more.write += index.provisioned->write;
    }
  }
  return check_account_quota(context.reserved, more, context.scope);
}

Result<void> plan_to_provisioned(const UpdateContext& context, const TableState& state,
                                 const TableUpdate& update, std::vector<UpdateStep>& steps) {
  TRY_VOID(check_all_indexes_provisioned(*state.settings, update));
  TRY_VOID(check_switch_quotas(context, update));
  UpdateStep step;
  step.holds_table = true;
  step.length = context.length(Transition::kToProvisioned);
  step.begin = [update](TableState& changed) {
    changed.jobs.billing_mode = true;
    change_settings(changed, [&update](TableSettings& settings) {
      settings.billing_mode = BillingMode::kProvisioned;
      settings.provisioned.units = *update.provisioned;
      settings.on_demand.reset();
      for (IndexSettings& index : settings.indexes) {
        if (const IndexUpdate* own = update_of(update, index.name);
            index.global && own != nullptr) {
          index.provisioned.units = *own->provisioned;
          index.on_demand.reset();
          index.status = IndexStatus::kUpdating;
        }
      }
    });
  };
  step.finish = [](TableState& changed) {
    changed.jobs.billing_mode = false;
    change_settings(changed, [](TableSettings& settings) {
      settings.warm.units = larger(settings.warm.units, settings.provisioned.units);
      for (IndexSettings& index : settings.indexes) {
        index.warm.units = larger(index.warm.units, index.provisioned.units);
        if (index.status == IndexStatus::kUpdating) {
          index.status = IndexStatus::kActive;
        }
      }
    });
  };
  steps.push_back(std::move(step));
  return {};
}

void begin_on_demand(TableSettings& settings, Microseconds now) {
  settings.billing_mode = BillingMode::kPayPerRequest;
  settings.billing_mode_summary = true;
  settings.provisioned.units = {};
  settings.provisioned.decreases_today = decreases_today(settings.provisioned, now);
  settings.provisioned.last_decrease = now;
  for (IndexSettings& index : settings.indexes) {
    if (index.global && index.status == IndexStatus::kActive) {
      index.provisioned.units = {};
      index.status = IndexStatus::kUpdating;
    }
  }
}

/// The table's own counter and moment come back as they were, those of its indexes move on
/// (DDB-TABLE-064, -153).
void finish_on_demand(TableSettings& settings, std::optional<Microseconds> last_decrease,
                      Microseconds now) {
  settings.provisioned.last_decrease = last_decrease;
  settings.pay_per_request_since = now;
  settings.warm.units = larger(settings.warm.units, kOnDemandInitial);
  for (IndexSettings& index : settings.indexes) {
    if (!index.global) {
      continue;
    }
    index.warm.units = larger(index.warm.units, kOnDemandInitial);
    if (index.status == IndexStatus::kUpdating) {
      index.provisioned.decreases_today = decreases_today(index.provisioned, now) + 1;
      index.provisioned.last_decrease = now;
      index.status = IndexStatus::kActive;
    }
  }
}

void plan_to_on_demand(const UpdateContext& context, const TableState& state,
                       std::vector<UpdateStep>& steps) {
  UpdateStep step;
  step.holds_table = true;
  step.length = context.length(state.settings->billing_mode_summary ? Transition::kBackToOnDemand
                                                                    : Transition::kToOnDemand);
  step.begin = [now = context.now](TableState& changed) {
    changed.jobs.billing_mode = true;
    change_settings(changed, [now](TableSettings& settings) {
      begin_on_demand(settings, now);
      note_change(settings.changes.to_on_demand, now);
    });
  };
  step.finish = [last_decrease = state.settings->provisioned.last_decrease,
                 end = context.now + step.length](TableState& changed) {
    changed.jobs.billing_mode = false;
    change_settings(
        changed, [&](TableSettings& settings) { finish_on_demand(settings, last_decrease, end); });
  };
  steps.push_back(std::move(step));
}

}  // namespace

Result<void> plan_throughput(const UpdateContext& context, const TableState& state,
                             const TableUpdate& update, std::vector<UpdateStep>& steps) {
  if (!update.billing_mode && !update.provisioned) {
    return {};
  }
  const TableSettings& settings = *state.settings;
  const BillingMode wanted = update.billing_mode.value_or(settings.billing_mode);
  if (update.provisioned && wanted == BillingMode::kPayPerRequest) {
    return invalid_parameters(
        "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is "
        "PAY_PER_REQUEST");
  }
  const bool to_provisioned_under_way =
      state.jobs.billing_mode && settings.billing_mode == BillingMode::kProvisioned;
  if (wanted == BillingMode::kPayPerRequest &&
      (to_provisioned_under_way || (settings.billing_mode == wanted && !state.jobs.billing_mode))) {
    // Asked for what is so, or (DDB-TABLE-452) for what was so until the switch under way is done.
    UpdateStep step;
    step.changes_nothing = true;
    steps.push_back(std::move(step));
    return {};
  }
  TRY_VOID(check_named_indexes(state, update));
  TRY_VOID(check_throughput_free(state));
  if (wanted == settings.billing_mode) {
    return plan_change(context, state, *update.provisioned, steps);
  }
  if (wanted == BillingMode::kProvisioned) {
    return plan_to_provisioned(context, state, update, steps);
  }
  TRY_VOID(check_billing_switch(context.knobs, settings, context.now));
  plan_to_on_demand(context, state, steps);
  return {};
}

}  // namespace understudy
