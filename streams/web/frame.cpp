#include "streams/web/frame.h"

#include <openssl/sha.h>

#include <array>

#include "emulator/base/base64.h"
#include "emulator/base/utf8.h"

namespace understudy {
namespace {

enum Opcode : std::uint8_t {
  kContinuation = 0,
  kTextFrame = 1,
  kBinaryFrame = 2,
  kCloseFrame = 8,
  kPingFrame = 9,
  kPongFrame = 10,
};

constexpr std::uint8_t kFinal = 0x80;
constexpr std::uint8_t kMasked = 0x80;
constexpr std::size_t kControlBytesMax = 125;
constexpr std::size_t kMaskBytes = 4;

bool is_control(std::uint8_t opcode) {
  return opcode >= kCloseFrame;
}

std::uint8_t byte_at(std::string_view text, std::size_t at) {
  return static_cast<std::uint8_t>(text[at]);
}

void append_frame(std::string& out, std::uint8_t first, std::string_view payload) {
  out.push_back(static_cast<char>(first));
  if (payload.size() <= kControlBytesMax) {
    out.push_back(static_cast<char>(payload.size()));
  } else if (payload.size() <= UINT16_MAX) {
    out.push_back(126);
    out.push_back(static_cast<char>(payload.size() >> 8));
    out.push_back(static_cast<char>(payload.size()));
  } else {
    out.push_back(127);
    for (int shift = 56; shift >= 0; shift -= 8) {
      out.push_back(static_cast<char>(payload.size() >> shift));
    }
  }
  out.append(payload);
}

/// Codes that may stand in a close frame. Source: RFC 6455, section 7.4.
bool may_be_sent(std::uint16_t code) {
  return (code >= 1000 && code <= 1014 && code != 1004 && code != 1005 && code != 1006) ||
         (code >= 3000 && code <= 4999);
}

}  // namespace

std::size_t FrameReader::header_bytes() const {
  if (header_.size() < 2) {
    return 2;
  }
  const std::uint8_t length = byte_at(header_, 1) & 0x7F;
  const std::size_t extra = length == 126 ? 2 : length == 127 ? 8 : 0;
  return 2 + extra + ((byte_at(header_, 1) & kMasked) != 0 ? kMaskBytes : 0);
}

void FrameReader::put(std::string_view bytes, std::vector<FrameEvent>& events) {
  while (!over_) {
    if (!in_payload_) {
      while (header_.size() < header_bytes() && !bytes.empty()) {
        header_.push_back(bytes.front());
        bytes.remove_prefix(1);
      }
      if (header_.size() < header_bytes() || !take_header(events)) {
        return;
      }
    }
    const std::size_t taken = std::min(bytes.size(), payload_bytes_ - payload_.size());
    const std::string_view mask = std::string_view(header_).substr(header_.size() - kMaskBytes);
    for (std::size_t i = 0; i < taken; ++i) {
      payload_.push_back(static_cast<char>(bytes[i] ^ mask[payload_.size() % kMaskBytes]));
    }
    bytes.remove_prefix(taken);
    if (payload_.size() < payload_bytes_) {
      return;
    }
    finish_frame(events);
  }
}

/// False: the frame is refused.
bool FrameReader::take_header(std::vector<FrameEvent>& events) {
  const std::uint8_t first = byte_at(header_, 0);
  final_ = (first & kFinal) != 0;
  opcode_ = first & 0x0F;
  std::uint64_t length = byte_at(header_, 1) & 0x7F;
  if (length >= 126) {
    const std::size_t end = header_.size() - kMaskBytes;
    std::uint64_t wide = 0;
    for (std::size_t i = 2; i < end; ++i) {
      wide = wide << 8 | byte_at(header_, i);
    }
    length = wide;
  }
  const bool known = opcode_ <= kBinaryFrame || (is_control(opcode_) && opcode_ <= kPongFrame);
  if ((byte_at(header_, 1) & kMasked) == 0) {
    violate(WebSocketClose::kProtocolError, "frames of clients must be masked", events);
  } else if ((first & 0x70) != 0 || !known) {
    violate(WebSocketClose::kProtocolError, "unknown frame", events);
  } else if (is_control(opcode_) && (!final_ || length > kControlBytesMax)) {
    violate(WebSocketClose::kProtocolError, "control frame too long", events);
  } else if (!is_control(opcode_) && (opcode_ == kContinuation) != (message_opcode_ != 0)) {
    violate(WebSocketClose::kProtocolError, "frame out of order", events);
  } else if (length > limits_.frame_bytes_max) {
    violate(WebSocketClose::kTooBig, "frame too large", events);
  } else if (!is_control(opcode_) && message_.size() + length > limits_.message_bytes_max) {
    violate(WebSocketClose::kTooBig, "message too large", events);
  } else {
    payload_bytes_ = static_cast<std::size_t>(length);
    in_payload_ = true;
    return true;
  }
  return false;
}

void FrameReader::finish_frame(std::vector<FrameEvent>& events) {
  in_payload_ = false;
  header_.clear();
  std::string payload = std::move(payload_);
  payload_.clear();
  if (is_control(opcode_)) {
    payload_ = std::move(payload);
    if (opcode_ == kCloseFrame) {
      finish_close(events);
    } else {
      events.push_back(
          {opcode_ == kPingFrame ? FrameEvent::Kind::kPing : FrameEvent::Kind::kPong, payload_, 0});
    }
    payload_.clear();
    return;
  }
  if (opcode_ != kContinuation) {
    message_opcode_ = opcode_;
  }
  message_.append(payload);
  if (!final_) {
    return;
  }
  const bool text = message_opcode_ == kTextFrame;
  message_opcode_ = 0;
  if (text && !is_valid_utf8(message_)) {
    violate(WebSocketClose::kInvalidPayload, "text that is not UTF-8", events);
    return;
  }
  events.push_back(
      {text ? FrameEvent::Kind::kText : FrameEvent::Kind::kBinary, std::move(message_), 0});
  message_.clear();
}

void FrameReader::finish_close(std::vector<FrameEvent>& events) {
  if (payload_.empty()) {
    over_ = true;
    events.push_back(
        {FrameEvent::Kind::kClose, {}, static_cast<std::uint16_t>(WebSocketClose::kNoStatus)});
    return;
  }
  const auto code =
      payload_.size() < 2
          ? std::uint16_t{0}
          : static_cast<std::uint16_t>(byte_at(payload_, 0) << 8 | byte_at(payload_, 1));
  if (!may_be_sent(code) || !is_valid_utf8(std::string_view(payload_).substr(2))) {
    violate(WebSocketClose::kProtocolError, "malformed close frame", events);
    return;
  }
  over_ = true;
  events.push_back({FrameEvent::Kind::kClose, payload_.substr(2), code});
}

void FrameReader::violate(WebSocketClose code, std::string text, std::vector<FrameEvent>& events) {
  over_ = true;
  events.push_back(
      {FrameEvent::Kind::kViolation, std::move(text), static_cast<std::uint16_t>(code)});
}

std::string encode_message(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 16);
  std::uint8_t opcode = kTextFrame;
  do {
    const std::string_view part = text.substr(0, kSentFrameBytesMax);
    text.remove_prefix(part.size());
    append_frame(out, text.empty() ? opcode | kFinal : opcode, part);
    opcode = kContinuation;
  } while (!text.empty());
  return out;
}

std::string encode_pong(std::string_view payload) {
  std::string out;
  append_frame(out, kFinal | kPongFrame, payload.substr(0, kControlBytesMax));
  return out;
}

std::string encode_close(std::uint16_t code, std::string_view reason) {
  std::string payload;
  if (may_be_sent(code)) {
    payload.push_back(static_cast<char>(code >> 8));
    payload.push_back(static_cast<char>(code));
    payload.append(reason.substr(0, kControlBytesMax - 2));
  }
  std::string out;
  append_frame(out, kFinal | kCloseFrame, payload);
  return out;
}

std::string accept_key(std::string_view key) {
  std::string text(key);
  text.append("258EAFA5-E914-47DA-95CA-C5AB0DC85B11");  // Source: RFC 6455, section 1.3.
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  std::string encoded(base64_encoded_bytes(digest.size()), '\0');
  encode_base64({reinterpret_cast<const char*>(digest.data()), digest.size()}, encoded.data());
  return encoded;
}

}  // namespace understudy
