// One connection of a WebServer: HTTP requests one after the other, each answered when its handler
// pleases, until one becomes a WebSocket. All on the core's thread: others come by its SessionLink.
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <deque>
#include <optional>

#include "streams/web/session_link.h"
#include "streams/web/web_acceptor.h"

namespace understudy {
namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using tcp = asio::ip::tcp;

namespace {

constexpr std::chrono::seconds kHeadTimeout{30};
constexpr std::chrono::minutes kIdleTimeout{10};
/// How long a client may take to read, or to answer a close frame.
constexpr std::chrono::seconds kCloseTimeout{1};
constexpr std::chrono::seconds kWriteTimeout{30};
constexpr std::size_t kReadBytes = std::size_t{8} * 1024;

using PlainStream = tcp::socket;
using TlsStream = asio::ssl::stream<tcp::socket>;

/// Reads a request straight into a WebRequest. Beast's own container of fields takes no value above
/// 64 KB, and throws; runtimes describe errors in a header of up to 1 MB.
class RequestReader final : public http::basic_parser<true> {
 public:
  WebRequest request;

 private:
  using Text = beast::string_view;

  void on_request_impl(http::verb /*method*/, Text method, Text target, int /*version*/,
                       beast::error_code& /*error*/) override {
    request.method = std::string(method);
    request.target = std::string(target);
  }
  void on_response_impl(int /*code*/, Text /*reason*/, int /*version*/,
                        beast::error_code& /*error*/) override {}
  void on_field_impl(http::field /*name*/, Text name, Text value,
                     beast::error_code& /*error*/) override {
    if (!is_header_done()) {
      request.headers.emplace_back(std::string(name), std::string(value));
    }
  }
  void on_header_impl(beast::error_code& /*error*/) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>& /*length*/,
                         beast::error_code& /*error*/) override {}
  std::size_t on_body_impl(Text bytes, beast::error_code& /*error*/) override {
    request.body.append(bytes);
    return bytes.size();
  }
  void on_chunk_header_impl(std::uint64_t /*size*/, Text /*extensions*/,
                            beast::error_code& /*error*/) override {}
  std::size_t on_chunk_body_impl(std::uint64_t /*left*/, Text bytes,
                                 beast::error_code& /*error*/) override {
    request.body.append(bytes);
    return bytes.size();
  }
  void on_finish_impl(beast::error_code& /*error*/) override {}
};

template <class Stream>
class Session final : public WebSessionBase {
 public:
  static constexpr bool kIsTls = std::is_same_v<Stream, TlsStream>;

  Session(WebSessionSettings settings, Stream stream)
      : settings_(std::move(settings)),
        core_(*settings_.core),
        stream_(std::move(stream)),
        timer_(core_.io),
        entry_(core_, *this),
        frames_(settings_.options.frames) {
    settings_.core.reset();  // handles keep the core; sessions live in it
    ++*settings_.connections;
  }
  ~Session() override { --*settings_.connections; }

  void start(const std::shared_ptr<WebCore>& core) {
    link_ = std::make_shared<SessionLink>();
    link_->core = core;
    link_->session = weak_from_this();
    error_code ignored;
    socket().set_option(tcp::no_delay(true), ignored);
    peer_ = socket().remote_endpoint(ignored).address().to_string();
    if constexpr (kIsTls) {
      set_deadline(kHeadTimeout);
      stream_.async_handshake(asio::ssl::stream_base::server,
                              [self = self()](const error_code& error) {
                                if (error) {
                                  self->end();
                                } else {
                                  self->read_request();
                                }
                              });
    } else {
      read_request();
    }
  }

  void abort() override { end(); }

  void write_answer(WebAnswer answer) override;
  void become_web_socket(std::shared_ptr<WebSocketHandler> handler,
                         std::shared_ptr<std::atomic<std::size_t>> queued,
                         const std::string& protocol) override;
  void queue_frames(std::shared_ptr<const std::string> frames) override;
  void close_web_socket(std::uint16_t code, std::string reason) override;

 private:
  std::shared_ptr<Session> self() {
    return std::static_pointer_cast<Session>(this->shared_from_this());
  }
  tcp::socket& socket() {
    if constexpr (kIsTls) {
      return stream_.next_layer();
    } else {
      return stream_;
    }
  }

  void read_request();
  void on_request();
  void watch_client();
  void read_frames();
  void on_frame(FrameEvent event);
  void write_next();
  void end();
  void tell_closed(std::uint16_t code, const std::string& reason);

  template <class Duration>
  void set_deadline(Duration limit) {
    timer_.expires_after(limit);
    timer_.async_wait([weak = this->weak_from_this()](const error_code& error) {
      const auto alive = weak.lock();
      if (!error && alive != nullptr) {
        static_cast<Session&>(*alive).end();
      }
    });
  }

