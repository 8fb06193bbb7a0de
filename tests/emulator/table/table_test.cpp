// Writes keep indexes in step with their table and know beforehand what they cost.
#include "emulator/table/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>

#include "emulator/table/backfill.h"
#include "tests/emulator/table/items.h"

namespace understudy {
namespace {

using ::testing::ElementsAre;
using testing::index_of;
using ::testing::IsEmpty;
using testing::settings_of;
using testing::Stage;

const KeySchema kByColor{{{"color", ValueType::kString}}, {}};

TableSettings with_index(ProjectionType projection, std::vector<std::string> included = {}) {
  TableSettings settings = settings_of(false);
  settings.indexes.push_back(index_of("by_color", kByColor, projection, std::move(included)));
  return settings;
}

TEST(PlanWrite, CostsTheLargerImage) {
  Stage stage(settings_of(false));
  EXPECT_EQ(stage.put(R"({"pk":{"S":"a"}})").table_units, CapacityUnits::whole(1));
  const std::string large = R"({"pk":{"S":"a"},"x":{"S":")" + std::string(2000, 'x') + R"("}})";
  EXPECT_EQ(stage.put(large).table_units, CapacityUnits::whole(2));
  EXPECT_EQ(stage.put(R"({"pk":{"S":"a"}})").table_units, CapacityUnits::whole(2));
  EXPECT_EQ(stage.remove(R"({"pk":{"S":"a"}})").table_units, CapacityUnits::whole(1));
}

TEST(PlanWrite, ChangesNothingByItself) {
  Stage stage(with_index(ProjectionType::kAll));
  stage.plan_put(R"({"pk":{"S":"a"},"color":{"S":"red"}})");
  EXPECT_EQ(stage.state.items.item_count(), 0U);
  EXPECT_EQ(stage.state.indexes[0].item_count(), 0U);
}

TEST(PlanWrite, LeavesItemsWithoutTheKeyOutOfTheIndex) {
  Stage stage(with_index(ProjectionType::kAll));
  EXPECT_THAT(stage.put(R"({"pk":{"S":"a"}})").index_changes, IsEmpty());
  EXPECT_EQ(stage.state.items.item_count(), 1U);
  EXPECT_EQ(stage.state.indexes[0].item_count(), 0U);
}

TEST(PlanWrite, SharesTheTablesBlockWhereAllIsProjected) {
  Stage stage(with_index(ProjectionType::kAll));
  const PlannedWrite write = stage.put(R"({"pk":{"S":"a"},"color":{"S":"red"}})");
  ASSERT_EQ(write.index_changes.size(), 1U);
  EXPECT_EQ(write.index_changes[0].entry, write.after);
}

TEST(PlanWrite, ProjectsKeysOnly) {
  Stage stage(with_index(ProjectionType::kKeysOnly));
  stage.put(R"({"pk":{"S":"a"},"color":{"S":"red"},"weight":{"N":"3"}})");
  EXPECT_THAT(Stage::texts(stage.state.indexes[0]),
              ElementsAre(R"({"color":{"S":"red"},"pk":{"S":"a"}})"));
}

TEST(PlanWrite, ProjectsWhatIsIncluded) {
  Stage stage(with_index(ProjectionType::kInclude, {"weight", "absent"}));
  stage.put(R"({"pk":{"S":"a"},"color":{"S":"red"},"weight":{"N":"3"},"x":{"N":"1"}})");
  EXPECT_THAT(Stage::texts(stage.state.indexes[0]),
              ElementsAre(R"({"color":{"S":"red"},"pk":{"S":"a"},"weight":{"N":"3"}})"));
}

TEST(PlanWrite, MovesAnEntryWhoseKeyChanges) {
  Stage stage(with_index(ProjectionType::kAll));
  stage.put(R"({"pk":{"S":"a"},"color":{"S":"red"}})");
  const PlannedWrite moved = stage.put(R"({"pk":{"S":"a"},"color":{"S":"blue"}})");
  ASSERT_EQ(moved.index_changes.size(), 1U);
  EXPECT_TRUE(moved.index_changes[0].erased.has_value());
  EXPECT_TRUE(moved.index_changes[0].stored.has_value());
  EXPECT_EQ(moved.index_changes[0].units, CapacityUnits::whole(2));
  EXPECT_THAT(Stage::texts(stage.state.indexes[0]),
              ElementsAre(R"({"color":{"S":"blue"},"pk":{"S":"a"}})"));
}

TEST(PlanWrite, RemovesTheEntryWithItsItem) {
  Stage stage(with_index(ProjectionType::kAll));
  stage.put(R"({"pk":{"S":"a"},"color":{"S":"red"}})");
  const PlannedWrite removed = stage.remove(R"({"pk":{"S":"a"}})");
  ASSERT_EQ(removed.index_changes.size(), 1U);
  EXPECT_EQ(removed.index_changes[0].units, CapacityUnits::whole(1));
  EXPECT_EQ(stage.state.indexes[0].item_count(), 0U);
}

TEST(PlanWrite, RemovesTheEntryWhenTheKeyAttributeGoes) {
  Stage stage(with_index(ProjectionType::kAll));
  stage.put(R"({"pk":{"S":"a"},"color":{"S":"red"}})");
  stage.put(R"({"pk":{"S":"a"}})");
  EXPECT_EQ(stage.state.indexes[0].item_count(), 0U);
}

// Section A6: an index that shows no change costs nothing.
TEST(PlanWrite, CostsAnIndexNothingWhereItsViewStays) {
  Stage stage(with_index(ProjectionType::kInclude, {"weight"}));
  stage.put(R"({"pk":{"S":"a"},"color":{"S":"red"},"weight":{"N":"3"},"x":{"N":"1"}})");
  EXPECT_THAT(stage.put(R"({"pk":{"S":"a"},"color":{"S":"red"},"weight":{"N":"3"},"x":{"N":"2"}})")
                  .index_changes,
              IsEmpty());
  EXPECT_THAT(stage.put(R"({"pk":{"S":"a"},"color":{"S":"red"},"weight":{"N":"4"}})").index_changes,
              ::testing::SizeIs(1));
}

TEST(PlanWrite, CostsAnIndexNothingWhereSetsAreEqual) {
  Stage stage(with_index(ProjectionType::kAll));
  stage.put(R"({"pk":{"S":"a"},"color":{"S":"red"},"tags":{"SS":["x","y"]}})");
  EXPECT_THAT(
      stage.put(R"({"pk":{"S":"a"},"color":{"S":"red"},"tags":{"SS":["y","x"]}})").index_changes,
      IsEmpty());
}

TEST(PlanWrite, CostsAnEntryThatShrinksWhatItWas) {
  Stage stage(with_index(ProjectionType::kAll));
  stage.put(R"({"pk":{"S":"a"},"color":{"S":"red"},"x":{"S":")" + std::string(3000, 'x') +
            R"("}})");
  const PlannedWrite shrunk = stage.put(R"({"pk":{"S":"a"},"color":{"S":"red"}})");
  ASSERT_EQ(shrunk.index_changes.size(), 1U);
  EXPECT_EQ(shrunk.index_changes[0].units, CapacityUnits::whole(3));
}

