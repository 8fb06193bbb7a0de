// MD5 (RFC 1321). For placing partition keys in scan order, where the service uses it; never for
// security. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace understudy {

using Md5Digest = std::array<std::uint8_t, 16>;

/// Digest of `first` followed by `second`.
Md5Digest md5(std::string_view first, std::string_view second = {});

/// Longest text of one block.
inline constexpr std::size_t kMd5BlockTextMax = 55;
/// Digests of `first` followed by each of `seconds`, side by side: four for little more than the
/// price of one. Each text, `first` included, has at most kMd5BlockTextMax bytes.
std::array<Md5Digest, 4> md5_of_four(std::string_view first,
                                     const std::array<std::string_view, 4>& seconds);

}  // namespace understudy
