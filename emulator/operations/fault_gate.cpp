#include "emulator/operations/fault_gate.h"

#include <algorithm>
#include <string>

#include "emulator/capacity/throttle.h"
#include "emulator/operations/fault_capacity.h"
#include "emulator/operations/transaction.h"
#include "emulator/table/simulation.h"
#include "emulator/table/table_arn.h"

namespace understudy {
namespace {

using MatchedItems = boost::container::small_vector<bool, 8>;
using FaultReasons = boost::container::small_vector<CancellationReason, 10>;

bool is_transaction(const OperationContext& context) {
  return context.model.name.starts_with("Transact");
}

bool is_batch(const OperationContext& context) {
  return context.model.name.starts_with("Batch");
}

/// What stops the operation where the client gets no answer of ours; nobody reads it.
Unexpected<ApiError> no_answer() {
  return api_error(ErrorKind::kInternalServerError, "Internal server error");
}

std::string reason_message(const FaultReason& reason) {
  return reason.message.empty() ? std::string(cancellation_message(reason.code).value_or(""))
                                : reason.message;
}

/// One reason per action; what the rule says nothing of is "None".
Unexpected<ApiError> canceled(std::span<const FaultReason> wanted, std::size_t actions) {
  FaultReasons reasons(actions);
  for (std::size_t i = 0; i < std::min(actions, wanted.size()); ++i) {
    reasons[i].code = wanted[i].code;
    reasons[i].message = reason_message(wanted[i]);
  }
  return {transaction_canceled({reasons.data(), reasons.size()})};
}

/// The same reason for every action the rule is about.
Unexpected<ApiError> canceled(const CancellationReason& reason, const MatchedItems& items) {
  FaultReasons reasons(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (items[i]) {
      reasons[i] = reason;
    }
  }
  return {transaction_canceled({reasons.data(), reasons.size()})};
}

/// The table of the first item the rule is about.
std::string_view table_of(std::span<const FaultItem> items, const MatchedItems& matched) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i < matched.size() && matched[i]) {
      return items[i].table;
    }
  }
  return items.front().table;
}

/// Settings of the table, if there is one: the exception must fit its billing mode.
std::shared_ptr<const TableSettings> settings_of(OperationContext& context,
                                                 std::string_view table) {
  const auto found = context.catalog.find_active(context.scope, table);
  return found ? (*found)->lock()->settings : nullptr;
}

/// The index that a reason about an index names: the request's, or the table's first global one.
std::string index_of(const JsonNode& input, const TableSettings* settings) {
  const JsonNode* const named = input.find("IndexName");
  if (named != nullptr && named->is(JsonKind::kString)) {
    return std::string(named->text());
  }
  if (settings != nullptr) {
    for (const IndexSettings& index : settings->indexes) {
      if (index.global) {
        return index.name;
      }
    }
  }
  return "index";
}

/// An error counts for its table, as one of the service's own does. What is committed is counted
/// already.
void note_metered(OperationContext& context, std::string_view table) {
  if (context.trace.metered != nullptr || !context.catalog.simulates()) {
    return;
  }
  if (const auto found = context.catalog.find_active(context.scope, table);
      found && (*found)->is_simulated()) {
    context.trace.metered = *found;
  }
}

/// Metrics of a throttle as admission counts them: an event for each item that it is about, and the
/// request where none of it went through.
void count_events(OperationContext& context, std::string_view table, std::string_view index,
                  const Refusal& refusal, const MatchedItems& items, bool refused) {
  const auto found = context.catalog.find_active(context.scope, table);
  if (!found || !(*found)->is_simulated()) {
    return;
  }
  const auto state = (*found)->lock();
  Refusal counted = refusal;
  if (refusal.reason.index) {
    const auto& indexes = state->settings->indexes;
    counted.arm = static_cast<ArmId>(std::ranges::find(indexes, index, &IndexSettings::name) -
                                     indexes.begin());
  }
  Admission& admission = state->simulation->admission;
  ThroughputArm* const arm = admission.arm(counted.arm);
  if (arm == nullptr) {
    return;
  }
  Verdict verdict;
  verdict.push_back(counted);
  for (const bool matched : items) {
    if (matched) {
      arm->meter_throttle(counted.reason.dimension, verdict, counted.arm, context.now);
    }
  }
  if (refused) {
    admission.count_throttled_request(context.now);
  }
}

}  // namespace

FaultGate::FaultGate(std::shared_ptr<const RuleSet> rules, const FaultSubject& subject)
    : pass_(std::move(rules), subject) {}

