#include "emulator/operations/capacity_gate.h"

#include <algorithm>
#include <string>
#include <utility>

#include "emulator/operations/consumed_capacity.h"
#include "emulator/table/simulation.h"

namespace understudy {
namespace {

std::string_view bucket_name(BucketKind bucket) {
  switch (bucket) {
    case BucketKind::kThroughput:
      return "throughput";
    case BucketKind::kQuota:
      return "quota";
    case BucketKind::kPartition:
      return "partition";
  }
  return {};
}

std::string_view index_name(const TableState& state, ArmId arm) {
  return arm == kTableArm ? std::string_view() : state.settings->indexes[arm].name;
}

/// The first refusal is the one the journal shows in short.
void tell_first(OperationContext& context, const TableState& state, const Refusal& refusal) {
  std::string bucket = state.settings->arn;
  if (refusal.arm != kTableArm) {
    bucket.append("/index/").append(index_name(state, refusal.arm));
  }
  if (refusal.bucket == BucketKind::kPartition) {
    bucket.append("#partition-").append(std::to_string(refusal.partition_id));
  }
  context.trace.verdict = "throttled";
  context.trace.reason = throttling_reason_name(refusal.reason);
  context.trace.bucket = context.arena.copy(bucket);
  context.trace.balance_thousandths = refusal.balance.thousandths;
}

/// Appends the verdict to what the journal will tell.
void note_refusals(OperationContext& context, const TableState& state, const Verdict& verdict) {
  const std::span<const RefusedAttempt> before = context.trace.refused;
  auto* attempts = context.arena.make_array<RefusedAttempt>(before.size() + verdict.size());
  std::ranges::copy(before, attempts);
  std::size_t at = before.size();
  const std::string_view table = context.arena.copy(state.settings->name);
  for (const Refusal& refusal : verdict) {
    ::new (attempts + at++) RefusedAttempt{table,
                                           context.arena.copy(index_name(state, refusal.arm)),
                                           throttling_reason_name(refusal.reason),
                                           bucket_name(refusal.bucket),
                                           refusal.partition_id,
                                           refusal.balance.thousandths};
  }
  context.trace.refused = {attempts, at};
  if (before.empty()) {
    tell_first(context, state, verdict.front());
  }
}

ApiError error_of(const TableState& state, const Verdict& verdict) {
  return throttle_error(verdict, state.settings->arn,
                        [&state](ArmId arm) { return index_name(state, arm); });
}

void add_indexes(const TableState& state, const PlannedWrite& write, AdmissionEvent& event) {
  for (const IndexChange& change : write.index_changes) {
    event.add_index(change.index, state.settings->indexes[change.index].global,
                    change.stored ? *change.stored : *change.erased, change.units);
  }
}

bool admit(OperationContext& context, TableState& state, AdmissionEvent& event,
           FirstRefusal& first) {
  Verdict verdict;
  if (state.simulation->admission.admit(event, context.now, verdict)) {
    return true;
  }
  note_refusals(context, state, verdict);
  if (!first) {
    first = error_of(state, verdict);
  }
  return false;
}

}  // namespace

namespace capacity_gate {

bool admit_write(OperationContext& context, TableState& state, const PlannedWrite& write,
                 FirstRefusal& first) {
  AdmissionEvent event(Dimension::kWrite);
  event.add_table(write.key, write.table_units);
  add_indexes(state, write, event);
  return admit(context, state, event, first);
}

bool admit_read(OperationContext& context, TableState& state, const EncodedKey& key,
                CapacityUnits units, FirstRefusal& first) {
  AdmissionEvent event(Dimension::kRead);
  event.add_table(key, units);
  return admit(context, state, event, first);
}

Result<void> admit_failed_condition(OperationContext& context, TableState& state,
                                    const EncodedKey& key, MaybeBytes carried) {
  const MaybeBytes stored = bytes_of(state.items.find(key));
  const CapacityUnits units =
      stored ? table_write_units(stored, carried) : table_write_units(std::nullopt, std::nullopt);
  AdmissionEvent event(Dimension::kWrite);
  event.add_table(key, units);
  FirstRefusal first;
  if (!admit(context, state, event, first)) {
    return throttled(context, state, first);
  }
  state.simulation->admission.arm(kTableArm)->metrics().count(
      Metric::kConditionalCheckFailedRequests, context.now);
  context.trace.write_units += units;
  return {};
}

Unexpected<ApiError> throttled(OperationContext& context, TableState& state, FirstRefusal& first) {
  state.simulation->admission.count_throttled_request(context.now);
  return {*std::move(first)};
}

void count_success(OperationContext& context, TableState& state) {
  FinishedRequest request;
  request.operation = context.model.name;
  request.at = context.now;
  request.took = state.simulation->clock->now() - context.now;
  state.simulation->requests.record(request);
  context.trace.metered.reset();
}

std::int64_t collection_growth(const TableState& state, const PlannedWrite& write) {
  if (!state.settings->has_local_indexes()) {
    return 0;
  }
  const auto bytes = [](const ItemRef& item) {
    return item ? static_cast<std::int64_t>(item->size_bytes()) : 0;
  };
  std::int64_t growth = bytes(write.after) - bytes(write.before);
  for (const IndexChange& change : write.index_changes) {
    if (state.settings->indexes[change.index].global) {
      continue;
    }
    const Collection& entries = state.indexes[change.index];
    growth += bytes(change.entry);
    for (const auto* key : {&change.erased, &change.stored}) {
      growth -= *key ? bytes(entries.find(**key)) : 0;
    }
  }
  return growth;
}

Result<void> check_collection_size(const TableState& state, const EncodedKey& key,
                                   std::int64_t growth) {
  if (growth > 0 && static_cast<std::int64_t>(collection_size_bytes(state, key)) + growth >
                        state.simulation->options->knobs.item_collection_max_bytes) {
    return api_error(ErrorKind::kItemCollectionSizeLimitExceededException,
                     "Collection size exceeded.");
  }
  return {};
}

bool holds(OperationContext& context, TableState& state, const EncodedKey& key) {
  if (!state.simulation->transactions.holds(key, context.now)) {
    return false;
  }
  state.simulation->admission.arm(kTableArm)->metrics().count(Metric::kTransactionConflict,
                                                              context.now);
  return true;
}

Result<void> admit_page(OperationContext& context, TableState& state, ArmId arm,
                        const EncodedKey& first, PagePass& pass) {
  Verdict verdict;
  if (state.simulation->admission.admit_page(arm, KeyPosition::of(first), context.now, verdict,
                                             &pass)) {
    return {};
  }
  note_refusals(context, state, verdict);
  FirstRefusal error = error_of(state, verdict);
  return throttled(context, state, error);
}

}  // namespace capacity_gate

ApiError transaction_conflict() {
  return {ErrorKind::kTransactionConflictException, "Transaction is ongoing for the item"};
}

Microseconds transaction_length(const OperationContext& context) {
  return context.catalog.simulates()
             ? context.catalog.simulation_options()->knobs.transaction_ms * kMillisecond
             : 0;
}

void hold_in_transaction(const OperationContext& context, TableState& state,
                         const EncodedKey& key) {
  if (!state.simulation) {
    return;
  }
  const Microseconds length = state.simulation->options->knobs.transaction_ms * kMillisecond;
  if (length > 0) {
    state.simulation->transactions.hold(key, context.now + length);
  }
}

struct JointAdmission::Parts {
  std::vector<AdmissionPart> parts;
  std::vector<TableState*> states;
};

JointAdmission::JointAdmission() = default;
JointAdmission::~JointAdmission() = default;

void JointAdmission::add_item(Dimension dimension, TableState& state, const EncodedKey& key,
                              CapacityUnits table_units) {
  if (!state.simulation) {
    return;
  }
  if (parts_ == nullptr) {
    parts_ = std::make_unique<Parts>();
  }
  AdmissionPart part{&state.simulation->admission, AdmissionEvent(dimension), {}};
  part.event.add_table(key, table_units);
  parts_->parts.push_back(std::move(part));
  parts_->states.push_back(&state);
}

void JointAdmission::add_write(TableState& state, const PlannedWrite& write,
                               CapacityUnits table_units) {
  add_item(Dimension::kWrite, state, write.key, table_units);
  if (state.simulation) {
    add_indexes(state, write, parts_->parts.back().event);
  }
}

bool JointAdmission::admit(OperationContext& context) {
  if (parts_ == nullptr || admit_together(parts_->parts, context.now)) {
    return true;
  }
  TableState* counted = nullptr;
  for (std::size_t i = 0; i < parts_->parts.size(); ++i) {
    if (parts_->parts[i].verdict.empty()) {
      continue;
    }
    note_refusals(context, *parts_->states[i], parts_->parts[i].verdict);
    if (parts_->states[i] != counted) {
      counted = parts_->states[i];
      counted->simulation->admission.count_throttled_request(context.now);
    }
  }
  return false;
}

std::optional<ApiError> JointAdmission::refused(std::size_t position) const {
  if (parts_ == nullptr || parts_->parts[position].verdict.empty()) {
    return std::nullopt;
  }
  return error_of(*parts_->states[position], parts_->parts[position].verdict);
}

std::string_view JointAdmission::cancellation_code(std::size_t position) const {
  return throttle_answer(parts_->parts[position].verdict.front()).cancellation_code;
}

}  // namespace understudy
