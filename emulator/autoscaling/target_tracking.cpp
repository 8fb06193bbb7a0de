#include "emulator/autoscaling/target_tracking.h"

#include <algorithm>
#include <cmath>

namespace understudy::autoscaling {
namespace {

constexpr double kSecondsPerMinute = 60;
constexpr double kThousandths = 1000;

}  // namespace

TrackingThresholds thresholds(double target_percent, std::int64_t provisioned_units) {
  const double minute = static_cast<double>(provisioned_units) * kSecondsPerMinute / 100;
  return {minute * target_percent, minute * (target_percent - kScaleInMarginPercent)};
}

bool alarm_high(const TrackedMinutes& minutes, double threshold) {
  return std::all_of(minutes.end() - kScaleOutMinutes, minutes.end(), [&](std::int64_t minute) {
    return static_cast<double>(minute) > threshold * kThousandths;
  });
}

bool alarm_low(const TrackedMinutes& minutes, double threshold) {
  return std::ranges::all_of(minutes, [&](std::int64_t minute) {
    return static_cast<double>(minute) < threshold * kThousandths;
  });
}

std::int64_t units_on_target(std::span<const std::int64_t> minutes, double target_percent) {
  const auto busiest = static_cast<double>(*std::ranges::max_element(minutes));
  const double units = busiest / kThousandths / kSecondsPerMinute * 100 / target_percent;
  // What is a whole number but for the last bit stays that number.
  constexpr double kRounding = 1e-9;
  return static_cast<std::int64_t>(std::ceil(units - kRounding));
}

}  // namespace understudy::autoscaling
