// UpdateTable's changes to a table: what a request may ask of a table as it stands, what the answer
// shows and what holds in the end. The request itself has been checked (update_table.cpp); here it
// meets the table. A refused request changes nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "emulator/service/api_error.h"
#include "emulator/table/catalog.h"
#include "emulator/table/lifecycle.h"
#include "emulator/table/table.h"
#include "emulator/table/throughput_rules.h"

namespace understudy {

/// One entry of GlobalSecondaryIndexUpdates.
struct IndexUpdate {
  enum class Action : std::uint8_t { kCreate, kUpdate, kDelete };
  Action action = Action::kUpdate;
  std::string name;
  IndexSettings
      created;  ///< kCreate: complete but for ARN, throughput under the new billing mode, status
  std::optional<Throughput> provisioned;
  std::optional<OnDemandThroughput> on_demand;  ///< -1 takes a limit away
  std::optional<WarmRequest> warm;
};

struct StreamUpdate {
  bool enabled = false;
  StreamViewType view_type = StreamViewType::kKeysOnly;  ///< enabled only
};

struct EncryptionUpdate {
  std::string key_arn;            ///< empty: the AWS-owned key
  bool key_given_as_arn = false;  ///< then asking for the current key is refused
};

struct TableUpdate {
  std::vector<KeyAttribute> attributes;  ///< the request's AttributeDefinitions
  std::optional<BillingMode> billing_mode;
  std::optional<Throughput> provisioned;
  std::vector<IndexUpdate> indexes;
  std::optional<StreamUpdate> stream;
  std::optional<EncryptionUpdate> encryption;
  std::optional<TableClass> table_class;
  std::optional<bool> deletion_protection;
  std::optional<OnDemandThroughput> on_demand;  ///< -1 takes a limit away
  std::optional<WarmRequest> warm;
};

/// A change that has been found possible.
struct UpdateStep {
  /// Publishes what is shown for the time being.
  std::function<void(TableState&)> begin;
  Microseconds length = 0;
  /// Publishes what holds in the end. Runs `length` later, or at once.
  std::function<void(TableState&)> finish;
  /// Until then the table is UPDATING.
  bool holds_table = false;
  /// Asked for what is so already: the answer says UPDATING all the same (DDB-TABLE-156, -177).
  bool changes_nothing = false;
};

/// What a change knows of its surroundings.
struct UpdateContext {
  Catalog& catalog;
  const Scope& scope;
  Microseconds now;
  Throughput reserved;  ///< by all provisioned tables and indexes of the tenant
  const CapacityKnobs& knobs;
  [[nodiscard]] Microseconds length(Transition transition) const {
    return transition_length(catalog.transitions(), transition);
  }
};

/// Looks whether the table as it stands allows the change; appends the steps it takes.
Result<void> plan_throughput(const UpdateContext& context, const TableState& state,
                             const TableUpdate& update, std::vector<UpdateStep>& steps);
Result<void> plan_indexes(const UpdateContext& context, const TableState& state,
                          const TableUpdate& update, std::vector<UpdateStep>& steps);
Result<void> plan_limits(const UpdateContext& context, const TableState& state,
                         const TableUpdate& update, std::vector<UpdateStep>& steps);
Result<void> plan_attributes(const UpdateContext& context, const TableState& state,
                             const TableUpdate& update, std::vector<UpdateStep>& steps);

/// Error: ResourceNotFoundException, ResourceInUseException, LimitExceededException,
/// ValidationException. The view is the answer's.
Result<TableView> update_table(Catalog& catalog, const Scope& scope, std::string_view name,
                               const TableUpdate& update, Microseconds now);

}  // namespace understudy
