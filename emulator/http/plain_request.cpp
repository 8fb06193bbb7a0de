#include "emulator/http/plain_request.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include <array>
#include <bit>
#include <optional>

#include "emulator/base/ascii.h"
#include "emulator/http/limits.h"

namespace understudy {
namespace {

constexpr std::string_view kRequestLine = "POST / HTTP/1.1\r\n";
constexpr std::size_t kLengthDigitsMax = 12;

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
}

/// The first control character of [at, end), or end.
const char* find_control(const char* at, const char* end) {
#ifdef __SSE2__
  const __m128i last_control = _mm_set1_epi8(0x1F);
  const __m128i del = _mm_set1_epi8(0x7F);
  for (; end - at >= 16; at += 16) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i low = _mm_cmpeq_epi8(_mm_min_epu8(bytes, last_control), bytes);
    const int found = _mm_movemask_epi8(_mm_or_si128(low, _mm_cmpeq_epi8(bytes, del)));
    if (found != 0) {
      return at + std::countr_zero(static_cast<unsigned>(found));
    }
  }
#endif
  while (at != end && !is_control(*at)) {
    ++at;
  }
  return at;
}

/// Token characters of RFC 9110, 5.6.2.
constexpr std::array<bool, 256> token_characters() {
  std::array<bool, 256> is_token{};
  for (const char c : std::string_view("!#$%&'*+-.^_`|~0123456789"
                                       "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")) {
    is_token[static_cast<unsigned char>(c)] = true;
  }
  return is_token;
}
constexpr std::array<bool, 256> kIsToken = token_characters();

/// Where a header's name ends: its first byte that is no token character, or end.
const char* find_name_end(const char* at, const char* end) {
#ifdef __SSE2__
  // Letters, digits and hyphens are all that is usual. 16 bytes suffice for most names.
  if (end - at >= 16) {
    const auto within = [](__m128i bytes, char first, char last) {
      const __m128i offset = _mm_sub_epi8(bytes, _mm_set1_epi8(first));
      return _mm_cmpeq_epi8(_mm_min_epu8(offset, _mm_set1_epi8(static_cast<char>(last - first))),
                            offset);
    };
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(at));
    const __m128i letters = within(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), 'a', 'z');
    const __m128i usual = _mm_or_si128(_mm_or_si128(letters, within(bytes, '0', '9')),
                                       _mm_cmpeq_epi8(bytes, _mm_set1_epi8('-')));
    at += std::countr_one(static_cast<unsigned>(_mm_movemask_epi8(usual)));
  }
#endif
  while (at != end && kIsToken[static_cast<unsigned char>(*at)]) {
    ++at;
  }
  return at;
}

enum class Framing : std::uint8_t { kNone, kLength, kOther };

/// What a header has to do with where its message ends or what follows it.
Framing framing_of(std::string_view name) {
  const char first = static_cast<char>(name.front() | 0x20);
  switch (name.size()) {
    case 6:
      return equals_folded(name, "expect") ? Framing::kOther : Framing::kNone;
    case 7:
      return equals_folded(name, "upgrade") ? Framing::kOther : Framing::kNone;
    case 10:
      return first == 'c' && equals_folded(name, "connection") ? Framing::kOther : Framing::kNone;
    case 14:
      return equals_folded(name, "content-length") ? Framing::kLength : Framing::kNone;
    case 16:
      return first == 'p' && equals_folded(name, "proxy-connection") ? Framing::kOther
                                                                     : Framing::kNone;
    case 17:
      return equals_folded(name, "transfer-encoding") ? Framing::kOther : Framing::kNone;
    default:
      return Framing::kNone;
  }
}

std::optional<std::size_t> read_length(std::string_view digits) {
  if (digits.empty() || digits.size() > kLengthDigitsMax) {
    return std::nullopt;
  }
  std::size_t length = 0;
  for (const char c : digits) {
    if (c < '0' || c > '9') {
      return std::nullopt;
    }
    length = length * 10 + static_cast<std::size_t>(c - '0');
  }
  return length;
}

/// One line of the head, without its line end.
struct Line {
  std::string_view name;
  std::string_view value;
  const char* next = nullptr;  ///< behind the line end; nullptr: not a plain line
};

Line read_line(const char* at, const char* end) {
  Line line;
  const char* const colon = find_name_end(at, end);
  if (colon == at || colon == end || *colon != ':') {
    return line;
  }
  const char* value = colon + 1;
  const char* const stop = find_control(value, end);
  if (end - stop < 2 || stop[0] != '\r' || stop[1] != '\n') {
    return line;  // a tab, a bare line feed, or not all there
  }
  const char* value_end = stop;
  while (value != value_end && *value == ' ') {
    ++value;
  }
  while (value != value_end && value_end[-1] == ' ') {
    --value_end;
  }
  line.name = {at, static_cast<std::size_t>(colon - at)};
  line.value = {value, static_cast<std::size_t>(value_end - value)};
  line.next = stop + 2;
  return line;
}

}  // namespace

std::size_t read_plain_request(std::string_view bytes, std::size_t body_bytes_max,
                               RememberedHead& remembered, Request& request) {
  if (!bytes.starts_with(kRequestLine)) {
    return 0;
  }
  request.clear();  // "POST" and "/" are what a request starts as
  const char* const end = bytes.data() + bytes.size();
  const char* at = bytes.data() + kRequestLine.size();
  std::optional<std::size_t> length;
  for (std::size_t place = 0; at != end && *at != '\r'; ++place) {
    if (const RememberedHead::Line* const again = remembered.find(place, at, end)) {
      request.add_header({at, again->name_bytes}, {at + again->value_begin, again->value_bytes},
                         again->known);
      at += again->bytes;
      continue;
    }
    const Line line = read_line(at, end);
    if (line.next == nullptr) {
      return 0;
    }
    const Framing framing = framing_of(line.name);
    if (framing == Framing::kOther || (framing == Framing::kLength && length.has_value())) {
      return 0;
    }
    const KnownHeader known = Request::known_header(line.name);
    if (framing == Framing::kLength) {
      length = read_length(line.value);
      if (!length.has_value()) {
        return 0;
      }
      remembered.forget(place);
    } else {
      remembered.remember(place, {at, static_cast<std::size_t>(line.next - at)}, line.name,
                          line.value, known);
    }
    request.add_header(line.name, line.value, known);
    at = line.next;
  }
  if (end - at < 2 || at[1] != '\n') {
    return 0;
  }
  at += 2;
  if (static_cast<std::size_t>(at - bytes.data()) > HttpLimits::kHeadBytesMax) {
    return 0;
  }
  const std::size_t body = length.value_or(0);
  if (body > static_cast<std::size_t>(end - at) || body > body_bytes_max) {
    return 0;
  }
  request.body = {at, body};
  return static_cast<std::size_t>(at - bytes.data()) + body;
}

}  // namespace understudy
