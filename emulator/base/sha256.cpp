// OpenSSL 3 declares its one-shot functions deprecated in favour of fetched algorithms, whose
// look-ups cost more than the hashing of a short text.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "emulator/base/sha256.h"

#include <openssl/sha.h>

#include <cstddef>
#include <cstring>

namespace understudy {
namespace {

constexpr std::size_t kSha256BlockBytes = 64;

/// Digest of `block` followed by `data`.
Sha256Digest sha256_of_two(const std::array<std::uint8_t, kSha256BlockBytes>& block,
                           std::string_view data) {
  SHA256_CTX context;
  Sha256Digest digest;
  SHA256_Init(&context);
  SHA256_Update(&context, block.data(), block.size());
  SHA256_Update(&context, data.data(), data.size());
  SHA256_Final(digest.data(), &context);
  return digest;
}

}  // namespace

Sha256Digest sha256(std::string_view data) {
  Sha256Digest digest;
  SHA256(reinterpret_cast<const unsigned char*>(data.data()), data.size(), digest.data());
  return digest;
}

Sha256Digest hmac_sha256(std::string_view key, std::string_view data) {
  Sha256Digest hashed_key = {};
  if (key.size() > kSha256BlockBytes) {
    hashed_key = sha256(key);
    key = as_bytes(hashed_key);
  }
  std::array<std::uint8_t, kSha256BlockBytes> inner = {};
  if (!key.empty()) {
    std::memcpy(inner.data(), key.data(), key.size());
  }
  std::array<std::uint8_t, kSha256BlockBytes> outer = inner;
  for (std::size_t i = 0; i < kSha256BlockBytes; ++i) {
    inner[i] ^= 0x36;
    outer[i] ^= 0x5c;
  }
  const Sha256Digest inside = sha256_of_two(inner, data);
  return sha256_of_two(outer, as_bytes(inside));
}

std::string_view as_bytes(const Sha256Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::string to_hex(const Sha256Digest& digest) {
  constexpr std::string_view kHexadecimalDigits = "0123456789abcdef";
  std::string hex;
  hex.reserve(2 * digest.size());
  for (const std::uint8_t byte : digest) {
    hex += kHexadecimalDigits[byte >> 4];
    hex += kHexadecimalDigits[byte & 15];
  }
  return hex;
}

}  // namespace understudy
