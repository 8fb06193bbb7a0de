// WebServer: the network of functions and gateways, on one thread of its own: HTTP/1.1 ports (plain
// and TLS) whose answers may take their time, WebSockets, calls to other servers, child processes.
// DynamoDB's own port does not use it; without functions there is none.
//
// Thread-safe. Handlers are called on the thread and must not block it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "emulator/base/expected.h"
#include "streams/web/frame.h"
#include "streams/web/web_socket.h"
#include "streams/web/web_types.h"

namespace understudy {

struct TlsIdentity;
struct WebCore;

struct WebSocketOptions {
  /// What waits to be sent to a client; a message that does not fit is refused.
  std::size_t queue_bytes_max = std::size_t{1024} * 1024;
  std::string protocol;  ///< Sec-WebSocket-Protocol of the 101; empty: none
};

/// One request on its way to an answer. Thread-safe but for `request`, which is constant.
class WebExchange {
 public:
  explicit WebExchange(WebRequest given) : request(std::move(given)) {}
  virtual ~WebExchange() = default;
  WebExchange(const WebExchange&) = delete;
  WebExchange& operator=(const WebExchange&) = delete;

  /// The first one counts: an answer, or the acceptance as a WebSocket.
  virtual void answer(WebAnswer answer) = 0;
  /// Answers 101; `handler` is told what follows. For requests with `web_socket`.
  virtual std::shared_ptr<WebSocket> accept(std::shared_ptr<WebSocketHandler> handler,
                                            WebSocketOptions options) = 0;
  /// The client has left: nobody reads an answer any more.
  [[nodiscard]] virtual bool abandoned() const = 0;

  const WebRequest request;
};
using WebExchangeRef = std::shared_ptr<WebExchange>;

class WebHandler {
 public:
  WebHandler() = default;
  virtual ~WebHandler() = default;
  WebHandler(const WebHandler&) = delete;
  WebHandler& operator=(const WebHandler&) = delete;

  virtual void on_request(WebExchangeRef exchange) = 0;
};

struct WebPortOptions {
  std::string host = "127.0.0.1";          ///< a literal address, or "localhost"
  std::uint16_t port = 0;                  ///< 0: any free one
  std::shared_ptr<const TlsIdentity> tls;  ///< null: plain
  std::uint32_t head_bytes_max = 2U * 1024 * 1024;
  std::size_t body_bytes_max = std::size_t{16} * 1024 * 1024;
  std::size_t connections_max = std::size_t{16} * 1024;
  FrameLimits frames;
};

/// A request to another server.
struct WebCall {
  std::string url;  ///< http://host[:port]/path
  std::string method = "POST";
  WebHeaders headers;
  std::string body;
  std::chrono::milliseconds timeout{30'000};
  std::size_t answer_bytes_max = std::size_t{16} * 1024 * 1024;
};

struct ChildSettings {
  std::vector<std::string> command;      ///< looked up in PATH
  std::string directory;                 ///< empty: this process's
  std::vector<std::string> environment;  ///< "NAME=value", all of it
};

/// A running program whose output is read line by line. Destroying it kills the program.
class WebChild {
 public:
  WebChild() = default;
  virtual ~WebChild() = default;
  WebChild(const WebChild&) = delete;
  WebChild& operator=(const WebChild&) = delete;
  /// Any thread. The end is told by `ended` all the same.
  virtual void kill() = 0;
};

struct ChildWatch {
  std::function<void(std::string_view line)> line;
  /// Once, after the last line: "exit status 1", "signal: killed".
  std::function<void(std::string how)> ended;
};

class WebServer {
 public:
  WebServer();
  /// Closes all ports and connections, kills children.
  ~WebServer();
  WebServer(const WebServer&) = delete;
  WebServer& operator=(const WebServer&) = delete;

  /// Serves from now on; returns the port. Error: one sentence for a person. `handler` must outlive
  /// the server or close(port).
  Expected<std::uint16_t, std::string> open(const WebPortOptions& options, WebHandler& handler);
  /// Closes ports and connections and ends the thread. Harmless twice; not from its own thread.
  void stop();

  /// `work` on the server's thread, now or later (in real time).
  void post(std::function<void()> work);
  using Ticket = std::uint64_t;
  Ticket after(std::chrono::milliseconds delay, std::function<void()> work);
  void cancel(Ticket ticket);

  /// `done` is called once on the thread. Error: one sentence for a person.
  void call(WebCall call, std::function<void(Expected<WebAnswer, std::string>)> done);
  /// Error: one sentence for a person.
  Expected<std::unique_ptr<WebChild>, std::string> spawn(const ChildSettings& settings,
                                                         ChildWatch watch);

 private:
  std::shared_ptr<WebCore> core_;
};

}  // namespace understudy
