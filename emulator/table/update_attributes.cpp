// UpdateTable: what is changed alone, mostly: on-demand limits, warm throughput, stream,
// encryption, table class, deletion protection. Source: notes of the AWS Controllers for Kubernetes
// (October 2026), DDB-TABLE-017, -029, -049 to -051, -079, -082, -140, -154, -177 to -182, -284,
// -365, -442.
#include <string>
#include <utility>

#include "emulator/table/change_limits.h"
#include "emulator/table/refusal.h"
#include "emulator/table/table_update.h"
#include "emulator/table/update_conflicts.h"

namespace understudy {

namespace {

Result<void> plan_on_demand(const UpdateContext& context, const TableState& state, BillingMode mode,
                            const OnDemandThroughput& wanted, std::vector<UpdateStep>& steps) {
  if (mode == BillingMode::kProvisioned) {
    return on_demand_needs_on_demand(wanted, {});
  }
  TRY_VOID(check_on_demand_range(wanted, {}, true));
  TRY_VOID(check_on_demand_free(state));
  TRY_VOID(check_limits_quota(wanted, {}, {}, context.scope));
  // At once; only the answer shows a -1.
  UpdateStep step;
  step.begin = [wanted](TableState& changed) {
    change_settings(changed, [&wanted](TableSettings& settings) {
      merge_on_demand(settings.on_demand, wanted);
    });
  };
  step.finish = [](TableState& changed) {
    change_settings(changed, [](TableSettings& settings) { drop_cleared(settings.on_demand); });
  };
  steps.push_back(std::move(step));
  return {};
}

Result<void> plan_warm(const UpdateContext& context, const TableState& state,
                       const WarmRequest& request, std::vector<UpdateStep>& steps) {
  const Throughput& current = state.settings->warm.units;
  const Throughput wanted = merge_warm(request, current);
  TRY_VOID(check_warm_rises(wanted, current, {}));
  TRY_VOID(check_limits_quota(std::nullopt, wanted, {}, context.scope));
  UpdateStep step;
  step.length = context.length(Transition::kWarmThroughput);
  step.begin = [](TableState& changed) {
    change_settings(changed, [](TableSettings& settings) { settings.warm.updating = true; });
  };
  step.finish = [wanted](TableState& changed) {
    change_settings(changed, [&wanted](TableSettings& settings) {
      settings.warm.units = larger(settings.warm.units, wanted);
      settings.warm.updating = false;
    });
  };
  steps.push_back(std::move(step));
  return {};
}

Result<void> plan_stream(const UpdateContext& context, const TableState& state,
                         const StreamUpdate& wanted, std::vector<UpdateStep>& steps) {
  TRY_VOID(check_stream_free(state));
  const TableSettings& settings = *state.settings;
  if (wanted.enabled && settings.stream) {
    return validation_error("Table already has an enabled stream: TableName: " + settings.name);
  }
  if (!wanted.enabled && !settings.stream) {
    return validation_error("Table has no stream to disable: TableName: " + settings.name);
  }
  UpdateStep step;
  step.holds_table = true;
  step.length = context.length(Transition::kStream);
  step.begin = [wanted, &context](TableState& changed) {
    changed.jobs.stream = wanted.enabled;
    change_settings(changed, [&](TableSettings& updated) {
      if (wanted.enabled) {
        updated.stream = wanted.view_type;
        begin_stream(context.catalog, updated, context.now);
      } else {
        updated.stream.reset();  // The latest stream's label and ARN stay.
      }
    });
    context.catalog.follow_changes(changed, context.now);
  };
  step.finish = [](TableState& changed) { changed.jobs.stream.reset(); };
  steps.push_back(std::move(step));
  return {};
}

Result<void> plan_encryption(const UpdateContext& context, const TableState& state,
                             const EncryptionUpdate& wanted, std::vector<UpdateStep>& steps) {
  const TableSettings& settings = *state.settings;
  if (settings.encryption_updating) {
    return still_in_use("Server-Side Encryption is still being updated");
  }
  if (wanted.key_arn.empty() && settings.kms_key_arn.empty()) {
    return invalid_parameters("Table is already encrypted by default");
  }
  if (wanted.key_given_as_arn && wanted.key_arn == settings.kms_key_arn) {
    return invalid_parameters(
        "Table is already encrypted with given KMSMasterKeyId. Use KMSMasterKeyId parameter if you "
        "want to change Master Key");
  }
  UpdateStep step;
  step.length = context.length(Transition::kEncryption);
  step.begin = [now = context.now](TableState& changed) {
    change_settings(changed, [now](TableSettings& updated) {
      updated.encryption_updating = true;
      note_change(updated.changes.encryption, now);
    });
  };
  step.finish = [key = wanted.key_arn](TableState& changed) {
    change_settings(changed, [&key](TableSettings& updated) {
      updated.kms_key_arn = key;
      updated.encryption_updating = false;
    });
  };
  steps.push_back(std::move(step));
  return {};
}

Result<void> plan_table_class(const UpdateContext& context, const TableState& state,
                              TableClass wanted, std::vector<UpdateStep>& steps) {
  TRY_VOID(check_table_class_free(state));
  UpdateStep step;
  if (wanted == state.settings->table_class) {
    step.changes_nothing = true;
    steps.push_back(std::move(step));
    return {};
  }
  step.holds_table = true;
  step.length = context.length(Transition::kTableClass);
  step.begin = [wanted, now = context.now](TableState& changed) {
    changed.jobs.table_class = wanted;
    change_settings(changed, [now](TableSettings& settings) {
      note_change(settings.changes.table_class, now);
    });
  };
  step.finish = [wanted, end = context.now + step.length](TableState& changed) {
    changed.jobs.table_class.reset();
    change_settings(changed, [wanted, end](TableSettings& settings) {
      settings.table_class = wanted;
      settings.table_class_summary = true;
      settings.table_class_changed = end;
    });
  };
  steps.push_back(std::move(step));
  return {};
}

}  // namespace

Result<void> plan_limits(const UpdateContext& context, const TableState& state,
                         const TableUpdate& update, std::vector<UpdateStep>& steps) {
  if (update.on_demand) {
    const BillingMode mode = update.billing_mode.value_or(state.settings->billing_mode);
    TRY_VOID(plan_on_demand(context, state, mode, *update.on_demand, steps));
  }
  if (update.warm) {
    TRY_VOID(plan_warm(context, state, *update.warm, steps));
  }
  return {};
}

Result<void> plan_attributes(const UpdateContext& context, const TableState& state,
                             const TableUpdate& update, std::vector<UpdateStep>& steps) {
  if (update.stream) {
    TRY_VOID(plan_stream(context, state, *update.stream, steps));
  }
  const CapacityKnobs& knobs = context.knobs;
  if (update.encryption) {
    TRY_VOID(check_encryption_change(knobs, *state.settings, context.now));
    TRY_VOID(plan_encryption(context, state, *update.encryption, steps));
  }
  if (update.table_class) {
    TRY_VOID(check_table_class_change(knobs, *state.settings, context.now));
    TRY_VOID(plan_table_class(context, state, *update.table_class, steps));
  }
  if (update.deletion_protection) {
    TRY_VOID(check_protection_change(knobs, *state.settings, context.now));
    UpdateStep step;
    step.begin = [on = *update.deletion_protection, now = context.now](TableState& changed) {
      change_settings(changed, [on, now](TableSettings& settings) {
        if (settings.deletion_protection != on) {
          settings.changes.deletion_protection = now;
        }
        settings.deletion_protection = on;
      });
    };
    steps.push_back(std::move(step));
  }
  return {};
}

}  // namespace understudy
