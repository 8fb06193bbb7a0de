#include "emulator/http/health_client.h"

#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>

namespace understudy {
namespace asio = boost::asio;
using boost::system::error_code;

namespace {

constexpr std::string_view kRequest =
    "GET /ready HTTP/1.1\r\nHost: understudy\r\nConnection: close\r\n\r\n";
constexpr std::string_view kReady = "HTTP/1.1 200 ";

template <class Stream>
Expected<void, std::string> ask(Stream& stream) {
  error_code error;
  asio::write(stream, asio::const_buffer(kRequest.data(), kRequest.size()), error);
  if (error) {
    return Unexpected<std::string>{error.message()};
  }
  std::array<char, kReady.size()> start{};
  asio::read(stream, asio::mutable_buffer(start.data(), start.size()), error);
  const std::string_view begun(start.data(), start.size());
  if (error) {
    return Unexpected<std::string>{error.message()};
  }
  if (begun != kReady) {
    return Unexpected<std::string>{begun.starts_with("HTTP/")
                                       ? "it answers " + std::string(begun.substr(9, 3))
                                       : std::string("it does not speak HTTP")};
  }
  return {};
}

}  // namespace

Expected<void, std::string> check_ready(const std::string& host, std::uint16_t port, bool tls) {
  error_code error;
  // What a server listens on and what it is asked at: an unspecified address means this machine.
  asio::ip::address address =
      host == "localhost" ? asio::ip::address_v4::loopback() : asio::ip::make_address(host, error);
  if (error) {
    return Unexpected<std::string>{"'" + host + "' is not an address"};
  }
  if (address.is_unspecified()) {
    address = address.is_v4() ? asio::ip::address(asio::ip::address_v4::loopback())
                              : asio::ip::address(asio::ip::address_v6::loopback());
  }
  asio::io_context io;
  asio::ip::tcp::socket socket(io);
  socket.open(address.is_v4() ? asio::ip::tcp::v4() : asio::ip::tcp::v6(), error);
  const timeval patience{2, 0};
  setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  setsockopt(socket.native_handle(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
  socket.connect({address, port}, error);
  if (error) {
    return Unexpected<std::string>{"no server at " + host + ":" + std::to_string(port) + ": " +
                                   error.message()};
  }
  const auto told = [&](const Expected<void, std::string>& asked) -> Expected<void, std::string> {
    return asked ? asked
                 : Unexpected<std::string>{host + ":" + std::to_string(port) +
                                           " is not ready: " + asked.error()};
  };
  if (!tls) {
    return told(ask(socket));
  }
  asio::ssl::context context(asio::ssl::context::tls_client);
  asio::ssl::stream<asio::ip::tcp::socket> stream(std::move(socket), context);
  stream.handshake(asio::ssl::stream_base::client, error);
  if (error) {
    return told(Unexpected<std::string>{error.message()});
  }
  return told(ask(stream));
}

}  // namespace understudy
