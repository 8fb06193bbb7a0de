#include "emulator/base/decimal_text.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <limits>

namespace understudy {
namespace {

constexpr int kDigitsAlwaysKept = std::numeric_limits<double>::digits10;        // 15
constexpr int kDigitsAlwaysEnough = std::numeric_limits<double>::max_digits10;  // 17

}  // namespace

std::string decimal_text(double value) {
  if (!std::isfinite(value)) {
    return std::isnan(value) ? (std::signbit(value) ? "-nan" : "nan")
                             : (value < 0 ? "-inf" : "inf");
  }
  if (value == 0) {
    return std::signbit(value) ? "-0" : "0";
  }
  std::array<char, 32> text{};
  // Numbers next to zero have fewer digits.
  int digits = std::isnormal(value) ? kDigitsAlwaysKept - 1 : 0;
  do {
    ++digits;
    std::snprintf(text.data(), text.size(), "%.*e", digits - 1, value);
  } while (digits < kDigitsAlwaysEnough && std::strtod(text.data(), nullptr) != value);

  // "-d.ddde±xx": take it apart.
  std::string scientific(text.data());
  const std::size_t e = scientific.find('e');
  const int exponent = std::atoi(scientific.c_str() + e + 1);
  std::string mantissa = scientific.substr(0, e);
  mantissa.erase(mantissa.find_last_not_of('0') + 1);
  if (mantissa.back() == '.') {
    mantissa.pop_back();
  }
  scientific = mantissa + scientific.substr(e);

  const std::size_t point = mantissa.find('.');
  const int significant = static_cast<int>(mantissa.size()) - (point != std::string::npos ? 1 : 0) -
                          (value < 0 ? 1 : 0);
  std::array<char, 512> plain{};
  const int length = std::snprintf(plain.data(), plain.size(), "%.*f",
                                   std::max(0, significant - 1 - exponent), value);
  return static_cast<std::size_t>(length) <= scientific.size()
             ? std::string(plain.data(), static_cast<std::size_t>(length))
             : scientific;
}

}  // namespace understudy
