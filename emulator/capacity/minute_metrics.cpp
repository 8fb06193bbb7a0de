#include "emulator/capacity/minute_metrics.h"

#include <algorithm>
#include <utility>

namespace understudy {
namespace {

constexpr std::array<std::string_view, kMetricCount> kNames{
#define CAPACITY_METRIC(name) #name,
#include "emulator/capacity/metrics.inc"
#undef CAPACITY_METRIC
};

}  // namespace

std::string_view metric_name(Metric metric) {
  return kNames[static_cast<std::size_t>(metric)];
}

void MinuteMetrics::turn_to(Microseconds now) {
  const Microseconds begins = now - (now % kMinute);
  // A reading of the clock that comes late counts in the running minute; a clock that was set back
  // begins anew there, and what lay after it is forgotten.
  if (!minutes_.empty() && begins < begins_) {
    if (begins_ - begins <= kMinute) {
      return;
    }
    while (!minutes_.empty() && minutes_.back().begins >= begins) {
      minutes_.pop_back();
    }
  }
  begins_ = begins;
  ends_ = begins + kMinute;
  minutes_.emplace_back().begins = begins;
  while (std::cmp_greater(minutes_.size(), minutes_max_)) {
    forget_oldest();
  }
}

void MinuteMetrics::forget_oldest() {
  for (std::size_t i = 0; i < kMetricCount; ++i) {
    forgotten_[i].add(minutes_.front().points[i]);
  }
  minutes_.pop_front();
}

MetricPoint MinuteMetrics::total(Metric metric) const {
  MetricPoint total = forgotten_[static_cast<std::size_t>(metric)];
  for (const Minute& minute : minutes_) {
    total.add(minute[metric]);
  }
  return total;
}

void MetricPoint::add(const MetricPoint& other) {
  if (other.samples == 0) {
    return;
  }
  smallest = samples == 0 ? other.smallest : std::min(smallest, other.smallest);
  largest = samples == 0 ? other.largest : std::max(largest, other.largest);
  sum += other.sum;
  samples += other.samples;
}

}  // namespace understudy
