// What one HTTP connection, and all of them together, may cost.
#pragma once

#include <chrono>
#include <cstddef>

namespace understudy {

struct HttpLimits {
  /// Request line and headers together; more is answered 400.
  /// Source: SCY:test_manual_requests (the service limits each to 16 KB).
  static constexpr std::size_t kHeadBytesMax = std::size_t{16} * 1024;

  /// Longer bodies are answered 413. Source: section F1.
  std::size_t body_bytes_max = std::size_t{16} * 1024 * 1024;
  /// Further connections are closed as soon as they are accepted.
  std::size_t connections_max = std::size_t{16} * 1024;
  /// From the first byte of a request (or of a TLS handshake) to the end of its headers.
  std::chrono::milliseconds head_timeout{20'000};
  /// From there to the end of the body; and for taking an answer.
  std::chrono::milliseconds body_timeout{120'000};
  /// Between requests. Longer than the idle time of any SDK's pool, so that clients close first.
  std::chrono::milliseconds idle_timeout{600'000};
  /// How long requests that are being read or answered may take to finish when the server stops.
  std::chrono::milliseconds drain_timeout{1'000};
  /// How often the above are looked at.
  std::chrono::milliseconds sweep_interval{1'000};
  /// The process is there to serve: malloc's settings are the server's, and nobody forks without
  /// exec and so keeps copies of its sockets. It then gives back the last page after a crowd.
  bool owns_process = false;
};

}  // namespace understudy
