// Attribute values between JSON and Value. Decoding checks what the service checks about a value on
// its own: one type per value, numbers, base64, set members, nesting.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "emulator/base/arena.h"
#include "emulator/base/buffer.h"
#include "emulator/base/json.h"
#include "emulator/model/value.h"
#include "emulator/service/api_error.h"

namespace understudy {

/// The order that one item's attributes were sent in, and their places once sorted: the items of a
/// batch mostly have the same attributes in the same order, and need no sorting after the first.
/// Lives no longer than the texts of the request it was learnt from.
class NameOrder {
 public:
  /// Whether a map of that many members may be such a one.
  [[nodiscard]] bool knows(std::size_t count) const { return count == count_ && count > 0; }
  [[nodiscard]] std::string_view name(std::size_t sent) const { return names_[sent]; }
  [[nodiscard]] std::size_t place(std::size_t sent) const { return places_[sent]; }
  /// From the members as sent and what became of them; duplicate names teach nothing.
  void learn(std::span<const JsonMember> members, std::span<const MapEntry> sorted);

 private:
  static constexpr std::size_t kNamesMax = 24;
  /// Learning costs more than it saves where no two items are alike.
  static constexpr std::size_t kLessonsMax = 3;

  std::size_t count_ = 0;
  std::size_t lessons_ = 0;
  std::array<std::string_view, kNamesMax> names_;
  std::array<std::uint8_t, kNamesMax> places_;
};

struct DecodeOptions {
  ValueLayer layer = ValueLayer::kCurrent;  ///< whose words are spoken
  std::size_t nesting_max = kNestingMax;    ///< levels a value may have
  NameOrder* order = nullptr;               ///< of items that were decoded before, if any
};

/// A value as sent (`{"S":"x"}`), JSON types already held against the model. The result points into
/// the request body and `arena`. Error: ValidationException, bare text (no "1 validation error
/// detected: ", no "ExpressionAttributeValues contains…": callers put that in front); for base64
/// that is none SerializationException.
Result<Value> decode_value(const JsonNode& node, Arena& arena, DecodeOptions options = {});

/// An item or key as sent: a map of names to values, canonical afterwards. Of duplicate names the
/// last counts. Error: as decode_value.
Result<std::span<const MapEntry>> decode_attributes(const JsonNode& node, Arena& arena,
                                                    DecodeOptions options = {});

/// A value from canonical text (Item::value_text). The text is trusted: it was written by us.
Value decode_canonical(std::string_view text, Arena& arena);

/// Billed bytes of a value in canonical text, without decoding it.
std::size_t canonical_size_bytes(std::string_view text);

/// Appends `{"S":"x"}`, canonical.
void append_value(Buffer& out, const Value& value);
/// Appends `{"a":{"S":"x"},…}`.
void append_attributes(Buffer& out, std::span<const MapEntry> attributes);

}  // namespace understudy
