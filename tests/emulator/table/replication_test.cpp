// Followers and global indexes that lag: what they show, when they have it, and that runs repeat.
#include "emulator/table/replication.h"

#include <gtest/gtest.h>

namespace understudy {
namespace {

constexpr ArrivalTimes kNobodyIsDown{};

EncodedKey key(std::string_view partition) {
  return {partition, {}, hash_partition_key(partition)};
}

TEST(ReplicaLog, KeepsTheOrderOfAPartition) {
  CapacityKnobs knobs;
  ReplicaLog log;
  ArrivalTimes before{};
  for (int i = 0; i < 500; ++i) {
    const Microseconds now = i * kMillisecond;
    const ArrivalTimes times = log.arrivals(knobs, "t", 1, false, kNobodyIsDown, now);
    EXPECT_EQ(times[0], now);
    for (std::size_t replica = 0; replica < kReplicas; ++replica) {
      EXPECT_GE(times[replica], before[replica]);
      EXPECT_LE(times[replica], now + 200 * kMillisecond);
    }
    before = times;
  }
}

TEST(ReplicaLog, TypicalLagsHaveTheirMedian) {
  CapacityKnobs knobs;
  int below = 0;
  for (std::uint64_t partition = 0; partition < 1000; ++partition) {
    ReplicaLog log;
    const auto times = log.arrivals(knobs, "t", partition, false, kNobodyIsDown, 0);
    below += times[1] < knobs.lag_median_ms * kMillisecond ? 1 : 0;
  }
  EXPECT_NEAR(below, 500, 60);
}

TEST(ReplicaLog, DrawsTheSameWithTheSameSeedOnly) {
  const auto draw = [](std::int64_t seed) {
    CapacityKnobs knobs;
    knobs.seed = seed;
    ReplicaLog log;
    return log.arrivals(knobs, "t", 3, true, kNobodyIsDown, 0);
  };
  EXPECT_EQ(draw(7), draw(7));
  EXPECT_NE(draw(7), draw(8));
}

TEST(ReplicaLog, AFollowerThatIsDownGetsItAfterwards) {
  CapacityKnobs knobs;
  ReplicaLog log;
  const Microseconds back = 5'000 * kMillisecond;
  const auto times = log.arrivals(knobs, "t", 1, false, {0, back, 0}, 0);
  EXPECT_EQ(times[1], back);
  EXPECT_LT(times[2], back);
}

TEST(ReplicaLog, AReplicaShowsWhatStoodBeforeWhatItHasNot) {
  CapacityKnobs knobs;
  ReplicaLog log;
  log.add(key("a"), nullptr, 0, {0, 10, 20}, knobs, 0);
  Microseconds age = 0;
  const Collection empty;
  EXPECT_EQ(log.find(key("a"), nullptr, Replica::kFollower1, 5, age), nullptr);
  EXPECT_EQ(age, 5);
  EXPECT_EQ(log.furthest_behind(15), Replica::kFollower2);
  age = 0;
  EXPECT_EQ(log.view(empty, Replica::kFollower1, 15, std::nullopt, age).item_count(), 0U);
  EXPECT_EQ(age, 0);
}

TEST(ReplicaLog, RemembersNoMoreWritesThanItMay) {
  CapacityKnobs knobs;
  knobs.replica_log_max = 100;
  ReplicaLog log;
  for (int i = 0; i < 1000; ++i) {
    log.add(key("a"), nullptr, i, {0, INT64_MAX, INT64_MAX}, knobs, i);
  }
  Microseconds age = 0;
  EXPECT_EQ(log.find(key("a"), nullptr, Replica::kFollower1, 1000, age), nullptr);
  EXPECT_EQ(age, 100);
}

TEST(Replication, SkipsReplicasThatAreDown) {
  CapacityKnobs knobs;
  Replication replication;
  replication.take_down(Replica::kLeader, 100);
  replication.take_down(Replica::kFollower1, 100);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(replication.choose(knobs, {}, 50), Replica::kFollower2);
  }
  replication.take_down(Replica::kFollower2, 100);
  EXPECT_FALSE(replication.choose(knobs, {}, 50));
  EXPECT_TRUE(replication.choose(knobs, {}, 100));
}

}  // namespace
}  // namespace understudy
