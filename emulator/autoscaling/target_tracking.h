// Target tracking: what the alarms of a policy say of some minutes, and which capacity follows.
// Pure functions.
//
// Source: Developer Guide, "Managing throughput capacity automatically with DynamoDB auto scaling":
// out after two consecutive minutes above the target, in after 15 minutes below the target less 20
// percent. Alarms exported from real accounts agree: one unit has thresholds 42 and 30 at target
// 70, 30 and 18 at target 50, of the Sum of a minute.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include "emulator/clock/clock.h"

namespace understudy::autoscaling {

inline constexpr Microseconds kScalingMinute = 60'000'000;
inline constexpr std::size_t kScaleOutMinutes = 2;
inline constexpr std::size_t kScaleInMinutes = 15;
inline constexpr double kScaleInMarginPercent = 20;
/// How long other units than those that thresholds are made for go unnoticed: three periods of five
/// minutes of the ProvisionedCapacity alarms.
inline constexpr Microseconds kRetuneAfter = 15 * kScalingMinute;
/// Assumed: how long after its end a minute's numbers reach the alarms ("up to a few minutes").
inline constexpr Microseconds kMetricDelay = kScalingMinute;
/// What a policy may aim at. Source: Developer Guide, the same page (20 to 90 percent).
inline constexpr double kTargetPercentMin = 20;
inline constexpr double kTargetPercentMax = 90;

/// Thresholds of the consumption of one minute, in units.
struct TrackingThresholds {
  double high = 0;
  double low = 0;
};
TrackingThresholds thresholds(double target_percent, std::int64_t provisioned_units);

/// Consumption of the last minutes in thousandths of a unit, oldest first; a minute in which
/// nothing happened has none. Source: DDB-TABLE-315: idle tables scale in.
using TrackedMinutes = std::array<std::int64_t, kScaleInMinutes>;

bool alarm_high(const TrackedMinutes& minutes, double threshold);
bool alarm_low(const TrackedMinutes& minutes, double threshold);

/// Units with which the busiest of the minutes would have been at the target, rounded up.
/// Assumed: the busiest, of two minutes on the way out and of fifteen on the way in.
std::int64_t units_on_target(std::span<const std::int64_t> minutes, double target_percent);

}  // namespace understudy::autoscaling
