#include "streams/sequence_number.h"

#include <algorithm>
#include <charconv>

namespace understudy {

std::string sequence_number_text(SequenceNumber number) {
  std::string text(kSequenceNumberDigits, '0');
  text.front() = '1';
  for (std::size_t digit = text.size() - 1; number > 0; --digit) {
    text[digit] = static_cast<char>('0' + number % 10);
    number /= 10;
  }
  return text;
}

std::optional<SequenceNumber> parse_sequence_number(std::string_view text) {
  if (text.empty() || !std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; })) {
    return std::nullopt;
  }
  text.remove_prefix(std::min(text.find_first_not_of('0'), text.size()));
  if (text.size() < kSequenceNumberDigits) {
    return 0;
  }
  if (text.size() > kSequenceNumberDigits || text.front() != '1') {
    return UINT64_MAX;
  }
  text.remove_prefix(1);
  SequenceNumber number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() ? number : UINT64_MAX;
}

bool sequence_less(std::string_view a, std::string_view b) {
  const auto significant = [](std::string_view digits) {
    return digits.substr(std::min(digits.find_first_not_of('0'), digits.size()));
  };
  a = significant(a);
  b = significant(b);
  return a.size() != b.size() ? a.size() < b.size() : a < b;
}

}  // namespace understudy
