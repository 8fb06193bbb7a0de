#include "emulator/http/session.h"

#include <openssl/err.h>
#include <openssl/sslerr.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <cstring>

#include "emulator/http/plain_request.h"

namespace understudy {
namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

constexpr std::size_t kBufferBytes = ConnectionMemory::kBufferBytes;
static_assert(kBufferBytes >= HttpLimits::kHeadBytesMax);
/// Longer requests are read best while the cache holds what the kernel copied.
constexpr std::size_t kGatheredBytesMax = std::size_t{4} * 1024;
constexpr std::size_t kBodyReadBytesMin = std::size_t{64} * 1024;

/// Source: Alternator test_https.py, which quotes DynamoDB's answer.
constexpr std::string_view kPlainOnTls =
    "HTTP/1.1 400 Bad Request\r\nServer: Server\r\nContent-Type: text/plain\r\n"
    "Content-Length: 46\r\nConnection: close\r\n\r\n"
    "The plain HTTP request was sent to HTTPS port\n";

bool is_http_without_tls(const boost::system::error_code& error) {
  return error.category() == asio::error::get_ssl_category() &&
         ERR_GET_REASON(static_cast<unsigned long>(error.value())) == SSL_R_HTTP_REQUEST;
}

}  // namespace

template <class Stream>
Session<Stream>::Session(Worker& worker, Stream stream, char* buffer)
    : worker_(worker), stream_(std::move(stream)), buffer_(buffer) {
  worker_.add(*this);
}

template <class Stream>
Session<Stream>::~Session() {
  worker_.remove(*this);
  worker_.shared.connections.fetch_sub(1, std::memory_order_relaxed);
}

template <class Stream>
void Session<Stream>::begin(Worker& worker, Stream stream) {
  static_assert(sizeof(Session) <= ConnectionMemory::kSessionBytesMax);
  auto* const block = static_cast<char*>(worker.connection_memory.take());
  auto* const session =
      ::new (block) Session(worker, std::move(stream), block + ConnectionMemory::kSessionBytesMax);
  Ref(session)->start();
}

template <class Stream>
void Session<Stream>::destroy() {
  Worker& worker = worker_;
  const bool long_requests = longest_ > ConnectionMemory::kKeptBufferBytes;
  char* const buffer = buffer_;
  this->~Session();
  if (long_requests) {
    ConnectionMemory::forget_long_request(buffer);
  }
  worker.connection_memory.give_back(this);
}

template <class Stream>
PlainSocket& Session<Stream>::socket() {
  if constexpr (kIsTls) {
    return stream_.next_layer();
  } else {
    return stream_;
  }
}

template <class Stream>
void Session<Stream>::start() {
  ErrorCode ignored;
  socket().set_option(asio::ip::tcp::no_delay(true), ignored);
  socket().non_blocking(true, ignored);
  if constexpr (kIsTls) {
    handshake();
  } else {
    announce_end_of_input(stream_);
    deadline = worker_.idle_deadline();
    idle = true;
    read();
  }
}

template <class Stream>
void Session<Stream>::handshake() {
  if constexpr (kIsTls) {
    deadline = worker_.head_deadline();
    idle = true;  // Nothing was asked yet.
    stream_.async_handshake(asio::ssl::stream_base::server,
                            [self = Ref(this)](const ErrorCode& error) {
                              if (!error) {
                                self->deadline = self->worker_.idle_deadline();
                                self->read();
                              } else if (is_http_without_tls(error)) {
                                self->refuse_http_without_tls();
                              }
                            });
  }
}

template <class Stream>
void Session<Stream>::refuse_http_without_tls() {
  asio::async_write(
      socket(), asio::buffer(kPlainOnTls),
      [self = Ref(this)](const ErrorCode& /*error*/, std::size_t /*bytes*/) { self->close(); });
}

