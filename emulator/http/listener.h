// Listener: a handler's socket. One thread per worker, each with an io_context of its own; one
// acceptor deals connections to them in turn. Several listeners live side by side.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "emulator/base/expected.h"
#include "emulator/http/limits.h"

namespace understudy {

class RequestHandler;

struct ListenerOptions {
  std::string host = "127.0.0.1";  ///< a literal address, or "localhost"
  std::uint16_t port = 0;          ///< 0: any free one
  unsigned threads = 1;
  HttpLimits limits;
  /// PEM files; both empty: plain HTTP.
  std::string tls_certificate_file;
  std::string tls_key_file;
};

class Listener {
 public:
  /// Listens and serves from the moment it returns. Error: one sentence for a person (taken port,
  /// unreadable certificate). `handler` must outlive the listener.
  static Expected<std::unique_ptr<Listener>, std::string> open(const ListenerOptions& options,
                                                               RequestHandler& handler);
  /// Stops.
  ~Listener();
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  /// Open connections.
  [[nodiscard]] std::size_t connections() const;
  /// Accepts no more, closes idle connections, lets begun requests finish within the drain
  /// time-out. Safe to call twice; not from a worker's thread.
  void stop();

 private:
  struct Impl;
  explicit Listener(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace understudy
