#include "emulator/http/session.h"

#include <openssl/err.h>
#include <openssl/sslerr.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <cstring>

#include "emulator/api/request_handler.h"
#include "emulator/http/plain_request.h"

namespace understudy {
namespace asio = boost::asio;
namespace http = boost::beast::http;

namespace {

constexpr std::size_t kBufferBytes = ConnectionMemory::kBufferBytes;
static_assert(kBufferBytes >= HttpLimits::kHeadBytesMax);
/// Bodies' storage that a connection keeps from request to request.
constexpr std::size_t kKeptBytesMax = std::size_t{64} * 1024;
/// Up to here copying a body behind its head costs less than handing over two blocks.
constexpr std::size_t kJoinedBytesMax = std::size_t{4} * 1024;
/// Longer requests are read best while the cache holds what the kernel copied.
constexpr std::size_t kGatheredBytesMax = std::size_t{4} * 1024;
constexpr std::size_t kBodyReadBytesMin = std::size_t{64} * 1024;
/// How much a client may go on sending after its request was refused.
constexpr std::size_t kLingerBytesMax = std::size_t{256} * 1024 * 1024;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

/// Source: Alternator test_https.py, which quotes DynamoDB's answer.
constexpr std::string_view kPlainOnTls =
    "HTTP/1.1 400 Bad Request\r\nServer: Server\r\nContent-Type: text/plain\r\n"
    "Content-Length: 46\r\nConnection: close\r\n\r\n"
    "The plain HTTP request was sent to HTTPS port\n";

bool is_http_without_tls(const boost::system::error_code& error) {
  return error.category() == asio::error::get_ssl_category() &&
         ERR_GET_REASON(static_cast<unsigned long>(error.value())) == SSL_R_HTTP_REQUEST;
}

/// Not only that the socket has no room now.
bool is_lasting(const boost::system::error_code& error) {
  return error && error != asio::error::would_block && error != asio::error::try_again;
}

void release_if_large(Buffer& buffer, Worker& worker) {
  if (buffer.capacity() > kKeptBytesMax) {
    worker.note_released(buffer.capacity());
    buffer = Buffer();
  }
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

template <class Stream>
bool Session<Stream>::respond() {
  const RequestParser& parser = *parser_;
  if (parser.collected()) {
    request_.body = body_.view();
  }
  return answer(request_, parser.keep_alive(), parser.is_head_request());
}

/// Has the handler answer a request that was read, and sends the answer.
template <class Stream>
bool Session<Stream>::answer(const Request& request, bool keep_alive, bool head_only) {
  Response& response = worker_.response;
  worker_.shared.handler.handle(request, response);
  if (response.late != nullptr) {
    await_answer(keep_alive, head_only);
    return false;
  }
  if (response.stream != nullptr) {
    begin_stream();
    return false;
  }
  return send_answer(keep_alive, head_only);
}

template <class Stream>
bool Session<Stream>::send_answer(bool keep_alive, bool head_only) {
  Response& response = worker_.response;
  last_ = response.close || !keep_alive || worker_.shared.draining.load(std::memory_order_relaxed);
  write_head(response, last_ ? Persistence::kClose : Persistence::kKeepAlive, worker_.dates,
             worker_.head);
  if (head_only) {
    response.body.clear();
  }
  if (response.delivery != nullptr) [[unlikely]] {
    deliver();
    return false;
  }
  return send();
}

/// Answers what cannot be read as a request. The connection ends: where the next one would begin is
/// unknown.
template <class Stream>
void Session<Stream>::refuse(int status) {
  worker_.shared.handler.refuse(status, worker_.response);
  last_ = true;
  unread_ = true;
  write_head(worker_.response, Persistence::kClose, worker_.dates, worker_.head);
  if (send()) {
    linger();
  }
}

/// Sends head and body of the worker's answer. True: all is out and the caller goes on.
template <class Stream>
bool Session<Stream>::send() {
  Buffer& head = worker_.head;
  Buffer& body = worker_.response.body;
  std::size_t sent = 0;
  if constexpr (!kIsTls) {
    ErrorCode error;
    if (body.size() <= kJoinedBytesMax) {
      head.append(body.view());
      body.clear();
      const bool sent_ahead = parsed_ != filled_;
      if (!last_ && !sent_ahead && has_neighbours() && worker_.gathered.answer_should_wait()) {
        std::swap(pending_head_, head);
        deadline = worker_.body_deadline();
        worker_.gathered.add_answer(*this);
        return false;
      }
      sent = stream_.write_some(asio::const_buffer(head.data(), head.size()), error);
    } else {
      worker_.gathered.make_way();
      sent = stream_.write_some(std::array{asio::const_buffer(head.data(), head.size()),
                                           asio::const_buffer(body.data(), body.size())},
                                error);
    }
    if (is_lasting(error)) {
      close();
      return false;
    }
  }
  if (sent == head.size() + body.size()) {
    if (sent > kKeptBytesMax) {
      worker_.note_long_answer();
    }
    if (last_ && !unread_) {
      close();
      return false;
    }
    return true;
  }
  send_rest(sent);
  return false;
}

template <class Stream>
void Session<Stream>::send_gathered() {
  if constexpr (!kIsTls) {
    ErrorCode error;
    std::size_t sent = 0;
    if (!closed_) {
      sent =
          stream_.write_some(asio::const_buffer(pending_head_.data(), pending_head_.size()), error);
    }
    if (closed_ || is_lasting(error) || sent == pending_head_.size()) {
      on_sent(error);
      return;
    }
    asio::async_write(stream_,
                      asio::const_buffer(pending_head_.data() + sent, pending_head_.size() - sent),
                      [self = Ref(this)](const ErrorCode& failed, std::size_t /*bytes*/) {
                        self->on_sent(failed);
                      });
  }
}

template <class Stream>
void Session<Stream>::send_rest(std::size_t sent) {
  // The worker's storage serves the next connection meanwhile.
  std::swap(pending_head_, worker_.head);
  std::swap(pending_body_, worker_.response.body);
  const std::size_t of_head = std::min(sent, pending_head_.size());
  deadline = worker_.body_deadline();
  const auto done = [self = Ref(this)](const ErrorCode& error, std::size_t /*bytes*/) {
    self->on_sent(error);
  };
  if constexpr (kIsTls) {
    // One record instead of two: TLS writes one buffer at a time.
    pending_head_.append(pending_body_.view());
    asio::async_write(stream_, asio::const_buffer(pending_head_.data(), pending_head_.size()),
                      done);
  } else {
    const std::size_t of_body = sent - of_head;
    const std::array<asio::const_buffer, 2> rest = {
        asio::const_buffer(pending_head_.data() + of_head, pending_head_.size() - of_head),
        asio::const_buffer(pending_body_.data() + of_body, pending_body_.size() - of_body)};
    asio::async_write(stream_, rest, done);
  }
}

template <class Stream>
void Session<Stream>::on_sent(const ErrorCode& error) {
  release_if_large(pending_head_, worker_);
  release_if_large(pending_body_, worker_);
  if (error || closed_) {
    close();
    return;
  }
  if (unread_) {
    linger();
    return;
  }
  if (last_) {
    close();
    return;
  }
  if (streaming_ != nullptr) {
    listen_to_stream();
    return;
  }
  busy_ = false;
  end_request();
  process();
}

/// The request was answered: the next may begin.
template <class Stream>
void Session<Stream>::end_request() {
  release_if_large(body_, worker_);
  begin_ = parsed_;
  if (parser_.has_value()) {
    parser_.reset();
    std::swap(request_, worker_.spare_request);
  }
  idle = begin_ == filled_;
  deadline = worker_.idle_deadline();
}

template <class Stream>
void Session<Stream>::send_continue() {
  continued_ = true;
  asio::async_write(stream_, asio::const_buffer(kContinue.data(), kContinue.size()),
                    [self = Ref(this)](const ErrorCode& error, std::size_t /*bytes*/) {
                      if (error) {
                        self->close();
                      } else {
                        self->read();
                      }
                    });
}

template <class Stream>
void Session<Stream>::linger() {
  ErrorCode ignored;
  socket().shutdown(PlainSocket::shutdown_send, ignored);
  parser_.reset();
  deadline = worker_.head_deadline();
  // Plain bytes suffice, also under TLS: they are thrown away.
  socket().async_read_some(asio::mutable_buffer(buffer_, ConnectionMemory::kKeptBufferBytes),
                           [self = Ref(this)](const ErrorCode& error, std::size_t bytes) {
                             self->on_lingered(error, bytes);
                           });
}

template <class Stream>
void Session<Stream>::on_lingered(const ErrorCode& error, std::size_t bytes) {
  lingered_bytes_ += bytes;
  if (error || closed_ || lingered_bytes_ > kLingerBytesMax) {
    close();
    return;
  }
  socket().async_read_some(asio::mutable_buffer(buffer_, ConnectionMemory::kKeptBufferBytes),
                           [self = Ref(this)](const ErrorCode& next, std::size_t more) {
                             self->on_lingered(next, more);
                           });
}

template class Session<PlainSocket>;
template class Session<TlsSocket>;

}  // namespace understudy
