// Answers that fault rules delay, cut, drip or never send. Off the path of plain answers: the bytes
// are copied, a timer is made, and the session keeps itself alive until it is done or closed.
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include "emulator/http/session.h"

namespace understudy {
namespace asio = boost::asio;

template <class Stream>
struct Session<Stream>::Delivering {
  using Timer = asio::basic_waitable_timer<std::chrono::steady_clock,
                                           asio::wait_traits<std::chrono::steady_clock>,
                                           asio::io_context::executor_type>;
  Delivering(Ref of, const Delivery& how, asio::io_context& io)
      : session(std::move(of)), delivery(how), timer(io.get_executor()) {}

  Ref session;  ///< empty once it is over
  const Delivery delivery;
  Timer timer;
  Buffer bytes;          ///< head and body
  std::size_t sent = 0;  ///< of `bytes`

  /// Calls `next(session)` after that time, unless it is over by then.
  template <class Next>
  static void after(const std::shared_ptr<Delivering>& self, Microseconds wait, Next next) {
    self->timer.expires_after(std::chrono::microseconds(wait));
    self->timer.async_wait([self, next](const ErrorCode& error) {
      if (!error && self->session != nullptr) {
        const Ref session = self->session;
        next(*session);
      }
    });
  }
};

/// Sends head and body of the worker's answer as its Delivery says.
template <class Stream>
void Session<Stream>::deliver() {
  Response& response = worker_.response;
  delivering_ = std::make_shared<Delivering>(Ref(this), *response.delivery, worker_.io);
  Delivering& delivering = *delivering_;
  delivering.bytes.append(worker_.head.view());
  std::size_t body_bytes = response.body.size();
  if (delivering.delivery.kind == Delivery::Kind::kTruncate) {
    body_bytes = std::min(body_bytes, delivering.delivery.bytes);
    last_ = true;
  }
  delivering.bytes.append(response.body.view().substr(0, body_bytes));
  busy_ = true;
  idle = false;
  deadline = UINT64_MAX;  // The rule says how long it may take.
  notice_client_leaving();
  if (delivering.delivery.delay > 0) {
    Delivering::after(delivering_, delivering.delivery.delay,
                      [](Session& session) { session.begin_delivery(); });
  } else {
    begin_delivery();
  }
}

template <class Stream>
void Session<Stream>::begin_delivery() {
  const Delivery& delivery = delivering_->delivery;
  switch (delivery.kind) {
    case Delivery::Kind::kReset:
      reset_connection();
      return;
    case Delivery::Kind::kHang:
      Delivering::after(delivering_, delivery.time,
                        [](Session& session) { session.reset_connection(); });
      return;
    case Delivery::Kind::kDribble:
      deliver_part(delivery.bytes);
      return;
    case Delivery::Kind::kWhole:
    case Delivery::Kind::kTruncate:
      deliver_part(delivering_->bytes.size());
      return;
  }
}

template <class Stream>
void Session<Stream>::deliver_part(std::size_t bytes_max) {
  Delivering& delivering = *delivering_;
  const std::size_t part = std::min(bytes_max, delivering.bytes.size() - delivering.sent);
  const asio::const_buffer buffer(delivering.bytes.data() + delivering.sent, part);
  delivering.sent += part;
  asio::async_write(stream_, buffer,
                    [held = delivering_](const ErrorCode& error, std::size_t /*bytes*/) {
                      if (held->session != nullptr) {
                        const Ref session = held->session;
                        session->on_part_delivered(error);
                      }
                    });
}

template <class Stream>
void Session<Stream>::on_part_delivered(const ErrorCode& error) {
  Delivering& delivering = *delivering_;
  if (!error && delivering.sent < delivering.bytes.size()) {
    Delivering::after(delivering_, delivering.delivery.time, [](Session& session) {
      session.deliver_part(session.delivering_->delivery.bytes);
    });
    return;
  }
  stop_delivering();
  on_sent(error);
}

/// Ends the connection so that the client sees "connection reset by peer".
template <class Stream>
void Session<Stream>::reset_connection() {
  ErrorCode ignored;
  socket().set_option(asio::socket_base::linger(true, 0), ignored);
  socket().close(ignored);
  close();
}

/// A client that gives up waiting is let go of: nothing else reads meanwhile.
template <class Stream>
void Session<Stream>::notice_client_leaving() {
  socket().async_wait(PlainSocket::wait_read, [held = delivering_](const ErrorCode& error) {
    if (held->session == nullptr) {
      return;
    }
    const Ref session = held->session;
    ErrorCode failed;
    if (error || session->socket().available(failed) == 0 || failed) {
      session->close();
    }
  });
}

template <class Stream>
void Session<Stream>::stop_delivering() {
  if (delivering_ != nullptr) {
    const std::shared_ptr<Delivering> held = std::move(delivering_);
    held->timer.cancel();
    held->session.reset();
  }
}

template void Session<PlainSocket>::deliver();
template void Session<PlainSocket>::begin_delivery();
template void Session<PlainSocket>::deliver_part(std::size_t bytes_max);
template void Session<PlainSocket>::on_part_delivered(const ErrorCode& error);
template void Session<PlainSocket>::reset_connection();
template void Session<PlainSocket>::notice_client_leaving();
template void Session<PlainSocket>::stop_delivering();
template void Session<TlsSocket>::deliver();
template void Session<TlsSocket>::begin_delivery();
template void Session<TlsSocket>::deliver_part(std::size_t bytes_max);
template void Session<TlsSocket>::on_part_delivered(const ErrorCode& error);
template void Session<TlsSocket>::reset_connection();
template void Session<TlsSocket>::notice_client_leaving();
template void Session<TlsSocket>::stop_delivering();

}  // namespace understudy
