#include "emulator/base/md5.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "emulator/base/check.h"

namespace understudy {
namespace {

constexpr std::size_t kMd5BlockBytes = 64;
constexpr std::size_t kLengthBytes = 8;

/// Word: std::uint32_t, or Lanes for four digests at once.
template <class Word>
using State = std::array<Word, 4>;
template <class Word>
using Block = std::array<Word, 16>;
using Lanes = std::uint32_t __attribute__((vector_size(16)));

constexpr State<std::uint32_t> kStart = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476};

std::uint32_t load_little_endian(const char* at) {
  std::uint32_t word = 0;
  std::memcpy(&word, at, sizeof(word));
  return std::endian::native == std::endian::little ? word : __builtin_bswap32(word);
}

void store_little_endian(std::uint64_t value, std::size_t bytes, char* to) {
  for (std::size_t i = 0; i < bytes; ++i) {
    to[i] = static_cast<char>(value >> (8 * i));
  }
}

// RFC 1321, section 3.4: table T, floor(2^32 · |sin(i + 1)|).
constexpr std::array<std::uint32_t, 64> kSines = {
    0xd76aa478, 0xe8c7b756, 0x242070db, 0xc1bdceee, 0xf57c0faf, 0x4787c62a, 0xa8304613, 0xfd469501,
    0x698098d8, 0x8b44f7af, 0xffff5bb1, 0x895cd7be, 0x6b901122, 0xfd987193, 0xa679438e, 0x49b40821,
    0xf61e2562, 0xc040b340, 0x265e5a51, 0xe9b6c7aa, 0xd62f105d, 0x02441453, 0xd8a1e681, 0xe7d3fbc8,
    0x21e1cde6, 0xc33707d6, 0xf4d50d87, 0x455a14ed, 0xa9e3e905, 0xfcefa3f8, 0x676f02d9, 0x8d2a4c8a,
    0xfffa3942, 0x8771f681, 0x6d9d6122, 0xfde5380c, 0xa4beea44, 0x4bdecfa9, 0xf6bb4b60, 0xbebfbc70,
    0x289b7ec6, 0xeaa127fa, 0xd4ef3085, 0x04881d05, 0xd9d4d039, 0xe6db99e5, 0x1fa27cf8, 0xc4ac5665,
    0xf4292244, 0x432aff97, 0xab9423a7, 0xfc93a039, 0x655b59c3, 0x8f0ccc92, 0xffeff47d, 0x85845dd1,
    0x6fa87e4f, 0xfe2ce6e0, 0xa3014314, 0x4e0811a1, 0xf7537e82, 0xbd3af235, 0x2ad7d2bb, 0xeb86d391};
constexpr std::array<std::array<int, 4>, 4> kRotations = {
    {{7, 12, 17, 22}, {5, 9, 14, 20}, {4, 11, 16, 23}, {6, 10, 15, 21}}};

Block<std::uint32_t> words_of(const char* block) {
  Block<std::uint32_t> words;
  for (std::size_t i = 0; i < words.size(); ++i) {
    words[i] = load_little_endian(block + 4 * i);
  }
  return words;
}

template <class Word>
void add_block(State<Word>& state, const Block<Word>& words) {
  auto [a, b, c, d] = state;
  // Unrolled, so that the tables become constants and the four registers need no shuffling.
#pragma GCC unroll 64
  for (std::size_t i = 0; i < 64; ++i) {
    Word mixed;
    std::size_t word = 0;
    if (i < 16) {
      mixed = d ^ (b & (c ^ d));
      word = i;
    } else if (i < 32) {
      mixed = c ^ (d & (b ^ c));
      word = (5 * i + 1) % 16;
    } else if (i < 48) {
      mixed = b ^ c ^ d;
      word = (3 * i + 5) % 16;
    } else {
      mixed = c ^ (b | ~d);
      word = 7 * i % 16;
    }
    const Word sum = a + mixed + kSines[i] + words[word];
    const int rotation = kRotations[i / 16][i % 4];
    a = d;
    d = c;
    c = b;
    b += sum << rotation | sum >> (32 - rotation);
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
}

/// Ends the text of `bytes` bytes whose last `filled` ones stand in `block`, which has room.
void end_text(char* block, std::size_t filled, std::size_t bytes) {
  block[filled] = static_cast<char>(0x80);
  std::memset(block + filled + 1, 0, kMd5BlockBytes - kLengthBytes - filled - 1);
  store_little_endian(std::uint64_t{bytes} * 8, kLengthBytes,
                      block + kMd5BlockBytes - kLengthBytes);
}

Md5Digest digest_of(const State<std::uint32_t>& state) {
  Md5Digest digest;
  for (std::size_t i = 0; i < state.size(); ++i) {
    store_little_endian(state[i], 4, reinterpret_cast<char*>(digest.data()) + 4 * i);
  }
  return digest;
}

}  // namespace

Md5Digest md5(std::string_view first, std::string_view second) {
  State<std::uint32_t> state = kStart;
  std::array<char, kMd5BlockBytes> block;
  std::size_t filled = 0;
  for (std::string_view part : {first, second}) {
    while (!part.empty()) {
      const std::size_t taken = std::min(part.size(), kMd5BlockBytes - filled);
      std::memcpy(block.data() + filled, part.data(), taken);
      part.remove_prefix(taken);
      filled += taken;
      if (filled == kMd5BlockBytes) {
        add_block(state, words_of(block.data()));
        filled = 0;
      }
    }
  }
  if (filled >= kMd5BlockBytes - kLengthBytes) {  // the end needs a block of its own
    block[filled] = static_cast<char>(0x80);
    std::memset(block.data() + filled + 1, 0, kMd5BlockBytes - filled - 1);
    add_block(state, words_of(block.data()));
    end_text(block.data(), 0, first.size() + second.size());
    block[0] = 0;
  } else {
    end_text(block.data(), filled, first.size() + second.size());
  }
  add_block(state, words_of(block.data()));
  return digest_of(state);
}

std::array<Md5Digest, 4> md5_of_four(std::string_view first,
                                     const std::array<std::string_view, 4>& seconds) {
  Block<Lanes> words;
  for (std::size_t lane = 0; lane < seconds.size(); ++lane) {
    const std::string_view second = seconds[lane];
    const std::size_t bytes = first.size() + second.size();
    CHECK(bytes <= kMd5BlockTextMax);
    std::array<char, kMd5BlockBytes> block;
    first.copy(block.data(), first.size());
    second.copy(block.data() + first.size(), second.size());  // an unused lane has no text
    end_text(block.data(), bytes, bytes);
    const Block<std::uint32_t> own = words_of(block.data());
    for (std::size_t i = 0; i < own.size(); ++i) {
      words[i][lane] = own[i];
    }
  }
  State<Lanes> state;
  for (std::size_t i = 0; i < state.size(); ++i) {
    state[i] = Lanes{} + kStart[i];
  }
  add_block(state, words);
  std::array<Md5Digest, 4> digests;
  for (std::size_t lane = 0; lane < digests.size(); ++lane) {
    digests[lane] = digest_of({state[0][lane], state[1][lane], state[2][lane], state[3][lane]});
  }
  return digests;
}

}  // namespace understudy
