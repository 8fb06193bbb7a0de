// UpdateTable: one kind of change per request, with few exceptions. Here the request is held
// against itself; emulator/table/table_update.h holds it against the table. Source: notes of the
// AWS Controllers for Kubernetes (October 2026), DDB-TABLE-015, -056, -160, -162, -174, -359, -382,
// -433, -437, -442, -456. The notes say that a message names encryption before table class before
// deletion protection before warm throughput; Assumed: the order among the others.
#include <algorithm>
#include <set>
#include <utility>

#include "emulator/operations/encryption_member.h"
#include "emulator/operations/operation.h"
#include "emulator/operations/request_reader.h"
#include "emulator/operations/table_definition.h"
#include "emulator/operations/throughput_members.h"
#include "emulator/table/table_description.h"
#include "emulator/table/table_update.h"

namespace understudy {
namespace {

struct UpdateTableRequest {
  std::string_view table;
  TableUpdate update;
};

/// Members that, each on its own, make a request.
constexpr std::string_view kNothingToDo =
    "At least one of ProvisionedThroughput, BillingMode, UpdateStreamEnabled, "
    "GlobalSecondaryIndexUpdates, SSESpecification, ReplicaUpdates, MultiAccountReplicaReady, "
    "ReplicaTransitRoleArn, MultiRegionConsistency, DeletionProtectionEnabled, OnDemandThroughput, "
    "WarmThroughput or TableClass is required";

bool has(const JsonNode& input, std::string_view member) {
  return input.find(member) != nullptr;
}

/// What kinds of change a request asks for. A throughput object without members counts as absent.
struct Kinds {
  bool throughput = false;
  bool billing_mode = false;
  bool indexes = false;
  bool index_work = false;  ///< among them a creation or deletion
  bool index_creation = false;
  bool stream = false;
  bool encryption = false;
  bool table_class = false;
  bool deletion_protection = false;
  bool on_demand = false;
  bool warm = false;

