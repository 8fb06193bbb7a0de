#include "emulator/capacity/heat.h"

#include <algorithm>

namespace understudy {

HeatSamples::HeatSamples(std::uint64_t seed, CapacityUnits stride)
    : stride_(std::max<std::int64_t>(stride.thousandths, 1)), drawn_(seed) {
  until_next_ = static_cast<std::int64_t>(draw() % static_cast<std::uint64_t>(2 * stride_)) + 1;
}

// SplitMix64: equal strides would meet the same key of a client that goes round its keys.
std::uint64_t HeatSamples::draw() {
  drawn_ += 0x9E3779B97F4A7C15U;
  std::uint64_t mixed = drawn_;
  mixed = (mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9U;
  mixed = (mixed ^ (mixed >> 27)) * 0x94D049BB133111EBU;
  return mixed ^ (mixed >> 31);
}

void HeatSamples::sample(const KeyPosition& position) {
  for (std::size_t i = 0; until_next_ <= 0 && i < kSamplesMax; ++i) {
    if (samples_.size() < kSamplesMax) {
      samples_.push_back(position);
    } else {
      samples_[oldest_] = position;
      oldest_ = (oldest_ + 1) % kSamplesMax;
    }
    until_next_ += static_cast<std::int64_t>(draw() % static_cast<std::uint64_t>(2 * stride_)) + 1;
  }
  until_next_ = std::max<std::int64_t>(until_next_, 1);
}

std::optional<HeatSamples::Hottest> HeatSamples::hottest() const {
  std::vector<KeyPosition> sorted = samples_;
  std::ranges::sort(sorted);
  std::size_t most = 0;
  Hottest hottest;
  for (std::size_t first = 0; first < sorted.size();) {
    std::size_t end = first;
    while (end < sorted.size() && sorted[end] == sorted[first]) {
      ++end;
    }
    if (end - first > most) {
      most = end - first;
      hottest = {sorted[first], static_cast<std::int64_t>(most * 100 / sorted.size())};
    }
    first = end;
  }
  return most == 0 ? std::nullopt : std::optional(hottest);
}

std::optional<KeyPosition> HeatSamples::median() const {
  if (samples_.empty()) {
    return std::nullopt;
  }
  std::vector<KeyPosition> sorted = samples_;
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>(sorted.size() / 2);
  std::ranges::nth_element(sorted, middle);
  return *middle;
}

std::int64_t HeatSamples::collection_percent(KeyHash collection) const {
  const auto inside = std::ranges::count(samples_, collection, &KeyPosition::hash);
  return samples_.empty()
             ? 0
             : static_cast<std::int64_t>(inside) * 100 / static_cast<std::int64_t>(samples_.size());
}

std::int64_t HeatSamples::rising_percent(KeyHash collection) const {
  std::int64_t rising = 0;
  std::int64_t steps = 0;
  const KeyPosition* last = nullptr;
  for (std::size_t i = 0; i < samples_.size(); ++i) {
    const KeyPosition& position = samples_[(oldest_ + i) % samples_.size()];
    if (position.hash != collection) {
      continue;
    }
    if (last != nullptr && last->sort != position.sort) {
      ++steps;
      rising += last->sort < position.sort ? 1 : 0;
    }
    last = &position;
  }
  return steps == 0 ? 0 : rising * 100 / steps;
}

void Heat::close_window(CapacityUnits hot_from, std::int64_t windows) {
  hot_windows = window >= hot_from && windows == 1 ? hot_windows + 1 : 0;
  last_window = windows == 1 ? window : CapacityUnits{};
  window = {};
}

}  // namespace understudy
