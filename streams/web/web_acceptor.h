// WebAcceptor: one port of a WebServer. Inside this room only.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <memory>

#include "streams/web/web_core.h"

namespace understudy {

class WebAcceptor {
 public:
  WebAcceptor(const std::shared_ptr<WebCore>& core, WebPortOptions options, WebHandler& handler);

  /// Binds and listens; returns the port.
  Expected<std::uint16_t, std::string> listen();
  /// On the core's thread.
  void accept();
  void close();

 private:
  std::weak_ptr<WebCore> core_;
  WebPortOptions options_;
  WebHandler& handler_;
  std::unique_ptr<boost::asio::ssl::context> tls_;
  boost::asio::ip::tcp::acceptor acceptor_;
  boost::asio::steady_timer pause_;
  std::shared_ptr<std::size_t> connections_ = std::make_shared<std::size_t>(0);
};

/// One sentence where the identity cannot be used.
Expected<std::unique_ptr<boost::asio::ssl::context>, std::string> tls_context_of(
    const TlsIdentity& identity);

/// What a connection needs of its port.
struct WebSessionSettings {
  std::shared_ptr<WebCore> core;
  WebPortOptions options;
  WebHandler* handler = nullptr;
  std::shared_ptr<std::size_t> connections;
};
void begin_session(WebSessionSettings settings, boost::asio::ip::tcp::socket socket,
                   boost::asio::ssl::context* tls);

}  // namespace understudy
