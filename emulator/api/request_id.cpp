#include "emulator/api/request_id.h"

#include <bit>
#include <cstring>
#include <string_view>

namespace understudy {
namespace {

// Source: the request ids in aws/aws-sdk-js-v3#6718: all end so; the rest is base 32, digits first.
constexpr std::string_view kEnd = "VV4KQNSO5AEMVJF66Q9ASUAAJG";
constexpr int kDigitsPerWord = 12;

/// SplitMix64's mixing step: a counter in, an independent-looking word out.
std::uint64_t mix(std::uint64_t word) {
  word = (word ^ (word >> 30)) * 0xBF58476D1CE4E5B9;
  word = (word ^ (word >> 27)) * 0x94D049BB133111EB;
  return word ^ (word >> 31);
}

/// Eight digits of the low 40 bits, five bits each, lowest first: all at once, because a look-up
/// per digit was a fifth of what an answer's head costs.
void write_eight(std::uint64_t bits, char* to) {
  // Groups of 20, 10 and at last 5 bits move apart, until each stands in a byte of its own.
  bits = (bits & 0xFFFFF) | (bits & 0xFFFFF00000) << 12;
  bits = (bits & 0x000003FF000003FF) | (bits & 0x000FFC00000FFC00) << 6;
  bits = (bits & 0x001F001F001F001F) | (bits & 0x03E003E003E003E0) << 3;
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kToLetters = 'A' - '0' - 10;
  const std::uint64_t letters = ((bits + kOnes * (0x80 - 10)) >> 7) & kOnes;
  bits += kOnes * '0' + letters * kToLetters;
  if constexpr (std::endian::native == std::endian::big) {
    bits = __builtin_bswap64(bits);
  }
  std::memcpy(to, &bits, sizeof(bits));
}

}  // namespace

void RequestIds::write_next(std::array<char, 52>& id) {
  constexpr std::uint64_t kStep = 0x9E3779B97F4A7C15;
  static_assert(26 + kEnd.size() == std::tuple_size_v<std::array<char, 52>>);
  std::uint64_t state = key_.load(std::memory_order_relaxed) +
                        written_.fetch_add(1, std::memory_order_relaxed) * 3 * kStep;
  // Twelve digits of each word, two of the last. What is written beyond them is overwritten.
  char* to = id.data();
  for (int i = 0; i < 3; ++i, to += kDigitsPerWord) {
    state += kStep;
    const std::uint64_t word = mix(state);
    write_eight(word, to);
    write_eight(word >> 40, to + 8);
  }
  std::memcpy(id.data() + 26, kEnd.data(), kEnd.size());
}

}  // namespace understudy
