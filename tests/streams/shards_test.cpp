// Shards: how they close, what their children are, and what their ids look like.
#include "streams/shards.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/regex.hpp>
#include <set>

namespace understudy {
namespace {

constexpr Microseconds kStart = Microseconds{1768478400} * 1'000'000;

ShardTree tree_of(std::size_t partitions) {
  return {7, equal_cuts(partitions), 4 * kHour, kStart};
}

std::size_t open_count(const ShardTree& tree) {
  return static_cast<std::size_t>(
      std::ranges::count_if(tree.shards(), [](const auto& shard) { return !shard->closed; }));
}

TEST(ShardTree, BeginsWithAShardForEachPartition) {
  const ShardTree tree = tree_of(4);
  ASSERT_EQ(tree.shards().size(), 4U);
  for (const auto& shard : tree.shards()) {
    EXPECT_FALSE(shard->parent);
    EXPECT_FALSE(shard->ending);
  }
}

// What a fault rule does to a stream whose table stays as it is.
TEST(ShardTree, IsDividedByHandUntilItsTableChanges) {
  const auto cuts = equal_cuts(2);
  ShardTree tree(7, cuts, 4 * kHour, kStart);
  EXPECT_TRUE(tree.split(0, kStart + 1));
  EXPECT_FALSE(tree.split(0, kStart + 2)) << "it is closed";
  EXPECT_EQ(open_count(tree), 3U);
  EXPECT_EQ(tree.shards()[2]->parent, 0U);
  EXPECT_EQ(tree.shards()[3]->parent, 0U);
  tree.follow(cuts, kStart + 3);
  EXPECT_EQ(open_count(tree), 3U) << "the table's partitions are the same";
  tree.follow(equal_cuts(2), kStart + 4);
  EXPECT_EQ(open_count(tree), 2U);
}

TEST(ShardTree, NamesShardsAsTheServiceDoes) {
  ShardTree tree = tree_of(4);
  tree.roll(kStart + 9 * kHour, kDay);
  std::set<std::string> ids;
  std::string last;
  for (const auto& shard : tree.shards()) {
    EXPECT_TRUE(boost::regex_match(shard->id, boost::regex("shardId-[0-9]{20}-[0-9a-f]{8}")));
    EXPECT_LT(last, shard->id);
    last = shard->id;
    ids.insert(shard->id);
  }
  EXPECT_EQ(ids.size(), 12U);
}

TEST(ShardTree, RollsOverWhenItWasDueHoweverLateSomeoneLooks) {
  ShardTree early = tree_of(1);
  early.roll(kStart + 4 * kHour, kDay);
  early.roll(kStart + 8 * kHour, kDay);
  ShardTree late = tree_of(1);
  late.roll(kStart + 8 * kHour + 1, kDay);
  ASSERT_EQ(early.shards().size(), 3U);
  ASSERT_EQ(late.shards().size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    EXPECT_EQ(early.shards()[i]->id, late.shards()[i]->id);
    EXPECT_EQ(early.shards()[i]->opened, late.shards()[i]->opened);
    EXPECT_EQ(early.shards()[i]->starting, late.shards()[i]->starting);
  }
  EXPECT_EQ(late.shards()[1]->parent, 0U);
  EXPECT_EQ(*late.shards()[0]->closed, kStart + 4 * kHour);
}

TEST(ShardTree, ADividedPartitionHasTwoChildren) {
  ShardTree tree = tree_of(1);
  tree.follow(equal_cuts(2), kStart + kHour);
  ASSERT_EQ(tree.shards().size(), 3U);
  EXPECT_TRUE(tree.shards()[0]->ending);
  EXPECT_EQ(tree.shards()[1]->parent, 0U);
  EXPECT_EQ(tree.shards()[2]->parent, 0U);
  EXPECT_EQ(tree.shards()[2]->parent_id, tree.shards()[0]->id);
  EXPECT_GT(tree.shards()[1]->starting, *tree.shards()[0]->ending);
  const KeyPosition low = KeyPosition::collection({0, 1});
  const KeyPosition high = KeyPosition::collection({UINT64_MAX, 1});
  EXPECT_EQ(tree.open_shard(low).number, 1U);
  EXPECT_EQ(tree.open_shard(high).number, 2U);
}

TEST(ShardTree, KeepsShardsWhosePartitionStays) {
  ShardTree tree = tree_of(2);
  const auto halves = equal_cuts(4);
  // Only the upper half is divided.
  tree.follow(std::make_shared<const PartitionCuts>(
                  std::vector<KeyPosition>{halves->first(0), halves->first(2), halves->first(3)}),
              kStart + kHour);
  ASSERT_EQ(tree.shards().size(), 4U);
  EXPECT_FALSE(tree.shards()[0]->closed);
  EXPECT_TRUE(tree.shards()[1]->closed);
  EXPECT_EQ(tree.shards()[2]->parent, 1U);
  EXPECT_EQ(tree.shards()[3]->parent, 1U);
}

TEST(ShardTree, AMergedPartitionHasOneChild) {
  ShardTree tree = tree_of(2);
  tree.follow(equal_cuts(1), kStart + kHour);
  ASSERT_EQ(tree.shards().size(), 3U);
  EXPECT_EQ(tree.shards()[2]->parent, 0U);
  EXPECT_EQ(open_count(tree), 1U);
}

TEST(ShardTree, AChildOfASplitRollsOverByItsOwnAge) {
  ShardTree tree = tree_of(1);
  tree.follow(equal_cuts(2), kStart + 3 * kHour);
  tree.roll(kStart + 4 * kHour, kDay);
  EXPECT_EQ(tree.shards().size(), 3U);
  tree.roll(kStart + 7 * kHour, kDay);
  EXPECT_EQ(tree.shards().size(), 5U);
}

TEST(ShardTree, ForgetsShardsADayAfterTheyClosed) {
  ShardTree tree = tree_of(1);
  tree.roll(kStart + 28 * kHour - 1, kDay);
  EXPECT_EQ(tree.shards().front()->number, 0U);
  tree.roll(kStart + 28 * kHour, kDay);
  EXPECT_EQ(tree.shards().front()->number, 1U);
  EXPECT_EQ(tree.find(0), nullptr);
  EXPECT_EQ(tree.find(1)->parent, 0U);
}

TEST(ShardTree, SleepsForYearsWithoutWork) {
  ShardTree tree = tree_of(4);
  tree.roll(kStart + 10'000 * kDay, kDay);
  EXPECT_LE(tree.shards().size(), 4U * 8);
  EXPECT_EQ(open_count(tree), 4U);
}

TEST(ShardTree, NeverRollsOverWithoutALife) {
  ShardTree tree(7, equal_cuts(1), 0, kStart);
  tree.roll(kStart + 100 * kDay, kDay);
  EXPECT_EQ(tree.shards().size(), 1U);
}

TEST(ShardTree, ClosesForGood) {
  ShardTree tree = tree_of(2);
  tree.close(kStart + kHour);
  EXPECT_FALSE(tree.is_open());
  for (const auto& shard : tree.shards()) {
    EXPECT_EQ(shard->ending, shard->starting);
  }
}

TEST(ShardTree, ACopyGoesItsOwnWay) {
  ShardTree tree = tree_of(1);
  const ShardTree copy = tree.copy();
  tree.follow(equal_cuts(2), kStart + kHour);
  EXPECT_EQ(copy.shards().size(), 1U);
  EXPECT_TRUE(copy.is_open());
}

}  // namespace
}  // namespace understudy
