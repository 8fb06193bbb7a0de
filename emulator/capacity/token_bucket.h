// TokenBucket: capacity that refills by time and is spent by requests. It may go into debt: a
// request is let in on what is there and pays in full (B2.2).
//
// Levels are billionths of a unit, rates thousandths of a unit per second: then a microsecond of
// refill is a whole number, and refilling in one step or in a thousand gives the same level.
// Not thread-safe: guarded by its table's lock.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "emulator/capacity/units.h"
#include "emulator/clock/clock.h"

namespace understudy {

/// Reads and writes are judged apart, everywhere.
enum class Dimension : std::uint8_t { kRead, kWrite };
inline constexpr std::array<Dimension, 2> kDimensions{Dimension::kRead, Dimension::kWrite};

/// One T for reads, one for writes.
template <class T>
struct PerDimension {
  T read{};
  T write{};
  T& operator[](Dimension dimension) { return dimension == Dimension::kRead ? read : write; }
  const T& operator[](Dimension dimension) const {
    return dimension == Dimension::kRead ? read : write;
  }
  friend bool operator==(const PerDimension&, const PerDimension&) = default;
};

/// When a bucket lets a request in. kPositiveBalance: on any balance above zero. kFullCost: on the
/// whole cost, or a full bucket where the cost is larger than that.
enum class AdmissionRule : std::uint8_t { kPositiveBalance, kFullCost };

/// What a bucket is tuned to.
struct BucketTuning {
  CapacityUnits rate;      ///< per second
  CapacityUnits capacity;  ///< what it holds when full
};

class TokenBucket {
 public:
  TokenBucket() = default;
  /// `balance` above the capacity is cut to it.
  TokenBucket(const BucketTuning& tuning, CapacityUnits balance, Microseconds now);

  /// What it holds, refilled up to `now`, rounded down to thousandths.
  CapacityUnits balance(Microseconds now);
  [[nodiscard]] CapacityUnits rate() const { return {rate_}; }
  [[nodiscard]] CapacityUnits capacity() const { return {capacity_ / kBillionthsPerThousandth}; }

  /// Whether `cost` would be let in; `debt` is how far below zero the balance may be. Spends
  /// nothing.
  bool admits(CapacityUnits cost, AdmissionRule rule, CapacityUnits debt, Microseconds now) {
    refill(now);
    const std::int64_t level = level_ + debt.thousandths * kBillionthsPerThousandth;
    if (rule == AdmissionRule::kPositiveBalance) {
      return level > 0;
    }
    return level >= std::min(cost.thousandths * kBillionthsPerThousandth, capacity_);
  }
  /// Spends, into debt if need be.
  void debit(CapacityUnits cost) {
    level_ = std::max(level_ - cost.thousandths * kBillionthsPerThousandth, -kLevelMax);
  }
  /// Takes a debit of the same moment back.
  void refund(CapacityUnits cost) {
    level_ = std::min(level_ + cost.thousandths * kBillionthsPerThousandth, capacity_);
  }

  /// Another rate and capacity from `now` on; the balance stays, cut to the capacity.
  void retune(const BucketTuning& tuning, Microseconds now);
  /// Cut to the capacity.
  void set_balance(CapacityUnits balance, Microseconds now);
  /// Gives half of the rate, capacity and level away: what a divided partition's child gets. The
  /// two hold together exactly what this one held.
  TokenBucket take_half(Microseconds now);
  /// Takes up all of another bucket.
  void absorb(TokenBucket other, Microseconds now);

 private:
  static constexpr std::int64_t kBillionthsPerThousandth = 1'000'000;
  /// 4·10^9 units, far above any quota: sums and products stay in 64 bits.
  static constexpr std::int64_t kLevelMax = 4'000'000'000'000'000'000;
  /// A clock read before another thread's may come after it; a larger step back is a clock that was
  /// set, and time goes on from there.
  static constexpr Microseconds kOutOfOrderMax = 1'000'000;

  /// A product of both is below 2^62.
  static constexpr Microseconds kShortPassed = Microseconds{1} << 30;
  static constexpr std::int64_t kShortRate = std::int64_t{1} << 32;

  void refill(Microseconds now) {
    const Microseconds passed = now - filled_at_;
    if (passed <= 0) {
      if (passed < -kOutOfOrderMax) {
        filled_at_ = now;
      }
      return;
    }
    filled_at_ = now;
    // Nearly always both are short enough for 64 bits; a level is within ±kLevelMax.
    if (passed < kShortPassed && rate_ < kShortRate) [[likely]] {
      level_ = std::min(level_ + rate_ * passed, capacity_);
      return;
    }
    const __int128 level = static_cast<__int128>(rate_) * passed + level_;
    level_ = level > capacity_ ? capacity_ : static_cast<std::int64_t>(level);
  }

  std::int64_t level_ = 0;     // Billionths of a unit.
  std::int64_t capacity_ = 0;  // Billionths of a unit.
  std::int64_t rate_ = 0;      // Thousandths per second: billionths per microsecond.
  Microseconds filled_at_ = 0;
};

}  // namespace understudy
