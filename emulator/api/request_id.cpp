#include "emulator/api/request_id.h"

#include <cstring>
#include <string_view>

namespace understudy {
namespace {

// Source: the request ids in aws/aws-sdk-js-v3#6718: all end so; the rest is base 32, digits first.
constexpr std::string_view kEnd = "VV4KQNSO5AEMVJF66Q9ASUAAJG";
constexpr std::string_view kDigits = "0123456789ABCDEFGHIJKLMNOPQRSTUV";
constexpr int kDigitsPerWord = 12;

/// SplitMix64's mixing step: a counter in, an independent-looking word out.
std::uint64_t mix(std::uint64_t word) {
  word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9;
  word = (word ^ (word >> 27)) * 0x94D049BB133111EB;
  return word ^ (word >> 31);
}

}  // namespace

void RequestIds::write_next(std::array<char, 52>& id) {
  constexpr std::uint64_t kStep = 0x9E3779B97F4A7C15;
  static_assert(26 + kEnd.size() == std::tuple_size_v<std::array<char, 52>>);
  std::uint64_t state = key_.load(std::memory_order_relaxed) +
                        written_.fetch_add(1, std::memory_order_relaxed) * 3 * kStep;
  char* to = id.data();
  for (int left = 26; left > 0; left -= kDigitsPerWord) {
    state += kStep;
    std::uint64_t word = mix(state);
    for (int i = 0; i < kDigitsPerWord && i < left; ++i) {
      *to++ = kDigits[word & 31];
      word >>= 5;
    }
  }
  std::memcpy(to, kEnd.data(), kEnd.size());
}

}  // namespace understudy