TEST(PlanWrite, KeepsSeveralItemsUnderOneIndexKey) {
  Stage stage(with_index(ProjectionType::kKeysOnly));
  stage.put(R"({"pk":{"S":"a"},"color":{"S":"red"}})");
  stage.put(R"({"pk":{"S":"b"},"color":{"S":"red"}})");
  EXPECT_EQ(stage.state.indexes[0].item_count(), 2U);
  stage.remove(R"({"pk":{"S":"a"}})");
  EXPECT_THAT(Stage::texts(stage.state.indexes[0]),
              ElementsAre(R"({"color":{"S":"red"},"pk":{"S":"b"}})"));
}

// An index entry that is kept in step write by write is what building the index anew would make.
RC_GTEST_PROP(PlanWrite, KeepsIndexesAsIfTheyWereBuiltAnew, ()) {
  TableSettings settings = settings_of(true);
  IndexSettings local =
      index_of("local", {{{"pk", ValueType::kString}}, {{"weight", ValueType::kNumber}}},
               ProjectionType::kInclude, {"x"});
  local.global = false;
  settings.indexes = {
      local, index_of("all", kByColor, ProjectionType::kAll),
      index_of("keys", {{{"color", ValueType::kString}}, {{"weight", ValueType::kNumber}}},
               ProjectionType::kKeysOnly),
      index_of("multi",
               {{{"color", ValueType::kString}, {"x", ValueType::kString}},
                {{"weight", ValueType::kNumber}, {"pk", ValueType::kString}}},
               ProjectionType::kInclude, {"y"})};
  Stage stage(std::move(settings));
  const auto one_of = [](const char* what) {
    return *rc::gen::element(std::string("a"), std::string("b"), std::string("c")).as(what);
  };
  const int writes = *rc::gen::inRange(1, 40).as("writes");
  for (int i = 0; i < writes; ++i) {
    std::string json =
        R"({"pk":{"S":")" + one_of("pk") + R"("},"sk":{"S":")" + one_of("sk") + R"("})";
    if (*rc::gen::arbitrary<bool>().as("delete")) {
      stage.remove(json + "}");
      continue;
    }
    for (const char* name : {"color", "x", "y"}) {
      if (*rc::gen::arbitrary<bool>().as(name)) {
        json += std::string(",\"") + name + R"(":{"S":")" + one_of(name) + R"("})";
      }
    }
    if (*rc::gen::arbitrary<bool>().as("has weight")) {
      json +=
          R"(,"weight":{"N":")" + std::to_string(*rc::gen::inRange(-2, 3).as("weight")) + R"("})";
    }
    stage.put(json + "}");
  }
  for (std::size_t i = 0; i < stage.state.indexes.size(); ++i) {
    const Collection anew =
        backfill(stage.state.settings->indexes[i], stage.state.settings->keys, stage.state.items);
    RC_ASSERT(Stage::texts(stage.state.indexes[i]) == Stage::texts(anew));
    RC_ASSERT(stage.state.indexes[i].size_bytes() == anew.size_bytes());
  }
}

