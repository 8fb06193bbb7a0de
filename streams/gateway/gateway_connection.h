// One client of a WebSocketGateway. Inside this room only.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "streams/gateway/gateway.h"

namespace understudy {

/// One client, from its handshake on. Its mutex guards all that changes.
class WebSocketGateway::Connection final : public WebSocketHandler,
                                           public std::enable_shared_from_this<Connection> {
 public:
  enum class State : std::uint8_t { kConnecting, kOpen, kClosed };
  struct WaitingPost {
    std::shared_ptr<const std::string> frames;
    Posted done;
  };

  Connection(WebSocketGateway& gateway, GatewayConnectionFacts given)
      : facts(std::move(given)), last_active(facts.connected_at), gateway_(gateway) {}

  void on_open() override { gateway_.on_open(shared_from_this()); }
  void on_message(std::string message, bool text) override {
    gateway_.on_message(shared_from_this(), message, text);
  }
  void on_close(std::uint16_t code, const std::string& reason) override {
    gateway_.on_close(shared_from_this(), code, reason);
  }

  const GatewayConnectionFacts facts;
  std::atomic<Microseconds> last_active;
  std::atomic<std::size_t> in_flight{0};
  std::mutex mutex;
  State state = State::kConnecting;
  std::shared_ptr<WebSocket> socket;
  std::vector<WaitingPost> waiting;

 private:
  WebSocketGateway& gateway_;
};

}  // namespace understudy
