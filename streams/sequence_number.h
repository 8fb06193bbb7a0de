// Sequence numbers: the order of a stream's records. Counted up through the whole stream, so each
// is there once and they rise in every shard and from parent to child. On the wire 21 digits of
// fixed width: numbers compare as their texts do. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace understudy {

/// 1 is the first of a stream; 0 stands before all.
using SequenceNumber = std::uint64_t;

inline constexpr std::size_t kSequenceNumberDigits = 21;

/// "100000000000000000042"
std::string sequence_number_text(SequenceNumber number);
/// nullopt: not decimal digits. A number above all that can be given reads as the greatest, one
/// below as 0.
std::optional<SequenceNumber> parse_sequence_number(std::string_view text);
/// Whether a stands before b: digits of any length, compared as numbers.
bool sequence_less(std::string_view a, std::string_view b);

}  // namespace understudy
