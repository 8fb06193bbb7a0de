// Heat: what a partition consumed lately, and where in its range. Tells when it is hot and where to
// divide it. Samples are drawn by a generator that depends on the seed and the partition alone.
// Not thread-safe: guarded by its table's lock.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

#include "emulator/capacity/key_position.h"
#include "emulator/capacity/units.h"

namespace understudy {

/// The positions of some of the last units consumed: each unit has the same chance to be in it.
class HeatSamples {
 public:
  HeatSamples() = default;
  /// `stride`: from one sample to the next, on average.
  HeatSamples(std::uint64_t seed, CapacityUnits stride);

  void count(const KeyPosition& position, CapacityUnits units) {
    until_next_ -= units.thousandths;
    if (until_next_ <= 0) {
      sample(position);
    }
  }

  struct Hottest {
    KeyPosition position;
    std::int64_t percent = 0;  ///< of the samples
  };
  /// The most frequent position; nullopt: nothing was sampled.
  [[nodiscard]] std::optional<Hottest> hottest() const;
  /// Half of the consumption is below it; nullopt: nothing was sampled.
  [[nodiscard]] std::optional<KeyPosition> median() const;
  /// Share of that item collection.
  [[nodiscard]] std::int64_t collection_percent(KeyHash collection) const;
  /// Of the steps between successive samples in that item collection, how many go up the sort key.
  [[nodiscard]] std::int64_t rising_percent(KeyHash collection) const;

 private:
  static constexpr std::size_t kSamplesMax = 64;

  void sample(const KeyPosition& position);
  std::uint64_t draw();

  std::vector<KeyPosition> samples_;  // A ring once it is full.
  std::size_t oldest_ = 0;
  std::int64_t until_next_ = 0;
  std::int64_t stride_ = 1;
  std::uint64_t drawn_ = 0;
};

/// One dimension of one partition.
struct Heat {
  CapacityUnits total;           ///< since the partition exists
  CapacityUnits window;          ///< since the heat window began
  CapacityUnits last_window;     ///< of the last whole window
  std::int64_t hot_windows = 0;  ///< in a row
  HeatSamples samples;

  void count(const KeyPosition& position, CapacityUnits units) {
    total += units;
    window += units;
    samples.count(position, units);
  }
  /// The window is over; `hot_from` is what makes it a hot one, `windows` how many windows have
  /// passed (those after the first were empty).
  void close_window(CapacityUnits hot_from, std::int64_t windows);
};

}  // namespace understudy
