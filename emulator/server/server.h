// Server: an instance and its socket, for embedding. Many may live in one process, one after the
// other or at once; each has its own threads, tables and port.
//
//   understudy::Server server;                  // or Server server{{.port = 8000}};
//   auto started = server.start();              // listening when it returns
//   … requests to server.url() …                // or server.engine().call(…) without a socket
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "emulator/base/expected.h"
#include "emulator/http/limits.h"
#include "emulator/server/instance.h"

namespace understudy {

struct ServerOptions {
  EngineOptions engine;
  Features features;
  std::string host = "127.0.0.1";  ///< a literal address, or "localhost"
  std::uint16_t port = 0;          ///< 0: any free one
  unsigned threads = 1;
  /// PEM files; both empty: plain HTTP.
  std::string tls_certificate_file;
  std::string tls_key_file;
  HttpLimits limits;
  /// A port of its own for the admin API, on this machine only; 0: any free one; nullopt: none.
  std::optional<std::uint16_t> admin_port;
};

/// Not thread-safe, but for engine() and the socket it serves.
class Server {
 public:
  explicit Server(ServerOptions options = {});
  /// Stops.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Opens the socket. Error: one sentence for a person. After stop() it may start again, with its
  /// tables as they were, on a port anew.
  Expected<void, std::string> start();
  /// Closes the socket; requests that have begun finish first. Harmless when not started.
  void stop();

  [[nodiscard]] bool running() const;
  /// Port listened on; 0 when not started.
  [[nodiscard]] std::uint16_t port() const;
  /// "http://127.0.0.1:8000"
  [[nodiscard]] std::string url() const;
  /// Of the admin API's own port; 0 where it has none or nothing is started.
  [[nodiscard]] std::uint16_t admin_port() const;
  [[nodiscard]] Engine& engine();
  [[nodiscard]] Instance& instance();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace understudy
