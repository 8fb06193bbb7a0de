// Where plain text ends: the scans behind reading and writing JSON strings, 16 bytes at a time
// where the machine has SSE2, 8 elsewhere. Never reads outside the text.
#pragma once

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace understudy {

/// Whether bytes from 0x80 on end plain text: they do where UTF-8 is still to be validated.
enum class NonAscii : bool { kIsPlain, kEnds };

namespace text_scan {

inline constexpr std::uint64_t kOnes = 0x0101010101010101;
inline constexpr std::uint64_t kHighs = 0x8080808080808080;

template <NonAscii non_ascii>
inline bool is_special(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == '"' || byte == '\\' ||
         (non_ascii == NonAscii::kEnds && byte >= 0x80);
}

/// The high bit of each special byte. Bytes after the first special one may be marked wrongly: the
/// borrow of a subtraction travels upwards.
template <NonAscii non_ascii>
inline std::uint64_t specials_of_8(const char* at) {
  std::uint64_t word = 0;
  std::memcpy(&word, at, sizeof(word));
  const std::uint64_t quotes = word ^ (kOnes * '"');
  const std::uint64_t backslashes = word ^ (kOnes * '\\');
  std::uint64_t marks = (word - kOnes * 0x20) & ~word;
  marks |= (quotes - kOnes) & ~quotes;
  marks |= (backslashes - kOnes) & ~backslashes;
  if constexpr (non_ascii == NonAscii::kEnds) {
    marks |= word;
  }
  return marks & kHighs;
}

#ifdef __SSE2__
/// The high bit of each special byte; the other bits mean nothing.
template <NonAscii non_ascii>
inline __m128i mark_16(const char* at) {
  const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
  // Flipping 0x02 puts the quote, 0x22, right behind the control characters and moves none out of
  // their range: one comparison with 0x21 finds both.
  const __m128i flipped = _mm_xor_si128(bytes, _mm_set1_epi8(0x02));
  const __m128i low = non_ascii == NonAscii::kEnds
                          ? _mm_subs_epi8(flipped, _mm_set1_epi8(0x21))  // Negative stays negative.
                          : _mm_cmpeq_epi8(_mm_min_epu8(flipped, _mm_set1_epi8(0x20)), flipped);
  return _mm_or_si128(low, _mm_cmpeq_epi8(bytes, _mm_set1_epi8('\\')));
}

template <NonAscii non_ascii>
inline unsigned specials_of_16(const char* at) {
  return static_cast<unsigned>(_mm_movemask_epi8(mark_16<non_ascii>(at)));
}

#endif

}  // namespace text_scan

/// The first byte in [at, end) that may not stand as it is inside a JSON string: a quote, a
/// backslash, a control character and, where wanted, a byte of a multi-byte UTF-8 sequence. `end`
/// if there is none.
template <NonAscii non_ascii>
inline const char* find_json_special(const char* at, const char* end) {
#ifdef __SSE2__
  // Most strings are short, the others long: one small step, then large ones.
  if (end - at >= 16) {
    if (const unsigned marks = text_scan::specials_of_16<non_ascii>(at); marks != 0) {
      return at + std::countr_zero(marks);
    }
    at += 16;
    if (end - at >= 32) {
      const char* const last = end - 32;
      do {
        const __m128i low = text_scan::mark_16<non_ascii>(at);
        const __m128i high = text_scan::mark_16<non_ascii>(at + 16);
        if (_mm_movemask_epi8(_mm_or_si128(low, high)) != 0) {
          const auto marks = static_cast<unsigned>(_mm_movemask_epi8(low)) |
                             static_cast<unsigned>(_mm_movemask_epi8(high)) << 16;
          return at + std::countr_zero(marks);
        }
        at += 32;
      } while (at <= last);
    }
  }
#endif
  if constexpr (std::endian::native == std::endian::little) {
    for (; end - at >= 8; at += 8) {
      if (const std::uint64_t marks = text_scan::specials_of_8<non_ascii>(at); marks != 0) {
        return at + std::countr_zero(marks) / 8;
      }
    }
  }
  while (at < end && !text_scan::is_special<non_ascii>(*at)) {
    ++at;
  }
  return at;
}

/// Whether `text` is plain JSON; meant for short text.
inline bool is_short_plain_json(std::string_view text) {
  constexpr NonAscii kPlain = NonAscii::kIsPlain;
  const char* const at = text.data();
  const std::size_t size = text.size();
  if (size >= 8) {
    std::uint64_t marks = text_scan::specials_of_8<kPlain>(at + size - 8);
    for (std::size_t i = 0; i + 8 < size; i += 8) {
      marks |= text_scan::specials_of_8<kPlain>(at + i);
    }
    return marks == 0;
  }
  if (size >= 4) {
    char both[8];
    std::memcpy(both, at, 4);
    std::memcpy(both + 4, at + size - 4, 4);
    return text_scan::specials_of_8<kPlain>(both) == 0;
  }
  return std::none_of(at, at + size, text_scan::is_special<kPlain>);
}

/// a == b without a call, which costs more than comparing a name does; meant for short text.
inline bool is_same_short_text(std::string_view a, std::string_view b) {
  const std::size_t size = a.size();
  if (size != b.size()) {
    return false;
  }
  const auto differ = [&]<class Word>(Word, std::size_t at) {
    Word from_a = 0;
    Word from_b = 0;
    std::memcpy(&from_a, a.data() + at, sizeof(Word));
    std::memcpy(&from_b, b.data() + at, sizeof(Word));
    return from_a ^ from_b;
  };
  // Whole words first, then one that ends with the text and overlaps the word before it.
  if (size >= 8) {
    std::uint64_t difference = differ(std::uint64_t{}, size - 8);
    for (std::size_t at = 0; at + 8 < size; at += 8) {
      difference |= differ(std::uint64_t{}, at);
    }
    return difference == 0;
  }
  if (size >= 4) {
    return (differ(std::uint32_t{}, 0) | differ(std::uint32_t{}, size - 4)) == 0;
  }
  return std::equal(a.begin(), a.end(), b.begin());
}

/// Copies `text` to `to` if it is plain JSON. False: it is not, and `to` holds nothing of use.
inline bool copy_plain_json(std::string_view text, char* to) {
  constexpr NonAscii kPlain = NonAscii::kIsPlain;
  const char* const from = text.data();
  const std::size_t size = text.size();
  // Whole steps first, then one that ends with the text and overlaps the step before it.
#ifdef __SSE2__
  if (size >= 16) {
    unsigned marks = text_scan::specials_of_16<kPlain>(from + size - 16);
    std::memcpy(to + size - 16, from + size - 16, 16);
    for (std::size_t i = 0; i + 16 < size; i += 16) {
      marks |= text_scan::specials_of_16<kPlain>(from + i);
      std::memcpy(to + i, from + i, 16);
    }
    return marks == 0;
  }
#endif
  if (size >= 8) {
    std::uint64_t marks = text_scan::specials_of_8<kPlain>(from + size - 8);
    std::memcpy(to + size - 8, from + size - 8, 8);
    for (std::size_t i = 0; i + 8 < size; i += 8) {
      marks |= text_scan::specials_of_8<kPlain>(from + i);
      std::memcpy(to + i, from + i, 8);
    }
    return marks == 0;
  }
  if (size >= 4) {
    char both[8];
    std::memcpy(both, from, 4);
    std::memcpy(both + 4, from + size - 4, 4);
    std::memcpy(to, both, 4);
    std::memcpy(to + size - 4, both + 4, 4);
    return text_scan::specials_of_8<kPlain>(both) == 0;
  }
  bool plain = true;
  for (std::size_t i = 0; i < size; ++i) {
    plain = plain && !text_scan::is_special<kPlain>(from[i]);
    to[i] = from[i];
  }
  return plain;
}

}  // namespace understudy