template <class Stream>
void Session<Stream>::close() {
  if (!closed_) {
    const Ref self(this);  // what is stopped below may have held the last reference
    closed_ = true;
    ErrorCode ignored;
    socket().shutdown(PlainSocket::shutdown_both, ignored);
    socket().close(ignored);
    stop_delivering();
    stop_streaming();
    stop_waiting();
  }
}

template <class Stream>
bool Session<Stream>::has_input() {
  ErrorCode ignored;
  return !closed_ && socket().available(ignored) > 0;
}

template <class Stream>
void Session<Stream>::shrink() {
  // The kernel may have filled the buffer already, with the handler yet to come: only a read that
  // is called back has left it alone. (TLS would not survive that; its buffer goes with it.)
  if (!kIsTls && longest_ > ConnectionMemory::kKeptBufferBytes) {
    forgetting_ = true;
    ErrorCode ignored;
    socket().cancel(ignored);
  }
  const auto release = [this](Buffer& buffer) {
    if (buffer.capacity() > 0) {
      worker_.note_released(buffer.capacity());
      buffer = Buffer();
    }
  };
  release(body_);
  if (streaming_ == nullptr) {  // whose parts may be on their way
    release(pending_head_);
  }
}

template <class Stream>
void Session<Stream>::read() {
  if (closed_) {
    return;
  }
  asio::mutable_buffer into;
  if (reads_body_directly()) {
    // One byte more than the body has: where it does not come, the socket was read empty.
    const std::size_t left = parser_->body_bytes_left() + (filled_ < kBufferBytes ? 1 : 0);
    const std::size_t room =
        std::min(left, std::max(kBodyReadBytesMin, body_.capacity() - body_.size()));
    into = {body_.grow(room), room};
  } else {
    into = {buffer_ + filled_, kBufferBytes - filled_};
  }
  asked_ = into.size();
  stream_.async_read_some(into, [self = Ref(this)](const ErrorCode& error, std::size_t bytes) {
    self->on_read(error, bytes);
  });
}

template <class Stream>
void Session<Stream>::on_read(const ErrorCode& error, std::size_t bytes) {
  if (forgetting_) {
    forgetting_ = false;
    if (error == asio::error::operation_aborted && !closed_ && filled_ == 0) {
      ConnectionMemory::forget_long_request(buffer_);
      longest_ = 0;
      read();
      return;
    }
  }
  if (error || closed_) {
    close();  // the client left, or the connection had its time
    return;
  }
  if constexpr (!kIsTls) {
    if (bytes < asked_) {
      note_emptied(stream_);
    }
  }
  if (reads_body_directly()) {
    const std::size_t of_body = std::min(bytes, parser_->body_bytes_left());
    body_.commit(of_body);
    parser_->body_bytes_read(of_body);
    if (of_body < bytes) {  // the first byte of the next request
      buffer_[filled_++] = body_.data()[body_.size()];
    }
  } else {
    filled_ += bytes;
    longest_ = std::max(longest_, filled_);
  }
  if constexpr (!kIsTls) {
    const bool small = !parser_.has_value() && filled_ <= kGatheredBytesMax;
    if (small && has_neighbours() && worker_.gathered.request_should_wait()) {
      idle = false;
      deadline = worker_.body_deadline();
      worker_.gathered.add_request(*this);
      return;
    }
  }
  process();
}

template <class Stream>
bool Session<Stream>::has_neighbours() const {
  return worker_.shared.connections.load(std::memory_order_relaxed) > 1;
}

template <class Stream>
void Session<Stream>::answer_gathered() {
  if (!closed_) {
    process();
  }
}

template <class Stream>
void Session<Stream>::process() {
  for (;;) {
    if (!parser_.has_value() && begin_ != filled_) {
      if (answer_plain()) {
        continue;
      }
      if (busy_) {
        return;
      }
    }
    if (!parse()) {
      return;
    }
    if (!request_complete()) {
      break;
    }
    if (!respond()) {
      return;
    }
    end_request();
  }
  if (parser_.has_value() && parser_->expects_continue() && parser_->is_header_done() &&
      !continued_) {
    send_continue();
    return;
  }
  read();
}