  [[nodiscard]] int count() const {
    return (throughput || billing_mode ? 1 : 0) + (indexes ? 1 : 0) + (stream ? 1 : 0) +
           (encryption ? 1 : 0) + (table_class ? 1 : 0) + (deletion_protection ? 1 : 0) +
           (on_demand ? 1 : 0) + (warm ? 1 : 0);
  }
};

Kinds kinds_of(const JsonNode& input) {
  Kinds kinds;
  kinds.throughput = has(input, "ProvisionedThroughput");
  kinds.billing_mode = has(input, "BillingMode");
  kinds.stream = has(input, "StreamSpecification");
  kinds.encryption = has(input, "SSESpecification");
  kinds.table_class = has(input, "TableClass");
  kinds.deletion_protection = has(input, "DeletionProtectionEnabled");
  kinds.on_demand = read_on_demand(input).has_value();
  kinds.warm = read_warm(input).has_value();
  if (const JsonNode* updates = input.find("GlobalSecondaryIndexUpdates")) {
    for (const JsonNode& update : updates->elements()) {
      kinds.indexes = true;
      kinds.index_creation = kinds.index_creation || has(update, "Create");
      kinds.index_work = kinds.index_work || has(update, "Create") || has(update, "Delete");
    }
  }
  return kinds;
}

constexpr std::string_view kConsistency = "MultiRegionConsistency, ";

/// The list leaves out what the request has without being something to do.
std::string nothing_to_do(const JsonNode& input) {
  std::string text(kNothingToDo);
  if (has(input, "MultiRegionConsistency")) {
    text.erase(text.find(kConsistency), kConsistency.size());
  }
  return text;
}

Result<void> check_something_to_do(const JsonNode& input, const Kinds& kinds) {
  if (has(input, "ReplicaUpdates")) {
    if (kinds.count() > 0) {
      return invalid_parameters("Replica modification must be the only operation in the request");
    }
    // Assumed: the wording. There is one region here.
    return validation_error("Replicas are not supported");
  }
  TRY_VOID(refuse_vector_indexes(input, "VectorIndexUpdates"));
  if (kinds.count() > 0) {
    return {};
  }
  if (has(input, "WarmThroughput") || has(input, "OnDemandThroughput")) {
    // Alone and without members: the service fails on its own account, every time (DDB-TABLE-448).
    return api_error(ErrorKind::kInternalServerError, "Internal server error");
  }
  return validation_error(nothing_to_do(input));
}

Result<void> check_alone(const Kinds& kinds) {
  const bool alone = kinds.count() == 1;
  if (kinds.encryption && !alone) {
    return invalid_parameters(
        "Server-Side Encryption modification must be the only operation in the request");
  }
  if (kinds.table_class && !alone) {
    return invalid_parameters("TableClass modification must be the only operation in the request");
  }
  if (kinds.deletion_protection && !alone) {
    return invalid_parameters(
        "DeletionProtection modification must be the only operation in the request");
  }
  if (kinds.warm && kinds.index_creation) {
    return invalid_parameters(
        "Create global secondary index cannot be specified when updating WarmThroughput");
  }
  if (kinds.warm && !alone) {
    return invalid_parameters("WarmThroughput must be the only operation in the request");
  }
  if (kinds.on_demand && (kinds.indexes || kinds.stream || kinds.throughput)) {
    return invalid_parameters(
        "OnDemandThroughput can only be combined with BillingMode in an UpdateTable request");
  }
  return {};
}

Result<void> check_combinations(const JsonNode& input, const Kinds& kinds) {
  const std::string_view billing_mode = read_string(input, "BillingMode");
  if (kinds.throughput && billing_mode == "PAY_PER_REQUEST") {
    return invalid_parameters(
        "ProvisionedThroughput cannot be specified when BillingMode is PAY_PER_REQUEST");
  }
  if (!kinds.throughput && billing_mode == "PROVISIONED") {
    return invalid_parameters(
        "ProvisionedThroughput must be specified when BillingMode is PROVISIONED");
  }
  TRY_VOID(check_alone(kinds));
  if (const JsonNode* updates = input.find("GlobalSecondaryIndexUpdates");
      updates != nullptr && updates->elements().empty()) {
    return invalid_parameters("List of GlobalSecondaryIndexUpdates is empty");
  }
  if (kinds.stream && kinds.throughput) {
    return invalid_parameters("You cannot modify stream status while updating table IOPS");
  }
  // A new billing mode may come with a new index, new numbers may not.
  if (kinds.index_work && kinds.throughput && !kinds.billing_mode) {
    return invalid_parameters("You cannot create or delete index while updating table IOPS");
  }
  if (kinds.index_work && kinds.stream) {
    return invalid_parameters("You cannot create or delete index while changing stream status");
  }
  return {};
}

Result<void> read_created(IndexUpdate& update, const JsonNode& node, const JsonNode& input,
                          const std::vector<KeyAttribute>& definitions) {
  IndexSettings& created = update.created;
  created.name = update.name;
  if (!has(input, "AttributeDefinitions")) {
    return invalid_parameters("AttributeDefinitions is not specified for index: " + update.name);
  }
  const std::vector<KeyElement> elements = read_key_elements(node);
  TRY_VOID(check_key_elements(elements, KeySchemaForm::kMulti));
  TRY_VOID(check_keys_defined(elements, definitions));
  created.keys = make_key_schema(elements, definitions);
  return read_projection_into(created, node);
}

Result<IndexUpdate> read_index_update(const JsonNode& node, const JsonNode& input,
                                      const std::vector<KeyAttribute>& definitions) {
  using Action = IndexUpdate::Action;
  struct Kind {
    std::string_view member;
    Action action;
  };
  const JsonNode* content = nullptr;
  IndexUpdate update;
  for (const Kind& kind : {Kind{"Update", Action::kUpdate}, Kind{"Create", Action::kCreate},
                           Kind{"Delete", Action::kDelete}}) {
    const JsonNode* found = node.find(kind.member);
    if (found != nullptr && content != nullptr) {
      return invalid_parameters(
          "Only one global secondary index action is allowed per GlobalSecondaryIndexUpdate "
          "object");
    }
    if (found != nullptr) {
      content = found;
      update.action = kind.action;
    }
  }
  if (content == nullptr) {
    return invalid_parameters(
        "One of GlobalSecondaryIndexUpdate.Update, GlobalSecondaryIndexUpdate.Create, "
        "GlobalSecondaryIndexUpdate.Delete must not be null");
  }
  update.name = read_string(*content, "IndexName");
  update.provisioned = read_throughput(*content);
  update.on_demand = read_on_demand(*content);
  update.warm = read_warm(*content);
  if (update.provisioned) {
    TRY_VOID(check_throughput_bounds(*update.provisioned));
  }
  if (update.action == Action::kUpdate && has(*content, "WarmThroughput") && !update.warm) {
    return invalid_parameters(
        "WarmThroughput must have at least one of ReadUnitsPerSecond or WriteUnitsPerSecond "
        "specified for index: " +
        update.name);
  }
  if (update.action == Action::kCreate) {
    TRY_VOID(read_created(update, *content, input, definitions));
  }
  return update;
}

Result<void> read_index_updates(TableUpdate& update, const JsonNode& input) {
  const JsonNode* list = input.find("GlobalSecondaryIndexUpdates");
  if (list == nullptr) {
    return {};
  }
  std::set<std::string> names;
  for (const JsonNode& node : list->elements()) {
    TRY(IndexUpdate index, read_index_update(node, input, update.attributes));
    if (!names.insert(index.name).second) {
      return invalid_parameters(
          "Only one global secondary index update per index is allowed simultaneously. Index: " +
          index.name);
    }
    update.indexes.push_back(std::move(index));
  }
  return {};
}

Result<void> read_stream(TableUpdate& update, const JsonNode& input) {
  const JsonNode* node = input.find("StreamSpecification");
  if (node == nullptr) {
    return {};
  }
  const std::string_view view_type = read_string(*node, "StreamViewType");
  StreamUpdate stream{read_flag(*node, "StreamEnabled"), read_view_type(view_type)};
  if (stream.enabled && view_type.empty()) {
    return invalid_parameters("If stream is being enabled then UpdateViewType is required");
  }
  if (!stream.enabled && !view_type.empty()) {
    return invalid_parameters(
        "If stream is being disabled, then UpdateViewType must not be specified");
  }
  update.stream = stream;
  return {};
}

Result<void> read_scalars(TableUpdate& update, const JsonNode& input) {
  if (const std::string_view mode = read_string(input, "BillingMode"); !mode.empty()) {
    update.billing_mode =
        mode == "PROVISIONED" ? BillingMode::kProvisioned : BillingMode::kPayPerRequest;
  }
  TRY(update.table_class, read_table_class(input));
  update.deletion_protection = read_boolean(input, "DeletionProtectionEnabled");
  update.on_demand = read_on_demand(input);
  update.warm = read_warm(input);
  update.provisioned = read_throughput(input);
  return update.provisioned ? check_throughput_bounds(*update.provisioned) : Result<void>();
}

Result<UpdateTableRequest> parse_update_table(OperationContext& context, const JsonNode& input) {
  UpdateTableRequest request;
  request.table = read_string(input, "TableName");
  context.trace.table = request.table;
  const Kinds kinds = kinds_of(input);
  TRY_VOID(check_something_to_do(input, kinds));
  TRY_VOID(check_combinations(input, kinds));
  TableUpdate& update = request.update;
  TRY(update.attributes, read_attribute_definitions(input));
  TRY_VOID(read_scalars(update, input));
  TRY_VOID(read_index_updates(update, input));
  TRY_VOID(read_stream(update, input));
  TRY(update.encryption, read_encryption(input, context.scope));
  return request;
}

Result<void> run_update_table(OperationContext& context, const UpdateTableRequest& request,
                              JsonWriter& out) {
  TRY(const TableView view,
      update_table(context.catalog, context.scope, request.table, request.update, context.now));
  out.begin_object();
  out.key("TableDescription");
  write_table_description(out, view, DescriptionKind::kWhole, context.now);
  out.end_object();
  return {};
}

}  // namespace

UNDERSTUDY_OPERATION(update_table)

}  // namespace understudy
