// TransactWriteItems: up to 100 puts, updates, deletes and condition checks, all or none.
//
// Order of checks (B5): the actions one at a time in request order, all that the request alone
// tells; then tables, then keys, then two actions on one item. After that nothing refuses the
// request any more, things only cancel it: keys that do not fit their schema, items that another
// transaction holds, failed conditions, updates that cannot be done, capacity. All tables are
// locked while everything is planned and then committed.
#include <boost/container/small_vector.hpp>
#include <string>
#include <utility>
#include <vector>

#include "emulator/model/json_codec.h"
#include "emulator/operations/capacity_gate.h"
#include "emulator/operations/expression_parameters.h"
#include "emulator/operations/item_write.h"
#include "emulator/operations/replica_read.h"
#include "emulator/operations/request_reader.h"
#include "emulator/operations/transaction.h"

namespace understudy {
namespace {

struct TransactWriteItemsRequest {
  boost::container::small_vector<ItemWriteRequest, 10> actions;
  std::string_view token;  ///< ClientRequestToken; empty: none
  std::string parameters;  ///< digest of what the token stands for
  ReturnCapacity capacity = ReturnCapacity::kNone;
  bool collection_metrics = false;
};

/// The one action of an entry.
struct RequestedAction {
  WriteKind kind;
  const JsonNode* node;
};

Result<RequestedAction> only_action(const JsonNode& entry) {
  constexpr std::pair<std::string_view, WriteKind> kKinds[] = {
      {"ConditionCheck", WriteKind::kConditionCheck},
      {"Put", WriteKind::kPut},
      {"Delete", WriteKind::kDelete},
      {"Update", WriteKind::kUpdate}};
  const JsonNode* found = nullptr;
  WriteKind kind = WriteKind::kPut;
  for (const auto& [member, member_kind] : kKinds) {
    const JsonNode* node = entry.find(member);
    if (node == nullptr) {
      continue;
    }
    if (found != nullptr) {
      // Source: DynamoDB Local and the Java SDK's tests quote this sentence. Assumed: its place.
      return validation_error("TransactItems can only contain one of Check, Put, Update or Delete");
    }
    found = node;
    kind = member_kind;
  }
  if (found == nullptr) {
    return validation_error(
        "Invalid Request: TransactWriteRequest should contain Delete or Put or Update request");
  }
  return RequestedAction{kind, found};
}

/// What an action says besides its table and its item or key.
Result<void> parse_options(OperationContext& context, const JsonNode& input, const Wording& wording,
                           ItemWriteRequest& write) {
  const bool update = write.kind == WriteKind::kUpdate;
  TRY_VOID(check_parameter_forms(input, update ? kTransactUpdateForms : kTransactForms, wording));
  TRY(Placeholders * placeholders, read_placeholders(input, wording, context.arena));
  if (update) {
    TRY(write.update, compile_update(input.find("UpdateExpression")->text(),
                                     {context.plans, *placeholders, context.arena}));
  }
  TRY(write.condition, read_condition(input, context, placeholders, wording));
  TRY_VOID(placeholders->check_all_used());
  write.return_item_on_failure = returns_item_on_failure(input);
  return {};
}

/// `options`: of decoding items, which know the order of those before.
Result<ItemWriteRequest> parse_action(OperationContext& context, const JsonNode& entry,
                                      const Wording& wording, const DecodeOptions& options) {
  TRY(const RequestedAction action, only_action(entry));
  const JsonNode& input = *action.node;
  ItemWriteRequest write;
  write.kind = action.kind;
  write.table = read_string(input, "TableName");
  write.flat_update_size = true;
  if (has_options(input)) {
    TRY_VOID(parse_options(context, input, wording, write));
  }
  const JsonNode* attributes = input.find(action.kind == WriteKind::kPut ? "Item" : "Key");
  TRY(write.attributes, decode_attributes(*attributes, context.arena, options));
  write.size_bytes = attributes_size_bytes(write.attributes);
  if (action.kind == WriteKind::kPut) {
    TRY_VOID(check_put_size(write));
  }
  return write;
}

/// What the action adds to the request's payload: its item or key, and its expression values.
std::size_t payload_bytes(const ItemWriteRequest& write, const JsonNode& entry) {
  std::size_t bytes = write.size_bytes;
  for (const JsonMember& action : entry.members()) {
    if (const JsonNode* values = action.value.find("ExpressionAttributeValues")) {
      for (const JsonMember& value : values->members()) {
        for (const JsonMember& typed : value.value.members()) {
          bytes += value.name.size() + (typed.value.is(JsonKind::kString) ? typed.value.size : 0);
        }
      }
    }
  }
  return bytes;
}

Result<TransactWriteItemsRequest> parse_transact_write_items(OperationContext& context,
                                                             const JsonNode& input) {
  const Wording wording = wording_of(context);
  TransactWriteItemsRequest request;
  const auto entries = input.find("TransactItems")->elements();
  DecodeOptions options = wording.decode_options();
  NameOrder order;
  options.order = &order;
  std::size_t bytes = 0;
  for (const JsonNode& entry : entries) {
    TRY(const ItemWriteRequest write, parse_action(context, entry, wording, options));
    bytes += payload_bytes(write, entry);
    request.actions.push_back(write);
  }
  TRY_VOID(check_transaction_size(bytes));
  request.token = read_string(input, "ClientRequestToken");
  if (!request.token.empty()) {
    request.parameters = digest_of_parameters(input);
  }
  request.capacity = read_return_capacity(input);
  request.collection_metrics = wants_collection_metrics(input);
  return request;
}

/// The actions held against their tables.
struct BoundTransaction {
  TransactionTables tables;
  boost::container::small_vector<BoundItemWrite, 10> writes;
  boost::container::small_vector<std::size_t, 10> table_of;  ///< by action
};

/// Of a transaction that is cancelled; made when the first reason comes up.
class Reasons {
 public:
  explicit Reasons(std::size_t actions) : actions_(actions) {}

