// A request of ours to another server: connect, write, read, all within one time limit.
#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <optional>

#include "streams/web/web_core.h"

namespace understudy {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using tcp = asio::ip::tcp;

namespace {

constexpr std::uint16_t kHttpPort = 80;

struct Place {
  std::string host;
  std::string port;
  std::string path;
};

std::optional<Place> place_of(std::string_view url) {
  constexpr std::string_view kScheme = "http://";
  if (!url.starts_with(kScheme)) {
    return std::nullopt;
  }
  url.remove_prefix(kScheme.size());
  const std::size_t slash = std::min(url.find('/'), url.size());
  const std::string_view authority = url.substr(0, slash);
  const std::size_t colon = authority.rfind(':');
  Place place;
  place.host = std::string(authority.substr(0, colon));
  place.port = colon == std::string_view::npos ? std::to_string(kHttpPort)
                                               : std::string(authority.substr(colon + 1));
  place.path = slash < url.size() ? std::string(url.substr(slash)) : "/";
  if (place.host.empty()) {
    return std::nullopt;
  }
  return place;
}

class Call final : public WebActivity, public std::enable_shared_from_this<Call> {
 public:
  using Done = std::function<void(Expected<WebAnswer, std::string>)>;

  Call(WebCore& core, WebCall call, Done done)
      : call_(std::move(call)),
        done_(std::move(done)),
        resolver_(core.io),
        socket_(core.io),
        timer_(core.io),
        entry_(core, *this) {}

  void start() {
    const auto place = place_of(call_.url);
    if (!place.has_value()) {
      finish("'" + call_.url + "' is not a URL of the form http://host:port/path");
      return;
    }
    request_.method_string(call_.method);
    request_.target(place->path);
    request_.set(http::field::host, place->host + ":" + place->port);
    for (const auto& [name, value] : call_.headers) {
      request_.set(name, value);
    }
    request_.keep_alive(false);
    request_.body() = std::move(call_.body);
    request_.prepare_payload();
    parser_.body_limit(call_.answer_bytes_max);
    timer_.expires_after(call_.timeout);
    timer_.async_wait([self = shared_from_this()](const error_code& error) {
      if (!error) {
        self->finish("no answer within " + std::to_string(self->call_.timeout.count()) + " ms");
      }
    });
    // Names are looked up only where there is one: an address needs no network.
    resolver_.async_resolve(place->host, place->port,
                            [self = shared_from_this()](const error_code& error,
                                                        const tcp::resolver::results_type& found) {
                              if (!self->failed(error)) {
                                self->connect(found);
                              }
                            });
  }

  void abort() override {
    done_ = nullptr;
    finish("the server is stopping");
  }

 private:
  void connect(const tcp::resolver::results_type& found) {
    asio::async_connect(socket_, found,
                        [self = shared_from_this()](const error_code& error, const auto&) {
                          if (!self->failed(error)) {
                            self->write();
                          }
                        });
  }
  void write() {
    http::async_write(socket_, request_,
                      [self = shared_from_this()](const error_code& error, std::size_t) {
                        if (!self->failed(error)) {
                          self->read();
                        }
                      });
  }
  void read() {
    http::async_read(socket_, buffer_, parser_,
                     [self = shared_from_this()](const error_code& error, std::size_t) {
                       if (!self->failed(error)) {
                         self->finish_with_answer();
                       }
                     });
  }
  void finish_with_answer() {
    auto message = parser_.release();
    WebAnswer answer;
    answer.status = static_cast<int>(message.result_int());
    for (const auto& field : message) {
      answer.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
    }
    answer.body = std::move(message.body());
    finish(std::move(answer));
  }

  bool failed(const error_code& error) {
    if (error) {
      finish(error.message());
    }
    return error.failed() || over_;
  }
  void finish(std::string why) {
    finish(Expected<WebAnswer, std::string>(Unexpected<std::string>{std::move(why)}));
  }
  void finish(Expected<WebAnswer, std::string> outcome) {
    if (over_) {
      return;
    }
    over_ = true;
    timer_.cancel();
    resolver_.cancel();
    error_code ignored;
    socket_.close(ignored);
    if (Done done = std::move(done_)) {
      done(std::move(outcome));
    }
  }

  WebCall call_;
  Done done_;
  tcp::resolver resolver_;
  tcp::socket socket_;
  asio::steady_timer timer_;
  WebActivityEntry entry_;
  http::request<http::string_body> request_;
  http::response_parser<http::string_body> parser_;
  beast::flat_buffer buffer_;
  bool over_ = false;
};

}  // namespace

void begin_call(WebCore& core, WebCall call,
                std::function<void(Expected<WebAnswer, std::string>)> done) {
  std::make_shared<Call>(core, std::move(call), std::move(done))->start();
}

}  // namespace understudy
