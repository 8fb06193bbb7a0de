#include "emulator/capacity/partitions.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <string>

namespace understudy::partitions_test {
namespace {

constexpr Microseconds kStart = 1'700'000'040'000'000;

CapacityUnits units(std::int64_t whole) {
  return CapacityUnits::whole(whole);
}

KeyPosition at(std::uint64_t hash_high, std::string_view sort = {}) {
  return KeyPosition::of({{}, sort, {hash_high, 0}});
}

PartitionMap map_of(std::int64_t count, const CapacityKnobs& knobs,
                    PerDimension<CapacityUnits> rate = {}, bool whole_collections = false) {
  return {
      count, {&knobs, rate, knobs.allocation == Allocation::kUniform, whole_collections}, kStart};
}

std::int64_t provisioned(std::int64_t read, std::int64_t write) {
  return provisioned_partitions({units(read), units(write)}, CapacityKnobs{});
}

// The guide's examples (B1.3) and the borders.
TEST(PartitionCount, FollowsProvisionedThroughput) {
  EXPECT_EQ(provisioned(1000, 500), 1);
  EXPECT_EQ(provisioned(1000, 1000), 2);
  EXPECT_EQ(provisioned(5000, 2000), 4);
  EXPECT_EQ(provisioned(3000, 0), 1);
  EXPECT_EQ(provisioned(3000, 1), 2);
  EXPECT_EQ(provisioned(1, 1), 1);
  EXPECT_EQ(provisioned(0, 0), 1);
  EXPECT_EQ(provisioned(40'000, 40'000), 54);
}

TEST(PartitionCount, FollowsTheOnDemandCeiling) {
  const CapacityKnobs knobs;
  EXPECT_EQ(on_demand_partitions({units(12'000), units(4000)}, knobs), 4);
  EXPECT_EQ(on_demand_partitions({units(12'001), units(4000)}, knobs), 5);
  EXPECT_EQ(on_demand_partitions({units(12'000), units(8000)}, knobs), 8);
}

TEST(PartitionMap, BeginsWithEqualRanges) {
  const CapacityKnobs knobs;
  const PartitionMap map = map_of(4, knobs);
  EXPECT_EQ(map.cuts()->first(0), KeyPosition{});
  EXPECT_EQ(map.cuts()->first(1), at(std::uint64_t{1} << 62));
  EXPECT_EQ(map.cuts()->first(2), at(std::uint64_t{2} << 62));
  EXPECT_EQ(map.find(at(0)), 0U);
  EXPECT_EQ(map.find(at((std::uint64_t{1} << 62) - 1)), 0U);
  EXPECT_EQ(map.find(at(std::uint64_t{1} << 62)), 1U);
  EXPECT_EQ(map.find(at(~std::uint64_t{0})), 3U);
}

TEST(PartitionMap, SplitsByHandAndKeepsTheLineage) {
  const CapacityKnobs knobs;
  PartitionMap map = map_of(2, knobs);
  ASSERT_TRUE(map.split(1, std::nullopt, kStart + 5));
  ASSERT_EQ(map.size(), 3U);
  EXPECT_EQ(map[1].id, 2U);
  EXPECT_EQ(map[2].id, 3U);
  EXPECT_EQ(map.cuts()->first(2), at(std::uint64_t{3} << 62));
  ASSERT_EQ(map.records().size(), 4U);
  EXPECT_EQ(map.records()[1].closed, kStart + 5);
  EXPECT_EQ(map.records()[3].parents, std::vector<PartitionId>{1});
  EXPECT_EQ(map.records()[3].created, kStart + 5);
  EXPECT_EQ(map.records()[3].closed, std::nullopt);
}

TEST(PartitionMap, RefusesCutsThatAreNotInside) {
  CapacityKnobs knobs;
  knobs.partitions_max = 3;
  PartitionMap map = map_of(2, knobs);
  EXPECT_FALSE(map.split(7, std::nullopt, kStart));
  EXPECT_FALSE(map.split(0, at(0), kStart));
  EXPECT_FALSE(map.split(0, at(std::uint64_t{1} << 63), kStart));
  EXPECT_TRUE(map.split(0, at(9), kStart));
  EXPECT_FALSE(map.split(1, std::nullopt, kStart)) << "partitions_max is reached";
}

TEST(PartitionMap, MergesNeighbours) {
  const CapacityKnobs knobs;
  PartitionMap map = map_of(4, knobs);
  map.debit(1, Dimension::kWrite, units(600));
  ASSERT_TRUE(map.merge(1, kStart));
  EXPECT_FALSE(map.merge(3, kStart)) << "it has no right neighbour";
  ASSERT_EQ(map.size(), 3U);
  EXPECT_EQ(map[1].ceiling.write.balance(kStart), units(400));
  EXPECT_EQ(map.records().back().parents, (std::vector<PartitionId>{1, 2}));
  EXPECT_EQ(map.find(at(std::uint64_t{2} << 62)), 1U);
}

// The guide's example: four partitions of 1250, one of them divided.
TEST(PartitionMap, HalvesTheEvenShareOfADividedPartition) {
  CapacityKnobs knobs;
  knobs.allocation = Allocation::kUniform;
  PartitionMap map = map_of(4, knobs, {units(5000), units(2000)});
  ASSERT_TRUE(map.split(2, std::nullopt, kStart));
  std::vector<std::int64_t> rates;
  for (std::size_t i = 0; i < map.size(); ++i) {
    rates.push_back(map[i].even_share.read.rate().thousandths / 1000);
  }
  EXPECT_EQ(rates, (std::vector<std::int64_t>{1250, 1250, 625, 625, 1250}));
}

TEST(PartitionMap, DoublesUntilThereAreEnough) {
  const CapacityKnobs knobs;
  PartitionMap map = map_of(3, knobs);
  map.grow_to(4, kStart);
  EXPECT_EQ(map.size(), 6U);
  map.grow_to(6, kStart);
  EXPECT_EQ(map.size(), 6U);
}

TEST(PartitionMap, ForgetsPartitionsThatWereClosedLongAgo) {
  const CapacityKnobs knobs;
  PartitionMap map = map_of(1, knobs);
  ASSERT_TRUE(map.split(0, std::nullopt, kStart));
  ASSERT_TRUE(map.split(1, std::nullopt, kStart + 86'401 * kSecond));
  for (const PartitionRecord& record : map.records()) {
    EXPECT_NE(record.id, 0U);
  }
}

/// Windows of a minute at that many units each, consumed by `next` position.
template <class Next>
void heat_up(PartitionMap& map, int windows, std::int64_t units_a_window, Next next) {
  for (int window = 1; window <= windows; ++window) {
    for (std::int64_t i = 0; i < units_a_window / 10; ++i) {
      const KeyPosition position = next();
      map[map.find(position)].heat.write.count(position, units(10));
    }
    map.close_window(1, true, kStart + window * 60 * kSecond);
  }
}

TEST(PartitionHeat, DividesAtTheMedianAfterTenHotMinutes) {
  const CapacityKnobs knobs;
  PartitionMap map = map_of(1, knobs);
  std::uint64_t i = 0;
  const auto spread = [&] { return at((++i * 7919 % 1000) << 40); };
  heat_up(map, 9, 48'000, spread);
  EXPECT_EQ(map.size(), 1U);
  heat_up(map, 1, 48'000, spread);
  ASSERT_EQ(map.size(), 2U);
  const std::uint64_t cut = map.cuts()->first(1).hash.high >> 40;
  EXPECT_GT(cut, 300U);
  EXPECT_LT(cut, 700U);
}

TEST(PartitionHeat, LeavesWhatIsBelowTheThresholdOrPauses) {
  const CapacityKnobs knobs;
  PartitionMap map = map_of(1, knobs);
  std::uint64_t i = 0;
  const auto spread = [&] { return at((++i * 7919 % 1000) << 40); };
  heat_up(map, 20, 47'990, spread);
  EXPECT_EQ(map.size(), 1U);
  heat_up(map, 9, 48'000, spread);
  map.close_window(3, true, kStart);
  heat_up(map, 9, 48'000, spread);
  EXPECT_EQ(map.size(), 1U);
}

TEST(PartitionHeat, GivesAHotItemAPartitionOfItsOwnAndThenLeavesIt) {
  const CapacityKnobs knobs;
  PartitionMap map = map_of(1, knobs);
  std::uint64_t i = 0;
  const auto hot = [&] { return ++i % 4 == 0 ? at(i << 40) : at(77, "item"); };
  heat_up(map, 10, 60'000, hot);
  ASSERT_EQ(map.size(), 3U);
  EXPECT_EQ(map.cuts()->first(1), at(77, "item"));
  EXPECT_EQ(map.cuts()->first(2), *at(77, "item").next());
  heat_up(map, 20, 60'000, [] { return at(77, "item"); });
  EXPECT_EQ(map.size(), 3U);
}

TEST(PartitionHeat, DividesAnItemCollectionByItsSortKey) {
  const CapacityKnobs knobs;
  PartitionMap map = map_of(1, knobs);
  std::uint64_t i = 0;
  const auto within = [&] { return at(77, std::to_string(1000 + ++i * 7919 % 1000)); };
  heat_up(map, 10, 60'000, within);
  ASSERT_EQ(map.size(), 2U);
  EXPECT_EQ(map.cuts()->first(1).hash.high, 77U);
  EXPECT_NE(map.cuts()->first(1), at(77));
}

TEST(PartitionHeat, KeepsCollectionsWholeWithLocalIndexesOrRisingSortKeys) {
  const CapacityKnobs knobs;
  PartitionMap local = map_of(1, knobs, {}, true);
  std::uint64_t i = 0;
  heat_up(local, 30, 60'000, [&] { return at(77, std::to_string(1000 + ++i * 7919 % 1000)); });
  ASSERT_EQ(local.size(), 3U) << "the collection stands alone, and stays";
  EXPECT_EQ(local.cuts()->first(1), at(77));
  EXPECT_EQ(local.cuts()->first(2), *at(77).next_collection());

  PartitionMap rising = map_of(1, knobs);
  i = 1'000'000'000;
  heat_up(rising, 30, 60'000, [&] { return at(77, std::to_string(++i)); });
  for (std::size_t p = 1; p < rising.size(); ++p) {
    EXPECT_EQ(rising.cuts()->first(p).sort, KeyHash{}) << "cut inside of the collection";
  }
}

TEST(PartitionHeat, IsSwitchedOff) {
  const CapacityKnobs knobs;
  PartitionMap map = map_of(1, knobs);
  for (int window = 0; window < 20; ++window) {
    map[0].heat.read.count(at(1), units(1'000'000));
    map.close_window(1, false, kStart);
  }
  EXPECT_EQ(map.size(), 1U);
}

/// Random splits and merges; then what must hold whatever they were.
PartitionMap random_map(const CapacityKnobs& knobs) {
  PartitionMap map = map_of(*rc::gen::inRange<std::int64_t>(1, 9), knobs,
                            {units(*rc::gen::inRange<std::int64_t>(1, 40'000)), units(10)});
  const auto steps = *rc::gen::container<std::vector<std::pair<std::size_t, std::uint64_t>>>(
      rc::gen::pair(rc::gen::arbitrary<std::size_t>(), rc::gen::arbitrary<std::uint64_t>()));
  for (const auto& [which, cut] : steps) {
    const PartitionId id = map[which % map.size()].id;
    map.debit(which % map.size(), Dimension::kRead, units(static_cast<std::int64_t>(cut % 100)));
    switch (cut % 3) {
      case 0:
        (void)map.merge(id, kStart);
        break;
      case 1:
        (void)map.split(id, std::nullopt, kStart);
        break;
      default:
        (void)map.split(map[map.find(at(cut))].id, at(cut, "sort"), kStart);
    }
  }
  return map;
}

RC_GTEST_PROP(PartitionMapProperty, CoversTheSpaceOnce, ()) {
  const CapacityKnobs knobs;
  const PartitionMap map = random_map(knobs);
  RC_ASSERT(map.cuts()->size() == map.size());
  RC_ASSERT(map.cuts()->first(0) == KeyPosition{});
  for (std::size_t i = 0; i < map.size(); ++i) {
    const KeyPosition first = map.cuts()->first(i);
    RC_ASSERT(map.find(first) == i);
    RC_ASSERT((i == 0 || map.cuts()->first(i - 1) < first));
  }
  const KeyPosition anywhere = at(*rc::gen::arbitrary<std::uint64_t>(), "t");
  const std::size_t found = map.find(anywhere);
  RC_ASSERT(map.cuts()->first(found) <= anywhere);
  RC_ASSERT((!map.cuts()->end(found) || anywhere < *map.cuts()->end(found)));
  std::size_t open = 0;
  for (const PartitionRecord& record : map.records()) {
    open += record.closed ? 0 : 1;
  }
  RC_ASSERT(open == map.size());
}

RC_GTEST_PROP(PartitionMapProperty, SplitsAndMergesKeepTotals, ()) {
  CapacityKnobs knobs;
  knobs.allocation = Allocation::kUniform;
  PartitionMap map = map_of(4, knobs, {units(4096), units(4096)});
  const auto cuts =
      *rc::gen::container<std::vector<std::uint64_t>>(rc::gen::arbitrary<std::uint64_t>());
  for (const std::uint64_t cut : cuts) {
    if (cut % 3 == 0) {
      (void)map.merge(map[map.find(at(cut))].id, kStart);
    } else {
      (void)map.split(map[map.find(at(cut))].id, at(cut), kStart);
    }
  }
  CapacityUnits rate;
  CapacityUnits balance;
  std::int64_t share = 0;
  for (std::size_t i = 0; i < map.size(); ++i) {
    rate += map[i].even_share.read.rate();
    balance += map[i].even_share.read.balance(kStart);
    share += map[i].share;
  }
  RC_ASSERT(rate == units(4096));
  // Each balance shown is rounded down by less than a thousandth.
  RC_ASSERT(balance <= units(4096));
  RC_ASSERT(balance.thousandths > 4'096'000 - static_cast<std::int64_t>(map.size()));
  RC_ASSERT(share == kWholeShare);
}

}  // namespace
}  // namespace understudy::partitions_test
