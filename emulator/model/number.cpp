#include "emulator/model/number.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>
#include <limits>
#include <optional>

#include "emulator/base/check.h"

namespace understudy {
namespace {

using Digits = unsigned __int128;

constexpr int kDigitsMax = 38;
constexpr int kMagnitudeMax = 125;  // Exponent of the first digit.
constexpr int kMagnitudeMin = -130;
constexpr int kDigits64 = 19;  // Any 19 digits fit 64 bits.

constexpr std::array<Digits, 39> make_powers() {
  std::array<Digits, 39> powers = {};
  Digits power = 1;
  for (Digits& entry : powers) {
    entry = power;
    power *= 10;
  }
  return powers;
}
constexpr std::array<Digits, 39> kPowers = make_powers();

constexpr std::array<std::uint64_t, 20> make_powers64() {
  std::array<std::uint64_t, 20> powers = {};
  for (std::size_t i = 0; i < powers.size(); ++i) {
    powers[i] = static_cast<std::uint64_t>(kPowers[i]);
  }
  return powers;
}
constexpr std::array<std::uint64_t, 20> kPowers64 = make_powers64();

Digits power_of_ten(int exponent) {
  return kPowers[static_cast<std::size_t>(exponent)];
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// The coefficient of a number as it is read, digit by digit.
struct Coefficient {
  Digits digits = 0;       ///< up to the last digit that is not 0, as far as 38 digits go
  std::int64_t count = 0;  ///< of these digits
  std::int64_t read = 0;   ///< digits read, zeros in front and behind included
  std::int64_t last = 0;   ///< value of `read` after the last digit that is not 0

  void add(char c) {
    ++read;
    const auto digit = static_cast<unsigned>(c - '0');
    if (digit == 0) {
      return;
    }
    const std::int64_t step = count == 0 ? 1 : read - last;
    count += step;
    last = read;
    if (count <= kDigits64) {
      digits =
          static_cast<std::uint64_t>(digits) * kPowers64[static_cast<std::size_t>(step)] + digit;
    } else if (count <= kDigitsMax) {
      digits = digits * kPowers[static_cast<std::size_t>(step)] + digit;
    }
  }
};

/// Reads an exponent behind its `e`; nullopt where there is none, or none of 64 bits. Far beyond
/// any range it stops growing. Case: 1e9223372036854775808 is no number, 1e99999999999 overflows
/// (AWS capture, 2026-10).
std::optional<std::int64_t> read_exponent(const char* at, const char* end) {
  constexpr std::int64_t kLargest = std::numeric_limits<std::int64_t>::max();
  constexpr std::int64_t kFarAway = kLargest / 100;
  const bool negative = at < end && *at == '-';
  if (at < end && (*at == '-' || *at == '+')) {
    ++at;
  }
  if (at == end) {
    return std::nullopt;
  }
  std::int64_t exponent = 0;
  for (; at < end; ++at) {
    if (!is_digit(*at) || exponent > (kLargest - (*at - '0')) / 10) {
      return std::nullopt;
    }
    exponent = exponent * 10 + (*at - '0');
  }
  exponent = std::min(exponent, kFarAway);
  return negative ? -exponent : exponent;
}

/// Exponent of the first digit, as each layer computes it; nullopt: no number to that layer.
/// The older layer reads a number as Java's BigDecimal: digits and a scale of 32 bits, whose
/// difference wraps. Case: `1e2147483647` is an underflow there (AWS capture, 2026-10).
std::optional<std::int64_t> magnitude_of(std::int64_t digit_count, std::int64_t last_digit_exponent,
                                         ValueLayer layer) {
  const std::int64_t magnitude = last_digit_exponent + digit_count - 1;
  if (layer == ValueLayer::kCurrent) {
    return magnitude;
  }
  constexpr std::int64_t kLargest = std::numeric_limits<std::int32_t>::max();
  if (last_digit_exponent > kLargest || last_digit_exponent < -kLargest) {
    return std::nullopt;
  }
  return std::int64_t{static_cast<std::int32_t>(static_cast<std::uint32_t>(magnitude + 1))} - 1;
}

Expected<Number, NumberError> check_range(const Number& number, std::int64_t magnitude) {
  if (magnitude > kMagnitudeMax) {
    return Unexpected{NumberError::kOverflow};
  }
  if (magnitude < kMagnitudeMin) {
    return Unexpected{NumberError::kUnderflow};
  }
  return number;
}

/// `digits` without zeros at its end, counted into the exponent.
Number normalised(Digits digits, int exponent, bool negative) {
  if (digits == 0) {
    return {};
  }
  while (digits % 10 == 0) {
    digits /= 10;
    ++exponent;
  }
  return {digits, static_cast<std::int16_t>(exponent), negative};
}

/// Exponent of the first digit.
int magnitude_of(const Number& number) {
  return number.exponent + count_digits(number.digits) - 1;
}

std::strong_ordering compare_magnitudes(const Number& a, const Number& b) {
  if (a.exponent == b.exponent) {
    return a.digits <=> b.digits;
  }
  const int a_magnitude = magnitude_of(a);
  const int b_magnitude = magnitude_of(b);
  if (a_magnitude != b_magnitude) {
    return a_magnitude <=> b_magnitude;
  }
  // Their first digits have the same place, hence aligned they have the same number of digits.
  if (a.exponent > b.exponent) {
    return a.digits * power_of_ten(a.exponent - b.exponent) <=> b.digits;
  }
  return a.digits <=> b.digits * power_of_ten(b.exponent - a.exponent);
}

/// A number of nothing but a few digits, most of those that are sent; nullopt: it is another one.
std::optional<Number> parse_few_digits(std::string_view text) {
  if (text.empty() || text.size() > kDigits64) {
    return std::nullopt;
  }
  std::uint64_t digits = 0;
  for (const char c : text) {
    if (!is_digit(c)) {
      return std::nullopt;
    }
    digits = digits * 10 + static_cast<std::uint64_t>(c - '0');
  }
  Number number;
  while (digits != 0 && digits % 10 == 0) {
    digits /= 10;
    ++number.exponent;
  }
  number.digits = digits;
  return number;
}

char* write_digits(Digits digits, char* to) {
  constexpr std::uint64_t kHalf = kPowers64[kDigits64];
  if (digits < kHalf) {
    return std::to_chars(to, to + 20, static_cast<std::uint64_t>(digits)).ptr;
  }
  to = std::to_chars(to, to + 20, static_cast<std::uint64_t>(digits / kHalf)).ptr;
  auto low = static_cast<std::uint64_t>(digits % kHalf);
  for (int i = kDigits64 - 1; i >= 0; --i) {
    to[i] = static_cast<char>('0' + low % 10);
    low /= 10;
  }
  return to + kDigits64;
}

}  // namespace

std::string number_error_text(NumberError error, std::string_view text, ValueLayer layer) {
  switch (error) {
    case NumberError::kNotANumber: {
      // Case: the older layer leaves out the colon where there is no text (AWS capture, 2026-10).
      std::string sentence = "The parameter cannot be converted to a numeric value";
      if (layer == ValueLayer::kCurrent || !text.empty()) {
        sentence.append(": ").append(text);
      }
      return sentence;
    }
    case NumberError::kTooManyDigits:
      return "Attempting to store more than 38 significant digits in a Number";
    case NumberError::kOverflow:
      return "Number overflow. Attempting to store a number with magnitude larger than supported "
             "range";
    case NumberError::kUnderflow:
      return "Number underflow. Attempting to store a number with magnitude smaller than supported "
             "range";
  }
  return {};
}

Expected<Number, NumberError> parse_number(std::string_view text, ValueLayer layer) {
  if (const auto number = parse_few_digits(text)) {
    return *number;
  }
  const char* at = text.data();
  const char* const end = at + text.size();
  const bool negative = at < end && *at == '-';
  if (at < end && (*at == '-' || *at == '+')) {
    ++at;
  }
  Coefficient coefficient;
  for (; at < end && is_digit(*at); ++at) {
    coefficient.add(*at);
  }
  const std::int64_t whole_digits = coefficient.read;
  if (at < end && *at == '.') {
    for (++at; at < end && is_digit(*at); ++at) {
      coefficient.add(*at);
    }
  }
  if (coefficient.read == 0) {
    return Unexpected{NumberError::kNotANumber};
  }
  std::int64_t exponent = 0;
  if (at < end) {
    const auto written = *at == 'e' || *at == 'E' ? read_exponent(at + 1, end) : std::nullopt;
    if (!written) {
      return Unexpected{NumberError::kNotANumber};
    }
    exponent = *written;
  }

  // What the older layer sees are the digits as written, zeros at the end included. A zero's place
  // is that of its last digit. Case: 0e126 overflows, 0.0e126 does not (SCY:test_number).
  const bool zero = coefficient.count == 0;
  const std::int64_t last_written = exponent + whole_digits - coefficient.read;
  const std::int64_t written_count =
      zero ? 1 : coefficient.count + coefficient.read - coefficient.last;
  const auto magnitude = magnitude_of(written_count, last_written, layer);
  if (!magnitude) {
    return Unexpected{NumberError::kNotANumber};
  }
  Number number;
  if (!zero) {
    number.digits = coefficient.digits;
    number.exponent = static_cast<std::int16_t>(exponent + whole_digits - coefficient.last);
    number.negative = negative;
  }
  auto checked = check_range(number, *magnitude);
  if (checked && coefficient.count > kDigitsMax) {
    return Unexpected{NumberError::kTooManyDigits};
  }
  return checked;
}

int count_digits(unsigned __int128 digits) {
  const auto high = static_cast<std::uint64_t>(digits >> 64);
  const int bits = high != 0 ? 128 - std::countl_zero(high)
                             : 64 - std::countl_zero(static_cast<std::uint64_t>(digits) | 1);
  // 1233 / 4096 is log10(2), closely enough to be at most one too small below 2^128.
  const int estimate = (bits * 1233) >> 12;
  return estimate + (digits >= power_of_ten(estimate) ? 1 : 0) + (digits == 0 ? 1 : 0);
}

std::strong_ordering compare(const Number& a, const Number& b) {
  if (a.digits == 0 || b.digits == 0) {
    const int a_sign = a.digits == 0 ? 0 : a.negative ? -1 : 1;
    const int b_sign = b.digits == 0 ? 0 : b.negative ? -1 : 1;
    return a_sign <=> b_sign;
  }
  if (a.negative != b.negative) {
    return a.negative ? std::strong_ordering::less : std::strong_ordering::greater;
  }
  return a.negative ? compare_magnitudes(b, a) : compare_magnitudes(a, b);
}

Expected<Number, NumberError> add(const Number& a, const Number& b) {
  if (a.digits == 0 || b.digits == 0) {
    return a.digits == 0 ? b : a;
  }
  const Number& high = a.exponent >= b.exponent ? a : b;
  const Number& low = a.exponent >= b.exponent ? b : a;
  const int shift = high.exponent - low.exponent;
  // The last digit of `low` is not 0, so it stays the last digit of the result if there is a shift:
  // 40 digits before the addition leave at least 39 after it. With 39, subtracting from less than
  // 2·10^38 may still leave 38; more than that would not fit either.
  const int aligned_digits = count_digits(high.digits) + shift;
  constexpr Digits kLargestUseful = 2 * kPowers[kDigitsMax];
  if (aligned_digits > kDigitsMax + 1 ||
      (aligned_digits > kDigitsMax && high.digits >= kLargestUseful / power_of_ten(shift))) {
    return Unexpected{NumberError::kOverflow};
  }
  const Digits aligned = high.digits * power_of_ten(shift);
  Number sum;
  if (high.negative == low.negative) {
    sum = normalised(aligned + low.digits, low.exponent, low.negative);
  } else if (aligned >= low.digits) {
    sum = normalised(aligned - low.digits, low.exponent, high.negative);
  } else {
    sum = normalised(low.digits - aligned, low.exponent, low.negative);
  }
  if (sum.digits == 0) {
    return sum;
  }
  if (count_digits(sum.digits) > kDigitsMax) {
    return Unexpected{NumberError::kOverflow};
  }
  return check_range(sum, magnitude_of(sum));
}

Expected<Number, NumberError> subtract(const Number& a, const Number& b) {
  Number opposite = b;
  opposite.negative = b.digits != 0 && !b.negative;
  return add(a, opposite);
}

std::size_t format_number(const Number& number, char* to) {
  char* const start = to;
  if (number.negative) {
    *to++ = '-';
  }
  std::array<char, 40> digits;
  const char* const digits_end = write_digits(number.digits, digits.data());
  const auto count = static_cast<int>(digits_end - digits.data());
  const auto append = [&to](const char* from, int bytes) {
    std::memcpy(to, from, static_cast<std::size_t>(bytes));
    to += bytes;
  };
  const auto append_zeros = [&to](int zeros) {
    std::memset(to, '0', static_cast<std::size_t>(zeros));
    to += zeros;
  };
  const int whole_digits = count + number.exponent;
  if (number.exponent >= 0) {
    append(digits.data(), count);
    append_zeros(number.exponent);
  } else if (whole_digits > 0) {
    append(digits.data(), whole_digits);
    *to++ = '.';
    append(digits.data() + whole_digits, -number.exponent);
  } else {
    *to++ = '0';
    *to++ = '.';
    append_zeros(-whole_digits);
    append(digits.data(), count);
  }
  return static_cast<std::size_t>(to - start);
}

std::string to_string(const Number& number) {
  std::array<char, kNumberTextMax> text;
  return std::string(text.data(), format_number(number, text.data()));
}

std::size_t number_size_bytes(const Number& number) {
  if (number.digits == 0) {
    return 1;
  }
  // One byte per two digits, paired from the decimal point on, which may leave single digits at
  // both ends. Assumed: digits that straddle a pair cost both (120 costs 3). Source: A2.
  const int digits = count_digits(number.digits);
  const bool straddles = digits % 2 == 0 && (number.exponent + digits - 1) % 2 == 0;
  const auto pairs = static_cast<std::size_t>((digits + 1) / 2);
  return 1 + pairs + (straddles ? 1 : 0) + (number.negative ? 1 : 0);
}

}  // namespace understudy