TEST(Backfill, SkipsItemsThatDoNotFit) {
  Stage stage(settings_of(false));
  const auto put = [&stage](const std::string& pk, const std::string& color) {
    stage.put(R"({"pk":{"S":")" + pk + R"("},"color":)" + color + "}");
  };
  put("number", R"({"N":"1"})");
  put("empty", R"({"S":""})");
  put("long", R"({"S":")" + std::string(kPartitionKeyMaxBytes + 1, 'x') + R"("})");
  put("largest", R"({"S":")" + std::string(kPartitionKeyMaxBytes, 'x') + R"("})");
  put("fits", R"({"S":"red"})");
  IndexSettings index = index_of("by_color", kByColor, ProjectionType::kKeysOnly);
  set_projected(index, stage.state.settings->keys);
  EXPECT_EQ(backfill(index, stage.state.settings->keys, stage.state.items).item_count(), 2U);
}

// Such an item stays out of the index while other attributes of it change, and costs it nothing.
TEST(Backfill, LeavesSkippedItemsOutUntilTheyFit) {
  Stage stage(settings_of(false));
  stage.put(R"({"pk":{"S":"a"},"color":{"N":"1"}})");
  TableSettings settings = with_index(ProjectionType::kAll);
  set_projected(settings.indexes[0], settings.keys);
  stage.state.indexes.push_back(backfill(settings.indexes[0], settings.keys, stage.state.items));
  stage.state.settings = std::make_shared<const TableSettings>(settings);
  EXPECT_THAT(stage.put(R"({"pk":{"S":"a"},"color":{"N":"1"},"x":{"N":"1"}})").index_changes,
              IsEmpty());
  stage.put(R"({"pk":{"S":"a"},"color":{"S":"red"}})");
  EXPECT_EQ(stage.state.indexes[0].item_count(), 1U);
}

}  // namespace
}  // namespace understudy
