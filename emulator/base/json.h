// JSON as it arrives: one pass over the body into a flat tree of 16-byte nodes in an arena. Strings
// that need no unescaping point into the body, which must outlive the tree.
// JsonWriter is the other direction: it appends to a Buffer and never builds a tree.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "emulator/base/arena.h"
#include "emulator/base/expected.h"

namespace understudy {

enum class JsonKind : std::uint8_t {
  kNull,
  kFalse,
  kTrue,
  kInteger,  ///< a number without fraction or exponent; text() is as sent
  kDecimal,  ///< any other number; text() is as sent
  kString,
  kArray,
  kObject,
};

struct JsonMember;

inline constexpr std::size_t kPlainNameBytesMax = 65'535;

struct JsonNode {
  JsonKind kind = JsonKind::kNull;
  /// A string that was sent without escapes: it may be written as it is. An object of attributes
  /// that are all plain strings under "S" or "N", `{"a":{"S":"x"},"b":{"N":"1"}}`, with names of
  /// at most kPlainNameBytesMax, which the parser saw in passing; false: it did not look.
  bool plain = false;
  std::uint32_t size = 0;  ///< bytes of text, or number of elements or members
  union {
    const char* bytes = nullptr;     // string (unescaped UTF-8), numbers
    const JsonNode* first_element;   // array
    const JsonMember* first_member;  // object, in the order sent, duplicates kept
  };

  [[nodiscard]] std::string_view text() const { return {bytes, size}; }
  [[nodiscard]] std::span<const JsonNode> elements() const { return {first_element, size}; }
  [[nodiscard]] inline std::span<const JsonMember> members() const;
  [[nodiscard]] bool is(JsonKind wanted) const { return kind == wanted; }
  [[nodiscard]] bool is_null() const { return kind == JsonKind::kNull; }
  [[nodiscard]] bool is_number() const {
    return kind == JsonKind::kInteger || kind == JsonKind::kDecimal;
  }

  /// The member of that name, or nullptr where this is no object, the name is absent or its value
  /// is null. Of duplicates the last counts.
  [[nodiscard]] inline const JsonNode* find(std::string_view name) const;
};

struct JsonMember {
  std::string_view name;
  JsonNode value;
};

inline std::span<const JsonMember> JsonNode::members() const {
  return {first_member, size};
}

inline const JsonNode* JsonNode::find(std::string_view name) const {
  if (kind != JsonKind::kObject) {
    return nullptr;
  }
  for (std::size_t i = size; i > 0; --i) {
    const JsonMember& member = first_member[i - 1];
    if (member.name == name) {
      return member.value.is_null() ? nullptr : &member.value;
    }
  }
  return nullptr;
}

struct JsonSyntaxError {
  std::size_t offset = 0;  ///< byte of the document where it stopped making sense
  const char* reason = "";
};

/// How deep arrays and objects may nest before the document is refused. An attribute value of 32
/// levels needs 64, a request around it a few more; the rest is for answers that name the real
/// limit.
inline constexpr std::size_t kJsonDepthMax = 512;

/// Parses one JSON document (RFC 8259; UTF-8 and escapes checked, lone surrogates refused).
/// The tree lives in `arena` and points into `document`. Never recurses.
Expected<JsonNode, JsonSyntaxError> parse_json(std::string_view document, Arena& arena);

/// What the inside of a JSON string stands for, in `arena`; `raw` must be valid.
std::string_view unescape_json(std::string_view raw, Arena& arena);

}  // namespace understudy
