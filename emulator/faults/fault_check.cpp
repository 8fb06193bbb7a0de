// What makes a rule one that can be kept: told before it comes into force.
#include <algorithm>
#include <cmath>
#include <utility>

#include "emulator/document/document.h"
#include "emulator/faults/fault_operations.h"
#include "emulator/service/side_operations.h"

namespace understudy {
namespace {

template <std::size_t N>
bool is_one_of(std::string_view name, const std::string_view (&names)[N]) {
  return std::ranges::find(names, name) != std::end(names);
}

bool is_share(double value) {
  return value >= 0 && value <= 1;
}

/// False, and that is why. (Forty callers: a view would be made by each.)
bool refuse(RuleFlaw& flaw, const char* member, const char* reason) {
  flaw.member = member;
  flaw.reason = reason;
  return false;
}

bool refuse(RuleFlaw& flaw, const char* member, std::string reason) {
  flaw.member = member;
  flaw.reason = std::move(reason);
  return false;
}

bool check_id(const std::string& id, RuleFlaw& flaw) {
  constexpr std::size_t kIdBytesMax = 128;
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:-";
  if (id.size() > kIdBytesMax || id.find_first_not_of(kAllowed) != std::string::npos) {
    return refuse(flaw, "id", "expected at most 128 letters, digits, '_', '.', ':' or '-'");
  }
  return true;
}

constexpr std::string_view kAnyService = "*";

bool is_dynamodb(const ModelOperation& operation) {
  return operation.service == Service::kDynamoDb || operation.service == Service::kDynamoDbStreams;
}

bool has_index_name(const ModelOperation& operation) {
  constexpr std::string_view kWithIndexName[] = {"Query", "Scan"};
  return is_dynamodb(operation) && is_one_of(operation.name, kWithIndexName);
}

/// Whether what the reason says can be said of the operation: nobody's write runs into the read
/// capacity, and only a Query or Scan reads an index.
bool throttle_suits(const ThrottlingReason& reason, const ModelOperation& operation) {
  constexpr std::string_view kReaders[] = {"GetItem", "BatchGetItem", "Query", "Scan",
                                           "TransactGetItems"};
  constexpr std::string_view kWriters[] = {"PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem",
                                           "TransactWriteItems"};
  if (reason.dimension == Dimension::kWrite) {
    return is_one_of(operation.name, kWriters);
  }
  return reason.index ? has_index_name(operation) : is_one_of(operation.name, kReaders);
}

/// Whether the rule can be about that service's operation under the name `wanted`. Without a
/// service named, one of another than DynamoDB must be the only one of its name.
bool is_of_service(const FaultRule& rule, const ModelOperation& operation,
                   std::string_view wanted) {
  const std::string& service = rule.match.service;
  if (service == kAnyService) {
    return true;
  }
  if (!service.empty()) {
    return service_name(operation.service) == service;
  }
  return is_dynamodb(operation) ||
         (wanted == operation.name &&
          find_model_operation(Service::kDynamoDb, operation.name) == nullptr);
}

bool check_operations(const FaultRule& rule, RuleFlaw& flaw) {
  const std::string& service = rule.match.service;
  if (!service.empty() && service != kAnyService && !find_service(service)) {
    return refuse(flaw, "match.service", "there is no service '" + service + "' here");
  }
  const bool one_service = !service.empty() && service != kAnyService;
  bool suits = false;
  bool names_index = false;
  for (const std::string& wanted : rule.match.operations) {
    bool known = false;
    std::vector<std::string_view> names;
    for (std::size_t i = 0; i < fault_operation_count(); ++i) {
      const ModelOperation& operation = fault_operation(i);
      const bool meant =
          is_of_service(rule, operation, wanted) && matches_pattern(wanted, operation.name);
      known = known || meant;
      suits = suits || (meant && action_suits(rule.action, operation));
      names_index = names_index || (meant && has_index_name(operation));
      if (!one_service || service_name(operation.service) == service) {
        names.push_back(operation.name);
      }
    }
    if (!known) {
      const std::string_view close = closest_name(wanted, names);
      return refuse(flaw, "match.operations",
                    "there is no operation '" + wanted + "'" +
                        (one_service ? " of " + service : "") +
                        (close.empty() ? "" : " (did you mean '" + std::string(close) + "'?)"));
    }
  }
  if (!suits && !rule.match.operations.empty()) {
    return refuse(flaw, "do", "none of the operations has what this changes");
  }
  if (!names_index && !rule.match.operations.empty() && !rule.match.index.empty()) {
    return refuse(flaw, "match.index", "none of the operations says an index (Query and Scan do)");
  }
  return true;
}

bool check_sizes(const FaultRule& rule, RuleFlaw& flaw) {
  const FaultMatch& match = rule.match;
  if (match.item_size_min.value_or(0) < 0 || match.item_size_max.value_or(0) < 0) {
    return refuse(flaw, "match.item_size", "expected bytes of at least 0");
  }
  if ((match.item_size_min || match.item_size_max) && rule.phase == FaultPhase::kOnArrival) {
    return refuse(flaw, "match.item_size", "not known on arrival");
  }
  if (match.item_size_min && match.item_size_max && *match.item_size_min > *match.item_size_max) {
    return refuse(flaw, "match.item_size", "min is above max");
  }
  return true;
}

bool check_times(const FaultWhen& when, RuleFlaw& flaw) {
  if (when.from && when.until && when.from->absolute == when.until->absolute &&
      when.from->at >= when.until->at) {
    return refuse(flaw, "when.window", "it ends before it begins");
  }
  if (when.schedule && (when.schedule->every <= 0 || when.schedule->lasts <= 0 ||
                        when.schedule->lasts > when.schedule->every || when.schedule->start < 0)) {
    return refuse(flaw, "when.schedule", "expected 'for' above 0 and no longer than 'every'");
  }
  if (when.ramp &&
      (!is_share(when.ramp->from) || !is_share(when.ramp->to) || when.ramp->over <= 0)) {
    return refuse(flaw, "when.ramp", "expected 'from' and 'to' from 0 to 1, 'over' a time above 0");
  }
  if (when.time_to_live && *when.time_to_live <= 0) {
    return refuse(flaw, "when.time_to_live", "expected a time above 0");
  }
  return true;
}

bool check_when(const FaultWhen& when, RuleFlaw& flaw) {
  if (!is_share(when.probability)) {
    return refuse(flaw, "when.probability", "expected a number from 0 to 1");
  }
  if (when.every == 0) {
    return refuse(flaw, "when.every", "expected an integer of at least 1");
  }
  if (when.max_concurrent && *when.max_concurrent == 0) {
    return refuse(flaw, "when.max_concurrent", "expected an integer of at least 1");
  }
  return check_times(when, flaw);
}

bool check_latency(const FaultLatency& latency, RuleFlaw& flaw) {
  const bool sane =
      latency.low >= 0 && latency.high >= 0 && latency.sigma >= 0 && std::isfinite(latency.sigma);
  switch (latency.kind) {
    case FaultLatency::Kind::kFixed:
    case FaultLatency::Kind::kExponential:
    case FaultLatency::Kind::kLognormal:
      return sane || refuse(flaw, "do.latency", "expected times of at least 0");
    case FaultLatency::Kind::kUniform:
      return (sane && latency.low <= latency.high) ||
             refuse(flaw, "do.latency.uniform", "expected the least and the most, in that order");
    case FaultLatency::Kind::kPercentiles: {
      bool rising = !latency.table.empty();
      std::pair<double, Microseconds> last{-1, 0};
      for (const auto& row : latency.table) {
        rising = rising && row.first > last.first && row.first <= 100 && row.second >= last.second;
        last = row;
      }
      return rising ||
             refuse(flaw, "do.latency.percentiles",
                    "expected percentiles from 0 to 100, both they and their times rising");
    }
  }
  return true;
}

bool check_transport(const FaultTransport& transport, RuleFlaw& flaw) {
  switch (transport.kind) {
    case FaultTransport::Kind::kRaw:
      return (transport.status >= 400 && transport.status <= 599) ||
             refuse(flaw, "do.transport.raw", "expected a status from 400 to 599");
    case FaultTransport::Kind::kDribble:
      return (transport.bytes > 0 && transport.time > 0) ||
             refuse(flaw, "do.transport.dribble", "expected 'bytes' and 'every' above 0");
    case FaultTransport::Kind::kReset:
    case FaultTransport::Kind::kHang:
    case FaultTransport::Kind::kTruncate:
    case FaultTransport::Kind::kWrongCrc32:
      break;
  }
  return true;
}

bool check_cancel(const std::vector<FaultReason>& cancel, RuleFlaw& flaw) {
  bool refuses = cancel.empty();
  for (const FaultReason& reason : cancel) {
    if (!cancellation_message(reason.code)) {
      return refuse(flaw, "do.cancel", "there is no cancellation code '" + reason.code + "'");
    }
    refuses = refuses || reason.code != "None";
  }
  return refuses || refuse(flaw, "do.cancel", "expected a code other than None");
}

bool check_action(const FaultRule& rule, RuleFlaw& flaw) {
  const FaultAction& action = rule.action;
  const int answers = (action.error ? 1 : 0) + (action.throttle ? 1 : 0) +
                      (action.partial ? 1 : 0) + (action.cancel.empty() ? 0 : 1) +
                      (action.conflict ? 1 : 0) + (action.transport ? 1 : 0);
  if (answers > 1) {
    return refuse(flaw, "do",
                  "error, throttle, partial, cancel, conflict and transport exclude each "
                  "other");
  }
  if (answers == 0 && !action.latency && !action.retry_after_ms && !action.stale &&
      !action.stream && !action.capacity) {
    return refuse(flaw, "do", "nothing is done");
  }
  const bool parts = action.partial || !action.cancel.empty() || action.conflict || action.throttle;
  if (parts && rule.phase == FaultPhase::kAfterCommit) {
    return refuse(flaw, "phase", "what is done here is done before the commit");
  }
  if (action.partial && action.partial->share && !is_share(*action.partial->share)) {
    return refuse(flaw, "do.partial.share", "expected a number from 0 to 1");
  }
  if (action.retry_after_ms && *action.retry_after_ms < 0) {
    return refuse(flaw, "do.retry_after", "expected a time of at least 0");
  }
  if (action.latency) {
    if (!check_latency(*action.latency, flaw)) {
      return false;
    }
  }
  if (action.transport) {
    if (!check_transport(*action.transport, flaw)) {
      return false;
    }
  }
  return check_cancel(action.cancel, flaw);
}

bool check_expectation(const FaultExpectation& expect, RuleFlaw& flaw) {
  if (expect.hits_min && expect.hits_max && *expect.hits_min > *expect.hits_max) {
    return refuse(flaw, "expect.hits", "min is above max");
  }
  return true;
}

}  // namespace

bool action_suits(const FaultAction& action, const ModelOperation& operation) {
  constexpr std::string_view kBatches[] = {"BatchGetItem", "BatchWriteItem"};
  constexpr std::string_view kTransactions[] = {"TransactGetItems", "TransactWriteItems"};
  constexpr std::string_view kSingleWrites[] = {"PutItem", "UpdateItem", "DeleteItem"};
  constexpr std::string_view kReads[] = {"GetItem", "BatchGetItem", "Query", "Scan"};
  const std::string_view name = operation.name;
  const bool transaction = is_one_of(name, kTransactions);
  if (!is_dynamodb(operation)) {
    return !action.partial && action.cancel.empty() && !action.conflict && !action.throttle &&
           !action.stale && !action.stream && !action.capacity;
  }
  if (action.error && !action.error->side.empty()) {
    return false;
  }
  return (!action.partial || is_one_of(name, kBatches)) && (action.cancel.empty() || transaction) &&
         (!action.conflict || transaction || is_one_of(name, kSingleWrites)) &&
         (!action.throttle || throttle_suits(*action.throttle, operation)) &&
         (!action.stale || is_one_of(name, kReads)) &&
         (!action.stream ||
          (operation.service == Service::kDynamoDbStreams && name != "ListStreams"));
}

bool rule_names(const FaultRule& rule, const ModelOperation& operation) {
  const std::vector<std::string>& wanted = rule.match.operations;
  const bool named = wanted.empty() ? is_of_service(rule, operation, {})
                                    : std::ranges::any_of(wanted, [&](const std::string& pattern) {
                                        return is_of_service(rule, operation, pattern) &&
                                               matches_pattern(pattern, operation.name);
                                      });
  return named && action_suits(rule.action, operation);
}

std::size_t fault_operation_count() {
  return model_operations().size() + side_operations().size();
}

const ModelOperation& fault_operation(std::size_t position) {
  const std::span<const ModelOperation> model = model_operations();
  return position < model.size() ? model[position] : side_operations()[position - model.size()];
}

std::size_t position_of(const ModelOperation& operation) {
  const std::span<const ModelOperation> model = model_operations();
  return is_dynamodb(operation)
             ? static_cast<std::size_t>(&operation - model.data())
             : model.size() + static_cast<std::size_t>(&operation - side_operations().data());
}

std::string RuleFlaw::text() const {
  std::string text = rule.empty() ? "" : rule + ": ";
  if (!member.empty()) {
    text.append("member '").append(member).append("': ");
  }
  return text + reason;
}

std::optional<RuleFlaw> check_fault_rule(const FaultRule& rule) {
  RuleFlaw flaw;
  const bool sound = check_id(rule.id, flaw) && check_operations(rule, flaw) &&
                     check_sizes(rule, flaw) && check_when(rule.when, flaw) &&
                     check_action(rule, flaw) && check_expectation(rule.expect, flaw);
  return sound ? std::nullopt : std::optional(std::move(flaw));
}

}  // namespace understudy