  void set(std::size_t action, CancellationReason reason) {
    list_.resize(actions_);
    list_[action] = std::move(reason);
  }
  void clear() { list_.clear(); }
  [[nodiscard]] bool any() const { return !list_.empty(); }
  /// Error: TransactionCanceledException.
  [[nodiscard]] Unexpected<ApiError> error() const {
    return Unexpected{transaction_canceled({list_.data(), list_.size()})};
  }

 private:
  std::size_t actions_;
  std::vector<CancellationReason> list_;
};

/// Error of the whole request where two actions are about one item. Keys that could not be read are
/// about none.
Result<void> check_targets(const BoundTransaction& bound) {
  for (std::size_t i = 1; i < bound.writes.size(); ++i) {
    const EncodedKey& key = bound.writes[i].key;
    for (std::size_t j = 0; j < i; ++j) {
      const EncodedKey& other = bound.writes[j].key;
      if (bound.writes[i].table != nullptr && bound.writes[i].table == bound.writes[j].table &&
          key.hash == other.hash && key.sort == other.sort && key.partition == other.partition) {
        return validation_error(
            "Transaction request cannot include multiple operations on one item");
      }
    }
  }
  return {};
}

/// Error: ResourceNotFoundException; ValidationException for an empty key and for two actions on
/// one item; TransactionCanceledException for the first key that does not fit its schema.
Result<void> bind(OperationContext& context, const TransactWriteItemsRequest& request,
                  BoundTransaction& bound) {
  for (const ItemWriteRequest& action : request.actions) {
    TRY(const std::size_t table, bound.tables.find(context, action.table));
    bound.table_of.push_back(table);
  }
  Reasons reasons(request.actions.size());
  bound.writes.reserve(request.actions.size());
  for (std::size_t i = 0; i < request.actions.size(); ++i) {
    auto write = bind_item_write(bound.tables[bound.table_of[i]].found, request.actions[i],
                                 context.arena, Hashing::kLater);
    if (write) {
      bound.writes.push_back(*std::move(write));
      continue;
    }
    if (is_empty_key_error(write.error())) {
      return Unexpected{std::move(write).error()};
    }
    if (!reasons.any()) {
      reasons.set(i, reason_of(std::move(write).error()));
    }
    bound.writes.emplace_back();
  }
  hash_keys(std::span<BoundItemWrite>(bound.writes), context.arena);
  TRY_VOID(check_targets(bound));
  return reasons.any() ? reasons.error() : Result<void>{};
}

using Plans = boost::container::small_vector<PlannedWrite, 10>;

/// Plans every action on the state that all of them see. Failed conditions are all reported; an
/// update that cannot be done is reported alone. Source: Alternator test_transact; B5.
Result<void> plan_all(const BoundTransaction& bound, const TransactionLocks& locks, Arena& arena,
                      Plans& plans) {
  boost::container::small_vector<ItemRef, 10> before(bound.writes.size());
  for (std::size_t i = 0; i < bound.tables.size(); ++i) {
    find_items(*bound.tables[i].found.table, locks.state(i), bound.writes, before);
  }
  Reasons reasons(bound.writes.size());
  plans.reserve(bound.writes.size());
  for (std::size_t i = 0; i < bound.writes.size(); ++i) {
    auto planned = plan_item_write(locks.state(bound.table_of[i]), bound.writes[i],
                                   std::move(before[i]), arena);
    if (planned) {
      plans.push_back(*std::move(planned));
      continue;
    }
    const bool condition = planned.error().kind() == ErrorKind::kConditionalCheckFailedException;
    if (!condition) {
      if (is_empty_key_error(planned.error())) {
        return Unexpected{std::move(planned).error()};
      }
      reasons.clear();
    }
    reasons.set(i, reason_of(std::move(planned).error()));
    if (!condition) {
      break;
    }
  }
  return reasons.any() ? reasons.error() : Result<void>{};
}

/// Error: TransactionCanceledException where another transaction holds an item.
Result<void> check_conflicts(OperationContext& context, const BoundTransaction& bound,
                             const TransactionLocks& locks) {
  if (!context.catalog.simulates()) {
    return {};
  }
  Reasons reasons(bound.writes.size());
  for (std::size_t i = 0; i < bound.writes.size(); ++i) {
    TRY_VOID(check_leader(context, locks.state(bound.table_of[i])));
    if (is_in_transaction(context, locks.state(bound.table_of[i]), bound.writes[i].key)) {
      reasons.set(i, reason_of(transaction_conflict()));
    }
  }
  return reasons.any() ? reasons.error() : Result<void>{};
}

/// A transaction that a condition cancels pays for the half that prepared it: the plain units of
/// every item examined. Assumed: A5; that it pays at all is documented.
void pay_for_preparing(OperationContext& context, const BoundTransaction& bound,
                       const TransactionLocks& locks) {
  JointAdmission admission;
  for (std::size_t i = 0; i < bound.writes.size(); ++i) {
    const BoundItemWrite& write = bound.writes[i];
    TableState& state = locks.state(bound.table_of[i]);
    const ItemRef stored = state.items.find(write.key);
    admission.add_item(Dimension::kWrite, state, write.key,
                       table_write_units(stored ? MaybeBytes(stored->size_bytes()) : MaybeBytes(),
                                         carried_bytes(write)));
  }
  admission.admit(context);
}

bool same_collection(const BoundTransaction& bound, std::size_t i, std::size_t j) {
  return bound.table_of[i] == bound.table_of[j] &&
         bound.writes[i].key.partition == bound.writes[j].key.partition;
}

/// Reasons for the actions that make an item collection larger than it may be. Actions on one
/// collection count together. Assumed: all of them that add to it are told. Returns whether any is.
bool find_too_large(const BoundTransaction& bound, const TransactionLocks& locks,
                    const Plans& plans, std::span<CancellationReason> reasons) {
  boost::container::small_vector<std::int64_t, 10> growth;
  for (std::size_t i = 0; i < plans.size(); ++i) {
    growth.push_back(capacity_gate::collection_growth(locks.state(bound.table_of[i]), plans[i]));
  }
  bool too_large = false;
  for (std::size_t i = 0; i < plans.size(); ++i) {
    if (growth[i] <= 0) {
      continue;
    }
    std::int64_t together = 0;
    for (std::size_t j = 0; j < plans.size(); ++j) {
      together += same_collection(bound, i, j) ? growth[j] : 0;
    }
    auto fits = capacity_gate::check_collection_size(locks.state(bound.table_of[i]), plans[i].key,
                                                     together);
    if (!fits) {
      too_large = true;
      reasons[i] = reason_of(std::move(fits).error());
    }
  }
  return too_large;
}

Result<void> admit_all(OperationContext& context, const BoundTransaction& bound,
                       const TransactionLocks& locks, const Plans& plans) {
  if (!context.catalog.simulates()) {
    return {};
  }
  JointAdmission admission;
  boost::container::small_vector<CancellationReason, 10> reasons(plans.size());
  if (find_too_large(bound, locks, plans, {reasons.data(), reasons.size()})) {
    return Unexpected{transaction_canceled({reasons.data(), reasons.size()})};
  }
  for (std::size_t i = 0; i < plans.size(); ++i) {
    TableState& state = locks.state(bound.table_of[i]);
    admission.add_write(state, plans[i], transactional(plans[i].table_units));
  }
  return admit_transaction(context, admission, {reasons.data(), reasons.size()});
}

/// What the answer and a later replay need.
struct TransactionOutcome {
  boost::container::small_vector<TableCapacity, 2> capacity;         ///< by table
  boost::container::small_vector<CapacityUnits, 2> replay;           ///< read units, by table
  boost::container::small_vector<std::size_t, 10> collection_bytes;  ///< by action, when asked for
};

Result<TransactionOutcome> write_all(OperationContext& context, const BoundTransaction& bound,
                                     bool collection_metrics) {
  TransactionOutcome outcome;
  outcome.capacity.resize(bound.tables.size());
  outcome.replay.resize(bound.tables.size());
  const TransactionLocks locks(bound.tables);
  TRY_VOID(check_conflicts(context, bound, locks));
  Plans plans;
  auto planned = plan_all(bound, locks, context.arena, plans);
  if (!planned) {
    if (context.catalog.simulates()) {
      pay_for_preparing(context, bound, locks);
    }
    return Unexpected{std::move(planned).error()};
  }
  TRY_VOID(admit_all(context, bound, locks, plans));
  for (std::size_t i = 0; i < plans.size(); ++i) {
    const std::size_t table = bound.table_of[i];
    PlannedWrite& plan = plans[i];
    outcome.capacity[table].add_write(plan, true);
    outcome.replay[table] += transaction_replay_units(bytes_of(plan.before), bytes_of(plan.after));
    hold_in_transaction(context, locks.state(table), plan.key);
    if (bound.writes[i].request->kind != WriteKind::kConditionCheck) {
      commit_write(locks.state(table), std::move(plan), {context.now});
    }
  }
  if (collection_metrics) {
    for (std::size_t i = 0; i < bound.writes.size(); ++i) {
      const TableState& state = locks.state(bound.table_of[i]);
      outcome.collection_bytes.push_back(state.settings->has_local_indexes()
                                             ? collection_size_bytes(state, bound.writes[i].key)
                                             : 0);
    }
  }
  return outcome;
}

bool is_write(const BoundTransaction& bound, std::size_t action) {
  return bound.writes[action].request->kind != WriteKind::kConditionCheck;
}

/// Whether local indexes make collections of what is written to the table.
bool has_metrics(const BoundTransaction& bound, std::size_t table) {
  if (!bound.tables[table].found.settings->has_local_indexes()) {
    return false;
  }
  for (std::size_t i = 0; i < bound.writes.size(); ++i) {
    if (bound.table_of[i] == table && is_write(bound, i)) {
      return true;
    }
  }
  return false;
}

/// Collections that were written to. Source: API reference, ItemCollectionMetrics: "affected by
/// individual UpdateItem, PutItem, or DeleteItem operations".
void append_table_metrics(JsonWriter& out, const BoundTransaction& bound,
                          const TransactionOutcome& outcome, std::size_t table) {
  out.user_key(bound.tables[table].found.settings->name);
  out.begin_array();
  for (std::size_t i = 0; i < bound.writes.size(); ++i) {
    bool seen = bound.table_of[i] != table || !is_write(bound, i);
    for (std::size_t j = 0; j < i && !seen; ++j) {
      seen = is_write(bound, j) && same_collection(bound, i, j);
    }
    if (!seen) {
      append_collection_metrics(out, *bound.tables[table].found.settings,
                                bound.writes[i].request->attributes, outcome.collection_bytes[i]);
    }
  }
  out.end_array();
}

void append_metrics(JsonWriter& out, const BoundTransaction& bound,
                    const TransactionOutcome& outcome) {
  bool open = false;
  for (std::size_t table = 0; table < bound.tables.size(); ++table) {
    if (!has_metrics(bound, table)) {
      continue;
    }
    if (!open) {
      out.key("ItemCollectionMetrics");
      out.begin_object();
      open = true;
    }
    append_table_metrics(out, bound, outcome, table);
  }
  if (open) {
    out.end_object();
  }
}

void append_transaction_capacity(JsonWriter& out, const TransactionTables& tables,
                                 std::span<const TableCapacity> capacity, ReturnCapacity mode,
                                 CapacityArm arm) {
  if (mode == ReturnCapacity::kNone) {
    return;
  }
  out.key("ConsumedCapacity");
  out.begin_array();
  for (std::size_t i = 0; i < tables.size(); ++i) {
    append_capacity(out, tables[i].name, capacity[i], *tables[i].found.settings, mode, arm);
  }
  out.end_array();
}

/// The outcome kept with a token: read units per table, in the order the request names the tables.
std::string pack_replay(const TransactionOutcome& outcome) {
  std::string packed;
  for (const CapacityUnits units : outcome.replay) {
    packed += std::to_string(units.thousandths) + " ";
  }
  return packed;
}

/// Answers from the token: nothing is done again, and what is charged are reads. Source: A5, A7.
Result<void> replay(OperationContext& context, const TransactWriteItemsRequest& request,
                    std::string_view packed, JsonWriter& out) {
  TransactionTables tables;
  for (const ItemWriteRequest& action : request.actions) {
    TRY([[maybe_unused]] const std::size_t table, tables.find(context, action.table));
  }
  boost::container::small_vector<TableCapacity, 2> capacity(tables.size());
  for (TableCapacity& one : capacity) {
    const std::size_t end = packed.find(' ');
    if (end == std::string_view::npos) {
      break;
    }
    std::from_chars(packed.data(), packed.data() + end, one.table.thousandths);
    packed.remove_prefix(end + 1);
    context.trace.read_units += one.table;
  }
  out.begin_object();
  append_transaction_capacity(out, tables, {capacity.data(), capacity.size()}, request.capacity,
                              CapacityArm::kRead);
  out.end_object();
  return {};
}

Result<std::string> execute(OperationContext& context, const TransactWriteItemsRequest& request,
                            JsonWriter& out) {
  BoundTransaction bound;
  TRY_VOID(bind(context, request, bound));
  TRY(const TransactionOutcome outcome, write_all(context, bound, request.collection_metrics));
  for (const TableCapacity& capacity : outcome.capacity) {
    context.trace.write_units += capacity.total();
  }
  context.trace.items += static_cast<std::uint32_t>(bound.writes.size());
  context.trace.answer_delay = transaction_length(context);
  out.begin_object();
  append_transaction_capacity(out, bound.tables, {outcome.capacity.data(), outcome.capacity.size()},
                              request.capacity, CapacityArm::kWrite);
  if (request.collection_metrics) {
    append_metrics(out, bound, outcome);
  }
  out.end_object();
  return pack_replay(outcome);
}

Result<void> run_transact_write_items(OperationContext& context,
                                      const TransactWriteItemsRequest& request, JsonWriter& out) {
  if (request.token.empty()) {
    TRY([[maybe_unused]] const std::string outcome, execute(context, request, out));
    return {};
  }
  IdempotencyTokens& tokens = context.catalog.tokens();
  const IdempotencyTokens::Key key{context.scope.tenant, "TransactWriteItems", request.token};
  const auto claim = tokens.claim(key, request.parameters, context.now);
  switch (claim.verdict) {
    case IdempotencyTokens::Verdict::kReplay:
      return replay(context, request, claim.outcome, out);
    case IdempotencyTokens::Verdict::kMismatch:
      // Source: API reference, IdempotentParameterMismatchException. Assumed: that this is the
      // text.
      return api_error(ErrorKind::kIdempotentParameterMismatchException,
                       "DynamoDB rejected the request because you retried a request with a "
                       "different payload but with an idempotent token that was already used.");
    case IdempotencyTokens::Verdict::kRunning:
      // Source: a client's log in aws/aws-sdk-java-v2#2518.
      return api_error(ErrorKind::kTransactionInProgressException,
                       "Transaction from previous request is still in progress");
    case IdempotencyTokens::Verdict::kNew:
      break;
  }
  auto outcome = execute(context, request, out);
  if (!outcome) {
    tokens.abandon(key);
    return Unexpected{std::move(outcome).error()};
  }
  tokens.finish(key, *std::move(outcome), context.now, transaction_length(context));
  return {};
}

}  // namespace

UNDERSTUDY_OPERATION(transact_write_items)

}  // namespace understudy
