// The acceptance vectors of section B10.
#include <gtest/gtest.h>

#include <string>

#include "emulator/base/random.h"
#include "tests/emulator/capacity/admitted.h"

namespace understudy::admission_test {
namespace {

TEST(AdmissionVectors, V1RefusesTheSixthPutOfATableOfFive) {
  Admission admission(provisioned(5, 5), default_knobs(), kStart);
  Verdict verdict;
  EXPECT_EQ(puts_until_refused(admission, kStart, verdict), 5);
  EXPECT_EQ(reasons(verdict), Reasons{"TableWriteProvisionedThroughputExceeded"});
  EXPECT_EQ(puts_until_refused(admission, kStart + kSecond, verdict), 5);
}

TEST(AdmissionVectors, V2SpendsItsBurstUpToThePartitionsCeiling) {
  Admission admission(provisioned(5, 5), default_knobs(), kStart);
  Verdict verdict;
  EXPECT_EQ(puts_until_refused(admission, kStart, verdict), 5);
  const Microseconds later = kStart + 300 * kSecond;
  EXPECT_EQ(puts_until_refused(admission, later, verdict), 1000);
  EXPECT_EQ(reasons(verdict), Reasons{"TableWriteKeyRangeThroughputExceeded"});
  EXPECT_EQ(puts_until_refused(admission, later + kSecond, verdict), 505);
  EXPECT_EQ(reasons(verdict), Reasons{"TableWriteProvisionedThroughputExceeded"});
}

TEST(AdmissionVectors, V3LeavesADebtAfterAScan) {
  Admission admission(provisioned(10, 10), default_knobs(), kStart);
  Verdict verdict;
  ASSERT_TRUE(admission.admit_page(kTableArm, {}, kStart, verdict, nullptr));
  admission.settle_page(kTableArm, {}, {}, {128'500}, kStart);
  EXPECT_EQ(admission.view(kStart)[0].buckets.read.balance, CapacityUnits{-118'500});
  EXPECT_FALSE(get(admission, key("k"), {500}, kStart, verdict));
  EXPECT_EQ(reasons(verdict), Reasons{"TableReadProvisionedThroughputExceeded"});
  EXPECT_FALSE(get(admission, key("k"), {500}, kStart + 11'850'000, verdict));
  EXPECT_FALSE(admission.admit_page(kTableArm, {}, kStart + 11'850'000, verdict, nullptr));
  EXPECT_TRUE(get(admission, key("k"), {500}, kStart + 11'850'001, verdict));
}

TEST(AdmissionVectors, V4RefusesAWriteThatItsIndexCannotFollow) {
  CapacitySettings settings = provisioned(100, 100);
  settings.indexes = {index("ByDate", 1, 1)};
  Admission admission(settings, default_knobs(), kStart);
  Verdict verdict;
  const auto put_with_index = [&] {
    AdmissionEvent event(Dimension::kWrite);
    event.add_table(key("k"), units(1));
    event.add_index(0, true, key("d", 7), units(1));
    return admission.admit(event, kStart, verdict);
  };
  EXPECT_TRUE(put_with_index());
  EXPECT_FALSE(put_with_index());
  EXPECT_EQ(reasons(verdict), Reasons{"IndexWriteProvisionedThroughputExceeded"});
  EXPECT_EQ(verdict.front().arm, 0U);
  EXPECT_EQ(write_balance(admission, kStart), units(99));
}

TEST(AdmissionVectors, V5StopsAHotKeyOfANewOnDemandTableAtItsPartition) {
  Admission admission(on_demand(), default_knobs(), kStart);
  Verdict verdict;
  EXPECT_EQ(admission.view(kStart)[0].partitions.size(), 4U);
  EXPECT_EQ(puts_until_refused(admission, kStart, verdict), 1000);
  EXPECT_EQ(reasons(verdict), Reasons{"TableWriteKeyRangeThroughputExceeded"});
  EXPECT_TRUE(verdict.front().on_demand);

  Admission spread(on_demand(), default_knobs(), kStart);
  std::int64_t admitted = 0;
  for (std::uint64_t i = 0; i < 5000; ++i) {
    admitted += put(spread, key_in(i % 4, 4), 1, kStart, verdict) ? 1 : 0;
  }
  EXPECT_EQ(admitted, 4000);
  EXPECT_EQ(reasons(verdict), Reasons{"TableWriteKeyRangeThroughputExceeded"});
}

TEST(AdmissionVectors, V6AdmitsABatchItemByItem) {
  Admission admission(provisioned(10, 10), default_knobs(), kStart);
  Verdict verdict;
  const auto batch = [&] {
    int admitted = 0;
    for (int i = 0; i < 25; ++i) {
      admitted += put(admission, key("k"), 1, kStart, verdict) ? 1 : 0;
    }
    return admitted;
  };
  EXPECT_EQ(batch(), 10);
  EXPECT_EQ(batch(), 0);
}

TEST(AdmissionVectors, V7CancelsATransactionAsAWhole) {
  Admission admission(provisioned(6, 6), default_knobs(), kStart);
  auto first = three_puts(admission);
  EXPECT_TRUE(admit_together(first, kStart));
  EXPECT_EQ(write_balance(admission, kStart), units(0));
  auto second = three_puts(admission);
  EXPECT_FALSE(admit_together(second, kStart));
  for (const AdmissionPart& part : second) {
    ASSERT_EQ(reasons(part.verdict), Reasons{"TableWriteProvisionedThroughputExceeded"});
    EXPECT_EQ(throttle_answer(part.verdict.front()).cancellation_code,
              "ProvisionedThroughputExceeded");
  }
}

TEST(AdmissionVectors, V8ServesTwiceThePeakHalfAnHourAfterIt) {
  Admission admission(on_demand(), default_knobs(), kStart);
  Verdict verdict;
  const auto second_of = [&](std::int64_t second, std::uint64_t offered) {
    std::int64_t admitted = 0;
    for (std::uint64_t i = 0; i < offered / 10; ++i) {
      admitted +=
          put(admission, key_in(i % 16, 16), 10, kStart + second * kSecond, verdict) ? 10 : 0;
    }
    return admitted;
  };
  for (std::int64_t second = 0; second < 60; ++second) {
    EXPECT_EQ(second_of(second, 4000), 4000);
  }
  EXPECT_EQ(second_of(60, 9000), 4000);
  EXPECT_EQ(reasons(verdict), Reasons{"TableWriteKeyRangeThroughputExceeded"});
  EXPECT_EQ(second_of(1859, 9000), 4000);
  // The peak was reached at the end of the first minute. Partitions follow a minute later.
  EXPECT_EQ(second_of(1860, 4000), 4000);
  EXPECT_EQ(admission.view(kStart + 1860 * kSecond)[0].buckets.write.rate, units(8000));
  EXPECT_EQ(second_of(1921, 9000), 8000);
  EXPECT_EQ(admission.view(kStart + 1921 * kSecond)[0].partitions.size(), 8U);
}

TEST(AdmissionVectors, V10HoldsToTheConfiguredMaximum) {
  CapacitySettings settings = on_demand();
  settings.table.maximum.write = units(10);
  Admission admission(settings, default_knobs(), kStart);
  Verdict verdict;
  EXPECT_EQ(puts_until_refused(admission, kStart, verdict), 10);
  EXPECT_EQ(reasons(verdict), Reasons{"TableWriteMaxOnDemandThroughputExceeded"});
  EXPECT_EQ(puts_until_refused(admission, kStart + kSecond, verdict), 10);
}

/// Everything that can be seen of an admission after a long mixed script, as one text.
std::string played(std::uint64_t seed) {
  CapacitySettings settings = on_demand();
  settings.indexes = {index("B", 10, 10), std::nullopt, index("A", 5, 5)};
  auto knobs = std::make_shared<CapacityKnobs>();
  knobs->split_after_seconds = 60;
  knobs->split_threshold_percent = 20;
  knobs->seed = static_cast<std::int64_t>(seed);
  Admission admission(settings, knobs, kStart);
  Random random(seed);
  Verdict verdict;
  std::string seen;
  Microseconds now = kStart;
  for (int i = 0; i < 30'000; ++i) {
    now += static_cast<Microseconds>(random.below(20'000));
    const EncodedKey at{"key", {}, {random.below(8) == 0 ? random.next() : 42, 0}};
    AdmissionEvent event(random.below(2) == 0 ? Dimension::kRead : Dimension::kWrite);
    event.add_table(at, units(static_cast<std::int64_t>(random.below(40)) + 1));
    event.add_index(2, true, at, units(static_cast<std::int64_t>(random.below(2))));
    seen += admission.admit(event, now, verdict) ? '+' : static_cast<char>('0' + verdict.size());
  }
  for (const ArmView& arm : admission.view(now)) {
    seen += arm.name + std::to_string(arm.buckets.read.balance.thousandths) + "," +
            std::to_string(arm.buckets.write.balance.thousandths);
    for (const PartitionView& partition : arm.partitions) {
      seen += "|" + std::to_string(partition.id) + ":" + std::to_string(partition.first.hash.high) +
              ":" + std::to_string(partition.balance.write.thousandths) + ":" +
              std::to_string(partition.consumed.read.thousandths);
    }
  }
  for (const auto& minute : admission.arm(kTableArm)->metrics().minutes()) {
    seen += "m" + std::to_string(minute[Metric::kConsumedWriteCapacityUnits].sum);
  }
  return seen;
}

TEST(AdmissionVectors, V11IsTheSameForTheSameSeedAndRequests) {
  const std::string once = played(7);
  EXPECT_EQ(once, played(7));
  EXPECT_NE(once, played(8));
  EXPECT_NE(once.find("|5:"), once.npos) << "the script is meant to divide partitions";
}

}  // namespace
}  // namespace understudy::admission_test
