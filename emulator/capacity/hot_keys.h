// HotKeys: the partition keys that consume most, in bounded space (the space-saving sketch, of
// which one in eight newcomers is heard): a key with much more than 1/16 of the consumption is in
// it soon. Counts halve with every heat window, so that the list follows the traffic. Not
// thread-safe: guarded by its table's lock.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/capacity/units.h"
#include "emulator/model/key_codec.h"

namespace understudy {

struct HotKey {
  KeyHash hash;
  std::string partition;   ///< the first bytes of the partition key, order-preserving form
  CapacityUnits units;     ///< about so many
  CapacityUnits at_least;  ///< `units` without what a displaced key may have left
};

class HotKeys {
 public:
  /// Keys kept, and bytes of each of them.
  static constexpr std::size_t kKeysMax = 16;
  static constexpr std::size_t kKeyBytesMax = 48;

  void count(const KeyHash& hash, std::string_view partition, CapacityUnits units) {
    for (std::size_t i = 0; i < kKeysMax; ++i) {
      if (highs_[i] == hash.high && slots_[i].low == hash.low && counts_[i] != 0) {
        counts_[i] += units.thousandths;
        return;
      }
    }
    // Once all places are taken, one in eight of the others knocks: who is hot soon gets in.
    constexpr std::uint32_t kKnocks = 8;
    if (taken_ < kKeysMax || ++missed_ % kKnocks == 0) {
      replace_coolest(hash, partition, units);
    }
  }
  /// All counts are divided by 2 that many times.
  void halve(std::int64_t times);
  /// Hottest first; of equal ones the lower hash.
  [[nodiscard]] std::vector<HotKey> list() const;

 private:
  struct Slot {
    std::uint64_t low = 0;
    std::int64_t inherited = 0;
    std::uint8_t length = 0;
    std::array<char, kKeyBytesMax> key;
  };
  void replace_coolest(const KeyHash& hash, std::string_view partition, CapacityUnits units);

  std::array<std::uint64_t, kKeysMax> highs_{};
  std::array<std::int64_t, kKeysMax> counts_{};
  std::array<Slot, kKeysMax> slots_{};
  std::uint32_t taken_ = 0;
  std::uint32_t missed_ = 0;
};

}  // namespace understudy
