#include "emulator/model/number.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <string>
#include <vector>

namespace understudy {
namespace {

std::string error_name(NumberError error) {
  switch (error) {
    case NumberError::kNotANumber:
      return "not a number";
    case NumberError::kTooManyDigits:
      return "too many digits";
    case NumberError::kOverflow:
      return "overflow";
    case NumberError::kUnderflow:
      return "underflow";
  }
  return {};
}

std::string text_or_error(const Expected<Number, NumberError>& number) {
  return number ? to_string(*number) : error_name(number.error());
}

std::string parsed(std::string_view text, ValueLayer layer = ValueLayer::kCurrent) {
  return text_or_error(parse_number(text, layer));
}

Number number(std::string_view text) {
  return parse_number(text).value();
}

// Case: SCY:test_number _NORMALIZATION_CASES, answers of the service.
TEST(Number, IsNormalisedAsTheServiceDoes) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"1", "1"},
      {"-5", "-5"},
      {"0", "0"},
      {"1000", "1000"},
      {"0000", "0"},
      {"0001020", "1020"},
      {"9999999999999999999", "9999999999999999999"},
      {"1000000000000000000", "1000000000000000000"},
      {"18446744073709551616", "18446744073709551616"},
      {"007", "7"},
      {"001.23", "1.23"},
      {"00", "0"},
      {"+3", "3"},
      {"+0", "0"},
      {"+1.5", "1.5"},
      {"1.0", "1"},
      {"1.10", "1.1"},
      {"100.000", "100"},
      {"0.0", "0"},
      {"0.10", "0.1"},
      {"1e3", "1000"},
      {"1E+3", "1000"},
      {"5e1", "50"},
      {"-3e2", "-300"},
      {"1.5e2", "150"},
      {"1.23e4", "12300"},
      {"1e-3", "0.001"},
      {"123e-2", "1.23"},
      {"1.23e-1", "0.123"},
      {"1.00e2", "100"},
      {"-0", "0"},
      {"-0.0", "0"},
      {"0e5", "0"},
      {"0.0e3", "0"},
      {"0e-5", "0"},
      {".5", "0.5"},
      {"-.5", "-0.5"},
      {"5.", "5"},
      {"+.5e0", "0.5"},
      {"9.9e10", "99000000000"},
      {"1e125", "1" + std::string(125, '0')},
      {"1e-130", "0." + std::string(129, '0') + "1"},
      {"-273.15", "-273.15"},
      {"12345678901234567890123456789012345678", "12345678901234567890123456789012345678"},
      {"1" + std::string(60, '0') + "e-60", "1"},
      {std::string(100, '0') + "12." + std::string(100, '0'), "12"},
      {"0." + std::string(5000, '0') + "1e5000", "0.1"},
      {"1e" + std::string(5000, '0') + "1", "10"},
  };
  for (const auto& [text, expected] : cases) {
    EXPECT_EQ(parsed(text), expected) << text;
  }
}

// Case: SCY:test_number; AWS capture of number texts, 2026-10.
TEST(Number, RefusesWhatIsNoNumber) {
  for (const std::string_view text :
       {"",     "abc", "NaN", "Infinity", "-Infinity", "-NaN",  " 1",   "1 ", "1.2.3",
        "0x10", "1e",  "1e+", "1e-",      "e1",        "+",     "-",    ".",  "+.",
        ".e1",  "--1", "+-1", "1_000",    "1,5",       "1e1.5", "1e5 ", "1f", "\u0661"}) {
    EXPECT_EQ(parsed(text), "not a number") << text;
    EXPECT_EQ(parsed(text, ValueLayer::kOlder), "not a number") << text;
  }
  EXPECT_EQ(parsed(std::string_view("1\0", 2)), "not a number");
}

