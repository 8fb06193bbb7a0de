// The cost tables of reads, writes and indexes, row by row (sections A4, A5, A6).
#include "emulator/capacity/units.h"

#include <gtest/gtest.h>

#include <optional>

namespace understudy {
namespace {

constexpr std::size_t kKilobyte = 1024;
constexpr ReadConsistency kEventual = ReadConsistency::kEventual;
constexpr ReadConsistency kStrong = ReadConsistency::kStrong;
constexpr ReadConsistency kTransactional = ReadConsistency::kTransactional;

double read(std::size_t bytes, ReadConsistency consistency) {
  return read_units(bytes, consistency).value();
}
double write(std::size_t bytes) {
  return write_units(bytes).value();
}
double table(MaybeBytes before, MaybeBytes after) {
  return table_write_units(before, after).value();
}

TEST(CapacityUnits, AddSubtractMultiplyAndCompareExactly) {
  CapacityUnits sum;
  EXPECT_TRUE(sum.is_zero());
  for (int read = 0; read < 3; ++read) {
    sum += read_units(100, kEventual);
  }
  EXPECT_EQ(sum.value(), 1.5);
  sum -= CapacityUnits::whole(1);
  EXPECT_EQ(sum, read_units(0, kEventual));
  EXPECT_LT(sum, CapacityUnits::whole(1));
  EXPECT_EQ((sum * 4).value(), 2.0);
  EXPECT_EQ((CapacityUnits::whole(1) - CapacityUnits::whole(3)).thousandths, -2000);
}

TEST(ReadUnits, OfAMissingItemAreTheMinimum) {
  EXPECT_EQ(read(0, kEventual), 0.5);
  EXPECT_EQ(read(0, kStrong), 1.0);
  EXPECT_EQ(read(0, kTransactional), 2.0);
}

TEST(ReadUnits, CountEachFourKilobytesBegun) {
  EXPECT_EQ(read(1, kStrong), 1.0);
  EXPECT_EQ(read(4096, kStrong), 1.0);
  EXPECT_EQ(read(4097, kStrong), 2.0);
  EXPECT_EQ(read(4096, kEventual), 0.5);
  EXPECT_EQ(read(4097, kEventual), 1.0);
  EXPECT_EQ(read(8193, kEventual), 1.5);
  EXPECT_EQ(read(409'600, kStrong), 100.0);
}

// Rounded before doubling: 5 KB in a transaction are 4 units, not 3.
TEST(ReadUnits, OfATransactionAreTwiceTheRoundedOnes) {
  EXPECT_EQ(read(4096, kTransactional), 2.0);
  EXPECT_EQ(read(5 * kKilobyte, kTransactional), 4.0);
}

// Scylla's test_returnconsumedcapacity, run against AWS: keys of a batch are rounded one by one.
TEST(ReadUnits, OfABatchAreRoundedPerKey) {
  const CapacityUnits batch =
      read_units(64 * kKilobyte + 10, kStrong) + read_units(16 * kKilobyte + 10, kStrong);
  EXPECT_EQ(batch.value(), 22.0);
}

// A full page: the item that reaches 1 MB is on it, so a page is a little larger than 1 MB.
TEST(ReadUnits, OfAPageAreRoundedOnce) {
  EXPECT_EQ(read(kKilobyte * kKilobyte + 1, kEventual), 128.5);
  EXPECT_EQ(read(kKilobyte * kKilobyte + 1, kStrong), 257.0);
  EXPECT_EQ(read(6000, kEventual), 1.0);
}

// One tiny item in a new on-demand table of four partitions: 2.0 and 4.0 on AWS (Scylla's
// test_scan_consumed_capacity). Each partition visited is rounded on its own.
TEST(ReadUnits, OfAScanAreRoundedPerPartition) {
  EXPECT_EQ((read_units(20, kEventual) + read_units(0, kEventual) * 3).value(), 2.0);
  EXPECT_EQ((read_units(20, kStrong) + read_units(0, kStrong) * 3).value(), 4.0);
}

// A local index query that fetches from its table: each item rounded on its own, beside the index's
// arm.
TEST(ReadUnits, OfFetchesThroughALocalIndexAreRoundedPerItem) {
  const CapacityUnits fetched = read_units(30, kEventual) * 3;
  EXPECT_EQ(fetched.value(), 1.5);
  EXPECT_EQ((fetched + read_units(90, kEventual)).value(), 2.0);
  EXPECT_EQ((read_units(9 * kKilobyte, kEventual) * 3).value(), 4.5);
  EXPECT_EQ((read_units(9 * kKilobyte, kStrong) * 3).value(), 9.0);
}

TEST(WriteUnits, CountEachKilobyteBegun) {
  EXPECT_EQ(write(0), 1.0);
  EXPECT_EQ(write(1), 1.0);
  EXPECT_EQ(write(1024), 1.0);
  EXPECT_EQ(write(1025), 2.0);
  EXPECT_EQ(write(409'600), 400.0);
}

TEST(TableWriteUnits, ArePutByTheLargerImage) {
  EXPECT_EQ(table(std::nullopt, 1500), 2.0);
  EXPECT_EQ(table(5000, 100), 5.0);
  EXPECT_EQ(table(100, 5000), 5.0);
  EXPECT_EQ(table(1500, 1500), 2.0) << "an identical image costs the same";
}

TEST(TableWriteUnits, OfADeleteAreTheOldImage) {
  EXPECT_EQ(table(3000, std::nullopt), 3.0);
  EXPECT_EQ(table(std::nullopt, std::nullopt), 1.0);
}

TEST(TableWriteUnits, OfAFailedConditionAreTheLargerOfStoredAndCarriedItem) {
  EXPECT_EQ(table(3000, 100), 3.0) << "put over a larger item";
  EXPECT_EQ(table(100, 3000), 3.0) << "put of a larger item";
  EXPECT_EQ(table(3000, std::nullopt), 3.0) << "update, delete: nothing carried";
  EXPECT_EQ(table(std::nullopt, std::nullopt), 1.0) << "no stored item";
}

TEST(TransactionUnits, DoubleTheTablesArmAfterRounding) {
  EXPECT_EQ(transactional(table_write_units(std::nullopt, 1500)).value(), 4.0);
  EXPECT_EQ(transactional(table_write_units(100, std::nullopt)).value(), 2.0);
}

TEST(TransactionUnits, OfAConditionCheckAreTwiceTheItemsWriteUnits) {
  EXPECT_EQ(transactional(table_write_units(2049, std::nullopt)).value(), 6.0);
  EXPECT_EQ(transactional(table_write_units(std::nullopt, std::nullopt)).value(), 2.0);
}

TEST(TransactionUnits, OfAReplayAreReads) {
  EXPECT_EQ(transaction_replay_units(std::nullopt, 100).value(), 2.0);
  EXPECT_EQ(transaction_replay_units(9000, 100).value(), 6.0);
  EXPECT_EQ(transaction_replay_units(std::nullopt, std::nullopt).value(), 2.0);
}

struct IndexRow {
  const char* about;
  MaybeBytes before;
  MaybeBytes after;
  bool same_key;
  bool same_view;
  double units;
};

class IndexWriteUnits : public testing::TestWithParam<IndexRow> {};

TEST_P(IndexWriteUnits, FollowTheTable) {
  const IndexRow& row = GetParam();
  EXPECT_EQ(index_write_units(row.before, row.after, row.same_key, row.same_view).value(),
            row.units)
      << row.about;
}

INSTANTIATE_TEST_SUITE_P(
    A6, IndexWriteUnits,
    testing::Values(IndexRow{"absent before and after", std::nullopt, std::nullopt, false, false,
                             0.0},
                    IndexRow{"appears", std::nullopt, 1500, false, false, 2.0},
                    IndexRow{"goes", 2500, std::nullopt, false, false, 3.0},
                    IndexRow{"same key, same view", 2500, 2500, true, true, 0.0},
                    IndexRow{"same key, view grows", 500, 2500, true, false, 3.0},
                    IndexRow{"same key, view shrinks", 2500, 500, true, false, 3.0},
                    IndexRow{"key changes", 1500, 500, false, false, 3.0},
                    IndexRow{"key changes, rest of the view alike", 1500, 1500, false, true, 4.0}));

}  // namespace
}  // namespace understudy
