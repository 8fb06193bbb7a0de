// MD5 (RFC 1321). For placing partition keys in scan order, where the service uses it; never for
// security. Pure.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace understudy {

using Md5Digest = std::array<std::uint8_t, 16>;

/// Digest of `first` followed by `second`.
Md5Digest md5(std::string_view first, std::string_view second = {});

}  // namespace understudy
