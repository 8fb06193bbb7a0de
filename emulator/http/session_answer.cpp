// How a session answers: what the engine makes of a request goes out, at once or with others.
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/write.hpp>

#include "emulator/api/request_handler.h"
#include "emulator/http/session.h"

namespace understudy {
namespace asio = boost::asio;

namespace {

/// Up to here copying a body behind its head costs less than handing over two blocks.
constexpr std::size_t kJoinedBytesMax = std::size_t{4} * 1024;
/// How much a client may go on sending after its request was refused.
constexpr std::size_t kLingerBytesMax = std::size_t{256} * 1024 * 1024;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

/// Not only that the socket has no room now.
bool is_lasting(const boost::system::error_code& error) {
  return error && error != asio::error::would_block && error != asio::error::try_again;
}

}  // namespace

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
    if (sent > Worker::kKeptBytesMax) {
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
  worker_.release_if_large(pending_head_);
  worker_.release_if_large(pending_body_);
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

template bool Session<PlainSocket>::respond();
template bool Session<PlainSocket>::answer(const Request& request, bool keep_alive, bool head_only);
template bool Session<PlainSocket>::send_answer(bool keep_alive, bool head_only);
template void Session<PlainSocket>::refuse(int status);
template bool Session<PlainSocket>::send();
template void Session<PlainSocket>::send_gathered();
template void Session<PlainSocket>::send_rest(std::size_t sent);
template void Session<PlainSocket>::on_sent(const ErrorCode& error);
template void Session<PlainSocket>::send_continue();
template void Session<PlainSocket>::linger();
template void Session<PlainSocket>::on_lingered(const ErrorCode& error, std::size_t bytes);
template bool Session<TlsSocket>::respond();
template bool Session<TlsSocket>::answer(const Request& request, bool keep_alive, bool head_only);
template bool Session<TlsSocket>::send_answer(bool keep_alive, bool head_only);
template void Session<TlsSocket>::refuse(int status);
template bool Session<TlsSocket>::send();
template void Session<TlsSocket>::send_gathered();
template void Session<TlsSocket>::send_rest(std::size_t sent);
template void Session<TlsSocket>::on_sent(const ErrorCode& error);
template void Session<TlsSocket>::send_continue();
template void Session<TlsSocket>::linger();
template void Session<TlsSocket>::on_lingered(const ErrorCode& error, std::size_t bytes);

}  // namespace understudy
