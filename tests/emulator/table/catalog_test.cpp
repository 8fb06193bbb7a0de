// The catalog finds tables for tenants, and keeps and brings back what they were.
#include "emulator/table/catalog.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "emulator/table/table_remains.h"
#include "tests/emulator/table/emulated.h"

namespace understudy {
namespace {

using ::testing::ElementsAre;
using testing::Emulated;
using ::testing::IsEmpty;
using testing::on_demand_table;
using ::testing::Pair;
using testing::ten_seconds;

TableSettings named(std::string name) {
  TableSettings settings = on_demand_table();
  settings.name = std::move(name);
  return settings;
}

void put(Emulated& emulated, std::string_view json) {
  const auto table = *emulated.catalog.find_active(emulated.scope, "things");
  const auto state = table->lock();
  Arena arena;
  const auto key = *read_item_key(*state->settings, testing::attributes(json, arena), arena);
  commit_write(*state,
               plan_write(*state, key, nullptr,
                          make_item(testing::attributes(json, arena), key.sort, arena), arena),
               {});
}

TEST(Catalog, FindsTablesOfTheTenantOnly) {
  Emulated emulated;
  ASSERT_TRUE(emulated.create(named("things")));
  Scope other = emulated.scope;
  other.tenant = "other";
  EXPECT_TRUE(emulated.catalog.find_active(emulated.scope, "things"));
  EXPECT_FALSE(emulated.catalog.find_active(other, "things"));
  EXPECT_THAT(emulated.catalog.tenants(), ElementsAre(Pair("t", 1)));
}

TEST(Catalog, TakesTheTablesArnForItsName) {
  Emulated emulated;
  ASSERT_TRUE(emulated.create(named("things")));
  EXPECT_TRUE(emulated.catalog.find_active(emulated.scope,
                                           "arn:aws:dynamodb:us-east-1:000000000000:table/things"));
  const auto malformed = emulated.catalog.find_active(emulated.scope, "arn:aws:s3:::things");
  EXPECT_EQ(malformed.error().kind(), ErrorKind::kValidationException);
}

TEST(Catalog, SaysWhatIsNotFoundInTwoWays) {
  const Emulated emulated;
  EXPECT_EQ(emulated.catalog.find_active(emulated.scope, "absent").error().message(),
            "Requested resource not found");
  EXPECT_EQ(emulated.catalog.find(emulated.scope, "absent").error().message(),
            "Requested resource not found: Table: absent not found");
}

TEST(Catalog, HidesTablesFromTheDataPlaneUntilTheyAreActive) {
  Emulated emulated(ten_seconds());
  ASSERT_TRUE(emulated.create(named("things")));
  EXPECT_TRUE(emulated.catalog.find(emulated.scope, "things"));
  EXPECT_FALSE(emulated.catalog.find_active(emulated.scope, "things"));
  emulated.advance(10 * kSecond);
  EXPECT_TRUE(emulated.catalog.find_active(emulated.scope, "things"));
}

TEST(Catalog, ListsNamesInByteOrder) {
  Emulated emulated;
  for (const char* name : {"beta", "Zeta", "alpha"}) {
    ASSERT_TRUE(emulated.create(named(name)));
  }
  EXPECT_THAT(emulated.catalog.table_names(emulated.scope), ElementsAre("Zeta", "alpha", "beta"));
}

TEST(Catalog, GivesEveryCreationANewId) {
  Emulated emulated;
  const std::string first = emulated.create(named("things"))->settings->id;
  ASSERT_TRUE(delete_table(emulated.catalog, emulated.scope, "things"));
  const std::string second = emulated.create(named("things"))->settings->id;
  EXPECT_NE(first, second);
  EXPECT_EQ(first.size(), 36U);
  EXPECT_EQ(first[14], '4');
}

/// How many items were left to the catalog's taker so far.
struct Taken {
  explicit Taken(Catalog& catalog) {
    catalog.remains().set([this](const std::vector<Collection>& remains) {
      for (const Collection& collection : remains) {
        items += collection.item_count();
      }
    });
  }
  std::size_t items = 0;
};

void put_many(Emulated& emulated, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) {
    put(emulated, R"({"pk":{"S":")" + std::to_string(i) + "\"}}");
  }
}

// 100,000 items held up the server's thread for 40 ms while they were freed.
TEST(Catalog, LeavesTheItemsOfALargeTableToTheirTaker) {
  Emulated emulated;
  const Taken taken(emulated.catalog);
  ASSERT_TRUE(emulated.create(named("things")));
  put_many(emulated, kRemainsMin);
  {
    const TableRef in_use = *emulated.catalog.find_active(emulated.scope, "things");
    ASSERT_TRUE(delete_table(emulated.catalog, emulated.scope, "things"));
    EXPECT_EQ(taken.items, 0U) << "somebody still reads it";
    EXPECT_EQ(in_use->lock()->items.item_count(), kRemainsMin);
  }
  EXPECT_EQ(taken.items, kRemainsMin);
}

