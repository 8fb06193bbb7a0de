#include "emulator/capacity/on_demand.h"

#include <algorithm>

namespace understudy {
namespace {

CapacityUnits served(CapacityUnits peak, const CapacityKnobs& knobs) {
  return {peak.thousandths * knobs.peak_percent / 100};
}

}  // namespace

OnDemandScaling::OnDemandScaling(CapacityUnits least, Microseconds now)
    : least_(least), ceiling_(least), since_(now), second_(now / kSecond) {}

void OnDemandScaling::set_least(CapacityUnits least, Microseconds now) {
  least_ = least;
  raise(least, now);
}

CapacityUnits OnDemandScaling::peak() const {
  return peaks_.empty() ? previous_peak_ : peaks_.back().average;
}

void OnDemandScaling::raise(CapacityUnits ceiling, Microseconds since) {
  // Assumed: what a table has once served it goes on serving; the guide names no way down.
  if (ceiling > ceiling_) {
    ceiling_ = ceiling;
    since_ = since;
  }
}

void OnDemandScaling::end_second(const CapacityKnobs& knobs) {
  std::int64_t& slot = sums_[static_cast<std::size_t>(second_) % kPeakSeconds];
  window_sum_ += second_sum_ - slot;
  slot = second_sum_;
  second_sum_ = 0;
  ++second_;
  const CapacityUnits average{window_sum_ / static_cast<std::int64_t>(kPeakSeconds)};
  // Peaks below what is served anyway would never matter.
  if (average > peak() && served(average, knobs) > least_) {
    peaks_.push_back({second_ * kSecond, average});
  }
}

void OnDemandScaling::roll(const CapacityKnobs& knobs, Microseconds now) {
  const std::int64_t second = now / kSecond;
  if (second > second_) {
    end_second(knobs);
    if (second - second_ >= static_cast<std::int64_t>(kPeakSeconds)) {
      sums_.fill(0);
      window_sum_ = 0;
      second_ = second;
    }
    while (second_ < second) {
      end_second(knobs);
    }
  } else if (second < second_ - 1) {
    second_ = second;  // The clock was set back.
  }
  const Microseconds old = now - knobs.peak_after_seconds * kSecond;
  while (!peaks_.empty() && peaks_.front().reached <= old) {
    previous_peak_ = peaks_.front().average;
    raise(served(previous_peak_, knobs),
          peaks_.front().reached + knobs.peak_after_seconds * kSecond);
    peaks_.pop_front();
  }
}

}  // namespace understudy
