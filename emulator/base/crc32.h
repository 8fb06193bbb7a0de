// CRC-32 as in zlib and in the x-amz-crc32 header (reflected polynomial 0xEDB88320). Thread-safe.
#pragma once

#include <cstdint>
#include <string_view>

namespace understudy {

/// Checksum of `data`. `before`: checksum of what came before it, 0 at the start.
/// Uses carry-less multiplication where the processor has it.
std::uint32_t crc32(std::string_view data, std::uint32_t before = 0);

/// The same by tables alone, on any processor.
std::uint32_t crc32_by_table(std::string_view data, std::uint32_t before = 0);

}  // namespace understudy
