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

/// The two layers of the service that check attribute values (H1). They word some refusals
/// differently and read huge exponents differently; which one answers depends on the operation.
enum class ValueLayer : std::uint8_t {
  kCurrent,  ///< PutItem, UpdateItem, DeleteItem, GetItem, BatchGetItem, Query
  kOlder,    ///< BatchWriteItem, TransactWriteItems, TransactGetItems, Scan
};

/// The service's sentence for the error, without prefix; `text` is the number as sent.
std::string number_error_text(NumberError error, std::string_view text,
                              ValueLayer layer = ValueLayer::kCurrent);

/// Accepts what the service accepts: optional sign, digits with optional point (`5.` and `.5` too),
/// optional exponent; no blanks, no NaN. A zero's exponent must be in range as well.
Expected<Number, NumberError> parse_number(std::string_view text,
                                           ValueLayer layer = ValueLayer::kCurrent);
std::strong_ordering compare(const Number& a, const Number& b);
/// Error: kOverflow or kUnderflow. An exact result of more than 38 digits is an overflow too: the
/// service says so. Case: SCY:test_number test_update_expression_plus_imprecise.
Expected<Number, NumberError> add(const Number& a, const Number& b);
Expected<Number, NumberError> subtract(const Number& a, const Number& b);

/// How many decimal digits `digits` has; 1 for zero.
int count_digits(unsigned __int128 digits);

/// Longest text format_number writes: sign, "0.", 130 places and 37 more.
inline constexpr std::size_t kNumberTextMax = 176;
/// Writes the normalised plain form (never an exponent) and returns its length.
std::size_t format_number(const Number& number, char* to);
std::string to_string(const Number& number);

/// Billed bytes (A2).
std::size_t number_size_bytes(const Number& number);

}  // namespace understudy
