// Attribute values between JSON and Value. Decoding checks what the service checks about a value on
// its own: one type per value, numbers, base64, set members, nesting.
#pragma once

#include <span>
#include <string_view>

#include "emulator/base/arena.h"
#include "emulator/base/buffer.h"
#include "emulator/base/json.h"
#include "emulator/model/value.h"
#include "emulator/service/api_error.h"

namespace understudy {

struct DecodeOptions {
  ValueLayer layer = ValueLayer::kCurrent;  ///< whose words are spoken
  std::size_t nesting_max = kNestingMax;    ///< levels a value may have
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
