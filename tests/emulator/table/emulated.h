// A catalog on a virtual clock, and definitions to create tables with.
#pragma once

#include <string>
#include <utility>

#include "emulator/base/random.h"
#include "emulator/clock/clock.h"
#include "emulator/clock/scheduler.h"
#include "emulator/table/catalog.h"
#include "emulator/table/lifecycle.h"
#include "emulator/table/table_update.h"
#include "tests/emulator/table/items.h"

namespace understudy::testing {

/// Friday, October 9, 2026, 00:00 UTC.
inline constexpr Microseconds kMidnight = Microseconds{1'791'504'000} * kSecond;

class Emulated {
 public:
  explicit Emulated(Transitions transitions = {})
      : catalog(clock, Random(1), scheduler, transitions) {}

  /// Time passes, and what is due happens.
  void advance(Microseconds by) {
    clock.advance(by);
    scheduler.run_due(clock.now());
  }
  Result<TableView> create(TableSettings settings) {
    return create_table(catalog, scope, std::move(settings), clock.now());
  }
  Result<TableView> update(const TableUpdate& changes, std::string_view name = "things") {
    return update_table(catalog, scope, name, changes, clock.now());
  }
  std::string update_error(const TableUpdate& changes) {
    const auto view = update(changes);
    return view ? "" : view.error().message();
  }
  TableView describe(std::string_view name = "things") {
    auto table = catalog.find(scope, name);
    CHECK(table.has_value());
    return view_of(*(*table)->lock());
  }
  bool exists(std::string_view name = "things") { return catalog.find(scope, name).has_value(); }

  VirtualClock clock{kMidnight};
  Scheduler scheduler;
  Scope scope{"t", "000000000000", "us-east-1", "key"};
  Catalog catalog;
};

/// Every transition takes ten seconds.
inline Transitions ten_seconds() {
  return {Transitions::Mode::kFixed, 10 * kSecond};
}

inline TableSettings provisioned_table(Throughput units) {
  TableSettings settings = settings_of(false);
  settings.attributes = {{"pk", ValueType::kString}};
  settings.provisioned.units = units;
  settings.warm.units = units;
  return settings;
}

inline TableSettings on_demand_table() {
  TableSettings settings = provisioned_table({});
  settings.billing_mode = BillingMode::kPayPerRequest;
  settings.billing_mode_summary = true;
  settings.warm.units = kOnDemandInitial;
  return settings;
}

inline IndexUpdate create_index(std::string name) {
  IndexUpdate update;
  update.action = IndexUpdate::Action::kCreate;
  update.name = name;
  update.created =
      index_of(std::move(name), {{{"color", ValueType::kString}}, {}}, ProjectionType::kAll);
  return update;
}

inline IndexUpdate delete_index(std::string name) {
  IndexUpdate update;
  update.action = IndexUpdate::Action::kDelete;
  update.name = std::move(name);
  return update;
}

}  // namespace understudy::testing
