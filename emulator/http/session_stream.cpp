// The part of a session that sends a body in parts as they come (StreamAnswer).
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <charconv>

#include "emulator/http/session.h"

namespace understudy {
namespace asio = boost::asio;

namespace {

/// One chunk of a chunked body, and the body's end behind it.
void write_chunk(std::string_view bytes, bool ended, Buffer& out) {
  out.clear();
  if (!bytes.empty()) {
    std::array<char, 16> length{};
    const auto end = std::to_chars(length.data(), length.data() + length.size(), bytes.size(), 16);
    out.append({length.data(), static_cast<std::size_t>(end.ptr - length.data())});
    out.append("\r\n");
    out.append(bytes);
    out.append("\r\n");
  }
  if (ended) {
    out.append("0\r\n\r\n");
  }
}

}  // namespace

/// Sends the head, then parts as they come. Until the end the session keeps itself alive, and may
/// be closed like an idle one.
template <class Stream>
void Session<Stream>::begin_stream() {
  Response& response = worker_.response;
  response.body.clear();
  last_ = false;
  busy_ = true;
  write_head(response, Persistence::kKeepAlive, worker_.dates, worker_.head);
  streaming_ = std::make_shared<Streaming>(Streaming{Ref(this), std::move(response.stream)});
  if (send()) {
    listen_to_stream();
  }
}

template <class Stream>
void Session<Stream>::listen_to_stream() {
  idle = true;
  deadline = UINT64_MAX;
  notice_leaving();
  const auto told = [&io = worker_.io, streaming = streaming_] {
    asio::post(io, [streaming] {
      if (streaming->session != nullptr) {
        streaming->session->send_parts();
      }
    });
  };
  streaming_->parts->when_ready(told);
}

template <class Stream>
void Session<Stream>::send_parts() {
  if (streaming_->sending) {
    return;  // what comes meanwhile is taken when this is out
  }
  const StreamAnswer::Taken taken = streaming_->parts->take();
  write_chunk(taken.bytes, taken.ended, pending_head_);
  if (pending_head_.empty()) {
    return;
  }
  streaming_->sending = true;
  deadline = worker_.body_deadline();
  asio::async_write(
      stream_, asio::const_buffer(pending_head_.data(), pending_head_.size()),
      [self = Ref(this), ended = taken.ended](const ErrorCode& error, std::size_t /*bytes*/) {
        self->on_parts_sent(error, ended);
      });
}

template <class Stream>
void Session<Stream>::on_parts_sent(const ErrorCode& error, bool ended) {
  if (error || closed_ || ended) {
    // Also after the end: the connection watches for its client's leaving and reads no more.
    close();
    return;
  }
  deadline = UINT64_MAX;
  streaming_->sending = false;
  send_parts();
}

/// A client that leaves says nothing but that it does.
template <class Stream>
void Session<Stream>::notice_leaving() {
  socket().async_wait(PlainSocket::wait_read, [self = Ref(this)](const ErrorCode& error) {
    if (!error && (kIsTls || !self->has_input())) {
      self->close();
    }
  });
}

template <class Stream>
void Session<Stream>::stop_streaming() {
  if (streaming_ != nullptr) {
    streaming_->parts->abandon();
    const std::shared_ptr<Streaming> streamed = std::move(streaming_);
    streamed->session.reset();  // the caller holds another reference
  }
}

// Of the members defined here only: session.cpp instantiates the rest.
template void Session<PlainSocket>::begin_stream();
template void Session<PlainSocket>::listen_to_stream();
template void Session<PlainSocket>::send_parts();
template void Session<PlainSocket>::on_parts_sent(const ErrorCode& error, bool ended);
template void Session<PlainSocket>::notice_leaving();
template void Session<PlainSocket>::stop_streaming();
template void Session<TlsSocket>::begin_stream();
template void Session<TlsSocket>::listen_to_stream();
template void Session<TlsSocket>::send_parts();
template void Session<TlsSocket>::on_parts_sent(const ErrorCode& error, bool ended);
template void Session<TlsSocket>::notice_leaving();
template void Session<TlsSocket>::stop_streaming();

}  // namespace understudy
