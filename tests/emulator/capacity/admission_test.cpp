// The acceptance vectors of section B10, and what else admission promises.
#include "emulator/capacity/admission.h"

#include <gtest/gtest.h>

#include <string>

#include "emulator/base/random.h"

namespace understudy::admission_test {
namespace {

constexpr Microseconds kStart = 1'700'000'040'000'000;  // Begin of a minute.

CapacityUnits units(std::int64_t whole) {
  return CapacityUnits::whole(whole);
}

std::shared_ptr<const CapacityKnobs> default_knobs() {
  return std::make_shared<const CapacityKnobs>();
}

CapacitySettings provisioned(std::int64_t read, std::int64_t write) {
  CapacitySettings settings;
  settings.table.provisioned = {units(read), units(write)};
  settings.table.warm = settings.table.provisioned;
  return settings;
}

ArmSettings index(std::string name, std::int64_t read, std::int64_t write) {
  ArmSettings arm{std::move(name), {units(read), units(write)}, {}, {}};
  arm.warm = arm.provisioned;
  return arm;
}

CapacitySettings on_demand() {
  CapacitySettings settings;
  settings.on_demand = true;
  return settings;
}

EncodedKey key(std::string_view partition, std::uint64_t hash_high = 1) {
  return {partition, {}, {hash_high, 0}};
}

/// A key in the middle of the i-th of n equal partitions.
EncodedKey key_in(std::uint64_t i, std::uint64_t n) {
  const std::uint64_t width = ~std::uint64_t{0} / n;
  return {"spread", {}, {width * i + width / 2, 0}};
}

bool put(Admission& admission, const EncodedKey& at, std::int64_t cost, Microseconds now,
         Verdict& verdict) {
  AdmissionEvent event(Dimension::kWrite);
  event.add_table(at, units(cost));
  return admission.admit(event, now, verdict);
}

bool get(Admission& admission, const EncodedKey& at, CapacityUnits cost, Microseconds now,
         Verdict& verdict) {
  AdmissionEvent event(Dimension::kRead);
  event.add_table(at, cost);
  return admission.admit(event, now, verdict);
}

/// One-unit puts of one key until one is refused, at most `most`.
std::int64_t puts_until_refused(Admission& admission, Microseconds now, Verdict& verdict,
                                std::int64_t most = 100'000) {
  std::int64_t admitted = 0;
  while (admitted < most && put(admission, key("k"), 1, now, verdict)) {
    ++admitted;
  }
  return admitted;
}

std::vector<std::string> reasons(const Verdict& verdict) {
  std::vector<std::string> names;
  for (const Refusal& refusal : verdict) {
    names.emplace_back(throttling_reason_name(refusal.reason));
  }
  return names;
}

using Reasons = std::vector<std::string>;

CapacityUnits write_balance(Admission& admission, Microseconds now, std::size_t arm = 0) {
  return admission.view(now)[arm].buckets.write.balance;
}

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

std::vector<AdmissionPart> three_puts(Admission& admission) {
  std::vector<AdmissionPart> parts;
  for (int i = 0; i < 3; ++i) {
    AdmissionEvent event(Dimension::kWrite);
    event.add_table(key("k"), transactional(units(1)));
    parts.push_back({&admission, event, {}});
  }
  return parts;
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
