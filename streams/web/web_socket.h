// WebSocket: one accepted connection, for whoever talks to its client. Outgoing frames wait in a
// bounded queue, so that a client which does not read costs that much and slows nobody.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace understudy {

/// Told what a client does, on the web server's thread: must not block.
class WebSocketHandler {
 public:
  WebSocketHandler() = default;
  virtual ~WebSocketHandler() = default;
  WebSocketHandler(const WebSocketHandler&) = delete;
  WebSocketHandler& operator=(const WebSocketHandler&) = delete;

  /// The 101 is out: frames may follow.
  virtual void on_open() = 0;
  virtual void on_message(std::string message, bool text) = 0;
  /// Once, also when the 101 never arrived. 1006: the client left without a word.
  virtual void on_close(std::uint16_t code, const std::string& reason) = 0;
};

/// Thread-safe. The connection ends on its own; this is only a handle to it.
class WebSocket {
 public:
  enum class Sent : std::uint8_t { kQueued, kQueueFull, kClosed };

  WebSocket() = default;
  virtual ~WebSocket() = default;
  WebSocket(const WebSocket&) = delete;
  WebSocket& operator=(const WebSocket&) = delete;

  /// Queues one text message (`frames`: encoded by encode_message, shared by all its receivers).
  virtual Sent send(std::shared_ptr<const std::string> frames) = 0;
  /// Sends a close frame and ends the connection, at the latest after a second.
  virtual void close(std::uint16_t code, std::string_view reason) = 0;
};

}  // namespace understudy
