#include "emulator/capacity/throughput_arm.h"

#include <algorithm>
#include <utility>

namespace understudy {
namespace {

CapacityUnits larger(CapacityUnits a, CapacityUnits b) {
  return std::max(a, b);
}

}  // namespace

ThroughputArm::ThroughputArm(const ArmSettings& settings, ArmContext context, Microseconds now)
    : settings_(settings),
      context_(std::move(context)),
      scaling_{{least_on_demand(Dimension::kRead), now}, {least_on_demand(Dimension::kWrite), now}},
      partitions_(partitions_needed(), partition_tuning(), now),
      metrics_(context_.knobs->metric_minutes),
      rolled_at_(now - now % kSecond),
      roll_at_(rolled_at_ + kSecond),
      window_ends_(now + context_.knobs->heat_window_seconds * kSecond) {
  for (const Dimension dimension : kDimensions) {
    const BucketTuning tuning = tune(dimension);
    buckets_[dimension] = TokenBucket(tuning, initial_balance(tuning), now);
  }
  const auto seed = static_cast<std::uint64_t>(context_.knobs->seed);
  const auto phase = seed % static_cast<std::uint64_t>(context_.knobs->burst_drain_seconds);
  drain_at_ = now + (static_cast<Microseconds>(phase) + 1) * kSecond;
}

CapacityUnits ThroughputArm::least_on_demand(Dimension dimension) const {
  return larger(context_.knobs->on_demand_initial(dimension), settings_.warm[dimension]);
}

PerDimension<CapacityUnits> ThroughputArm::served() const {
  if (!context_.on_demand) {
    const auto share = [this](CapacityUnits units) {
      return CapacityUnits{units.thousandths * context_.knobs->provisioned_percent / 100};
    };
    return {share(settings_.provisioned.read), share(settings_.provisioned.write)};
  }
  return {scaling_.read.ceiling(), scaling_.write.ceiling()};
}

std::int64_t ThroughputArm::partitions_needed() const {
  const CapacityKnobs& knobs = *context_.knobs;
  const PerDimension<CapacityUnits> now = served();
  if (context_.on_demand) {
    return std::max(on_demand_partitions(now, knobs), knobs.partitions_min);
  }
  // Assumed: warm throughput of a provisioned table is borne by partitions that stand ready.
  return std::max(
      provisioned_partitions(
          {larger(now.read, settings_.warm.read), larger(now.write, settings_.warm.write)}, knobs),
      knobs.partitions_min);
}

PartitionTuning ThroughputArm::partition_tuning() const {
  const bool uniform = !context_.on_demand && context_.knobs->allocation == Allocation::kUniform;
  return {context_.knobs.get(), served(), uniform, context_.whole_collections};
}

BucketTuning ThroughputArm::tune(Dimension dimension) {
  ThrottleCause& limited_by = limited_by_[dimension];
  CapacityUnits rate = served()[dimension];
  if (overrides_[dimension]) {
    rate = *overrides_[dimension];
  }
  if (!context_.on_demand) {
    limited_by = ThrottleCause::kProvisionedThroughput;
    return {rate, rate * context_.knobs->burst_seconds};
  }
  // Assumed: a table that is still scaling is told so by its key range; the service has no reason
  // of its own for it.
  limited_by = ThrottleCause::kKeyRangeThroughput;
  const CapacityUnits quota = context_.knobs->table_quota(dimension);
  if (quota <= rate) {
    rate = quota;
    limited_by = ThrottleCause::kAccountLimit;
  }
  const std::optional<CapacityUnits>& maximum = settings_.maximum[dimension];
  if (maximum && *maximum <= rate) {
    rate = *maximum;
    limited_by = ThrottleCause::kMaxOnDemandThroughput;
  }
  return {rate, rate};
}

CapacityUnits ThroughputArm::initial_balance(const BucketTuning& tuning) const {
  const std::int64_t seconds =
      context_.on_demand ? 1 : std::max<std::int64_t>(context_.knobs->initial_burst_seconds, 1);
  return tuning.rate * seconds;
}

void ThroughputArm::explain(Dimension dimension, const Charge& charge, std::int64_t debt_seconds,
                            Microseconds now, Verdict& verdict) {
  Refusal refusal;
  refusal.arm = charge.arm;
  refusal.on_demand = context_.on_demand;
  refusal.reason.index = charge.arm != kTableArm;
  refusal.reason.dimension = dimension;
  const AdmissionRule rule = context_.knobs->admission_rule;
  TokenBucket& bucket = buckets_[dimension];
  bool key_range_told = false;
  if (!bucket.admits(charge.units, rule, bucket.rate() * debt_seconds, now)) {
    refusal.reason.cause = limited_by_[dimension];
    key_range_told = refusal.reason.cause == ThrottleCause::kKeyRangeThroughput;
    refusal.balance = bucket.balance(now);
    verdict.push_back(refusal);
  }
  if (!key_range_told &&
      !partitions_.admits(charge.partition, dimension, charge.units, rule, debt_seconds, now)) {
    Partition& partition = partitions_[charge.partition];
    refusal.reason.cause = ThrottleCause::kKeyRangeThroughput;
    refusal.bucket = BucketKind::kPartition;
    refusal.partition_id = partition.id;
    refusal.balance = partition.ceiling[dimension].balance(now);
    verdict.push_back(refusal);
  }
}

void ThroughputArm::refund(Dimension dimension, const Charge& charge) {
  buckets_[dimension].refund(charge.units);
  partitions_.refund(charge.partition, dimension, charge.units);
}

void ThroughputArm::meter_throttle(Dimension dimension, const Verdict& verdict, ArmId arm,
                                   Microseconds now) {
  const bool read = dimension == Dimension::kRead;
  bool counted = false;
  for (const Refusal& refusal : verdict) {
    if (refusal.arm != arm) {
      continue;
    }
    if (!counted) {
      metrics_.count(read ? Metric::kReadThrottleEvents : Metric::kWriteThrottleEvents, now);
      counted = true;
    }
    metrics_.count(metric_after(read ? Metric::kReadProvisionedThroughputThrottleEvents
                                     : Metric::kWriteProvisionedThroughputThrottleEvents,
                                static_cast<std::size_t>(refusal.reason.cause)),
                   now);
  }
}

void ThroughputArm::retune_bucket(Dimension dimension, bool mode_changed, Microseconds now) {
  TokenBucket& bucket = buckets_[dimension];
  const CapacityUnits held = bucket.balance(now);
  const CapacityUnits rate_before = bucket.rate();
  const BucketTuning tuning = tune(dimension);
  bucket.retune(tuning, now);
  if (mode_changed) {
    bucket.set_balance(held < CapacityUnits{} ? held : initial_balance(tuning), now);
  } else if (tuning.rate > rate_before) {
    BucketTuning added = tuning;
    added.rate -= rate_before;
    bucket.set_balance(held + initial_balance(added), now);
  }
}

void ThroughputArm::retune(const ArmSettings& settings, ArmContext context, Microseconds now) {
  roll(now);
  const bool mode_changed = context.on_demand != context_.on_demand;
  settings_ = settings;
  context_ = std::move(context);
  metrics_.keep(context_.knobs->metric_minutes);
  for (const Dimension dimension : kDimensions) {
    if (mode_changed) {
      scaling_[dimension] = OnDemandScaling(least_on_demand(dimension), now);
    } else {
      scaling_[dimension].set_least(least_on_demand(dimension), now);
    }
    retune_bucket(dimension, mode_changed, now);
  }
  partitions_.retune(partition_tuning(), now);
  partitions_.grow_to(partitions_needed(), now);
}

void ThroughputArm::override_rate(Dimension dimension, std::optional<CapacityUnits> rate,
                                  Microseconds now) {
  roll(now);
  overrides_[dimension] = rate;
  retune_bucket(dimension, false, now);
}

void ThroughputArm::roll_second(Microseconds now) {
  const bool set_back = now < rolled_at_ - kSecond;
  if (now < rolled_at_ && !set_back) {
    return;  // Another thread read the clock before.
  }
  rolled_at_ = now - now % kSecond;
  roll_at_ = rolled_at_ + kSecond;
  const Microseconds window = context_.knobs->heat_window_seconds * kSecond;
  if (set_back) {
    window_ends_ = now + window;
    drain_at_ = std::min(drain_at_, now + context_.knobs->burst_drain_seconds * kSecond);
  }
  if (context_.on_demand) {
    roll_on_demand(now);
  }
  if (now >= window_ends_) {
    const std::int64_t windows = (now - window_ends_) / window + 1;
    window_ends_ += windows * window;
    partitions_.close_window(windows,
                             context_.split_for_heat && context_.knobs->split_for_heat != 0, now);
    hot_keys_.halve(windows);
  }
  if (now >= drain_at_) {
    drain_burst(now);
  }
}

void ThroughputArm::roll_on_demand(Microseconds now) {
  for (const Dimension dimension : kDimensions) {
    const CapacityUnits before = scaling_[dimension].ceiling();
    scaling_[dimension].roll(*context_.knobs, now);
    if (scaling_[dimension].ceiling() != before) {
      retune_bucket(dimension, false, now);
      if (!grow_at_) {
        grow_at_ =
            scaling_[dimension].ceiling_since() + context_.knobs->scale_delay_seconds * kSecond;
      }
    }
  }
  if (grow_at_ && now >= *grow_at_) {
    grow_at_.reset();
    partitions_.grow_to(partitions_needed(), now);
  }
}

void ThroughputArm::drain_burst(Microseconds now) {
  const Microseconds every = context_.knobs->burst_drain_seconds * kSecond;
  const std::int64_t percent = context_.knobs->burst_drain_percent;
  // What was taken longer ago than a bucket needs to fill makes no difference any more.
  const Microseconds from = now - 2 * context_.knobs->burst_seconds * kSecond;
  if (percent == 0 || drain_at_ < from) {
    drain_at_ += (std::max(from, drain_at_) - drain_at_) / every * every;
  }
  for (; drain_at_ <= now; drain_at_ += every) {
    for (const Dimension dimension : kDimensions) {
      const CapacityUnits held = buckets_[dimension].balance(drain_at_);
      if (percent > 0 && held > CapacityUnits{}) {
        buckets_[dimension].debit({held.thousandths * percent / 100});
      }
    }
  }
}

ArmView ThroughputArm::view(Microseconds now) {
  roll(now);
  ArmView view{settings_.name, context_.on_demand, {}, {}, {}, hot_keys_.list()};
  for (const Dimension dimension : kDimensions) {
    TokenBucket& bucket = buckets_[dimension];
    view.buckets[dimension] = {bucket.rate(), bucket.capacity(), bucket.balance(now),
                               limited_by_[dimension]};
    view.peak[dimension] = scaling_[dimension].peak();
  }
  for (std::size_t i = 0; i < partitions_.size(); ++i) {
    Partition& partition = partitions_[i];
    PartitionView& shown = view.partitions.emplace_back();
    shown.id = partition.id;
    shown.first = partitions_.cuts()->first(i);
    for (const Dimension dimension : kDimensions) {
      shown.balance[dimension] = partition.ceiling[dimension].balance(now);
      shown.consumed[dimension] = partition.heat[dimension].total;
      shown.last_window[dimension] = partition.heat[dimension].last_window;
    }
  }
  return view;
}

}  // namespace understudy
