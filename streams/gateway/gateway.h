// WebSocketGateway: a WebSocket API in API Gateway's manner, on ports of its own: clients come in
// by GET /{stage}, functions answer routes and send to clients by /{stage}/@connections/{id}.
// A slow or broken client costs its own bounded queue and nobody else's time.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/random.h"
#include "streams/functions/function_registry.h"
#include "streams/gateway/gateway_event.h"
#include "streams/web/web_server.h"

namespace understudy {

struct WebSocketApiSettings {
  std::string name;
  std::string stage = "prod";
  std::string host = "127.0.0.1";
  std::optional<std::uint16_t> port;      ///< plain; 0: any free one; nullopt: none
  std::optional<std::uint16_t> tls_port;  ///< likewise
  /// Route key ($connect, $disconnect, $default, or a value of the selection) to function name.
  std::map<std::string, std::string, std::less<>> routes;
  std::string route_selection = "$request.body.action";
  /// Source: API Gateway quotas, "Connection duration", "Idle connection timeout".
  Microseconds life_max = std::int64_t{2} * 3600 * 1'000'000;
  Microseconds idle_max = std::int64_t{600} * 1'000'000;
  /// What happens to a client whose queue is full: it is closed (1008), or the message is dropped.
  enum class SlowClient : std::uint8_t { kClose, kDrop };
  SlowClient slow_client = SlowClient::kClose;
  std::size_t queue_bytes_max = std::size_t{1024} * 1024;
  std::size_t connections_max = 10'000;
  /// Served at "/" as text/html; empty: nothing is.
  std::string page;
};

struct GatewayCounters {
  std::uint64_t connected = 0;
  std::uint64_t refused = 0;  ///< by $connect, or for want of a stage or place
  std::uint64_t messages_in = 0;
  std::uint64_t messages_out = 0;
  std::uint64_t slow_closed = 0;  ///< clients closed because their queue was full
  std::uint64_t dropped = 0;      ///< messages not sent because the queue was full
  std::uint64_t expired = 0;      ///< idle or too old
  std::size_t open = 0;           ///< connections there are now, handshakes among them
};

enum class PostOutcome : std::uint8_t { kSent, kGone, kTooLarge, kLimitExceeded };

/// Thread-safe. Must outlive the web server's run.
class WebSocketGateway final : public WebHandler {
 public:
  WebSocketGateway(WebServer& web, FunctionRegistry& functions, const Clock& clock,
                   const Random& random, WebSocketApiSettings settings,
                   std::shared_ptr<const TlsIdentity> identity);
  ~WebSocketGateway() override;

  /// Listens. Error: one sentence for a person.
  Expected<void, std::string> open();
  /// 0: there is none.
  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::uint16_t tls_port() const { return tls_port_; }
  [[nodiscard]] const std::string& api_id() const { return api_id_; }
  [[nodiscard]] const WebSocketApiSettings& settings() const { return settings_; }
  [[nodiscard]] GatewayCounters counters() const;

  /// Sends a text message; to a connection that is still in its handshake, once it is through.
  /// `done` is called once, from any thread, or before this returns.
  using Posted = std::function<void(PostOutcome outcome)>;
  void post(std::string_view connection_id, std::string_view message, Posted done);
  /// False: there is no such connection.
  bool disconnect(std::string_view connection_id);

  void on_request(WebExchangeRef exchange) override;

 private:
  class Connection;
  using ConnectionRef = std::shared_ptr<Connection>;

  void begin_connection(const WebExchangeRef& exchange);
  void finish_connect(const WebExchangeRef& exchange, const ConnectionRef& connection,
                      const FunctionResult& result);
  void admit(const WebExchangeRef& exchange, const ConnectionRef& connection, std::string protocol);
  void refuse(const WebExchangeRef& exchange, const ConnectionRef& connection, int status);
  void on_open(const ConnectionRef& connection);
  void on_message(const ConnectionRef& connection, const std::string& message, bool text);
  void on_close(const ConnectionRef& connection, std::uint16_t code, const std::string& reason);
  void answer_management(const WebExchangeRef& exchange, std::string_view id);
  void answer_description(const WebExchangeRef& exchange, std::string_view id);
  PostOutcome send(Connection& connection, std::shared_ptr<const std::string> frames);
  void sweep();
  void count(std::uint64_t GatewayCounters::*which);
  [[nodiscard]] ConnectionRef find(std::string_view id) const;
  /// The function of that route, or nullptr.
  [[nodiscard]] const std::string* function_of(std::string_view route) const;
  [[nodiscard]] std::string make_connection_id();

  WebServer& web_;
  FunctionRegistry& functions_;
  const Clock& clock_;
  const WebSocketApiSettings settings_;
  const std::shared_ptr<const TlsIdentity> identity_;
  std::string api_id_;
  std::string domain_name_;
  std::uint16_t port_ = 0;
  std::uint16_t tls_port_ = 0;

  mutable std::mutex mutex_;
  Random random_;
  GatewayCounters counters_;
  std::map<std::string, ConnectionRef, std::less<>> connections_;
};

}  // namespace understudy
