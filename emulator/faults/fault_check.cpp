// What makes a rule one that can be kept: told before it comes into force.
#include <algorithm>
#include <cmath>

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

std::string check_id(const std::string& id) {
  constexpr std::size_t kIdBytesMax = 128;
  constexpr std::string_view kAllowed =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:-";
  if (id.size() > kIdBytesMax || id.find_first_not_of(kAllowed) != std::string::npos) {
    return "member 'id': expected at most 128 letters, digits, '_', '.', ':' or '-'";
  }
  return {};
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

std::string check_operations(const FaultRule& rule) {
  const std::string& service = rule.match.service;
  if (!service.empty() && service != kAnyService && !find_service(service)) {
    return "member 'match.service': there is no service '" + service + "' here";
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
      return "member 'match.operations': there is no operation '" + wanted + "'" +
             (one_service ? " of " + service : "") +
             (close.empty() ? "" : " (did you mean '" + std::string(close) + "'?)");
    }
  }
  if (!suits && !rule.match.operations.empty()) {
    return "member 'do': none of the operations has what this changes";
  }
  if (!names_index && !rule.match.operations.empty() && !rule.match.index.empty()) {
    return "member 'match.index': none of the operations says an index (Query and Scan do)";
  }
  return {};
}

std::string check_sizes(const FaultRule& rule) {
  const FaultMatch& match = rule.match;
  if (match.item_size_min.value_or(0) < 0 || match.item_size_max.value_or(0) < 0) {
    return "member 'match.item_size': expected bytes of at least 0";
  }
  if ((match.item_size_min || match.item_size_max) && rule.phase == FaultPhase::kOnArrival) {
    return "member 'match.item_size': not known on arrival";
  }
  if (match.item_size_min && match.item_size_max && *match.item_size_min > *match.item_size_max) {
    return "member 'match.item_size': min is above max";
  }
  return {};
}

std::string check_times(const FaultWhen& when) {
  if (when.from && when.until && when.from->absolute == when.until->absolute &&
      when.from->at >= when.until->at) {
    return "member 'when.window': it ends before it begins";
  }
  if (when.schedule && (when.schedule->every <= 0 || when.schedule->lasts <= 0 ||
                        when.schedule->lasts > when.schedule->every || when.schedule->start < 0)) {
    return "member 'when.schedule': expected 'for' above 0 and no longer than 'every'";
  }
  if (when.ramp &&
      (!is_share(when.ramp->from) || !is_share(when.ramp->to) || when.ramp->over <= 0)) {
    return "member 'when.ramp': expected 'from' and 'to' from 0 to 1, 'over' a time above 0";
  }
  if (when.time_to_live && *when.time_to_live <= 0) {
    return "member 'when.time_to_live': expected a time above 0";
  }
  return {};
}

std::string check_when(const FaultWhen& when) {
  if (!is_share(when.probability)) {
    return "member 'when.probability': expected a number from 0 to 1";
  }
  if (when.every == 0) {
    return "member 'when.every': expected an integer of at least 1";
  }
  if (when.max_concurrent && *when.max_concurrent == 0) {
    return "member 'when.max_concurrent': expected an integer of at least 1";
  }
  return check_times(when);
}

std::string check_latency(const FaultLatency& latency) {
  const bool sane =
      latency.low >= 0 && latency.high >= 0 && latency.sigma >= 0 && std::isfinite(latency.sigma);
  switch (latency.kind) {
    case FaultLatency::Kind::kFixed:
    case FaultLatency::Kind::kExponential:
    case FaultLatency::Kind::kLognormal:
      return sane ? "" : "member 'do.latency': expected times of at least 0";
    case FaultLatency::Kind::kUniform:
      return sane && latency.low <= latency.high
                 ? ""
                 : "member 'do.latency.uniform': expected the least and the most, in that order";
    case FaultLatency::Kind::kPercentiles: {
      bool rising = !latency.table.empty();
      std::pair<double, Microseconds> last{-1, 0};
      for (const auto& row : latency.table) {
        rising = rising && row.first > last.first && row.first <= 100 && row.second >= last.second;
        last = row;
      }
      return rising ? ""
                    : "member 'do.latency.percentiles': expected percentiles from 0 to 100, both "
                      "they and their times rising";
    }
  }
  return {};
}

std::string check_transport(const FaultTransport& transport) {
  switch (transport.kind) {
    case FaultTransport::Kind::kRaw:
      return transport.status >= 400 && transport.status <= 599
                 ? ""
                 : "member 'do.transport.raw': expected a status from 400 to 599";
    case FaultTransport::Kind::kDribble:
      return transport.bytes > 0 && transport.time > 0
                 ? ""
                 : "member 'do.transport.dribble': expected 'bytes' and 'every' above 0";
    case FaultTransport::Kind::kReset:
    case FaultTransport::Kind::kHang:
    case FaultTransport::Kind::kTruncate:
    case FaultTransport::Kind::kWrongCrc32:
      break;
  }
  return {};
}

std::string check_cancel(const std::vector<FaultReason>& cancel) {
  bool refuses = cancel.empty();
  for (const FaultReason& reason : cancel) {
    if (!cancellation_message(reason.code)) {
      return "member 'do.cancel': there is no cancellation code '" + reason.code + "'";
    }
    refuses = refuses || reason.code != "None";
  }
  return refuses ? "" : "member 'do.cancel': expected a code other than None";
}

std::string check_action(const FaultRule& rule) {
  const FaultAction& action = rule.action;
  const int answers = (action.error ? 1 : 0) + (action.throttle ? 1 : 0) +
                      (action.partial ? 1 : 0) + (action.cancel.empty() ? 0 : 1) +
                      (action.conflict ? 1 : 0) + (action.transport ? 1 : 0);
  if (answers > 1) {
    return "member 'do': error, throttle, partial, cancel, conflict and transport exclude each "
           "other";
  }
  if (answers == 0 && !action.latency && !action.retry_after_ms && !action.stale &&
      !action.stream && !action.capacity) {
    return "member 'do': nothing is done";
  }
  const bool parts = action.partial || !action.cancel.empty() || action.conflict || action.throttle;
  if (parts && rule.phase == FaultPhase::kAfterCommit) {
    return "member 'phase': what is done here is done before the commit";
  }
  if (action.partial && action.partial->share && !is_share(*action.partial->share)) {
    return "member 'do.partial.share': expected a number from 0 to 1";
  }
  if (action.retry_after_ms && *action.retry_after_ms < 0) {
    return "member 'do.retry_after': expected a time of at least 0";
  }
  if (action.latency) {
    if (std::string wrong = check_latency(*action.latency); !wrong.empty()) {
      return wrong;
    }
  }
  if (action.transport) {
    if (std::string wrong = check_transport(*action.transport); !wrong.empty()) {
      return wrong;
    }
  }
  return check_cancel(action.cancel);
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

std::string check_fault_rule(const FaultRule& rule) {
  for (std::string wrong : {check_id(rule.id), check_operations(rule), check_sizes(rule),
                            check_when(rule.when), check_action(rule)}) {
    if (!wrong.empty()) {
      return wrong;
    }
  }
  if (rule.expect.hits_min && rule.expect.hits_max &&
      *rule.expect.hits_min > *rule.expect.hits_max) {
    return "member 'expect.hits': min is above max";
  }
  return {};
}

}  // namespace understudy