TEST(Catalog, FreesTheItemsOfASmallTableItself) {
  Emulated emulated;
  const Taken taken(emulated.catalog);
  ASSERT_TRUE(emulated.create(named("things")));
  put_many(emulated, kRemainsMin - 1);
  ASSERT_TRUE(delete_table(emulated.catalog, emulated.scope, "things"));
  EXPECT_EQ(taken.items, 0U);
}

TEST(Snapshot, LeavesWhatItReplacesAndItself) {
  Emulated emulated;
  const Taken taken(emulated.catalog);
  ASSERT_TRUE(emulated.create(named("things")));
  put_many(emulated, kRemainsMin);
  emulated.catalog.snapshot("full", std::nullopt);
  ASSERT_TRUE(emulated.catalog.restore("full", std::nullopt));
  EXPECT_EQ(taken.items, kRemainsMin);
  emulated.catalog.reset(std::nullopt);
  EXPECT_EQ(taken.items, 2 * kRemainsMin);
  emulated.catalog.snapshot("full", std::nullopt);
  EXPECT_EQ(taken.items, 3 * kRemainsMin);
  EXPECT_TRUE(emulated.catalog.drop_snapshot("full", std::nullopt));
}

TEST(Snapshot, BringsBackItemsAndTables) {
  Emulated emulated;
  ASSERT_TRUE(emulated.create(named("things")));
  put(emulated, R"({"pk":{"S":"a"}})");
  emulated.catalog.snapshot("before", std::nullopt);
  put(emulated, R"({"pk":{"S":"b"}})");
  ASSERT_TRUE(emulated.create(named("more")));
  ASSERT_TRUE(emulated.catalog.restore("before", std::nullopt));
  EXPECT_THAT(emulated.catalog.table_names(emulated.scope), ElementsAre("things"));
  EXPECT_EQ(emulated.describe().table.items, 1U);
  // What is written after a restore does not reach the snapshot.
  put(emulated, R"({"pk":{"S":"c"}})");
  ASSERT_TRUE(emulated.catalog.restore("before", std::nullopt));
  EXPECT_EQ(emulated.describe().table.items, 1U);
}

TEST(Snapshot, KeepsTenantsApart) {
  Emulated emulated;
  ASSERT_TRUE(emulated.create(named("things")));
  emulated.catalog.snapshot("mine", "t");
  Scope other = emulated.scope;
  other.tenant = "other";
  ASSERT_TRUE(create_table(emulated.catalog, other, named("theirs"), 0));
  emulated.catalog.reset("t");
  EXPECT_FALSE(emulated.exists());
  ASSERT_TRUE(emulated.catalog.restore("mine", "t"));
  EXPECT_TRUE(emulated.exists());
  EXPECT_TRUE(emulated.catalog.find(other, "theirs"));
}

TEST(Snapshot, IsNotFoundUnderAnotherNameOrExtent) {
  Emulated emulated;
  emulated.catalog.snapshot("one", "t");
  EXPECT_FALSE(emulated.catalog.restore("two", "t"));
  EXPECT_FALSE(emulated.catalog.restore("one", std::nullopt));
  EXPECT_TRUE(emulated.catalog.drop_snapshot("one", "t"));
  EXPECT_FALSE(emulated.catalog.restore("one", "t"));
}

TEST(Snapshot, FinishesTransitionsThatWereUnderWay) {
  Emulated emulated(ten_seconds());
  ASSERT_TRUE(emulated.create(named("things")));
  emulated.catalog.snapshot("creating", std::nullopt);
  emulated.catalog.reset(std::nullopt);
  ASSERT_TRUE(emulated.catalog.restore("creating", std::nullopt));
  EXPECT_EQ(emulated.describe().status, TableStatus::kActive);
  EXPECT_TRUE(emulated.catalog.find_active(emulated.scope, "things"));
}

TEST(Snapshot, ForgetsTablesThatWereBeingDeleted) {
  Emulated emulated(ten_seconds());
  ASSERT_TRUE(emulated.create(named("things")));
  emulated.advance(10 * kSecond);
  ASSERT_TRUE(delete_table(emulated.catalog, emulated.scope, "things"));
  emulated.catalog.snapshot("deleting", std::nullopt);
  ASSERT_TRUE(emulated.catalog.restore("deleting", std::nullopt));
  EXPECT_THAT(emulated.catalog.table_names(emulated.scope), IsEmpty());
}

// The work of a table that was reset away must not meet its successor.
TEST(Reset, LeavesNoTransitionBehind) {
  Emulated emulated(ten_seconds());
  ASSERT_TRUE(emulated.create(named("things")));
  emulated.advance(5 * kSecond);
  emulated.catalog.reset(std::nullopt);
  ASSERT_TRUE(emulated.create(named("things")));
  emulated.advance(5 * kSecond);
  EXPECT_EQ(emulated.describe().status, TableStatus::kCreating);
}

}  // namespace
}  // namespace understudy
