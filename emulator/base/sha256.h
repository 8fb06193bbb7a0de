// SHA-256 and HMAC-SHA-256 (FIPS 180-4, RFC 2104), as Signature Version 4 uses them. OpenSSL does
// the compression. Pure, thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace understudy {

using Sha256Digest = std::array<std::uint8_t, 32>;

Sha256Digest sha256(std::string_view data);
Sha256Digest hmac_sha256(std::string_view key, std::string_view data);

/// The digest's bytes, for use as the next key or data.
std::string_view as_bytes(const Sha256Digest& digest);
/// Lower-case hexadecimal.
std::string to_hex(const Sha256Digest& digest);

}  // namespace understudy
