// Changes to a table: what is shown meanwhile, what holds in the end, what is refused while another
// is under way. (What a request may combine is in conformance/cases/update_table.)
#include "emulator/table/table_update.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/emulator/table/emulated.h"

namespace understudy {
namespace {

using testing::create_index;
using testing::delete_index;
using testing::Emulated;
using ::testing::HasSubstr;
using testing::kMidnight;
using testing::on_demand_table;
using testing::provisioned_table;
using testing::ten_seconds;

constexpr std::string_view kInUse = "Attempt to change a resource which is still in use: ";

std::string in_use(std::string_view text) {
  return std::string(kInUse) + std::string(text);
}

TableUpdate throughput(std::int64_t read, std::int64_t write) {
  TableUpdate update;
  update.provisioned = Throughput{read, write};
  return update;
}

TableUpdate billing(BillingMode mode) {
  TableUpdate update;
  update.billing_mode = mode;
  return update;
}

TableUpdate index_work(IndexUpdate work) {
  TableUpdate update;
  update.indexes.push_back(std::move(work));
  return update;
}

TableUpdate stream(bool enabled) {
  TableUpdate update;
  update.stream = StreamUpdate{enabled, StreamViewType::kNewImage};
  return update;
}

TableUpdate table_class(TableClass wanted) {
  TableUpdate update;
  update.table_class = wanted;
  return update;
}

/// A table that is ACTIVE although transitions last ten seconds.
void create_and_wait(Emulated& emulated, TableSettings settings) {
  ASSERT_TRUE(emulated.create(std::move(settings)));
  emulated.advance(10 * kSecond);
}

TEST(UpdateThroughput, ShowsTheOldNumbersUntilItIsDone) {
  Emulated emulated;
  ASSERT_TRUE(emulated.create(provisioned_table({1, 1})));
  const auto view = emulated.update(throughput(2, 2));
  ASSERT_TRUE(view);
  EXPECT_EQ(view->status, TableStatus::kUpdating);
  EXPECT_EQ(view->settings->provisioned.units, (Throughput{1, 1}));
  EXPECT_EQ(view->settings->provisioned.last_increase, kMidnight);
  EXPECT_EQ(emulated.describe().status, TableStatus::kActive);
  EXPECT_EQ(emulated.describe().settings->provisioned.units, (Throughput{2, 2}));
}

TEST(UpdateThroughput, RaisesWarmThroughputAndNeverLowersIt) {
  Emulated emulated;
  ASSERT_TRUE(emulated.create(provisioned_table({1, 1})));
  ASSERT_TRUE(emulated.update(throughput(3, 3)));
  ASSERT_TRUE(emulated.update(throughput(1, 2)));
  EXPECT_EQ(emulated.describe().settings->warm.units, (Throughput{3, 3}));
}

TEST(UpdateThroughput, IsRefusedWhileAnotherChangeOfItRuns) {
  Emulated emulated(ten_seconds());
  create_and_wait(emulated, provisioned_table({1, 1}));
  ASSERT_TRUE(emulated.update(throughput(2, 2)));
  const std::string busy = in_use("Table IOPS are currently being updated. Table: things");
  EXPECT_EQ(emulated.update_error(throughput(3, 3)), busy);
  EXPECT_EQ(emulated.update_error(billing(BillingMode::kPayPerRequest)), busy);
  EXPECT_EQ(emulated.update_error(stream(true)),
            in_use("Can't enable or disable stream while table IOPS are being updated. Table: "
                   "things"));
  EXPECT_EQ(delete_table(emulated.catalog, emulated.scope, "things").error().message(),
            in_use("Table: things is in the process of being updated."));
  emulated.advance(10 * kSecond);
  EXPECT_EQ(emulated.update_error(throughput(3, 3)), "");
}

// Section B6, V9: four decreases a day, then one an hour, counted anew from midnight UTC.
TEST(UpdateThroughput, MayFallFourTimesADayThenOnceAnHour) {
  Emulated emulated;
  ASSERT_TRUE(emulated.create(provisioned_table({10, 10})));
  for (std::int64_t read = 9; read >= 6; --read) {
    emulated.advance(60 * kSecond);
    ASSERT_EQ(emulated.update_error(throughput(read, 10)), "");
  }
  EXPECT_EQ(decreases_today(emulated.describe().settings->provisioned, emulated.clock.now()), 4);
  emulated.advance(60 * kSecond);
  EXPECT_EQ(
      emulated.update_error(throughput(5, 10)),
      "Subscriber limit exceeded: Provisioned throughput decreases are limited within a given "
      "UTC day. After the first 4 decreases, each subsequent decrease in the same UTC day can "
      "be performed at most once every 3600 seconds. Number of decreases today: 4. Last "
      "decrease at Friday, October 9, 2026 at 12:04:00 AM Coordinated Universal Time. Next "
      "decrease can be made at Friday, October 9, 2026 at 1:04:00 AM Coordinated Universal "
      "Time");
  EXPECT_EQ(emulated.update_error(throughput(20, 20)), "");  // Rising is free.
  emulated.advance(3540 * kSecond);
  EXPECT_EQ(emulated.update_error(throughput(5, 10)), "");
  EXPECT_NE(emulated.update_error(throughput(4, 10)), "");
  emulated.advance(kMidnight + 24 * 3600 * kSecond - emulated.clock.now());
  EXPECT_EQ(decreases_today(emulated.describe().settings->provisioned, emulated.clock.now()), 0);
  EXPECT_EQ(emulated.update_error(throughput(4, 10)), "");
}

TEST(UpdateBillingMode, SwitchesToOnDemand) {
  Emulated emulated(ten_seconds());
  create_and_wait(emulated, provisioned_table({5, 5}));
  const auto view = emulated.update(billing(BillingMode::kPayPerRequest));
  ASSERT_TRUE(view);
  EXPECT_EQ(view->settings->billing_mode, BillingMode::kPayPerRequest);
  EXPECT_EQ(view->settings->provisioned.units, (Throughput{0, 0}));
  EXPECT_TRUE(view->settings->provisioned.last_decrease.has_value());
  EXPECT_FALSE(view->settings->pay_per_request_since.has_value());
  emulated.advance(10 * kSecond);
  const TableView after = emulated.describe();
  EXPECT_EQ(after.status, TableStatus::kActive);
  EXPECT_FALSE(after.settings->provisioned.last_decrease.has_value());
  EXPECT_EQ(after.settings->pay_per_request_since, emulated.clock.now());
  EXPECT_EQ(after.settings->warm.units, kOnDemandInitial);
}

// DDB-TABLE-452: a switch to PROVISIONED that is under way swallows the way back.
TEST(UpdateBillingMode, DropsAReversalWithoutAWord) {
  Emulated emulated(ten_seconds());
  create_and_wait(emulated, on_demand_table());
  TableUpdate to_provisioned = billing(BillingMode::kProvisioned);
  to_provisioned.provisioned = Throughput{1, 1};
  ASSERT_TRUE(emulated.update(to_provisioned));
  const auto back = emulated.update(billing(BillingMode::kPayPerRequest));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->status, TableStatus::kUpdating);
  emulated.advance(10 * kSecond);
  EXPECT_EQ(emulated.describe().settings->billing_mode, BillingMode::kProvisioned);
}

TEST(UpdateBillingMode, NeedsNumbersForEveryIndex) {
  Emulated emulated;
  TableSettings settings = on_demand_table();
  settings.indexes.push_back(create_index("by_color").created);
  ASSERT_TRUE(emulated.create(std::move(settings)));
  TableUpdate update = billing(BillingMode::kProvisioned);
  update.provisioned = Throughput{1, 1};
  EXPECT_EQ(
      emulated.update_error(update),
      "One or more parameter values were invalid: ProvisionedThroughput must be specified for "
      "index: by_color");
  IndexUpdate index;
  index.name = "by_color";
  index.provisioned = Throughput{2, 2};
  update.indexes.push_back(index);
  EXPECT_EQ(emulated.update_error(update), "");
  EXPECT_EQ(emulated.describe().settings->indexes[0].provisioned.units, (Throughput{2, 2}));
  EXPECT_EQ(emulated.describe().settings->indexes[0].status, IndexStatus::kActive);
}

TEST(UpdateIndexes, FillsANewIndexFromTheTable) {
  Emulated emulated;
  ASSERT_TRUE(emulated.create(on_demand_table()));
  {
    const auto table = *emulated.catalog.find(emulated.scope, "things");
    const auto state = table->lock();
    Arena arena;
    const auto item = testing::attributes(R"({"pk":{"S":"a"},"color":{"S":"red"}})", arena);
    const auto key = *read_item_key(*state->settings, item, arena);
    commit_write(*state, plan_write(*state, key, nullptr, make_item(item, key.sort, arena), arena),
                 {});
  }
  const auto view = emulated.update(index_work(create_index("by_color")));
  ASSERT_TRUE(view);
  EXPECT_EQ(view->status, TableStatus::kUpdating);
  EXPECT_EQ(view->settings->indexes[0].status, IndexStatus::kCreating);
  EXPECT_FALSE(view->settings->indexes[0].backfilling);
  const TableView after = emulated.describe();
  EXPECT_EQ(after.settings->indexes[0].status, IndexStatus::kActive);
  EXPECT_EQ(after.indexes[0].items, 1U);
  EXPECT_EQ(after.settings->attributes.size(), 2U);
}

TEST(UpdateIndexes, GoThroughAllocationAndBackfill) {
  Emulated emulated(ten_seconds());
  create_and_wait(emulated, on_demand_table());
  ASSERT_TRUE(emulated.update(index_work(create_index("by_color"))));
  EXPECT_EQ(emulated.update_error(index_work(delete_index("by_color"))),
            in_use("Index creation is in resource allocation phase. Retry deletion during "
                   "backfilling phase or when the index is active. Table: things Index: by_color"));
  EXPECT_EQ(emulated.update_error(index_work(create_index("another"))),
            "Subscriber limit exceeded: Only 1 online index can be created or deleted "
            "simultaneously per table");
  emulated.advance(10 * kSecond);
  EXPECT_EQ(emulated.describe().status, TableStatus::kActive);
  EXPECT_EQ(emulated.describe().settings->indexes[0].status, IndexStatus::kCreating);
  EXPECT_TRUE(emulated.describe().settings->indexes[0].backfilling);
  EXPECT_EQ(delete_table(emulated.catalog, emulated.scope, "things").error().message(),
            in_use("Cannot delete table while indexes are being created, updated, or deleted."));
  emulated.advance(10 * kSecond);
  EXPECT_EQ(emulated.describe().settings->indexes[0].status, IndexStatus::kActive);
}

TEST(UpdateIndexes, MayBeGivenUpWhileTheyAreFilled) {
  Emulated emulated(ten_seconds());
  create_and_wait(emulated, on_demand_table());
  ASSERT_TRUE(emulated.update(index_work(create_index("by_color"))));
  emulated.advance(10 * kSecond);
  EXPECT_EQ(emulated.update_error(index_work(delete_index("by_color"))), "");
  emulated.advance(20 * kSecond);
  EXPECT_TRUE(emulated.describe().settings->indexes.empty());
}

TEST(UpdateIndexes, TakeTheirAttributesAlongWhenDeleted) {
  Emulated emulated(ten_seconds());
  TableSettings settings = on_demand_table();
  settings.attributes.push_back({"color", ValueType::kString});
  settings.indexes.push_back(create_index("by_color").created);
  create_and_wait(emulated, std::move(settings));
  const auto view = emulated.update(index_work(delete_index("by_color")));
  ASSERT_TRUE(view);
  EXPECT_EQ(view->settings->indexes[0].status, IndexStatus::kDeleting);
  EXPECT_EQ(emulated.update_error(billing(BillingMode::kPayPerRequest)), "");  // No change.
  EXPECT_EQ(emulated.update_error(stream(true)),
            in_use("Can't change stream status when an index is being deleted. Table: things "
                   "Indexes: [by_color]"));
  emulated.advance(10 * kSecond);
  const TableView after = emulated.describe();
  EXPECT_TRUE(after.settings->indexes.empty());
  EXPECT_TRUE(after.indexes.empty());
  EXPECT_EQ(after.settings->attributes.size(), 1U);
}

TEST(UpdateIndexes, KeepTheTypeAnAttributeHas) {
  Emulated emulated;
  ASSERT_TRUE(emulated.create(on_demand_table()));
  ASSERT_TRUE(emulated.update(index_work(create_index("by_color"))));
  IndexUpdate other = create_index("by_number");
  other.created.keys.partition[0].type = ValueType::kNumber;
  EXPECT_EQ(emulated.update_error(index_work(other)),
            "One or more parameter values were invalid: Attributes cannot be redefined. Please "
            "check that your attribute has the same type as previously defined. Existing schema: "
            "Schema:[SchemaElement: key{color:S:HASH}] New schema: Schema:[SchemaElement: "
            "key{color:N:HASH}]");
}

TEST(UpdateStream, RefusesWhatMeetsItHalfWay) {
  Emulated emulated(ten_seconds());
  create_and_wait(emulated, provisioned_table({1, 1}));
  const auto view = emulated.update(stream(true));
  ASSERT_TRUE(view);
  const std::string label = view->settings->stream_label;
  EXPECT_EQ(emulated.update_error(stream(false)),
            in_use("A stream status change is currently in progress. Table: things Stream: " +
                   label + " Operation: ENABLE"));
  EXPECT_EQ(emulated.update_error(throughput(2, 2)),
            in_use("Can't change table IOPS when stream status is being updated. Table: things "
                   "Stream: " +
                   label + " Operation: ENABLE"));
  EXPECT_EQ(delete_table(emulated.catalog, emulated.scope, "things").error().message(),
            in_use("Cannot delete table while stream is being enabled/disabled."));
}

TEST(UpdateStream, LeavesTheLatestLabelBehind) {
  Emulated emulated;
  ASSERT_TRUE(emulated.create(on_demand_table()));
  ASSERT_TRUE(emulated.update(stream(true)));
  const std::string label = emulated.describe().settings->stream_label;
  ASSERT_TRUE(emulated.update(stream(false)));
  EXPECT_FALSE(emulated.describe().settings->stream.has_value());
  EXPECT_EQ(emulated.describe().settings->stream_label, label);
  ASSERT_TRUE(emulated.update(stream(true)));
  EXPECT_NE(emulated.describe().settings->stream_label, label);
}

TEST(UpdateTableClass, ShowsTheOldClassUntilItIsDone) {
  Emulated emulated(ten_seconds());
  create_and_wait(emulated, on_demand_table());
  const TableUpdate infrequent = table_class(TableClass::kStandardInfrequentAccess);
  const auto view = emulated.update(infrequent);
  ASSERT_TRUE(view);
  EXPECT_FALSE(view->settings->table_class_summary);
  EXPECT_EQ(emulated.update_error(infrequent),
            in_use("Can't update table class when a table class update is in progress. Table: "
                   "things TableClassUpdateInProgress: STANDARD_INFREQUENT_ACCESS"));
  emulated.advance(10 * kSecond);
  EXPECT_TRUE(emulated.describe().settings->table_class_summary);
}

TEST(UpdateTableClass, SaysUpdatingForAClassItHas) {
  Emulated emulated;
  ASSERT_TRUE(emulated.create(on_demand_table()));
  const auto view = emulated.update(table_class(TableClass::kStandard));
  ASSERT_TRUE(view);
  EXPECT_EQ(view->status, TableStatus::kUpdating);
  EXPECT_FALSE(emulated.describe().settings->table_class_summary);
}

// DDB-TABLE-120: encryption and warm throughput change under an ACTIVE table, which cannot be
// deleted.
TEST(UpdateEncryption, LeavesTheTableActive) {
  Emulated emulated(ten_seconds());
  create_and_wait(emulated, on_demand_table());
  TableUpdate update;
  update.encryption = EncryptionUpdate{"arn:aws:kms:us-east-1:000000000000:key/k", false};
  const auto view = emulated.update(update);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->status, TableStatus::kActive);
  EXPECT_EQ(emulated.update_error(update), in_use("Server-Side Encryption is still being updated"));
  EXPECT_EQ(delete_table(emulated.catalog, emulated.scope, "things").error().message(),
            in_use("Table: things is in the process of being updated."));
  emulated.advance(10 * kSecond);
  EXPECT_FALSE(emulated.describe().settings->encryption_updating);
}

