#include "emulator/operations/key_set.h"

#include <algorithm>
#include <cstdint>

namespace understudy {
namespace {

/// FNV-1a. Only to tell most keys apart cheaply; equal hashes are looked at.
std::uint64_t mix(std::uint64_t hash, std::string_view bytes) {
  constexpr std::uint64_t kPrime = 0x100000001B3;
  for (const char byte : bytes) {
    hash = (hash ^ static_cast<unsigned char>(byte)) * kPrime;
  }
  return hash * kPrime;
}

std::uint64_t hash_key(std::span<const MapEntry> key, Arena& arena) {
  std::uint64_t hash = 0xCBF29CE484222325;
  for (const MapEntry& entry : key) {
    hash = mix(hash, entry.name);
    switch (entry.value.type) {
      case ValueType::kString:
      case ValueType::kBinary:
        hash = mix(hash, entry.value.text());
        break;
      case ValueType::kNumber:
        hash = mix(hash, encode_key_value(entry.value, arena));
        break;
      default:  // No key: refused later; all look alike until then.
        break;
    }
  }
  return hash;
}

bool same_key(std::span<const MapEntry> a, std::span<const MapEntry> b) {
  if (a.size() != b.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (a[i].name != b[i].name || !equal(a[i].value, b[i].value)) {
      return false;
    }
  }
  return true;
}

bool same_key(const EncodedKey& a, const EncodedKey& b) {
  return a.hash == b.hash && a.sort == b.sort && a.partition == b.partition;
}

}  // namespace

bool has_duplicate_keys(std::span<const std::span<const MapEntry>> keys, Arena& arena) {
  auto* hashes = arena.make_array<std::uint64_t>(keys.size());
  for (std::size_t i = 0; i < keys.size(); ++i) {
    hashes[i] = hash_key(keys[i], arena);
    for (std::size_t j = 0; j < i; ++j) {
      if (hashes[i] == hashes[j] && same_key(keys[i], keys[j])) {
        return true;
      }
    }
  }
  return false;
}

bool has_duplicate_keys(std::span<const EncodedKey> keys) {
  for (std::size_t i = 1; i < keys.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      if (same_key(keys[i], keys[j])) {
        return true;
      }
    }
  }
  return false;
}

bool share_key(std::span<const EncodedKey> left, std::span<const EncodedKey> right) {
  return std::ranges::any_of(left, [right](const EncodedKey& key) {
    return std::ranges::any_of(right,
                               [&key](const EncodedKey& other) { return same_key(key, other); });
  });
}

}  // namespace understudy
