#include "emulator/base/crc32.h"

#include <array>
#include <bit>
#include <cstddef>
#include <cstring>

#if defined(__x86_64__) && defined(__GNUC__)
#define UNDERSTUDY_CRC32_CLMUL 1
#include <immintrin.h>
#endif

namespace understudy {
namespace {

constexpr std::uint32_t kPolynomial = 0xEDB88320;

using Tables = std::array<std::array<std::uint32_t, 256>, 8>;

/// tables[n][b]: what byte b contributes when n more bytes follow it.
constexpr Tables make_tables() {
  Tables tables = {};
  for (std::uint32_t byte = 0; byte < 256; ++byte) {
    std::uint32_t crc = byte;
    for (int bit = 0; bit < 8; ++bit) {
      crc = (crc >> 1) ^ ((crc & 1) != 0 ? kPolynomial : 0);
    }
    tables[0][byte] = crc;
  }
  for (std::size_t n = 1; n < tables.size(); ++n) {
    for (std::size_t byte = 0; byte < 256; ++byte) {
      const std::uint32_t crc = tables[n - 1][byte];
      tables[n][byte] = (crc >> 8) ^ tables[0][crc & 0xFF];
    }
  }
  return tables;
}
constexpr Tables kTables = make_tables();

/// Works on the inverted register, as update_by_clmul does.
std::uint32_t update_by_table(std::uint32_t crc, const char* at, std::size_t bytes) {
  if constexpr (std::endian::native == std::endian::little) {
    for (; bytes >= 8; at += 8, bytes -= 8) {
      std::uint64_t word = 0;
      std::memcpy(&word, at, sizeof(word));
      word ^= crc;
      crc = 0;
      for (std::size_t n = 0; n < 8; ++n) {
        crc ^= kTables[7 - n][(word >> (8 * n)) & 0xFF];
      }
    }
  }
  for (; bytes > 0; ++at, --bytes) {
    crc = (crc >> 8) ^ kTables[0][(crc ^ static_cast<unsigned char>(*at)) & 0xFF];
  }
  return crc;
}

#ifdef UNDERSTUDY_CRC32_CLMUL

constexpr std::size_t kClmulBytesMin = 64;

__attribute__((target("pclmul,sse4.1"))) __m128i load(const char* at) {
  return _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
}

/// Moves `remainder` ahead by the distance `factors` stand for, onto `next`.
__attribute__((target("pclmul,sse4.1"))) __m128i fold(__m128i remainder, __m128i factors,
                                                      __m128i next) {
  const __m128i low = _mm_clmulepi64_si128(remainder, factors, 0x00);
  const __m128i high = _mm_clmulepi64_si128(remainder, factors, 0x11);
  return _mm_xor_si128(_mm_xor_si128(low, high), next);
}

constexpr std::size_t kWideBytesMin = 512;

__attribute__((target("avx512f,vpclmulqdq"))) __m512i load_wide(const char* at) {
  return _mm512_loadu_si512(at);
}
__attribute__((target("avx512f,vpclmulqdq"))) __m512i fold_wide(__m512i remainder, __m512i factors,
                                                                __m512i next) {
  constexpr int kXorOfThree = 0x96;
  return _mm512_ternarylogic_epi64(_mm512_clmulepi64_epi128(remainder, factors, 0x00),
                                   _mm512_clmulepi64_epi128(remainder, factors, 0x11), next,
                                   kXorOfThree);
}

/// Four times as many bytes at once: folds all whole 256-byte blocks of `bytes`, at least one, into
/// the 64 bytes of `remainder`. Returns how many bytes that were.
__attribute__((target("avx512f,vpclmulqdq"))) std::size_t fold_blocks(std::uint32_t crc,
                                                                      const char* at,
                                                                      std::size_t bytes,
                                                                      char* remainder) {
  const __m512i by_256_bytes = _mm512_broadcast_i32x4(_mm_set_epi64x(0x01322D1430, 0x011542778A));
  const __m512i by_64_bytes = _mm512_broadcast_i32x4(_mm_set_epi64x(0x01C6E41596, 0x0154442BD4));
  const char* const begin = at;
  __m512i x0 = _mm512_xor_si512(load_wide(at),
                                _mm512_zextsi128_si512(_mm_cvtsi32_si128(static_cast<int>(crc))));
  __m512i x1 = load_wide(at + 64);
  __m512i x2 = load_wide(at + 128);
  __m512i x3 = load_wide(at + 192);
  for (at += 256, bytes -= 256; bytes >= 256; at += 256, bytes -= 256) {
    x0 = fold_wide(x0, by_256_bytes, load_wide(at));
    x1 = fold_wide(x1, by_256_bytes, load_wide(at + 64));
    x2 = fold_wide(x2, by_256_bytes, load_wide(at + 128));
    x3 = fold_wide(x3, by_256_bytes, load_wide(at + 192));
  }
  x1 = fold_wide(x0, by_64_bytes, x1);
  x2 = fold_wide(x1, by_64_bytes, x2);
  x3 = fold_wide(x2, by_64_bytes, x3);
  _mm512_storeu_si512(remainder, x3);
  return static_cast<std::size_t>(at - begin);
}

bool has_wide_clmul() {
  return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("vpclmulqdq") != 0;
}

/// `bytes` is a multiple of 16 and at least kClmulBytesMin.
/// Source: Gopal et al., "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ
/// Instruction", Intel 2009; the factors are x^n modulo the polynomial, bit-reflected, for the
/// distances named.
__attribute__((target("pclmul,sse4.1"))) std::uint32_t update_by_clmul(std::uint32_t crc,
                                                                       const char* at,
                                                                       std::size_t bytes) {
  const __m128i by_64_bytes = _mm_set_epi64x(0x01C6E41596, 0x0154442BD4);
  const __m128i by_16_bytes = _mm_set_epi64x(0x00CCAA009E, 0x01751997D0);
  const __m128i by_4_bytes = _mm_set_epi64x(0, 0x0163CD6124);
  const __m128i barrett = _mm_set_epi64x(0x01F7011641, 0x01DB710641);  // Quotient, polynomial.
  const __m128i low_32_bits = _mm_setr_epi32(~0, 0, ~0, 0);

  std::size_t folded = 64;
  char first[64];
  if (bytes >= kWideBytesMin && has_wide_clmul()) {
    folded = fold_blocks(crc, at, bytes, first);
  } else {
    std::memcpy(first, at, sizeof(first));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(first),
                     _mm_xor_si128(load(first), _mm_cvtsi32_si128(static_cast<int>(crc))));
  }
  __m128i x0 = load(first);
  __m128i x1 = load(first + 16);
  __m128i x2 = load(first + 32);
  __m128i x3 = load(first + 48);
  for (at += folded, bytes -= folded; bytes >= 64; at += 64, bytes -= 64) {
    x0 = fold(x0, by_64_bytes, load(at));
    x1 = fold(x1, by_64_bytes, load(at + 16));
    x2 = fold(x2, by_64_bytes, load(at + 32));
    x3 = fold(x3, by_64_bytes, load(at + 48));
  }
  x0 = fold(x0, by_16_bytes, x1);
  x0 = fold(x0, by_16_bytes, x2);
  x0 = fold(x0, by_16_bytes, x3);
  for (; bytes >= 16; at += 16, bytes -= 16) {
    x0 = fold(x0, by_16_bytes, load(at));
  }

