#include "emulator/capacity/token_bucket.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

namespace understudy::token_bucket_test {
namespace {

constexpr Microseconds kStart = 1'700'000'000'000'000;

CapacityUnits units(std::int64_t whole) {
  return CapacityUnits::whole(whole);
}

bool lets_in(TokenBucket& bucket, CapacityUnits cost, Microseconds now,
             AdmissionRule rule = AdmissionRule::kPositiveBalance) {
  if (!bucket.admits(cost, rule, {}, now)) {
    return false;
  }
  bucket.debit(cost);
  return true;
}

TEST(TokenBucket, RefillsByTimeUpToItsCapacity) {
  TokenBucket bucket({units(5), units(1500)}, units(5), kStart);
  EXPECT_EQ(bucket.balance(kStart + kSecond), units(10));
  EXPECT_EQ(bucket.balance(kStart + 10'000 * kSecond), units(1500));
}

TEST(TokenBucket, GoesIntoDebtAndRepaysFirst) {
  TokenBucket bucket({units(10), units(3000)}, units(10), kStart);
  EXPECT_TRUE(lets_in(bucket, {128'500}, kStart));
  EXPECT_EQ(bucket.balance(kStart), CapacityUnits{-118'500});
  EXPECT_FALSE(lets_in(bucket, units(1), kStart + 11'850'000));
  EXPECT_TRUE(lets_in(bucket, units(1), kStart + 11'850'001));
}

TEST(TokenBucket, AsksForTheFullCostUnderThatRule) {
  TokenBucket bucket({units(10), units(20)}, units(5), kStart);
  EXPECT_FALSE(lets_in(bucket, units(6), kStart, AdmissionRule::kFullCost));
  EXPECT_TRUE(lets_in(bucket, units(5), kStart, AdmissionRule::kFullCost));
  EXPECT_EQ(bucket.balance(kStart), units(0));
}

// Otherwise a page of 1 MB could never be read from a small table.
TEST(TokenBucket, LetsInWhatIsLargerThanItselfWhenFull) {
  TokenBucket bucket({units(1), units(10)}, units(9), kStart);
  EXPECT_FALSE(lets_in(bucket, units(100), kStart, AdmissionRule::kFullCost));
  EXPECT_TRUE(lets_in(bucket, units(100), kStart + kSecond, AdmissionRule::kFullCost));
}

TEST(TokenBucket, AllowsADebtWhereTold) {
  TokenBucket bucket({units(1), units(300)}, units(0), kStart);
  EXPECT_FALSE(bucket.admits(units(1), AdmissionRule::kPositiveBalance, {}, kStart));
  EXPECT_TRUE(bucket.admits(units(1), AdmissionRule::kPositiveBalance, units(2), kStart));
}

TEST(TokenBucket, KeepsItsBalanceWhenRetuned) {
  TokenBucket bucket({units(10), units(3000)}, units(2000), kStart);
  bucket.retune({units(5), units(1500)}, kStart);
  EXPECT_EQ(bucket.balance(kStart), units(1500));
  bucket.debit(units(1600));
  bucket.retune({units(100), units(30'000)}, kStart);
  EXPECT_EQ(bucket.balance(kStart), units(-100));
}

// Two threads read the clock in one order and come to the lock in the other.
TEST(TokenBucket, IgnoresAReadingOfTheClockThatComesLate) {
  TokenBucket bucket({units(1000), units(3000)}, units(0), kStart);
  EXPECT_EQ(bucket.balance(kStart + 1000), units(1));
  EXPECT_EQ(bucket.balance(kStart + 500), units(1));
  EXPECT_EQ(bucket.balance(kStart + 1000), units(1));
}

TEST(TokenBucket, GoesOnFromAClockThatWasSetBack) {
  TokenBucket bucket({units(10), units(3000)}, units(0), kStart);
  EXPECT_EQ(bucket.balance(kStart - 3600 * kSecond), units(0));
  EXPECT_EQ(bucket.balance(kStart - 3599 * kSecond), units(10));
}

// The largest rate, the longest idle time and the largest cost stay within 64 bits.
TEST(TokenBucket, HoldsExtremes) {
  TokenBucket bucket({units(1'000'000'000'000), units(1'000'000'000'000'000)}, units(0), 0);
  EXPECT_GT(bucket.balance(4'000'000'000'000'000), units(1'000'000'000));
  for (int i = 0; i < 20; ++i) {
    bucket.debit(units(1'000'000'000));
  }
  EXPECT_LT(bucket.balance(4'000'000'000'000'000), units(0));
}

RC_GTEST_PROP(TokenBucketProperty, RefillsTheSameInOneStepOrMany, ()) {
  const CapacityUnits rate{*rc::gen::inRange<std::int64_t>(1, 40'000'000)};
  const auto steps =
      *rc::gen::container<std::vector<Microseconds>>(rc::gen::inRange<Microseconds>(0, 2'000'000));
  TokenBucket many({rate, rate * 300}, {}, kStart);
  TokenBucket once = many;
  Microseconds now = kStart;
  for (const Microseconds step : steps) {
    now += step;
    (void)many.balance(now);
  }
  RC_ASSERT(many.balance(now) == once.balance(now));
  // The part below a thousandth is the same too: it shows in the next microseconds.
  for (int i = 0; i < 20; ++i) {
    ++now;
    RC_ASSERT(many.balance(now) == once.balance(now));
  }
}

RC_GTEST_PROP(TokenBucketProperty, NeverAdmitsMoreThanRateAndBurstAndOneOverdraft, ()) {
  const std::int64_t rate = *rc::gen::inRange<std::int64_t>(1, 1000);
  const std::int64_t burst = *rc::gen::inRange<std::int64_t>(1, 300) * rate;
  TokenBucket bucket({units(rate), units(burst)}, units(burst), kStart);
  std::int64_t admitted = 0;
  std::int64_t largest = 0;
  Microseconds now = kStart;
  const auto steps = *rc::gen::container<std::vector<std::pair<Microseconds, std::int64_t>>>(
      rc::gen::pair(rc::gen::inRange<Microseconds>(0, 3'000'000),
                    rc::gen::inRange<std::int64_t>(500, 400'000)));
  for (const auto& [step, cost] : steps) {
    now += step;
    if (lets_in(bucket, {cost}, now)) {
      admitted += cost;
      largest = std::max(largest, cost);
    }
  }
  const std::int64_t refilled = rate * (now - kStart) / 1000 + 1;
  RC_ASSERT(admitted <= refilled + burst * 1000 + largest);
}

RC_GTEST_PROP(TokenBucketProperty, HoldsInTwoHalvesWhatItHeld, ()) {
  TokenBucket bucket({{*rc::gen::inRange<std::int64_t>(1, 1'000'000)},
                      {*rc::gen::inRange<std::int64_t>(1, 1'000'000)}},
                     {*rc::gen::inRange<std::int64_t>(-1'000'000, 1'000'000)}, kStart);
  TokenBucket whole = bucket;
  const TokenBucket half = bucket.take_half(kStart);
  RC_ASSERT(bucket.rate() + half.rate() == whole.rate());
  bucket.absorb(half, kStart);
  RC_ASSERT(bucket.balance(kStart) == whole.balance(kStart));
  RC_ASSERT(bucket.capacity() == whole.capacity());
}

}  // namespace
}  // namespace understudy::token_bucket_test