TEST(Number, ChecksItsRange) {
  const std::string nines38(38, '9');
  EXPECT_EQ(parsed("9.9999999999999999999999999999999999999E+125"), nines38 + std::string(88, '0'));
  EXPECT_EQ(parsed("1e126"), "overflow");
  EXPECT_EQ(parsed("-11e125"), "overflow");
  EXPECT_EQ(parsed("1" + std::string(126, '0')), "overflow");
  EXPECT_EQ(parsed("1e-131"), "underflow");
  EXPECT_EQ(parsed("-0.9e-130"), "underflow");
  EXPECT_EQ(parsed("0.1e126"), "1" + std::string(125, '0'));
  EXPECT_EQ(parsed(nines38 + "9"), "too many digits");
  EXPECT_EQ(parsed("3.14159265358979323846264338327950288419"), "too many digits");
  EXPECT_EQ(parsed("314159265358979323846264338327950288419e30"), "too many digits");
  EXPECT_EQ(parsed(nines38 + "0"), nines38 + "0");
  // Digits that count for too many do not hide an exponent out of range.
  EXPECT_EQ(parsed(nines38 + "9e100"), "overflow");
}

// Case: SCY:test_number test_number_magnitude_not_allowed_zero, what the service does.
TEST(Number, ChecksTheExponentOfZeroAsWritten) {
  EXPECT_EQ(parsed("0e125"), "0");
  EXPECT_EQ(parsed("0.0e126"), "0");
  EXPECT_EQ(parsed("0e126"), "overflow");
  EXPECT_EQ(parsed("0e-130"), "0");
  EXPECT_EQ(parsed("0e-131"), "underflow");
  EXPECT_EQ(parsed("0e126", ValueLayer::kOlder), "overflow");
}

// Case: AWS capture, 2026-10: each layer reads huge exponents its own way.
TEST(Number, ReadsHugeExponentsInFull) {
  for (const std::string_view text :
       {"1e2147483647", "1e2147483648", "1e99999999999", "-1e99999999999", "1.0e100000000"}) {
    EXPECT_EQ(parsed(text), "overflow") << text;
  }
  for (const std::string_view text : {"1e-2147483648", "1e-99999999999"}) {
    EXPECT_EQ(parsed(text), "underflow") << text;
  }
  EXPECT_EQ(parsed("1e9223372036854775807"), "overflow");
  EXPECT_EQ(parsed("1e9223372036854775808"), "not a number");
  EXPECT_EQ(parsed("1e2147483647", ValueLayer::kOlder), "underflow");
  EXPECT_EQ(parsed("1e2147483646", ValueLayer::kOlder), "overflow");
  EXPECT_EQ(parsed("1e99999999999", ValueLayer::kOlder), "not a number");
}

TEST(Number, NamesItsErrorsInTheServicesWords) {
  EXPECT_EQ(number_error_text(NumberError::kNotANumber, "abc"),
            "The parameter cannot be converted to a numeric value: abc");
  EXPECT_EQ(number_error_text(NumberError::kNotANumber, ""),
            "The parameter cannot be converted to a numeric value: ");
  EXPECT_EQ(number_error_text(NumberError::kNotANumber, "", ValueLayer::kOlder),
            "The parameter cannot be converted to a numeric value");
  EXPECT_EQ(number_error_text(NumberError::kTooManyDigits, "1"),
            "Attempting to store more than 38 significant digits in a Number");
  EXPECT_EQ(
      number_error_text(NumberError::kOverflow, "1"),
      "Number overflow. Attempting to store a number with magnitude larger than supported range");
  EXPECT_EQ(
      number_error_text(NumberError::kUnderflow, "1"),
      "Number underflow. Attempting to store a number with magnitude smaller than supported range");
}

TEST(Number, AddsSubtractsAndComparesLikePythonsDecimal) {
  struct Vector {
    std::string_view a, b, sum, difference, order;
  };
  const std::vector<Vector> vectors = {
#define VECTOR(...) {__VA_ARGS__},
#include "tests/emulator/model/number_vectors.inc"
#undef VECTOR
  };
  ASSERT_EQ(vectors.size(), 500U);
  for (const Vector& vector : vectors) {
    const Number a = number(vector.a);
    const Number b = number(vector.b);
    EXPECT_EQ(text_or_error(add(a, b)), vector.sum) << vector.a << " + " << vector.b;
    EXPECT_EQ(text_or_error(add(b, a)), vector.sum) << vector.b << " + " << vector.a;
    EXPECT_EQ(text_or_error(subtract(a, b)), vector.difference) << vector.a << " - " << vector.b;
    const auto order = compare(a, b);
    EXPECT_EQ(order < 0 ? "<" : order > 0 ? ">" : "=", vector.order) << vector.a << ' ' << vector.b;
    EXPECT_EQ(compare(b, a) <=> 0, 0 <=> order);
  }
}

