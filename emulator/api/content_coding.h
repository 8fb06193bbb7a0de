// Content codings: gzip and deflate of request bodies and of answers. Thread-safe: no state.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "emulator/base/buffer.h"

namespace understudy {

enum class Coding : std::uint8_t { kIdentity, kGzip, kDeflate };

/// Answers longer than this are compressed where the client allows it.
/// Source: SCY:test_compressed_response (the service's threshold is 4 KB).
inline constexpr std::size_t kCompressedAnswerBytesMin = 4096;

/// The coding an answer is to be sent in. `accept`: value of the first Accept-Encoding header.
/// Highest q wins, ties go to the first listed, `*` stands for gzip (or deflate where gzip is
/// listed), q=0 forbids, identity and unknown names are ignored.
/// Source: section F1; the service's reading of broken values is SCY:test_accept_encoding_header.
Coding choose_coding(std::string_view accept);

/// Content-Encoding of a coding; empty for identity.
std::string_view coding_name(Coding coding);

/// Appends `body` in that coding (gzip or deflate) to `out`.
void compress(std::string_view body, Coding coding, Buffer& out);

enum class Decoded : std::uint8_t {
  kPlain,     ///< nothing to undo: use the body as it is
  kDecoded,   ///< the plain body is in `out`
  kBroken,    ///< not decodable, or an unknown coding: InternalServerError
  kTooLarge,  ///< more than `bytes_max` when unpacked: 413
};
/// Undoes the codings of a Content-Encoding header ("gzip", "deflate, gzip", …), last first. What
/// follows the end of a gzip member and is no member itself is ignored, as the service does.
/// Source: SCY:test_compressed_request.
Decoded decompress(std::string_view body, std::string_view content_encoding, std::size_t bytes_max,
                   Buffer& out);

}  // namespace understudy
