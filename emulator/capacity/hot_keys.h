// HotKeys: the partition keys that consume most, in bounded space (the space-saving sketch, of
// which one in eight newcomers is heard): a key with much more than 1/16 of the consumption is in
// it soon. Counts halve with every heat window, so that the list follows the traffic. Not
// thread-safe: guarded by its table's lock.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

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
    // A place is free as long as its count is 0, whatever else it holds.
    for (unsigned places = likely_places(hash); places != 0; places &= places - 1) {
      const auto i = static_cast<std::size_t>(std::countr_zero(places));
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
  static std::uint8_t tag_of(const KeyHash& hash) { return static_cast<std::uint8_t>(hash.high); }
  /// A bit for each place whose key has the same tag: one byte per key tells most apart, and all of
  /// them are compared at once.
  [[nodiscard]] unsigned likely_places(const KeyHash& hash) const {
#ifdef __SSE2__
    const __m128i tags = _mm_loadu_si128(reinterpret_cast<const __m128i*>(tags_.data()));
    const __m128i wanted = _mm_set1_epi8(static_cast<char>(tag_of(hash)));
    return static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(tags, wanted)));
#else
    unsigned places = 0;
    for (std::size_t i = 0; i < kKeysMax; ++i) {
      places |= static_cast<unsigned>(tags_[i] == tag_of(hash)) << i;
    }
    return places;
#endif
  }
  void replace_coolest(const KeyHash& hash, std::string_view partition, CapacityUnits units);

  std::array<std::uint8_t, kKeysMax> tags_{};
  std::array<std::uint64_t, kKeysMax> highs_{};
  std::array<std::int64_t, kKeysMax> counts_{};
  std::array<Slot, kKeysMax> slots_{};
  std::uint32_t taken_ = 0;
  std::uint32_t missed_ = 0;
};

}  // namespace understudy
