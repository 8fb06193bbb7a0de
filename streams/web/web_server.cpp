#include "streams/web/web_server.h"

#include <boost/asio/post.hpp>
#include <boost/beast/core/string.hpp>
#include <future>

#include "emulator/base/check.h"
#include "streams/web/tls_identity.h"
#include "streams/web/web_acceptor.h"
#include "streams/web/web_core.h"

namespace understudy {
namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using boost::system::error_code;

std::string_view find_header(const WebHeaders& headers, std::string_view name) {
  for (const auto& [candidate, value] : headers) {
    if (boost::beast::iequals({candidate.data(), candidate.size()}, {name.data(), name.size()})) {
      return value;
    }
  }
  return {};
}

namespace {
/// After accept() failed for want of descriptors or memory.
constexpr std::chrono::milliseconds kAcceptPause{50};

void end_quietly(WebCore& core) noexcept {
  try {
    core.stop();
  } catch (const std::exception&) {
    // Want of memory for a message to the thread.
  }
}
}  // namespace

// ---- The core
// ------------------------------------------------------------------------------------

WebCore::WebCore() : work(io.get_executor()), thread([this] { io.run(); }) {}

WebCore::~WebCore() {
  end_quietly(*this);
}

void WebCore::stop() {
  const std::lock_guard lock(stop_mutex);
  if (!thread.joinable()) {
    return;
  }
  CHECK(thread.get_id() != std::this_thread::get_id());
  stopping = true;
  asio::post(io, [this] {
    for (const auto& acceptor : acceptors) {
      acceptor->close();
    }
    // Ending one may end others.
    while (!activities.empty()) {
      WebActivity* const activity = *activities.begin();
      activities.erase(activity);
      activity->abort();
    }
    timers.clear();
    io.stop();
  });
  thread.join();
  acceptors.clear();
}

// ---- Ports
// ---------------------------------------------------------------------------------------

Expected<std::unique_ptr<ssl::context>, std::string> tls_context_of(const TlsIdentity& identity) {
  auto context = std::make_unique<ssl::context>(ssl::context::tls_server);
  error_code error;
  context->set_options(ssl::context::default_workarounds | ssl::context::no_tlsv1 |
                           ssl::context::no_tlsv1_1 | ssl::context::single_dh_use,
                       error);
  SSL_CTX_set_mode(context->native_handle(), SSL_MODE_RELEASE_BUFFERS);
  context->use_certificate_chain(asio::buffer(identity.certificate), error);
  if (!error) {
    context->use_private_key(asio::buffer(identity.key), ssl::context::pem, error);
  }
  if (error) {
    return Unexpected<std::string>{"TLS certificate: " + error.message()};
  }
  return context;
}

WebAcceptor::WebAcceptor(const std::shared_ptr<WebCore>& core, WebPortOptions options,
                         WebHandler& handler)
    : core_(core),
      options_(std::move(options)),
      handler_(handler),
      acceptor_(core->io),
      pause_(core->io) {}

Expected<std::uint16_t, std::string> WebAcceptor::listen() {
  const auto fail = [this](const std::string& why) {
    return Unexpected<std::string>{"cannot listen on " + options_.host + ":" +
                                   std::to_string(options_.port) + ": " + why};
  };
  if (options_.tls != nullptr) {
    TRY(tls_, tls_context_of(*options_.tls));
  }
  error_code error;
  const asio::ip::address address = options_.host == "localhost"
                                        ? asio::ip::address(asio::ip::address_v4::loopback())
                                        : asio::ip::make_address(options_.host, error);
  if (error) {
    return fail("not an address");
  }
  const asio::ip::tcp::endpoint endpoint(address, options_.port);
  acceptor_.open(endpoint.protocol(), error);
  if (!error) {
    acceptor_.set_option(asio::socket_base::reuse_address(true), error);
  }
  if (!error) {
    acceptor_.bind(endpoint, error);
  }
  if (!error) {
    acceptor_.listen(asio::socket_base::max_listen_connections, error);
  }
  if (error) {
    return fail(error.message());
  }
  return acceptor_.local_endpoint(error).port();
}

void WebAcceptor::accept() {
  acceptor_.async_accept([this](const error_code& error, asio::ip::tcp::socket socket) {
    if (error == asio::error::operation_aborted || !acceptor_.is_open()) {
      return;
    }
    if (error) {
      pause_.expires_after(kAcceptPause);
      pause_.async_wait([this](const error_code& cancelled) {
        if (!cancelled && acceptor_.is_open()) {
          accept();
        }
      });
      return;
    }
    const std::shared_ptr<WebCore> core = core_.lock();
    if (core != nullptr && *connections_ < options_.connections_max) {
      begin_session({core, options_, &handler_, connections_}, std::move(socket), tls_.get());
    }
    accept();
  });
}

void WebAcceptor::close() {
  error_code ignored;
  acceptor_.close(ignored);
  pause_.cancel();
}

// ---- The server
// ----------------------------------------------------------------------------------

WebServer::WebServer() : core_(std::make_shared<WebCore>()) {}

WebServer::~WebServer() {
  end_quietly(*core_);
}

void WebServer::stop() {
  core_->stop();
}

Expected<std::uint16_t, std::string> WebServer::open(const WebPortOptions& options,
                                                     WebHandler& handler) {
  auto acceptor = std::make_unique<WebAcceptor>(core_, options, handler);
  TRY(const std::uint16_t port, acceptor->listen());
  asio::post(core_->io, [core = core_.get(), acceptor = std::move(acceptor)]() mutable {
    acceptor->accept();
    core->acceptors.push_back(std::move(acceptor));
  });
  return port;
}

void WebServer::post(std::function<void()> work) {
  asio::post(core_->io, std::move(work));
}

WebServer::Ticket WebServer::after(std::chrono::milliseconds delay, std::function<void()> work) {
  const Ticket ticket = ++core_->tickets;
  asio::post(core_->io, [core = core_.get(), ticket, delay, work = std::move(work)]() mutable {
    auto& timer = core->timers[ticket];
    timer = std::make_unique<asio::steady_timer>(core->io, delay);
    timer->async_wait([core, ticket, work = std::move(work)](const error_code& error) {
      if (!error && core->timers.erase(ticket) > 0) {
        work();
      }
    });
  });
  return ticket;
}

void WebServer::cancel(Ticket ticket) {
  asio::post(core_->io, [core = core_.get(), ticket] { core->timers.erase(ticket); });
}

void WebServer::call(WebCall call, std::function<void(Expected<WebAnswer, std::string>)> done) {
  asio::post(core_->io, [core = core_.get(), call = std::move(call), done = std::move(done)] {
    begin_call(*core, call, done);
  });
}

Expected<std::unique_ptr<WebChild>, std::string> WebServer::spawn(const ChildSettings& settings,
                                                                  ChildWatch watch) {
  return begin_child(core_, settings, std::move(watch));
}

}  // namespace understudy
