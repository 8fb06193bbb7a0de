// KeyPosition: where an item stands in the key space that partitions divide: the hash of its
// partition key, then the first 16 bytes of its sort key. Partitions are contiguous ranges of it.
// Thread-safe: a value.
#pragma once

#include <bit>
#include <compare>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "emulator/model/key_codec.h"

namespace understudy {

struct KeyPosition {
  KeyHash hash;
  /// The sort key's first 16 bytes as a big-endian number. Assumed: a partition's border needs no
  /// more of them; items that agree in all 16 stand at one position.
  KeyHash sort;

  // clang-tidy 14 takes the zero in a defaulted comparison for a null pointer.
  friend auto operator<=>(const KeyPosition&, const KeyPosition&) = default;  // NOLINT

  static KeyPosition of(const EncodedKey& key) { return {key.hash, sort_prefix(key.sort)}; }
  /// Where the item collection of that partition key begins.
  static KeyPosition collection(KeyHash hash) { return {hash, {}}; }

  /// The next position; nullopt: this is the last one.
  [[nodiscard]] std::optional<KeyPosition> next() const {
    if (const auto after = successor(sort)) {
      return KeyPosition{hash, *after};
    }
    return next_collection();
  }
  /// Where the next item collection begins; nullopt: this is the last one.
  [[nodiscard]] std::optional<KeyPosition> next_collection() const {
    const auto after = successor(hash);
    return after ? std::optional(collection(*after)) : std::nullopt;
  }

 private:
  static std::uint64_t load_big_endian(const char* from) {
    std::uint64_t word = 0;
    std::memcpy(&word, from, sizeof word);
    return std::endian::native == std::endian::big ? word : __builtin_bswap64(word);
  }
  static KeyHash sort_prefix(std::string_view sort) {
    if (sort.empty()) {
      return {};
    }
    if (sort.size() >= 16) {
      return {load_big_endian(sort.data()), load_big_endian(sort.data() + 8)};
    }
    char padded[16] = {};
    std::memcpy(padded, sort.data(), sort.size());
    return {load_big_endian(padded), load_big_endian(padded + 8)};
  }
  static std::optional<KeyHash> successor(KeyHash value) {
    const std::uint64_t low = value.low + 1;
    const std::uint64_t high = value.high + (low == 0 ? 1 : 0);
    if (low == 0 && high == 0) {
      return std::nullopt;
    }
    return KeyHash{high, low};
  }
};

}  // namespace understudy
