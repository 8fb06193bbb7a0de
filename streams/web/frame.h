// WebSocket frames (RFC 6455), the server's side: bytes of a client in, messages out, and the
// reverse. Pure; the limits are API Gateway's. Not thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace understudy {

/// Source: API Gateway quotas, "WebSocket frame size" and "Message payload size".
struct FrameLimits {
  std::size_t frame_bytes_max = std::size_t{32} * 1024;
  std::size_t message_bytes_max = std::size_t{128} * 1024;
};

enum class WebSocketClose : std::uint16_t {
  kNormal = 1000,
  kGoingAway = 1001,
  kProtocolError = 1002,
  kNoStatus = 1005,
  kAbnormal = 1006,
  kInvalidPayload = 1007,
  kPolicy = 1008,
  kTooBig = 1009,
};

struct FrameEvent {
  enum class Kind : std::uint8_t { kText, kBinary, kPing, kPong, kClose, kViolation };
  Kind kind = Kind::kText;
  std::string payload;     ///< of a close: the reason; of a violation: what is wrong
  std::uint16_t code = 0;  ///< of closes and violations
};

class FrameReader {
 public:
  explicit FrameReader(FrameLimits limits = {}) : limits_(limits) {}
  /// Takes bytes as they come, in pieces of any size. After a close or a violation nothing follows.
  void put(std::string_view bytes, std::vector<FrameEvent>& events);

 private:
  bool take_header(std::vector<FrameEvent>& events);
  void finish_frame(std::vector<FrameEvent>& events);
  void finish_close(std::vector<FrameEvent>& events);
  void violate(WebSocketClose code, std::string text, std::vector<FrameEvent>& events);
  [[nodiscard]] std::size_t header_bytes() const;

  FrameLimits limits_;
  std::string header_;
  std::string payload_;  ///< of the frame being read
  std::string message_;  ///< of fragments before it
  std::size_t payload_bytes_ = 0;
  std::uint8_t opcode_ = 0;
  std::uint8_t message_opcode_ = 0;  ///< 0: no message has begun
  bool final_ = false;
  bool in_payload_ = false;
  bool over_ = false;
};

/// One text message, unmasked, in frames of at most kSentFrameBytesMax.
inline constexpr std::size_t kSentFrameBytesMax = std::size_t{32} * 1024;
std::string encode_message(std::string_view text);
std::string encode_pong(std::string_view payload);
/// The reason is cut to what a control frame holds.
std::string encode_close(std::uint16_t code, std::string_view reason);

/// The answer to Sec-WebSocket-Key.
std::string accept_key(std::string_view key);

}  // namespace understudy
