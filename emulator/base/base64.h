// Base64 (RFC 4648, section 4: `+/`, padded). Decoding is strict and says what is wrong.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "emulator/base/arena.h"
#include "emulator/base/buffer.h"
#include "emulator/base/expected.h"

namespace understudy {

enum class Base64Error : std::uint8_t {
  kBadLength,         ///< not a multiple of 4 characters
  kBadCharacter,      ///< a character of no meaning, or padding before the end
  kBadLastCharacter,  ///< the last character before the padding has bits that belong to no byte
};

constexpr std::size_t base64_encoded_bytes(std::size_t raw_bytes) {
  return (raw_bytes + 2) / 3 * 4;
}

/// Writes base64_encoded_bytes(raw.size()) characters to `to`.
void encode_base64(std::string_view raw, char* to);
void append_base64(Buffer& out, std::string_view raw);

/// The bytes `text` stands for, in `arena`. `text` is untrusted.
Expected<std::string_view, Base64Error> decode_base64(std::string_view text, Arena& arena);

}  // namespace understudy
