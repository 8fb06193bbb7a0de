#include "emulator/http/listener.h"

#ifdef __linux__
#include <netinet/tcp.h>
#include <sys/socket.h>
#endif

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <csignal>
#include <vector>

#include "emulator/http/session.h"
#include "emulator/http/tls.h"
#include "emulator/http/worker.h"

namespace understudy {
namespace asio = boost::asio;
using boost::system::error_code;
using Acceptor = asio::basic_socket_acceptor<asio::ip::tcp, asio::io_context::executor_type>;

namespace {

constexpr int kBacklog = 4096;
/// Pause after accept() failed for want of descriptors or memory.
constexpr std::chrono::milliseconds kAcceptPause{50};

/// No resolver: names other than "localhost" would need the network to be told what to listen on.
Expected<asio::ip::address, std::string> address_of(const std::string& host) {
  if (host == "localhost") {
    return asio::ip::address(asio::ip::address_v4::loopback());
  }
  error_code error;
  const asio::ip::address address = asio::ip::make_address(host, error);
  if (error) {
    return Unexpected<std::string>{"'" + host + "' is not an address to listen on"};
  }
  return address;
}

/// Has the kernel send as fast as it can what stays on this machine. Where BBR is the system's
/// congestion control it would pace the segments, each by a timer of its own. Connections inherit
/// this from their listening socket.
void send_without_pacing([[maybe_unused]] Acceptor& acceptor) {
#ifdef __linux__
  constexpr std::string_view kUnpaced = "reno";  // the one that every process may choose
  ::setsockopt(acceptor.native_handle(), IPPROTO_TCP, TCP_CONGESTION, kUnpaced.data(),
               kUnpaced.size());  // If not: the same answers, a little later.
#endif
}

}  // namespace

struct Listener::Impl {
  Impl(const ListenerOptions& options, RequestHandler& handler)
      : state{handler, options.limits, {0}, {false}, {}} {
    const unsigned threads = std::max(1U, options.threads);
    workers.reserve(threads);
    for (unsigned i = 0; i < threads; ++i) {
      workers.push_back(std::make_unique<Worker>(state));
    }
    acceptor.emplace(workers.front()->io.get_executor());
    pause.emplace(workers.front()->io.get_executor());
  }

  error_code listen(const asio::ip::tcp::endpoint& endpoint);
  void accept();
  void begin_session(Worker& worker, PlainSocket socket);
  void stop();

  ListenerState state;
  std::unique_ptr<asio::ssl::context> tls;
  std::vector<std::unique_ptr<Worker>> workers;
  std::optional<Acceptor> acceptor;  ///< belongs to the first worker's thread
  std::optional<asio::basic_waitable_timer<std::chrono::steady_clock,
                                           asio::wait_traits<std::chrono::steady_clock>,
                                           asio::io_context::executor_type>>
      pause;
  std::size_t next_worker = 0;
  std::uint16_t port = 0;
  bool stopped = false;
};

error_code Listener::Impl::listen(const asio::ip::tcp::endpoint& endpoint) {
  error_code error;
  acceptor->open(endpoint.protocol(), error);
  if (!error) {
    acceptor->set_option(asio::socket_base::reuse_address(true), error);
  }
  if (!error) {
    acceptor->bind(endpoint, error);
  }
  if (!error && endpoint.address().is_loopback()) {
    send_without_pacing(*acceptor);
  }
  if (!error) {
    acceptor->listen(kBacklog, error);
  }
  if (!error) {
    port = acceptor->local_endpoint(error).port();
  }
  return error;
}

void Listener::Impl::accept() {
  Worker& worker = *workers[next_worker];
  next_worker = (next_worker + 1) % workers.size();
  acceptor->async_accept(worker.io, [this, &worker](const error_code& error, PlainSocket socket) {
    if (error == asio::error::operation_aborted || !acceptor->is_open()) {
      return;
    }
    if (error) {
      pause->expires_after(kAcceptPause);
      pause->async_wait([this](const error_code& cancelled) {
        if (!cancelled && acceptor->is_open()) {
          accept();
        }
      });
      return;
    }
    begin_session(worker, std::move(socket));
    accept();
  });
}

void Listener::Impl::begin_session(Worker& worker, PlainSocket socket) {
  if (state.connections.fetch_add(1, std::memory_order_relaxed) >= state.limits.connections_max) {
    state.connections.fetch_sub(1, std::memory_order_relaxed);
    return;  // the socket's destructor closes it
  }
  asio::post(worker.io, [this, &worker, socket = std::move(socket)]() mutable {
    if (state.draining.load(std::memory_order_relaxed)) {
      state.connections.fetch_sub(1, std::memory_order_relaxed);
      return;
    }
    if (tls != nullptr) {
      Session<TlsSocket>::begin(worker, TlsSocket(std::move(socket), *tls));
    } else {
      Session<PlainSocket>::begin(worker, std::move(socket));
    }
  });
}

void Listener::Impl::stop() {
  if (stopped) {
    return;
  }
  stopped = true;
  state.draining.store(true);
  asio::post(workers.front()->io, [this] {
    error_code ignored;
    acceptor->close(ignored);
    pause->cancel();
  });
  for (const auto& worker : workers) {
    worker->drain();
  }
  for (const auto& worker : workers) {
    worker->join();
  }
}

Listener::Listener(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

Listener::~Listener() {
  try {
    stop();
  } catch (const std::exception&) {
    // Want of memory for a message to a worker: the threads are joined by their owner all the same.
  }
}

Expected<std::unique_ptr<Listener>, std::string> Listener::open(const ListenerOptions& options,
                                                                RequestHandler& handler) {
  TRY(const asio::ip::address address, address_of(options.host));
  auto impl = std::make_unique<Impl>(options, handler);
  if (!options.tls_certificate_file.empty() || !options.tls_key_file.empty()) {
    TRY(impl->tls, make_tls_context(options.tls_certificate_file, options.tls_key_file));
  }
  if (const error_code error = impl->listen({address, options.port})) {
    return Unexpected<std::string>{
        "cannot listen on " + options.host + ":" + std::to_string(options.port) + ": " +
        error.message() + (error == asio::error::address_in_use ? " (port 0: any free one)" : "")};
  }
  impl->accept();
  for (const auto& worker : impl->workers) {
    worker->start();
  }
  return std::unique_ptr<Listener>(new Listener(std::move(impl)));
}

std::uint16_t Listener::port() const {
  return impl_->port;
}

std::size_t Listener::connections() const {
  return impl_->state.connections.load(std::memory_order_relaxed);
}

void Listener::stop() {
  impl_->stop();
}

}  // namespace understudy
