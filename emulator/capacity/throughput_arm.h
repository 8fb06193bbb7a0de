// ThroughputArm: capacity of one table or one global secondary index: its bucket and partitions for
// reads and writes, and what is observed of them. Admission asks several arms and decides.
// Not thread-safe: guarded by its table's lock.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/capacity/capacity_settings.h"
#include "emulator/capacity/hot_keys.h"
#include "emulator/capacity/knobs.h"
#include "emulator/capacity/minute_metrics.h"
#include "emulator/capacity/on_demand.h"
#include "emulator/capacity/partitions.h"
#include "emulator/capacity/throttle.h"
#include "emulator/capacity/token_bucket.h"

namespace understudy {

/// What one arm pays for one item or page.
struct Charge {
  ArmId arm = kTableArm;
  KeyPosition position;
  /// For the list of hot keys; empty: of no one key (Scan).
  std::string_view partition_key;
  CapacityUnits units;
  std::size_t partition = 0;  ///< set by Admission
};

/// What an arm shares with its table.
struct ArmContext {
  std::shared_ptr<const CapacityKnobs> knobs;
  bool on_demand = false;
  bool whole_collections = false;
  bool split_for_heat = true;
};

/// For people who look: one bucket.
struct BucketView {
  CapacityUnits rate;
  CapacityUnits capacity;
  CapacityUnits balance;
  ThrottleCause limited_by = ThrottleCause::kProvisionedThroughput;
};
struct PartitionView {
  PartitionId id = 0;
  KeyPosition first;
  PerDimension<CapacityUnits> balance;
  PerDimension<CapacityUnits> consumed;     ///< since it exists
  PerDimension<CapacityUnits> last_window;  ///< in the last whole heat window
};
struct ArmView {
  std::string name;  ///< of the index; empty: the table
  bool on_demand = false;
  PerDimension<BucketView> buckets;
  PerDimension<CapacityUnits> peak;  ///< on demand
  std::vector<PartitionView> partitions;
  std::vector<HotKey> hot_keys;
};

class ThroughputArm {
 public:
  ThroughputArm(const ArmSettings& settings, ArmContext context, Microseconds now);

  [[nodiscard]] const std::string& name() const { return settings_.name; }
  [[nodiscard]] PartitionMap& partitions() { return partitions_; }
  [[nodiscard]] const PartitionMap& partitions() const { return partitions_; }
  [[nodiscard]] MinuteMetrics& metrics() { return metrics_; }
  [[nodiscard]] const MinuteMetrics& metrics() const { return metrics_; }

  /// Catches up with the time: ceilings, growth, heat. Before anything else is asked.
  void roll(Microseconds now) {
    if (now >= roll_at_ || now < rolled_at_) {
      roll_second(now);
    }
  }

  /// Whether bucket and partition let the charge in; spends nothing. `debt_seconds`: of their
  /// rates, that either may be below zero.
  bool admits(Dimension dimension, const Charge& charge, std::int64_t debt_seconds,
              Microseconds now) {
    TokenBucket& bucket = buckets_[dimension];
    const AdmissionRule rule = context_.knobs->admission_rule;
    return bucket.admits(charge.units, rule, bucket.rate() * debt_seconds, now) &&
           partitions_.admits(charge.partition, dimension, charge.units, rule, debt_seconds, now);
  }
  /// The same question, answered with what refuses.
  void explain(Dimension dimension, const Charge& charge, std::int64_t debt_seconds,
               Microseconds now, Verdict& verdict);

  void debit(Dimension dimension, const Charge& charge) {
    buckets_[dimension].debit(charge.units);
    partitions_.debit(charge.partition, dimension, charge.units);
  }
  void refund(Dimension dimension, const Charge& charge);
  /// Counts what was debited and stayed so.
  void meter(Dimension dimension, const Charge& charge, Microseconds now) {
    if (context_.on_demand) {
      scaling_[dimension].count(charge.units);
    }
    partitions_[charge.partition].heat[dimension].count(charge.position, charge.units);
    if (!charge.partition_key.empty()) {
      hot_keys_.count(charge.position.hash, charge.partition_key, charge.units);
    }
    metrics_.record(dimension == Dimension::kRead ? Metric::kConsumedReadCapacityUnits
                                                  : Metric::kConsumedWriteCapacityUnits,
                    charge.units.thousandths, now);
  }
  /// Counts a throttled event of this arm: one, whatever the number of refusals.
  void meter_throttle(Dimension dimension, const Verdict& verdict, ArmId arm, Microseconds now);

  /// Other settings. What a bucket held stays, cut to what it can hold; what an increase adds comes
  /// with one second's worth of it (initial_burst_seconds); a debt stays a debt.
  void retune(const ArmSettings& settings, ArmContext context, Microseconds now);
  /// Another rate than the settings say, until it is taken back (fault injection).
  void override_rate(Dimension dimension, std::optional<CapacityUnits> rate, Microseconds now);
  [[nodiscard]] std::optional<CapacityUnits> overridden(Dimension dimension) const {
    return overrides_[dimension];
  }
  void set_balance(Dimension dimension, CapacityUnits balance, Microseconds now) {
    buckets_[dimension].set_balance(balance, now);
  }

  ArmView view(Microseconds now);

 private:
  [[nodiscard]] PerDimension<CapacityUnits> served() const;
  [[nodiscard]] CapacityUnits least_on_demand(Dimension dimension) const;
  [[nodiscard]] std::int64_t partitions_needed() const;
  [[nodiscard]] PartitionTuning partition_tuning() const;
  /// Rate, capacity and, in limited_by_, what bounds them.
  BucketTuning tune(Dimension dimension);
  [[nodiscard]] CapacityUnits initial_balance(const BucketTuning& tuning) const;
  void retune_bucket(Dimension dimension, bool mode_changed, Microseconds now);
  void roll_second(Microseconds now);
  void roll_on_demand(Microseconds now);
  void drain_burst(Microseconds now);

  ArmSettings settings_;
  ArmContext context_;
  PerDimension<TokenBucket> buckets_;
  PerDimension<ThrottleCause> limited_by_;
  PerDimension<std::optional<CapacityUnits>> overrides_;
  PerDimension<OnDemandScaling> scaling_;
  PartitionMap partitions_;
  HotKeys hot_keys_;
  MinuteMetrics metrics_;

  Microseconds rolled_at_ = 0;  // Begin of the running second.
  Microseconds roll_at_ = 0;    // End of it.
  Microseconds window_ends_ = 0;
  Microseconds drain_at_ = 0;
  std::optional<Microseconds> grow_at_;
};

}  // namespace understudy
