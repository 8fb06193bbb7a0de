// What commit_write tells a change sink, and how a sink follows its table.
#include "emulator/table/change.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/emulator/table/emulated.h"
#include "tests/emulator/table/items.h"

namespace understudy {
namespace {

using testing::Emulated;
using testing::Stage;

std::string text_of(const ItemRef& item) {
  return item ? std::string(item->text()) : "-";
}

struct Heard : ChangeSink {
  void append(const TableState& /*state*/, const Change& change) override {
    lines.push_back(text_of(change.before) + " > " + text_of(change.after) +
                    (change.stamp.origin == ChangeOrigin::kTimeToLive ? " ttl" : ""));
  }
  [[nodiscard]] std::shared_ptr<ChangeSink> copy() const override {
    return std::make_shared<Heard>(*this);
  }
  std::vector<std::string> lines;
};

struct HearingKeeper : ChangeKeeper {
  std::shared_ptr<ChangeSink> follow(const TableState& state, std::shared_ptr<ChangeSink> present,
                                     Microseconds /*now*/) override {
    if (!state.settings->stream) {
      return nullptr;
    }
    heard = present ? std::static_pointer_cast<Heard>(present) : std::make_shared<Heard>();
    return heard;
  }
  void leave(std::shared_ptr<ChangeSink> /*present*/, Microseconds /*now*/) override { ++left; }
  void forget(std::optional<std::string_view> /*tenant*/) override { ++forgotten; }

  std::shared_ptr<Heard> heard;
  int left = 0;
  int forgotten = 0;
};

TEST(CommitWrite, TellsOfItemsThatBecameOthersOnly) {
  Stage stage(testing::settings_of(false));
  const auto heard = std::make_shared<Heard>();
  stage.state.changes = heard;
  stage.remove(R"({"pk":{"S":"a"}})");
  stage.put(R"({"pk":{"S":"a"},"n":{"N":"1"}})");
  stage.put(R"({"n":{"N":"1.0"},"pk":{"S":"a"}})");
  stage.put(R"({"pk":{"S":"a"},"n":{"N":"2"}})");
  stage.remove(R"({"pk":{"S":"a"}})");
  const std::string one = R"({"n":{"N":"1"},"pk":{"S":"a"}})";
  const std::string two = R"({"n":{"N":"2"},"pk":{"S":"a"}})";
  EXPECT_EQ(heard->lines,
            (std::vector<std::string>{"- > " + one, one + " > " + two, two + " > -"}));
}

TEST(CommitWrite, SaysWhoseDoingItIs) {
  Stage stage(testing::settings_of(false));
  const auto heard = std::make_shared<Heard>();
  stage.put(R"({"pk":{"S":"a"}})");
  stage.state.changes = heard;
  const EncodedKey key = stage.key_of(R"({"pk":{"S":"a"}})");
  commit_write(stage.state,
               plan_write(stage.state, key, stage.state.items.find(key), nullptr, stage.arena),
               {1, ChangeOrigin::kTimeToLive});
  EXPECT_EQ(heard->lines, std::vector<std::string>{R"({"pk":{"S":"a"}} > - ttl)"});
}

TEST(ChangeKeeper, IsAskedWhenAStreamBeginsAndEnds) {
  HearingKeeper keeper;
  Emulated emulated;
  emulated.catalog.set_change_keeper(keeper);
  ASSERT_TRUE(emulated.create(testing::on_demand_table()));
  const auto table = *emulated.catalog.find(emulated.scope, "things");
  EXPECT_EQ(table->lock()->changes, nullptr);
  TableUpdate update;
  update.stream = StreamUpdate{true, StreamViewType::kNewImage};
  ASSERT_TRUE(emulated.update(update));
  EXPECT_EQ(table->lock()->changes, keeper.heard);
  update.stream = StreamUpdate{false, {}};
  ASSERT_TRUE(emulated.update(update));
  EXPECT_EQ(table->lock()->changes, nullptr);
}

TEST(ChangeKeeper, SnapshotsKeepTheirOwnPast) {
  HearingKeeper keeper;
  Emulated emulated;
  emulated.catalog.set_change_keeper(keeper);
  TableSettings settings = testing::on_demand_table();
  settings.stream = StreamViewType::kNewImage;
  ASSERT_TRUE(emulated.create(settings));
  emulated.catalog.snapshot("empty", std::nullopt);
  keeper.heard->lines.emplace_back("after the snapshot");
  ASSERT_TRUE(emulated.catalog.restore("empty", std::nullopt));
  EXPECT_EQ(keeper.forgotten, 1);
  EXPECT_TRUE(keeper.heard->lines.empty());
  const auto table = *emulated.catalog.find(emulated.scope, "things");
  EXPECT_EQ(table->lock()->changes, keeper.heard);
}

}  // namespace
}  // namespace understudy
