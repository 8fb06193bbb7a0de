#include "emulator/capacity/hot_keys.h"

#include <algorithm>
#include <cstring>

namespace understudy {

void HotKeys::replace_coolest(const KeyHash& hash, std::string_view partition,
                              CapacityUnits units) {
  std::size_t coolest = 0;
  std::int64_t least = counts_[0];
  for (std::size_t i = 1; i < kKeysMax; ++i) {
    if (counts_[i] < least) {
      least = counts_[i];
      coolest = i;
    }
  }
  taken_ += least == 0 && taken_ < kKeysMax ? 1 : 0;
  tags_[coolest] = tag_of(hash);
  highs_[coolest] = hash.high;
  counts_[coolest] = least + units.thousandths;
  Slot& slot = slots_[coolest];
  slot.low = hash.low;
  slot.inherited = least;
  slot.length = static_cast<std::uint8_t>(std::min(partition.size(), kKeyBytesMax));
  std::memcpy(slot.key.data(), partition.data(), slot.length);
}

void HotKeys::halve(std::int64_t times) {
  const auto shift = static_cast<int>(std::min<std::int64_t>(times, 62));
  for (std::size_t i = 0; i < kKeysMax; ++i) {
    counts_[i] >>= shift;
    slots_[i].inherited >>= shift;
  }
  taken_ = static_cast<std::uint32_t>(
      std::ranges::count_if(counts_, [](std::int64_t count) { return count != 0; }));
}

std::vector<HotKey> HotKeys::list() const {
  std::vector<HotKey> keys;
  for (std::size_t i = 0; i < kKeysMax; ++i) {
    if (counts_[i] > 0) {
      const Slot& slot = slots_[i];
      keys.push_back({{highs_[i], slot.low},
                      std::string(slot.key.data(), slot.length),
                      {counts_[i]},
                      {counts_[i] - slot.inherited}});
    }
  }
  std::ranges::sort(keys, [](const HotKey& a, const HotKey& b) {
    return a.units != b.units ? a.units > b.units : a.hash < b.hash;
  });
  return keys;
}

}  // namespace understudy
