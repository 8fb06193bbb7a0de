// TransactGetItems: up to 100 items of any tables as they stood at one moment.
#include <boost/container/small_vector.hpp>
#include <string>
#include <utility>

#include "emulator/model/json_codec.h"
#include "emulator/operations/capacity_gate.h"
#include "emulator/operations/expression_parameters.h"
#include "emulator/operations/item_read.h"
#include "emulator/operations/replica_read.h"
#include "emulator/operations/request_reader.h"
#include "emulator/operations/response_writer.h"
#include "emulator/operations/transaction.h"

namespace understudy {
namespace {

struct TransactGet {
  std::string_view table;
  std::span<const MapEntry> key;
  const Projection* projection = nullptr;
};

struct TransactGetItemsRequest {
  boost::container::small_vector<TransactGet, 10> gets;
  ReturnCapacity capacity = ReturnCapacity::kNone;
};

Result<TransactGet> parse_get(OperationContext& context, const JsonNode& input,
                              const Wording& wording) {
  TransactGet get;
  get.table = read_string(input, "TableName");
  TRY_VOID(check_parameter_forms(input, kTransactGetForms, wording));
  if (input.find("ProjectionExpression") != nullptr) {
    TRY(Placeholders * placeholders, read_placeholders(input, wording, context.arena));
    TRY(get.projection, read_projection(input, context, placeholders, wording));
    TRY_VOID(placeholders->check_all_used());
  }
  TRY(get.key, decode_attributes(*input.find("Key"), context.arena, wording.decode_options()));
  return get;
}

Result<TransactGetItemsRequest> parse_transact_get_items(OperationContext& context,
                                                         const JsonNode& input) {
  const Wording wording = wording_of(context);
  TransactGetItemsRequest request;
  for (const JsonNode& entry : input.find("TransactItems")->elements()) {
    TRY(const TransactGet get, parse_get(context, *entry.find("Get"), wording));
    request.gets.push_back(get);
  }
  request.capacity = read_return_capacity(input);
  return request;
}

struct BoundGets {
  TransactionTables tables;
  boost::container::small_vector<EncodedKey, 10> keys;
  boost::container::small_vector<std::size_t, 10> table_of;
};

Result<void> check_targets(const BoundGets& bound) {
  for (std::size_t i = 1; i < bound.keys.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (bound.table_of[i] == bound.table_of[j] && bound.keys[i].hash == bound.keys[j].hash &&
          bound.keys[i].sort == bound.keys[j].sort &&
          bound.keys[i].partition == bound.keys[j].partition) {
        return validation_error(
            "Transaction request cannot include multiple operations on one item");
      }
    }
  }
  return {};
}

/// The key of one Get, where its projection does not lead below key attributes. Assumed: such a
/// projection cancels, as in a GetItem it is refused (DynamoDB Local refuses the transaction).
Result<EncodedKey> bind_get(OperationContext& context, const TableSettings& settings,
                            const TransactGet& get) {
  TRY(const EncodedKey key, read_key(settings, get.key, context.arena));
  if (get.projection != nullptr) {
    TRY_VOID(check_key_paths(settings, attributes_looked_into(*get.projection)));
  }
  return key;
}

/// Keys that do not fit cancel the transaction, an empty value included, each with its own reason.
/// Source: dynoxide (captured, actions/transact_get_items.rs).
Result<BoundGets> bind(OperationContext& context, const TransactGetItemsRequest& request) {
  BoundGets bound;
  for (const TransactGet& get : request.gets) {
    TRY(const std::size_t table, bound.tables.find(context, get.table));
    bound.table_of.push_back(table);
  }
  boost::container::small_vector<CancellationReason, 10> reasons(request.gets.size());
  bool cancelled = false;
  for (std::size_t i = 0; i < request.gets.size(); ++i) {
    auto key = bind_get(context, *bound.tables[bound.table_of[i]].found.settings, request.gets[i]);
    if (key) {
      bound.keys.push_back(*key);
    } else {
      cancelled = true;
      reasons[i] = reason_of(std::move(key).error());
    }
  }
  if (cancelled) {
    return Unexpected{transaction_canceled({reasons.data(), reasons.size()})};
  }
  TRY_VOID(check_targets(bound));
  return bound;
}

using GotItems = boost::container::small_vector<ItemRef, 10>;

/// Error: TransactionCanceledException where a transaction holds an item, or where capacity refuses
/// one; the throttling exception itself where there is no reason of that kind (B5).
Result<GotItems> find_items(OperationContext& context, const BoundGets& bound) {
  GotItems items;
  items.reserve(bound.keys.size());
  boost::container::small_vector<CancellationReason, 10> reasons(bound.keys.size());
  bool conflict = false;
  JointAdmission admission;
  const TransactionLocks locks(bound.tables);
  for (std::size_t i = 0; i < bound.keys.size(); ++i) {
    TableState& state = locks.state(bound.table_of[i]);
    TRY_VOID(check_leader(context, state));
    items.push_back(state.items.find(bound.keys[i]));
    if (is_in_transaction(context, state, bound.keys[i])) {
      conflict = true;
      reasons[i] = reason_of(transaction_conflict());
    }
    admission.add_item(Dimension::kRead, state, bound.keys[i],
                       item_read_units(items.back(), ReadConsistency::kTransactional));
  }
  if (conflict) {
    return Unexpected{transaction_canceled({reasons.data(), reasons.size()})};
  }
  TRY_VOID(admit_transaction(context, admission, {reasons.data(), reasons.size()}));
  return items;
}

/// `{"Item":{…}}`, or `{}` where there is no item or the projection finds nothing of it. Source:
/// dynoxide change log 0.10.0 (captured).
void append_response(JsonWriter& out, const ItemRef& item, const Projection* projection,
                     Arena& arena) {
  out.begin_object();
  if (item && projection == nullptr) {
    append_item(out, "Item", *item);
  } else if (item) {
    Buffer projected;
    append_projected(projected, *projection, *item, arena);
    if (projected.view() != "{}") {
      out.key("Item");
      out.raw(projected.view());
    }
  }
  out.end_object();
}

Result<void> run_transact_get_items(OperationContext& context,
                                    const TransactGetItemsRequest& request, JsonWriter& out) {
  TRY(const BoundGets bound, bind(context, request));
  TRY(const GotItems items, find_items(context, bound));
  boost::container::small_vector<TableCapacity, 2> capacity(bound.tables.size());
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    capacity[bound.table_of[i]].table += item_read_units(items[i], ReadConsistency::kTransactional);
    bytes += items[i] ? items[i]->size_bytes() : 0;
  }
  TRY_VOID(check_transaction_size(bytes));
  out.begin_object();
  out.key("Responses");
  out.begin_array();
  for (std::size_t i = 0; i < items.size(); ++i) {
    append_response(out, items[i], request.gets[i].projection, context.arena);
  }
  out.end_array();
  for (const TableCapacity& one : capacity) {
    context.trace.read_units += one.table;
  }
  context.trace.items += static_cast<std::uint32_t>(items.size());
  if (request.capacity != ReturnCapacity::kNone) {
    out.key("ConsumedCapacity");
    out.begin_array();
    for (std::size_t i = 0; i < bound.tables.size(); ++i) {
      append_capacity(out, bound.tables[i].name, capacity[i], *bound.tables[i].found.settings,
                      request.capacity, CapacityArm::kRead);
    }
    out.end_array();
  }
  out.end_object();
  return {};
}

}  // namespace

UNDERSTUDY_OPERATION(transact_get_items)

}  // namespace understudy
