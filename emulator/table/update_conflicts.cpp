#include "emulator/table/update_conflicts.h"

#include <algorithm>
#include <string>

#include "emulator/table/refusal.h"
#include "emulator/table/table_description.h"

namespace understudy {

namespace {

std::string of_table(const TableState& state) {
  return " Table: " + state.settings->name;
}

std::string of_stream(const TableState& state) {
  return of_table(state) + " Stream: " + state.settings->stream_label +
         " Operation: " + (*state.jobs.stream ? "ENABLE" : "DISABLE");
}

std::string of_class(const TableState& state) {
  return "TableClassUpdateInProgress: " + std::string(table_class_name(*state.jobs.table_class));
}

bool has_throughput_job(const TableState& state) {
  return state.jobs.throughput || state.jobs.billing_mode;
}

/// An index in the first part of its creation, before it is filled.
bool is_allocating(const IndexSettings& index) {
  return index.status == IndexStatus::kCreating && !index.backfilling;
}

bool is_going(const IndexSettings& index) {
  return index.status == IndexStatus::kDeleting;
}

/// Names of the indexes that are so, in brackets; empty: none is.
template <class Predicate>
std::string indexes_that(const TableState& state, Predicate predicate) {
  std::string names;
  for (const IndexSettings& index : state.settings->indexes) {
    if (predicate(index)) {
      names += (names.empty() ? "[" : ", ") + index.name;
    }
  }
  return names.empty() ? names : names + "]";
}

std::string of_index(const TableState& state, const IndexSettings& index) {
  return of_table(state) + " Index: " + index.name;
}

}  // namespace

Result<void> check_throughput_free(const TableState& state) {
  if (has_throughput_job(state)) {
    return still_in_use("Table IOPS are currently being updated." + of_table(state));
  }
  if (state.jobs.stream) {
    return still_in_use("Can't change table IOPS when stream status is being updated." +
                        of_stream(state));
  }
  if (state.jobs.table_class) {
    // Assumed: the wording, after its kin for streams.
    return still_in_use("Can't change table IOPS when a table class update is in progress." +
                        of_table(state) + " " + of_class(state));
  }
  if (const auto names = indexes_that(state, is_allocating); !names.empty()) {
    return still_in_use("Can't change table IOPS when an index is being created." +
                        of_table(state) + " Indexes: " + names);
  }
  if (const auto names = indexes_that(state, is_going); !names.empty()) {
    return still_in_use("Can't change table IOPS when an index is being deleted." +
                        of_table(state) + " Indexes: " + names);
  }
  return {};
}

Result<void> check_stream_free(const TableState& state) {
  if (has_throughput_job(state)) {
    return still_in_use("Can't enable or disable stream while table IOPS are being updated." +
                        of_table(state));
  }
  if (state.jobs.stream) {
    return still_in_use("A stream status change is currently in progress." + of_stream(state));
  }
  if (state.jobs.table_class) {
    return still_in_use("Can't change stream status when a table class update is in progress." +
                        of_table(state) + " " + of_class(state));
  }
  // Assumed: what follows the first sentence in both; the notes cut it off.
  if (const auto names = indexes_that(state, is_allocating); !names.empty()) {
    return still_in_use("Can't change stream status when an index is being created." +
                        of_table(state) + " Indexes: " + names);
  }
  if (const auto names = indexes_that(state, is_going); !names.empty()) {
    return still_in_use("Can't change stream status when an index is being deleted." +
                        of_table(state) + " Indexes: " + names);
  }
  return {};
}

Result<void> check_table_class_free(const TableState& state) {
  if (state.jobs.table_class) {
    return still_in_use("Can't update table class when a table class update is in progress." +
                        of_table(state) + " " + of_class(state));
  }
  if (state.jobs.stream) {
    return still_in_use("Can't update table class when stream status is being updated." +
                        of_stream(state));
  }
  if (has_throughput_job(state)) {
    // Assumed: the wording, after its kin for streams.
    return still_in_use("Can't update table class while table IOPS are being updated." +
                        of_table(state));
  }
  return {};
}

Result<void> check_on_demand_free(const TableState& state) {
  const auto refuse = [](const std::string& reason) {
    return still_in_use("OnDemandThroughput cannot be updated while " + reason);
  };
  if (state.jobs.billing_mode) {
    return refuse("BillingMode update is in progress");
  }
  if (state.jobs.stream) {
    // Assumed: nothing follows; the notes cut the text off.
    return refuse("stream status update is in progress");
  }
  if (state.jobs.table_class) {
    return refuse("TableClass update is in progress. " + of_class(state));
  }
  if (const auto names = indexes_that(state, is_allocating); !names.empty()) {
    return refuse("index creation is in progress for indexes: " + names);
  }
  if (const auto names = indexes_that(state, is_going); !names.empty()) {
    return refuse("index deletion is in progress for indexes: " + names);
  }
  return {};
}

Result<void> check_index_work_free(const TableState& state) {
  const auto is_created_or_deleted = [](const IndexSettings& index) {
    return index.status == IndexStatus::kCreating || is_going(index);
  };
  if (std::ranges::any_of(state.settings->indexes, is_created_or_deleted)) {
    return subscriber_limit(
        "Only 1 online index can be created or deleted simultaneously per table");
  }
  if (has_throughput_job(state)) {
    return still_in_use("Can't create or delete indexes while table IOPS are being updated." +
                        of_table(state));
  }
  if (state.jobs.stream) {
    return still_in_use("Can't create or delete an index when stream status is being updated.");
  }
  if (state.jobs.table_class) {
    return still_in_use(
        "Can't create or delete an index when a table class update is in progress.");
  }
  return {};
}

Result<void> check_index_free(const TableState& state, const IndexSettings& index) {
  if (is_allocating(index)) {
    return still_in_use("Index is being created but is not backfilling yet. " +
                        of_index(state, index));
  }
  if (index.status == IndexStatus::kUpdating) {
    return still_in_use("Index is being updated." + of_index(state, index));
  }
  if (is_going(index)) {
    return still_in_use("Index is being deleted." + of_index(state, index));
  }
  return {};
}

Result<void> check_index_deletable(const TableState& state, const IndexSettings& index) {
  if (is_allocating(index)) {
    return still_in_use(
        "Index creation is in resource allocation phase. Retry deletion during backfilling phase "
        "or "
        "when the index is active." +
        of_index(state, index));
  }
  if (index.status == IndexStatus::kCreating) {
    return {};  // Being filled: may be given up.
  }
  TRY_VOID(check_index_work_free(state));
  return check_index_free(state, index);
}

}  // namespace understudy