Result<void> FaultGate::pass(OperationContext& context, FaultPhase phase) {
  if (!pass_.concerns(phase)) {
    return {};
  }
  FaultDecision decision = pass_.decide(phase);
  if (decision.rule_id.empty()) {
    return {};
  }
  if (context.trace.rule.empty()) {
    context.trace.verdict = "fault";
    context.trace.rule = decision.rule_id;
    if (context.trace.table.empty()) {
      context.trace.table = pass_.items().front().table;
    }
  }
  outcome_.delay += decision.delay;
  if (decision.retry_after_ms) {
    outcome_.retry_after_ms = decision.retry_after_ms;
  }
  if (decision.stale != nullptr) {
    stale_ = decision.stale->action.stale;
  }
  if (decision.stream != nullptr) {
    stream_ = decision.stream->action.stream;
  }
  if (decision.capacity != nullptr) {
    apply_capacity_fault(context, pass_.subject(), pass_.items().front(),
                         *decision.capacity->action.capacity, decision.capacity_hold);
  }
  if (decision.answer == nullptr || outcome_.answered) {
    return {};
  }
  note_key(context);
  return answer(context, decision, phase);
}

/// An operation that runs says its key itself; one of several items says none.
void FaultGate::note_key(OperationContext& context) {
  if (context.trace.key_hash == 0 && !is_batch(context) && !is_transaction(context)) {
    if (const auto hash = fault_item_hash(context, pass_.items().front())) {
      context.trace.key_hash = hash->high;
    }
  }
}

Result<void> FaultGate::answer(OperationContext& context, const FaultDecision& decision,
                               FaultPhase phase) {
  const FaultAction& action = decision.answer->action;
  if (action.partial) {
    unprocessed_ = decision.items;
    return {};
  }
  if (phase != FaultPhase::kAfterCommit) {
    note_metered(context, table_of(pass_.items(), decision.items));
  }
  if (action.transport) {
    return transport(*action.transport, phase);
  }
  if (action.throttle) {
    return throttle(context, decision);
  }
  outcome_.answered = true;
  if (!action.cancel.empty()) {
    return canceled(action.cancel, pass_.items().size());
  }
  if (action.conflict && is_transaction(context)) {
    return canceled(
        {"TransactionConflict", std::string(*cancellation_message("TransactionConflict")), {}},
        decision.items);
  }
  error_ = action.error;
  const ErrorKind kind =
      action.conflict ? ErrorKind::kTransactionConflictException : action.error->kind;
  const bool own_words = action.error && !action.error->message.empty();
  return api_error(kind, own_words ? action.error->message : std::string(fault_message(kind)));
}

/// As admission would say it: items of a batch stay unprocessed unless all are refused, a
/// transaction is cancelled with a reason at each refused action (B4, B5).
Result<void> FaultGate::throttle(OperationContext& context, const FaultDecision& decision) {
  const ThrottlingReason reason = *decision.answer->action.throttle;
  const std::string_view table = table_of(pass_.items(), decision.items);
  const auto settings = settings_of(context, table);
  const std::string index =
      reason.index ? index_of(pass_.subject().input, settings.get()) : std::string();
  const bool on_demand =
      settings != nullptr && settings->billing_mode == BillingMode::kPayPerRequest;
  // A key range is refused in the words of the table's mode; the other causes have their own.
  const Refusal refusal{reason, reason.index ? ArmId{0} : kTableArm,
                        on_demand && reason.cause == ThrottleCause::kKeyRangeThroughput};
  const bool all = std::ranges::all_of(decision.items, [](bool matched) { return matched; });
  const bool refused = all || !is_batch(context);
  count_events(context, table, index, refusal, decision.items, refused);
  if (!refused) {
    unprocessed_ = decision.items;
    return {};
  }
  outcome_.answered = true;
  context.trace.reason = throttling_reason_name(reason);
  const ThrottleAnswer& words = throttle_answer(refusal);
  if (is_transaction(context) && !words.cancellation_code.empty()) {
    return canceled({words.cancellation_code, std::string(words.message), {}}, decision.items);
  }
  const std::string arn =
      settings != nullptr ? settings->arn : make_table_arn(context.scope, table);
  Verdict verdict;
  verdict.push_back(refusal);
  return Unexpected{throttle_error(verdict, arn, [&index](ArmId) { return index; })};
}

Result<void> FaultGate::transport(const FaultTransport& transport, FaultPhase phase) {
  using Kind = FaultTransport::Kind;
  outcome_.transport = transport;
  const bool needs_answer = transport.kind == Kind::kTruncate || transport.kind == Kind::kDribble ||
                            transport.kind == Kind::kWrongCrc32;
  if (phase == FaultPhase::kAfterCommit || needs_answer) {
    return {};
  }
  outcome_.answered = true;
  return no_answer();
}

Result<void> pass_faults(OperationContext& context) {
  return context.faults->pass(context, FaultPhase::kBeforeCommit);
}

}  // namespace understudy
