// DynamoDB's number: 38 significant digits, magnitude 1E-130 to 9.99…E+125. Exact decimal
// arithmetic, no rounding. Source: Developer Guide, "Service quotas".
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "emulator/base/expected.h"

namespace understudy {

/// ± digits × 10^exponent, normalised: digits has no trailing decimal zero; zero is {0, 0, false}.
struct Number {
  unsigned __int128 digits = 0;
  std::int16_t exponent = 0;
  bool negative = false;

  friend bool operator==(const Number&, const Number&) = default;
};

enum class NumberError : std::uint8_t {
  kNotANumber,
  kTooManyDigits,  ///< more than 38 significant digits
  kOverflow,       ///< magnitude above 9.99…E+125
  kUnderflow,      ///< magnitude below 1E-130
};

/// The service's sentence for the error, without prefix:
/// "A value provided cannot be converted into a number", "Attempting to store more than 38 significant
/// digits in a Number", "Number overflow. Attempting to store a number with magnitude larger than
/// supported range", "Number underflow. …smaller…".
std::string_view number_error_text(NumberError error, std::string_view text);

/// Accepts what the service accepts: optional sign, digits with optional point, optional exponent;
/// surrounding blanks are refused.
Expected<Number, NumberError> parse_number(std::string_view text);
std::strong_ordering compare(const Number& a, const Number& b);
/// Error: kOverflow, kUnderflow or kTooManyDigits (the exact result needs more than 38 digits).
Expected<Number, NumberError> add(const Number& a, const Number& b);
Expected<Number, NumberError> subtract(const Number& a, const Number& b);

/// Longest text format_number writes: sign, "0.", 130 places and 37 more.
inline constexpr std::size_t kNumberTextMax = 176;
/// Writes the normalised plain form (never an exponent) and returns its length.
std::size_t format_number(const Number& number, char* to);
std::string to_string(const Number& number);

/// Billed bytes (A2).
std::size_t number_size_bytes(const Number& number);

}  // namespace understudy