template <class Stream>
bool Session<Stream>::request_complete() const {
  if (!parser_.has_value() || !parser_->is_header_done()) {
    return false;
  }
  return parser_->is_done() ||
         (parser_->collected() && !parser_->chunked() && parser_->body_bytes_left() == 0);
}

template <class Stream>
void Session<Stream>::begin_request() {
  if (begin_ > 0) {  // what was sent ahead moves to the front
    std::memmove(buffer_, buffer_ + begin_, filled_ - begin_);
    filled_ -= begin_;
    begin_ = 0;
  }
  parsed_ = 0;
  idle = false;
  std::swap(request_, worker_.spare_request);
  continued_ = false;
  deadline = worker_.head_deadline();
  parser_.emplace(request_, body_, worker_.shared.limits.body_bytes_max,
                  std::string_view(buffer_, kBufferBytes));
}

template <class Stream>
bool Session<Stream>::answer_plain() {
  const std::size_t bytes =
      read_plain_request({buffer_ + begin_, filled_ - begin_}, worker_.shared.limits.body_bytes_max,
                         worker_.remembered_head, worker_.spare_request);
  if (bytes == 0) {
    return false;
  }
  idle = false;
  parsed_ = begin_ + bytes;
  busy_ = !answer(worker_.spare_request, true, false);
  if (busy_) {
    return false;
  }
  end_request();
  return true;
}

template <class Stream>
bool Session<Stream>::parse() {
  if (!parser_.has_value()) {
    if (begin_ == filled_) {
      begin_ = filled_ = 0;
      return true;
    }
    begin_request();
  }
  RequestParser& parser = *parser_;
  ErrorCode error;
  while (parsed_ < filled_ && !request_complete() && !error) {
    const bool had_head = parser.is_header_done();
    parsed_ += parser.put(asio::const_buffer(buffer_ + parsed_, filled_ - parsed_), error);
    if (!had_head && parser.is_header_done()) {
      head_end_ = parsed_;
      deadline = worker_.body_deadline();
      if (head_end_ > HttpLimits::kHeadBytesMax) {
        refuse(400);  // It came in pieces, and the parser counts what is left of the last one.
        return false;
      }
    }
  }
  if (error && error != http::error::need_more) {
    refuse(error == http::error::body_limit ? 413 : 400);
    return false;
  }
  if (parser.is_header_done() && !request_complete()) {
    make_room_for_body();
  }
  if (filled_ - parsed_ >= HttpLimits::kHeadBytesMax && !request_complete() &&
      !reads_body_directly()) {
    // Source: SCY:test_manual_requests (too large headers, too large request line).
    refuse(400);
    return false;
  }
  return true;
}

/// The body's bytes so far were collected: what follows may take their place behind the head, which
/// stays where it is because the request points to it.
template <class Stream>
void Session<Stream>::make_room_for_body() {
  const std::size_t left = filled_ - parsed_;
  std::memmove(buffer_ + head_end_, buffer_ + parsed_, left);
  parsed_ = head_end_;
  filled_ = head_end_ + left;
}

/// Whether what comes next is nothing but bytes of a body of known length.
template <class Stream>
bool Session<Stream>::reads_body_directly() const {
  return parser_.has_value() && parser_->collected() && parser_->body_bytes_left() > 0;
}

/// The request was answered: the next may begin.
template <class Stream>
void Session<Stream>::end_request() {
  worker_.release_if_large(body_);
  begin_ = parsed_;
  if (parser_.has_value()) {
    parser_.reset();
    std::swap(request_, worker_.spare_request);
  }
  idle = begin_ == filled_;
  deadline = worker_.idle_deadline();
}

template class Session<PlainSocket>;
template class Session<TlsSocket>;

}  // namespace understudy
