// What admission promises beside the acceptance vectors (admission_vectors_test.cpp).
#include "emulator/capacity/admission.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/emulator/capacity/admitted.h"

namespace understudy::admission_test {
namespace {

TEST(Admission, NamesRefusalsFromTheTableOverItsKeyRangeToIndexesByName) {
  CapacitySettings settings = provisioned(1, 1);
  settings.indexes = {index("Zulu", 1, 1), std::nullopt, index("Alpha", 1, 1)};
  Admission admission(settings, default_knobs(), kStart);
  Verdict verdict;
  const auto put_all = [&](std::int64_t cost) {
    AdmissionEvent event(Dimension::kWrite);
    event.add_table(key("k"), units(cost));
    event.add_index(0, true, key("z"), units(1));
    event.add_index(2, true, key("a"), units(1));
    return admission.admit(event, kStart, verdict);
  };
  EXPECT_TRUE(put_all(1001));
  EXPECT_FALSE(put_all(1));
  EXPECT_EQ(reasons(verdict), (Reasons{"TableWriteProvisionedThroughputExceeded",
                                       "TableWriteKeyRangeThroughputExceeded",
                                       "IndexWriteProvisionedThroughputExceeded",
                                       "IndexWriteProvisionedThroughputExceeded"}));
  EXPECT_EQ(verdict[2].arm, 2U);
  EXPECT_EQ(verdict[3].arm, 0U);
}

TEST(Admission, TakesLocalIndexesFromTheTable) {
  CapacitySettings settings = provisioned(10, 10);
  settings.indexes = {std::nullopt};
  settings.has_local_indexes = true;
  Admission admission(settings, default_knobs(), kStart);
  AdmissionEvent event(Dimension::kWrite);
  event.add_table(key("k"), units(1));
  event.add_index(0, false, key("k"), units(2));
  Verdict verdict;
  EXPECT_TRUE(admission.admit(event, kStart, verdict));
  EXPECT_EQ(write_balance(admission, kStart), units(7));
}

TEST(Admission, ReadsOfAnIndexSpareItsTable) {
  CapacitySettings settings = provisioned(1, 1);
  settings.indexes = {index("ByDate", 1, 1)};
  Admission admission(settings, default_knobs(), kStart);
  Verdict verdict;
  ASSERT_TRUE(admission.admit_page(0, {}, kStart, verdict, nullptr));
  admission.settle_page(0, {}, "d", units(5), kStart);
  EXPECT_FALSE(admission.admit_page(0, {}, kStart, verdict, nullptr));
  EXPECT_EQ(reasons(verdict), Reasons{"IndexReadProvisionedThroughputExceeded"});
  EXPECT_TRUE(admission.admit_page(kTableArm, {}, kStart, verdict, nullptr));
}

TEST(Admission, LetsAnIndexFallBehindForAWhileWhereTold) {
  auto knobs = std::make_shared<CapacityKnobs>();
  knobs->gsi_backpressure_seconds = 3;
  CapacitySettings settings = provisioned(1, 100);
  settings.indexes = {index("ByDate", 1, 1)};
  Admission admission(settings, knobs, kStart);
  Verdict verdict;
  int admitted = 0;
  for (bool more = true; more; admitted += more ? 1 : 0) {
    AdmissionEvent event(Dimension::kWrite);
    event.add_table(key("k"), units(1));
    event.add_index(0, true, key("d"), units(1));
    more = admission.admit(event, kStart, verdict);
  }
  EXPECT_EQ(admitted, 4);  // Its balance of one, and three seconds of debt.
}

TEST(Admission, HoldsAnOnDemandTableAndItsIndexesToOneQuota) {
  CapacitySettings settings = on_demand();
  settings.table.warm.write = units(40'000);
  settings.indexes = {index("ByDate", 0, 40'000)};
  Admission admission(settings, default_knobs(), kStart);
  Verdict verdict;
  std::int64_t admitted = 0;
  for (std::uint64_t i = 0; i < 800; ++i) {
    AdmissionEvent event(Dimension::kWrite);
    event.add_table(key_in(i % 40, 40), units(50));
    event.add_index(0, true, key_in(i % 40, 40), units(50));
    admitted += admission.admit(event, kStart, verdict) ? 50 : 0;
  }
  EXPECT_EQ(admitted, 20'000);
  EXPECT_EQ(reasons(verdict),
            (Reasons{"TableWriteAccountLimitExceeded", "IndexWriteAccountLimitExceeded"}));
}

TEST(Admission, DebitsNothingWhenOneItemOfATransactionIsRefused) {
  Admission rich(provisioned(100, 100), default_knobs(), kStart);
  Admission poor(provisioned(1, 1), default_knobs(), kStart);
  Verdict verdict;
  ASSERT_TRUE(put(poor, key("k"), 1, kStart, verdict));
  auto parts = three_puts(rich);
  parts[1].admission = &poor;
  EXPECT_FALSE(admit_together(parts, kStart));
  EXPECT_TRUE(parts[0].verdict.empty());
  EXPECT_EQ(reasons(parts[1].verdict), Reasons{"TableWriteProvisionedThroughputExceeded"});
  EXPECT_TRUE(parts[2].verdict.empty());
  EXPECT_EQ(write_balance(rich, kStart), units(100));
  EXPECT_EQ(rich.view(kStart)[0].partitions[0].consumed.write, units(0));
}

TEST(Admission, CountsMinutesByTheNamesOfTheService) {
  CapacitySettings settings = provisioned(1, 1);
  settings.indexes = {index("ByDate", 100, 100)};
  Admission admission(settings, default_knobs(), kStart);
  Verdict verdict;
  for (int i = 0; i < 3; ++i) {
    AdmissionEvent event(Dimension::kWrite);
    event.add_table(key("k"), units(1));
    event.add_index(0, true, key("d"), units(2));
    if (!admission.admit(event, kStart, verdict)) {
      admission.count_throttled_request(kStart);
    }
  }
  const auto& table = admission.arm(kTableArm)->metrics().minutes().back();
  EXPECT_EQ(table[Metric::kConsumedWriteCapacityUnits].sum, 1000);
  EXPECT_EQ(table[Metric::kWriteThrottleEvents].samples, 2);
  EXPECT_EQ(table[Metric::kWriteProvisionedThroughputThrottleEvents].sum, 2000);
  EXPECT_EQ(table[Metric::kThrottledRequests].samples, 2);
  const auto& by_date = admission.arm(0)->metrics().minutes().back();
  EXPECT_EQ(by_date[Metric::kConsumedWriteCapacityUnits].sum, 2000);
  EXPECT_EQ(by_date[Metric::kWriteThrottleEvents].samples, 0);
}

TEST(Admission, MetersWithoutRefusingWhereTold) {
  Admission admission(provisioned(1, 1), default_knobs(), kStart);
  admission.set_refusing(false);
  Verdict verdict;
  EXPECT_EQ(puts_until_refused(admission, kStart, verdict, 50), 50);
  EXPECT_EQ(write_balance(admission, kStart), units(-49));
}

TEST(AdmissionRetune, KeepsBalancesAndAddsASecondOfWhatAnIncreaseAdds) {
  Admission admission(provisioned(10, 10), default_knobs(), kStart);
  const Microseconds later = kStart + 100 * kSecond;
  EXPECT_EQ(write_balance(admission, later), units(1010));
  admission.retune(provisioned(10, 30), default_knobs(), later);
  EXPECT_EQ(write_balance(admission, later), units(1030));
  admission.retune(provisioned(10, 1), default_knobs(), later);
  EXPECT_EQ(write_balance(admission, later), units(300));
}

TEST(AdmissionRetune, KeepsADebtOverAChangeOfBillingMode) {
  Admission admission(provisioned(10, 10), default_knobs(), kStart);
  Verdict verdict;
  ASSERT_TRUE(put(admission, key("k"), 50, kStart, verdict));
  admission.retune(on_demand(), default_knobs(), kStart);
  EXPECT_EQ(write_balance(admission, kStart), units(-40));
  EXPECT_EQ(admission.view(kStart)[0].buckets.read.balance, units(12'000));
  admission.retune(provisioned(20, 20), default_knobs(), kStart + kSecond);
  EXPECT_EQ(write_balance(admission, kStart + kSecond), units(20));
}

TEST(AdmissionRetune, FollowsIndexesByName) {
  CapacitySettings settings = provisioned(10, 10);
  settings.indexes = {index("A", 5, 5), index("B", 5, 5)};
  Admission admission(settings, default_knobs(), kStart);
  admission.settle_page(1, {}, {}, units(3), kStart);
  settings.indexes = {std::nullopt, index("B", 5, 5), index("C", 7, 7)};
  admission.retune(settings, default_knobs(), kStart);
  const auto views = admission.view(kStart);
  ASSERT_EQ(views.size(), 3U);
  EXPECT_EQ(views[1].name, "B");
  EXPECT_EQ(views[1].buckets.read.balance, units(2));
  EXPECT_EQ(views[2].name, "C");
  EXPECT_EQ(views[2].buckets.read.balance, units(7));
  EXPECT_EQ(admission.arm(0), nullptr);
}

TEST(AdmissionRetune, DoublesPartitionsThatCannotBearTheThroughput) {
  Admission admission(provisioned(1000, 500), default_knobs(), kStart);
  EXPECT_EQ(admission.view(kStart)[0].partitions.size(), 1U);
  admission.retune(provisioned(5000, 2000), default_knobs(), kStart);
  EXPECT_EQ(admission.view(kStart)[0].partitions.size(), 4U);
  admission.retune(provisioned(5000, 2500), default_knobs(), kStart);
  EXPECT_EQ(admission.view(kStart)[0].partitions.size(), 8U);
  admission.retune(provisioned(10, 10), default_knobs(), kStart);
  EXPECT_EQ(admission.view(kStart)[0].partitions.size(), 8U);
}

// B1.11: what it was ever provisioned with is its warm throughput.
TEST(AdmissionRetune, SwitchesToOnDemandAtWhatItWasEverProvisionedWith) {
  Admission admission(provisioned(10, 10), default_knobs(), kStart);
  CapacitySettings settings = on_demand();
  settings.table.warm = {units(10'000), units(10'000)};
  admission.retune(settings, default_knobs(), kStart);
  const ArmView view = admission.view(kStart)[0];
  EXPECT_EQ(view.buckets.read.rate, units(12'000));
  EXPECT_EQ(view.buckets.write.rate, units(10'000));
  EXPECT_GE(view.partitions.size(), 10U);
}

TEST(AdmissionUniform, RefusesAHotPartitionThatAdaptiveCapacityWouldServe) {
  auto knobs = std::make_shared<CapacityKnobs>();
  knobs->allocation = Allocation::kUniform;
  Admission uniform(provisioned(1000, 2000), knobs, kStart);
  Admission adaptive(provisioned(1000, 2000), default_knobs(), kStart);
  Verdict verdict;
  EXPECT_EQ(puts_until_refused(adaptive, kStart, verdict), 1000);
  // Three partitions: a third of 2000, the last unit on what is left of it.
  EXPECT_EQ(puts_until_refused(uniform, kStart, verdict), 667);
  EXPECT_EQ(reasons(verdict), Reasons{"TableWriteKeyRangeThroughputExceeded"});
}

TEST(AdmissionPage, TellsWhichPartitionsHaveNothingLeft) {
  Admission admission(on_demand(), default_knobs(), kStart);
  Verdict verdict;
  PagePass pass;
  ASSERT_TRUE(admission.admit_page(kTableArm, {}, kStart, verdict, &pass));
  EXPECT_EQ(pass.cuts->size(), 4U);
  EXPECT_TRUE(pass.refusing.empty());
  admission.settle_page(kTableArm, pass.cuts->first(2), {}, units(3000), kStart);
  ASSERT_TRUE(admission.admit_page(kTableArm, {}, kStart, verdict, &pass));
  EXPECT_EQ(pass.refusing, (std::vector<bool>{false, false, true, false}));
  EXPECT_FALSE(admission.admit_page(kTableArm, pass.cuts->first(2), kStart, verdict, nullptr));
  EXPECT_EQ(reasons(verdict), Reasons{"TableReadKeyRangeThroughputExceeded"});
}

TEST(AdmissionFaults, OverridesARateAndTakesItBack) {
  Admission admission(provisioned(100, 100), default_knobs(), kStart);
  Verdict verdict;
  ThroughputArm& table = *admission.arm(kTableArm);
  table.override_rate(Dimension::kWrite, units(1), kStart);
  table.set_balance(Dimension::kWrite, units(0), kStart);
  EXPECT_EQ(puts_until_refused(admission, kStart + kSecond, verdict), 1);
  table.override_rate(Dimension::kWrite, std::nullopt, kStart + kSecond);
  EXPECT_EQ(table.view(kStart + kSecond).buckets.write.rate, units(100));
}

TEST(AdmissionFaults, LosesPartOfItsBurstToBackgroundWork) {
  auto knobs = std::make_shared<CapacityKnobs>();
  knobs->burst_drain_percent = 50;
  knobs->burst_drain_seconds = 60;
  knobs->seed = 59;  // Drains at the end of each minute.
  Admission admission(provisioned(10, 10), knobs, kStart);
  EXPECT_EQ(write_balance(admission, kStart + 59 * kSecond), units(600));
  EXPECT_EQ(write_balance(admission, kStart + 60 * kSecond), units(305));
}

// What-if questions: the same hot key under other capacity, spread or partitions.
TEST(AdmissionWhatIf, SpreadsAHotKeyOverItsTablesPartitions) {
  const auto admitted = [](const CapacityKnobs& knobs) {
    Admission admission(on_demand(), std::make_shared<const CapacityKnobs>(knobs), kStart);
    Verdict verdict;
    int count = 0;
    while (put(admission, key("hot"), 1, kStart, verdict)) {
      ++count;
    }
    return count;
  };
  CapacityKnobs knobs;
  EXPECT_EQ(admitted(knobs), 1000);
  knobs.key_spread = 100;
  EXPECT_GT(admitted(knobs), 3000);
}

TEST(AdmissionWhatIf, ServesAShareOfWhatIsProvisionedFromMorePartitions) {
  CapacityKnobs knobs;
  knobs.provisioned_percent = 250;
  knobs.partitions_min = 8;
  Admission admission(provisioned(10, 10), std::make_shared<const CapacityKnobs>(knobs), kStart);
  Verdict verdict;
  int count = 0;
  while (put(admission, key("a"), 1, kStart, verdict)) {
    ++count;
  }
  EXPECT_EQ(count, 25);
  EXPECT_EQ(admission.arm(kTableArm)->partitions().size(), 8U);
}

TEST(AdmissionHotKeys, ListsTheKeysThatConsumeMost) {
  Admission admission(provisioned(1000, 1000), default_knobs(), kStart);
  Verdict verdict;
  for (std::uint64_t i = 0; i < 200; ++i) {
    (void)put(admission, key("rest", 100 + i), 1, kStart, verdict);
    (void)put(admission, key("hot", 7), 2, kStart, verdict);
  }
  const auto keys = admission.view(kStart)[0].hot_keys;
  ASSERT_FALSE(keys.empty());
  EXPECT_EQ(keys[0].partition, "hot");
  EXPECT_EQ(keys[0].units, units(400));
  EXPECT_LE(keys.size(), 16U);
}

}  // namespace
}  // namespace understudy::admission_test
