#include "emulator/server/server.h"

#include <optional>

#include "emulator/admin/admin_service.h"
#include "emulator/clock/steerable_clock.h"
#include "emulator/http/listener.h"
#include "emulator/server/ticker.h"
#include "emulator/table/catalog.h"

namespace understudy {
namespace {

/// Where a client on this machine reaches a server that listens on `host`.
std::string reachable(const std::string& host) {
  if (host == "0.0.0.0") {
    return "127.0.0.1";
  }
  if (host == "::") {
    return "[::1]";
  }
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

bool is_loopback(const std::string& host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

Features features_of(const ServerOptions& options) {
  Features features = options.features;
  features.https = !options.tls_certificate_file.empty();
  // Beyond this machine the admin API is nobody's, unless a token says whose.
  features.admin.open = features.admin.open && is_loopback(options.host);
  return features;
}

}  // namespace

struct Server::Impl {
  explicit Impl(ServerOptions given)
      : options(std::move(given)), instance(options.engine, features_of(options)) {}

  Expected<void, std::string> open_admin_port();

  ServerOptions options;
  Instance instance;
  std::optional<Ticker> ticker;
  std::unique_ptr<Listener> listener;
  std::optional<AdminPort> admin;
  std::unique_ptr<Listener> admin_listener;
};

/// Reached by this machine only, so open unless there is a token.
Expected<void, std::string> Server::Impl::open_admin_port() {
  AdminService* const service = instance.own_port_admin();
  if (!options.admin_port.has_value() || service == nullptr) {
    return {};
  }
  ListenerOptions listening;
  listening.port = *options.admin_port;
  listening.limits = options.limits;
  admin.emplace(instance.engine(), *service);
  TRY(admin_listener, Listener::open(listening, *admin));
  return {};
}

Server::Server(ServerOptions options) : impl_(std::make_unique<Impl>(std::move(options))) {}
Server::~Server() = default;

Expected<void, std::string> Server::start() {
  if (running()) {
    return Unexpected<std::string>{"the server is running already"};
  }
  const ServerOptions& options = impl_->options;
  ListenerOptions listening;
  listening.host = options.host;
  listening.port = options.port;
  listening.threads = options.threads;
  listening.limits = options.limits;
  listening.limits.body_bytes_max = options.engine.max_body_bytes;
  listening.tls_certificate_file = options.tls_certificate_file;
  listening.tls_key_file = options.tls_key_file;
  TRY(impl_->listener, Listener::open(listening, impl_->instance.engine()));
  const auto opened = impl_->open_admin_port();
  if (!opened) {
    impl_->listener.reset();
    return opened;
  }
  if (SteerableClock* const clock = impl_->instance.steerable_clock()) {
    Engine& engine = impl_->instance.engine();
    impl_->ticker.emplace(*clock, engine.scheduler(), impl_->instance.timeline(),
                          engine.catalog().remains());
  }
  return {};
}

void Server::stop() {
  impl_->listener.reset();
  impl_->admin_listener.reset();
  impl_->ticker.reset();
}

bool Server::running() const {
  return impl_->listener != nullptr;
}

std::uint16_t Server::port() const {
  return running() ? impl_->listener->port() : 0;
}

std::uint16_t Server::admin_port() const {
  return impl_->admin_listener != nullptr ? impl_->admin_listener->port() : 0;
}

std::string Server::url() const {
  const bool tls = !impl_->options.tls_certificate_file.empty();
  return (tls ? "https://" : "http://") + reachable(impl_->options.host) + ":" +
         std::to_string(port());
}

Engine& Server::engine() {
  return impl_->instance.engine();
}

Instance& Server::instance() {
  return impl_->instance;
}

}  // namespace understudy