  // 128 bits to 96, to 64, and by Barrett's reduction to the 32 of the checksum.
  x0 = _mm_xor_si128(_mm_srli_si128(x0, 8), _mm_clmulepi64_si128(x0, by_16_bytes, 0x10));
  x0 = _mm_xor_si128(_mm_srli_si128(x0, 4),
                     _mm_clmulepi64_si128(_mm_and_si128(x0, low_32_bits), by_4_bytes, 0x00));
  __m128i quotient = _mm_clmulepi64_si128(_mm_and_si128(x0, low_32_bits), barrett, 0x10);
  quotient = _mm_clmulepi64_si128(_mm_and_si128(quotient, low_32_bits), barrett, 0x00);
  return static_cast<std::uint32_t>(_mm_extract_epi32(_mm_xor_si128(x0, quotient), 1));
}

bool has_clmul() {
  return __builtin_cpu_supports("pclmul") != 0 && __builtin_cpu_supports("sse4.1") != 0;
}

#endif

}  // namespace

std::uint32_t crc32_by_table(std::string_view data, std::uint32_t before) {
  return ~update_by_table(~before, data.data(), data.size());
}

std::uint32_t crc32(std::string_view data, std::uint32_t before) {
#ifdef UNDERSTUDY_CRC32_CLMUL
  if (data.size() >= kClmulBytesMin && has_clmul()) {
    const std::size_t bulk = data.size() & ~std::size_t{15};
    const std::uint32_t crc = update_by_clmul(~before, data.data(), bulk);
    return ~update_by_table(crc, data.data() + bulk, data.size() - bulk);
  }
#endif
  return crc32_by_table(data, before);
}

}  // namespace understudy
