// How often settings of one table may change (B1.14, B7). Each limit is a knob, all of them off by
// default; they die with the table. Source: notes of the AWS Controllers for Kubernetes (October
// 2026), DDB-TABLE-081, -103, -172, -377, -442, -443. Guarded by the table's lock.
#pragma once

#include "emulator/capacity/knobs.h"
#include "emulator/clock/clock.h"
#include "emulator/service/api_error.h"
#include "emulator/table/table_settings.h"

namespace understudy {

/// Error: LimitExceededException. Switching to on-demand; to provisioned is free.
Result<void> check_billing_switch(const CapacityKnobs& knobs, const TableSettings& settings,
                                  Microseconds now);
/// Error: LimitExceededException, also where the class is the table's already.
Result<void> check_table_class_change(const CapacityKnobs& knobs, const TableSettings& settings,
                                      Microseconds now);
/// Error: LimitExceededException. Asked before the key is looked at.
Result<void> check_encryption_change(const CapacityKnobs& knobs, const TableSettings& settings,
                                     Microseconds now);
/// Error: ThrottlingException, also where nothing would change.
Result<void> check_protection_change(const CapacityKnobs& knobs, const TableSettings& settings,
                                     Microseconds now);
/// Whether tags were changed so lately that they are locked: another change of them is refused, and
/// so is the table's deletion.
bool are_tags_locked(const CapacityKnobs& knobs, const TableSettings& settings, Microseconds now);
/// Error: LimitExceededException.
Result<void> check_tags_unlocked(const CapacityKnobs& knobs, const TableSettings& settings,
                                 Microseconds now);

/// Notes one more change; what no limit looks back to any more is forgotten.
void note_change(std::vector<Microseconds>& changes, Microseconds now);

}  // namespace understudy
