#include "emulator/capacity/token_bucket.h"

namespace understudy {
namespace {

/// Ten million units per second: times 300 seconds still fits.
constexpr std::int64_t kRateMax = 10'000'000'000;

/// Rounded down, also below zero.
std::int64_t floor_divide(std::int64_t value, std::int64_t by) {
  const std::int64_t quotient = value / by;
  return quotient * by > value ? quotient - 1 : quotient;
}

}  // namespace

TokenBucket::TokenBucket(const BucketTuning& tuning, CapacityUnits balance, Microseconds now)
    : filled_at_(now) {
  retune(tuning, now);
  set_balance(balance, now);
}

CapacityUnits TokenBucket::balance(Microseconds now) {
  refill(now);
  return {floor_divide(level_, kBillionthsPerThousandth)};
}

void TokenBucket::retune(const BucketTuning& tuning, Microseconds now) {
  refill(now);
  rate_ = std::clamp<std::int64_t>(tuning.rate.thousandths, 0, kRateMax);
  capacity_ = std::clamp<std::int64_t>(tuning.capacity.thousandths, 0,
                                       kLevelMax / kBillionthsPerThousandth) *
              kBillionthsPerThousandth;
  level_ = std::min(level_, capacity_);
}

void TokenBucket::set_balance(CapacityUnits balance, Microseconds now) {
  refill(now);
  constexpr std::int64_t most = kLevelMax / kBillionthsPerThousandth;
  level_ = std::min(
      std::clamp<std::int64_t>(balance.thousandths, -most, most) * kBillionthsPerThousandth,
      capacity_);
}

TokenBucket TokenBucket::take_half(Microseconds now) {
  refill(now);
  TokenBucket half = *this;
  half.rate_ = rate_ / 2;
  half.capacity_ = capacity_ / 2;
  half.level_ = level_ / 2;
  rate_ -= half.rate_;
  capacity_ -= half.capacity_;
  level_ -= half.level_;
  return half;
}

void TokenBucket::absorb(TokenBucket other, Microseconds now) {
  refill(now);
  other.refill(now);
  rate_ = std::min(rate_ + other.rate_, kRateMax);
  capacity_ = std::min(capacity_ + other.capacity_, kLevelMax);
  level_ = std::clamp(level_ + other.level_, -kLevelMax, capacity_);
}

}  // namespace understudy
