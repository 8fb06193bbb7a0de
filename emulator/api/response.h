// Response: status, headers as data, body bytes. Reused from request to request by its connection.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "emulator/api/delivery.h"
#include "emulator/base/buffer.h"
#include "emulator/clock/clock.h"

namespace understudy {

class LateAnswer;
class StreamAnswer;

struct Response {
  int status = 200;
  /// Empty: no Content-Type header.
  std::string_view content_type;  ///< static text or a view into the request
  Buffer body;
  std::array<char, 52> request_id{};  ///< x-amzn-RequestId, always set by the engine
  Microseconds arrived = 0;           ///< when the engine took the request; for the Date header
  std::uint32_t crc32 = 0;            ///< x-amz-crc32 of body as sent
  /// Content-Encoding of the body, or empty.
  std::string_view content_encoding;
  /// Further header lines, each ending in CRLF (CORS).
  std::string extra_headers;
  /// What follows is the start of a body of which nothing came: 413 is sent that way (F1).
  bool chunked = false;
  /// The connection ends after this answer.
  bool close = false;
  /// Set: the answer comes by this one; all else here but request id and time means nothing.
  std::shared_ptr<LateAnswer> late;
  /// Set: a fault rule says how this answer goes out, or that none does.
  std::unique_ptr<Delivery> delivery;
  /// Set: the body comes by this one, in parts; status and headers are those here.
  std::shared_ptr<StreamAnswer> stream;

  [[nodiscard]] std::string_view request_id_text() const {
    return {request_id.data(), request_id.size()};
  }
  void clear() {
    status = 200;
    content_type = {};
    body.clear();
    crc32 = 0;
    content_encoding = {};
    extra_headers.clear();
    chunked = false;
    close = false;
    late.reset();
    delivery.reset();
    stream.reset();
  }
};

}  // namespace understudy
