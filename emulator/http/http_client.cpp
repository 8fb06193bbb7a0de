#include "emulator/http/http_client.h"

#include <sys/socket.h>
#include <sys/time.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <optional>

namespace understudy {
namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

struct HttpClient::Impl {
  std::string host;
  std::string port;
  std::string authority;
  asio::io_context io;
  std::optional<asio::ip::tcp::socket> socket;
  boost::beast::flat_buffer buffer;

  error_code connect();
  error_code exchange(http::request<http::string_body>& request,
                      http::response<http::string_body>& answer);
};

error_code HttpClient::Impl::connect() {
  error_code error;
  asio::ip::address address =
      host == "localhost" ? asio::ip::address_v4::loopback() : asio::ip::make_address(host, error);
  if (error) {
    return error;
  }
  socket.emplace(io);
  buffer.clear();
  socket->open(address.is_v4() ? asio::ip::tcp::v4() : asio::ip::tcp::v6(), error);
  const timeval patience{60, 0};
  setsockopt(socket->native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  socket->connect({address, static_cast<std::uint16_t>(std::stoul(port))}, error);
  if (error) {
    socket.reset();
  }
  return error;
}

error_code HttpClient::Impl::exchange(http::request<http::string_body>& request,
                                      http::response<http::string_body>& answer) {
  error_code error;
  http::write(*socket, request, error);
  if (!error) {
    http::response_parser<http::string_body> parser;
    parser.body_limit(std::uint64_t{1} << 30U);
    parser.skip(request.method() == http::verb::head);
    http::read(*socket, buffer, parser, error);
    answer = parser.release();
  }
  if (error || !answer.keep_alive()) {
    socket.reset();
  }
  return error;
}

HttpClient::HttpClient(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&& other) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&& other) noexcept = default;

const std::string& HttpClient::host() const {
  return impl_->authority;
}

Expected<HttpClient, std::string> HttpClient::to(const std::string& url) {
  constexpr std::string_view kScheme = "http://";
  if (!url.starts_with(kScheme)) {
    return Unexpected<std::string>{"'" + url + "' is not an address like http://127.0.0.1:8000"};
  }
  std::string authority = url.substr(kScheme.size());
  authority = authority.substr(0, authority.find('/'));
  const std::size_t colon = authority.rfind(':');
  const bool has_port =
      colon != std::string::npos && authority.find(']', colon) == std::string::npos;
  auto impl = std::make_unique<Impl>();
  impl->authority = authority;
  impl->host = has_port ? authority.substr(0, colon) : authority;
  impl->port = has_port ? authority.substr(colon + 1) : "80";
  if (impl->host.starts_with('[') && impl->host.ends_with(']')) {
    impl->host = impl->host.substr(1, impl->host.size() - 2);
  }
  const bool is_port = !impl->port.empty() && impl->port.size() <= 5 &&
                       impl->port.find_first_not_of("0123456789") == std::string::npos;
  if (!is_port || impl->host.empty()) {
    return Unexpected<std::string>{"'" + url + "' is not an address like http://127.0.0.1:8000"};
  }
  return HttpClient(std::move(impl));
}

Expected<HttpClient::Answer, std::string> HttpClient::ask(const Request& request) {
  http::request<http::string_body> message;
  message.method_string(request.method);
  message.target(request.target);
  message.version(11);
  for (const Header& header : request.headers()) {
    message.insert(header.name, header.value);
  }
  if (message.find(http::field::host) == message.end()) {
    message.set(http::field::host, impl_->authority);
  }
  message.body() = request.body;
  message.prepare_payload();
  http::response<http::string_body> answer;
  // A kept connection may have been closed by its server meanwhile: one more try on a new one.
  const bool was_connected = impl_->socket.has_value();
  error_code error = was_connected ? error_code() : impl_->connect();
  if (!error) {
    error = impl_->exchange(message, answer);
  }
  if (error && was_connected) {
    error = impl_->connect();
    if (!error) {
      error = impl_->exchange(message, answer);
    }
  }
  if (error) {
    return Unexpected<std::string>{"no answer from " + impl_->authority + ": " + error.message()};
  }
  return Answer{static_cast<int>(answer.result_int()), std::move(answer.body())};
}

}  // namespace understudy