TEST(UpdateLimits, ShowAClearedLimitOnlyInTheAnswer) {
  Emulated emulated;
  ASSERT_TRUE(emulated.create(on_demand_table()));
  TableUpdate update;
  update.on_demand = OnDemandThroughput{100, 50};
  ASSERT_TRUE(emulated.update(update));
  update.on_demand = OnDemandThroughput{-1, std::nullopt};
  const auto view = emulated.update(update);
  EXPECT_EQ(view->settings->on_demand->max_read, -1);
  EXPECT_EQ(view->settings->on_demand->max_write, 50);
  EXPECT_FALSE(emulated.describe().settings->on_demand->max_read.has_value());
  EXPECT_EQ(emulated.describe().settings->on_demand->max_write, 50);
}

TEST(UpdateLimits, RaiseWarmThroughputInTheEnd) {
  Emulated emulated(ten_seconds());
  create_and_wait(emulated, on_demand_table());
  TableUpdate update;
  update.warm = WarmRequest{13'000, std::nullopt};
  const auto view = emulated.update(update);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->status, TableStatus::kActive);
  EXPECT_TRUE(view->settings->warm.updating);
  EXPECT_EQ(view->settings->warm.units, kOnDemandInitial);
  emulated.advance(10 * kSecond);
  EXPECT_EQ(emulated.describe().settings->warm.units, (Throughput{13'000, 4'000}));
  update.warm = WarmRequest{12'000, std::nullopt};
  EXPECT_THAT(emulated.update_error(update), HasSubstr("decreasing WarmThroughput"));
}

TEST(UpdateTable, IsRefusedWhileTheTableIsCreatedOrDeleted) {
  Emulated emulated(ten_seconds());
  ASSERT_TRUE(emulated.create(on_demand_table()));
  TableUpdate update;
  update.deletion_protection = true;
  EXPECT_EQ(emulated.update_error(update), in_use("Table is being created: things"));
  emulated.advance(10 * kSecond);
  ASSERT_TRUE(delete_table(emulated.catalog, emulated.scope, "things"));
  EXPECT_EQ(emulated.update_error(update), in_use("Table is being deleted: things"));
}

TEST(UpdateTable, ChangesNothingWhereOnePartIsRefused) {
  Emulated emulated;
  TableSettings settings = provisioned_table({5, 5});
  settings.indexes.push_back(create_index("by_color").created);
  settings.indexes[0].provisioned.units = {5, 5};
  ASSERT_TRUE(emulated.create(std::move(settings)));
  TableUpdate update = throughput(6, 6);
  IndexUpdate index;
  index.name = "absent";
  index.provisioned = Throughput{6, 6};
  update.indexes.push_back(index);
  EXPECT_EQ(emulated.update_error(update),
            "Requested resource not found: Index absent for table things");
  EXPECT_EQ(emulated.describe().settings->provisioned.units, (Throughput{5, 5}));
  EXPECT_EQ(emulated.describe().status, TableStatus::kActive);
}

}  // namespace
}  // namespace understudy