// Case: AWS captures listed under A2.
TEST(Number, HasTheSizeTheServiceBills) {
  const std::vector<std::pair<std::string, std::size_t>> cases = {
      {"0", 1},         {"-0", 1},
      {"1", 2},         {"12", 2},
      {"123", 3},       {"1234", 3},
      {"1010", 3},      {"100", 2},
      {"0.0000001", 2}, {"1E125", 2},
      {"1E-100", 2},    {"1.5", 3},
      {"1.234", 4},     {"3.14159", 5},
      {"100.5", 4},     {"0.15", 2},
      {"-42", 3},       {"-12345", 5},
      {"123456", 4},    {"12345678901234567890123456789012345678", 20},
      {"120", 3},       {"0.015", 3},
  };
  for (const auto& [text, size] : cases) {
    EXPECT_EQ(number_size_bytes(number(text)), size) << text;
  }
}

TEST(Number, CountsDigits) {
  unsigned __int128 power = 1;
  for (int digits = 1; digits <= 38; ++digits) {
    EXPECT_EQ(count_digits(power), digits);
    EXPECT_EQ(count_digits(power * 9), digits);
    power *= 10;
    EXPECT_EQ(count_digits(power - 1), digits);
  }
  EXPECT_EQ(count_digits(0), 1);
}

/// Any number of the service, as its text.
rc::Gen<std::string> any_number_text() {
  return rc::gen::map(
      rc::gen::tuple(rc::gen::inRange(1, 39), rc::gen::inRange(-130, 126),
                     rc::gen::arbitrary<bool>(), rc::gen::arbitrary<std::uint64_t>(),
                     rc::gen::arbitrary<std::uint64_t>()),
      [](const std::tuple<int, int, bool, std::uint64_t, std::uint64_t>& parts) {
        const auto& [count, magnitude, negative, first, second] = parts;
        std::string digits = std::to_string(first) + std::to_string(second);
        digits = digits.substr(0, static_cast<std::size_t>(count));
        return std::string(negative ? "-" : "") + digits + "e" +
               std::to_string(magnitude - static_cast<int>(digits.size()) + 1);
      });
}

TEST(Number, ComesBackFromItsOwnText) {
  EXPECT_TRUE(rc::check("format, then parse, is the same number", [] {
    const auto first = parse_number(*any_number_text());
    RC_PRE(first.has_value());
    const std::string text = to_string(*first);
    RC_ASSERT(text.size() <= kNumberTextMax);
    const auto second = parse_number(text);
    RC_ASSERT(second.has_value());
    RC_ASSERT(*first == *second);
    RC_ASSERT(std::is_eq(compare(*first, *second)));
  }));
}

TEST(Number, IsTotallyOrdered) {
  EXPECT_TRUE(rc::check("order is antisymmetric, transitive and agrees with equality", [] {
    std::vector<Number> numbers;
    for (int i = 0; i < 3; ++i) {
      const auto one = parse_number(*any_number_text());
      RC_PRE(one.has_value());
      numbers.push_back(*one);
    }
    const Number& a = numbers[0];
    const Number& b = numbers[1];
    const Number& c = numbers[2];
    RC_ASSERT((compare(a, b) == 0) == static_cast<bool>(a == b));
    RC_ASSERT((compare(a, b) < 0) == (compare(b, a) > 0));
    if (std::is_lteq(compare(a, b)) && std::is_lteq(compare(b, c))) {
      RC_ASSERT(std::is_lteq(compare(a, c)));
    }
  }));
}

TEST(Number, UndoesAdditionBySubtraction) {
  EXPECT_TRUE(rc::check("a + b - b is a wherever both steps are exact", [] {
    const auto a = parse_number(*any_number_text());
    const auto b = parse_number(*any_number_text());
    RC_PRE(a.has_value() && b.has_value());
    const auto sum = add(*a, *b);
    if (sum) {
      const auto back = subtract(*sum, *b);
      RC_ASSERT(back.has_value());
      RC_ASSERT(*back == *a);
    }
  }));
}

}  // namespace
}  // namespace understudy