  WebSessionSettings settings_;
  WebCore& core_;
  Stream stream_;
  asio::steady_timer timer_;
  WebActivityEntry entry_;
  std::shared_ptr<SessionLink> link_;
  std::string peer_;
  beast::flat_buffer buffer_;
  std::optional<RequestReader> parser_;
  std::optional<http::response<http::string_body>> response_;
  std::shared_ptr<Session> waiting_;  ///< itself, while only a handler knows of it
  std::string accept_key_;
  bool keep_alive_ = true;
  bool ended_ = false;

  // As a WebSocket:
  FrameReader frames_;
  std::shared_ptr<WebSocketHandler> handler_;
  std::shared_ptr<std::atomic<std::size_t>> queued_;
  std::deque<std::shared_ptr<const std::string>> queue_;  ///< the first one is being written
  std::array<char, kReadBytes> read_into_{};
  bool writing_ = false;
  bool closing_ = false;  ///< the close frame is queued: nothing follows it
  bool peer_closed_ = false;
  bool told_ = false;
};

template <class Stream>
void Session<Stream>::read_request() {
  parser_.emplace();
  parser_->header_limit(settings_.options.head_bytes_max);
  parser_->body_limit(settings_.options.body_bytes_max);
  set_deadline(kIdleTimeout);
  http::async_read(
      stream_, buffer_, *parser_, [self = self()](const error_code& error, std::size_t /*bytes*/) {
        if (self->ended_) {
          return;
        }
        if (error == http::error::body_limit || error == http::error::header_limit) {
          self->keep_alive_ = false;
          self->write_answer({error == http::error::body_limit ? 413 : 431, {}, {}});
        } else if (error &&
                   error.category() == http::make_error_code(http::error::bad_method).category() &&
                   error != http::error::end_of_stream && error != http::error::partial_message) {
          self->keep_alive_ = false;
          self->write_answer({400, {}, {}});
        } else if (error) {
          self->end();
        } else {
          self->on_request();
        }
      });
}

template <class Stream>
void Session<Stream>::on_request() {
  timer_.cancel();
  keep_alive_ = parser_->keep_alive();
  const bool upgrades = parser_->upgrade();
  WebRequest request = std::move(parser_->request);
  request.peer_address = peer_;
  request.tls = kIsTls;
  const std::string_view key = request.header("Sec-WebSocket-Key");
  constexpr std::size_t kKeyCharacters = 24;
  request.web_socket = upgrades && request.method == "GET" &&
                       beast::iequals(std::string(request.header("Upgrade")), "websocket") &&
                       request.header("Sec-WebSocket-Version") == "13" &&
                       key.size() == kKeyCharacters;
  accept_key_ = request.web_socket ? accept_key(key) : std::string();
  waiting_ = self();
  watch_client();
  settings_.handler->on_request(make_exchange(std::move(request), link_));
}

/// Notices that the client leaves while its answer is not there yet. What a client sends ahead ends
/// the watch, which is only a courtesy.
template <class Stream>
void Session<Stream>::watch_client() {
  if (buffer_.size() > 0) {
    return;
  }
  socket().async_wait(
      tcp::socket::wait_read, [weak = this->weak_from_this()](const error_code& error) {
        const auto alive = weak.lock();
        if (error || alive == nullptr) {
          return;
        }
        auto& session = static_cast<Session&>(*alive);
        char byte = 0;
        error_code peeked;
        session.socket().non_blocking(true, peeked);
        const std::size_t bytes =
            session.socket().receive(asio::buffer(&byte, 1), tcp::socket::message_peek, peeked);
        if (bytes == 0 && peeked != asio::error::would_block) {
          session.end();
        }
      });
}

template <class Stream>
void Session<Stream>::write_answer(WebAnswer answer) {
  if (ended_ || handler_ != nullptr) {
    return;
  }
  response_.emplace(static_cast<http::status>(answer.status), 11);
  response_->set(http::field::server, "Understudy");
  for (const auto& [name, value] : answer.headers) {
    response_->insert(name, value);
  }
  response_->keep_alive(keep_alive_);
  response_->body() = std::move(answer.body);
  if (answer.status != 204) {
    response_->prepare_payload();
  }
  set_deadline(kWriteTimeout);
  http::async_write(stream_, *response_,
                    [self = self()](const error_code& error, std::size_t /*bytes*/) {
                      self->waiting_.reset();
                      self->response_.reset();
                      if (error || !self->keep_alive_) {
                        self->end();
                      } else if (!self->ended_) {
                        self->read_request();
                      }
                    });
}

template <class Stream>
void Session<Stream>::become_web_socket(std::shared_ptr<WebSocketHandler> handler,
                                        std::shared_ptr<std::atomic<std::size_t>> queued,
                                        const std::string& protocol) {
  handler_ = std::move(handler);
  queued_ = std::move(queued);
  if (ended_) {
    tell_closed(static_cast<std::uint16_t>(WebSocketClose::kAbnormal), {});
    return;
  }
  waiting_ = self();
  queue_.push_back(std::make_shared<const std::string>(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n"
      "Sec-WebSocket-Accept: " +
      accept_key_ + "\r\n" +
      (protocol.empty() ? "" : "Sec-WebSocket-Protocol: " + protocol + "\r\n") + "\r\n"));
  *queued_ += queue_.back()->size();
  handler_->on_open();
  write_next();
  std::vector<FrameEvent> events;
  const auto data = buffer_.data();
  frames_.put({static_cast<const char*>(data.data()), data.size()}, events);
  buffer_.consume(buffer_.size());
  for (FrameEvent& event : events) {
    on_frame(std::move(event));
  }
  waiting_.reset();
  read_frames();
}

template <class Stream>
void Session<Stream>::read_frames() {
  if (ended_) {
    return;
  }
  stream_.async_read_some(asio::buffer(read_into_),
                          [self = self()](const error_code& error, std::size_t bytes) {
                            if (error || self->ended_) {
                              self->end();
                              return;
                            }
                            std::vector<FrameEvent> events;
                            self->frames_.put({self->read_into_.data(), bytes}, events);
                            for (FrameEvent& event : events) {
                              self->on_frame(std::move(event));
                            }
                            self->read_frames();
                          });
}

template <class Stream>
void Session<Stream>::on_frame(FrameEvent event) {
  if (ended_) {
    return;
  }
  switch (event.kind) {
    case FrameEvent::Kind::kText:
    case FrameEvent::Kind::kBinary:
      if (!closing_) {
        handler_->on_message(std::move(event.payload), event.kind == FrameEvent::Kind::kText);
      }
      break;
    case FrameEvent::Kind::kPing: {
      // A client that pings but does not read is cut off by the queue's limit of its own sends.
      auto pong = std::make_shared<const std::string>(encode_pong(event.payload));
      if (*queued_ < kReadBytes) {
        *queued_ += pong->size();
        queue_frames(std::move(pong));
      }
      break;
    }
    case FrameEvent::Kind::kPong:
      break;
    case FrameEvent::Kind::kClose:
      peer_closed_ = true;
      tell_closed(event.code, event.payload);
      if (closing_) {  // it answers ours
        end();
      } else {
        close_web_socket(event.code, {});
      }
      break;
    case FrameEvent::Kind::kViolation:
      close_web_socket(event.code, event.payload);
      break;
  }
}

template <class Stream>
void Session<Stream>::queue_frames(std::shared_ptr<const std::string> frames) {
  if (ended_ || closing_) {
    *queued_ -= frames->size();
    return;
  }
  queue_.push_back(std::move(frames));
  write_next();
}

template <class Stream>
void Session<Stream>::write_next() {
  if (writing_ || queue_.empty() || ended_) {
    return;
  }
  writing_ = true;
  const std::shared_ptr<const std::string> frames = queue_.front();
  asio::async_write(stream_, asio::buffer(*frames),
                    [self = self(), frames](const error_code& error, std::size_t /*bytes*/) {
                      self->writing_ = false;
                      *self->queued_ -= frames->size();
                      self->queue_.pop_front();
                      if (error) {
                        self->end();
                      } else if (self->queue_.empty() && self->closing_ && self->peer_closed_) {
                        self->end();  // both have said good-bye
                      } else {
                        self->write_next();
                      }
                    });
}

template <class Stream>
void Session<Stream>::close_web_socket(std::uint16_t code, std::string reason) {
  if (closing_ || ended_ || handler_ == nullptr) {
    return;
  }
  auto frame = std::make_shared<const std::string>(encode_close(code, reason));
  *queued_ += frame->size();
  queue_.push_back(std::move(frame));
  closing_ = true;
  tell_closed(code, reason);
  set_deadline(kCloseTimeout);
  write_next();
}

template <class Stream>
void Session<Stream>::tell_closed(std::uint16_t code, const std::string& reason) {
  if (handler_ != nullptr && !told_) {
    told_ = true;
    link_->gone = true;
    handler_->on_close(code, reason);
  }
}

template <class Stream>
void Session<Stream>::end() {
  if (ended_) {
    return;
  }
  const auto alive = self();
  ended_ = true;
  link_->gone = true;
  timer_.cancel();
  error_code ignored;
  socket().shutdown(tcp::socket::shutdown_both, ignored);
  socket().close(ignored);
  waiting_.reset();
  tell_closed(static_cast<std::uint16_t>(WebSocketClose::kAbnormal), {});
}

}  // namespace

void begin_session(WebSessionSettings settings, tcp::socket socket, asio::ssl::context* tls) {
  const std::shared_ptr<WebCore> core = settings.core;
  if (tls != nullptr) {
    std::make_shared<Session<TlsStream>>(std::move(settings), TlsStream(std::move(socket), *tls))
        ->start(core);
  } else {
    std::make_shared<Session<PlainStream>>(std::move(settings), std::move(socket))->start(core);
  }
}

}  // namespace understudy
