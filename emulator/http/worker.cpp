#include "emulator/http/worker.h"

#include <malloc.h>

#include <boost/asio/post.hpp>

#include "emulator/base/heap.h"
#include "emulator/http/socket_states.h"

namespace understudy {
namespace {

/// malloc keeps freed memory unless told otherwise; telling it costs a walk over the heap.
constexpr std::size_t kTrimThresholdBytes = std::size_t{4} * 1024 * 1024;
/// What may be kept of what was released before, when a sweep passes without more.
constexpr std::size_t kKeptAtRestBytes = std::size_t{256} * 1024;
/// Longer answers' storage is given back when it has not been used for a while.
constexpr std::size_t kKeptAnswerBytes = std::size_t{64} * 1024;
/// What a closed connection is taken to give back.
constexpr std::size_t kSessionBytes = std::size_t{24} * 1024;

/// Sweeps after which something that may take `timeout` is overdue.
std::uint64_t ticks(std::chrono::milliseconds timeout, const HttpLimits& limits) {
  return 1 + static_cast<std::uint64_t>(timeout / limits.sweep_interval);
}

}  // namespace

Worker::Worker(ListenerState& state)
    : shared(state),
      work_(boost::asio::make_work_guard(io)),
      sweep_timer_(io.get_executor()),
      head_ticks_(ticks(state.limits.head_timeout, state.limits)),
      body_ticks_(ticks(state.limits.body_timeout, state.limits)),
      idle_ticks_(ticks(state.limits.idle_timeout, state.limits)),
      drain_ticks_(ticks(state.limits.drain_timeout, state.limits)) {}

Worker::~Worker() {
  join();
}

void Worker::start() {
  thread_ = std::thread([this] {
    for (;;) {
      try {
        io.run();
        return;
      } catch (const std::exception&) {
        // Only want of memory throws here; it has ended the connection that asked for it.
      }
    }
  });
}

void Worker::join() {
  if (thread_.joinable()) {
    thread_.join();
  }
}

void Worker::drain() {
  // Twice round: bytes that were read but not yet handed to their session go first.
  boost::asio::post(io, [this] {
    boost::asio::post(io, [this] {
      drain_until_ = ticks_ + drain_ticks_;
      close_idle();
      if (sessions_.empty()) {
        sweep_timer_.cancel();
      }
      work_.reset();
    });
  });
}

void Worker::add(SessionBase& session) {
  sessions_.push_back(session);
  if (!sweeping_) {
    schedule_sweep();
  }
}

void Worker::remove(SessionBase& session) {
  sessions_.erase(sessions_.iterator_to(session));
  released_bytes_ += kSessionBytes;
  // Nothing left to watch over and nobody to come: let run() return.
  if (sessions_.empty() && shared.draining.load(std::memory_order_relaxed)) {
    sweep_timer_.cancel();
  }
}

void Worker::release_if_large(Buffer& buffer) {
  if (buffer.capacity() > kKeptBytesMax) {
    note_released(buffer.capacity());
    buffer = Buffer();
  }
}

/// One timer per worker watches all its connections; it runs only while there are any.
void Worker::schedule_sweep() {
  sweeping_ = true;
  sweep_timer_.expires_after(shared.limits.sweep_interval);
  sweep_timer_.async_wait([this](const boost::system::error_code& error) {
    sweeping_ = false;
    if (!error) {
      sweep();
    }
  });
}

void Worker::sweep() {
  ++ticks_;
  if (drain_until_ != 0) {
    close_idle();
  }
  for (auto at = sessions_.begin(); at != sessions_.end();) {
    SessionBase& session = *at++;
    if (ticks_ >= session.deadline) {
      session.close();
    } else if (session.idle) {
      session.shrink();
    }
  }
  release_memory();
  const bool holds_memory =
      response.body.capacity() > kKeptAnswerBytes || released_bytes_ > kKeptAtRestBytes;
  if (!sessions_.empty() || (holds_memory && drain_until_ == 0)) {
    schedule_sweep();
  }
}

void Worker::release_memory() {
  if (response.body.capacity() > kKeptAnswerBytes && ticks_ > last_long_answer_ + 1) {
    released_bytes_ += response.body.capacity();
    response.body = Buffer();
  }
  const bool at_rest = released_bytes_ == std::exchange(seen_bytes_, released_bytes_);
  if (at_rest && released_bytes_ > kKeptAtRestBytes) {
    release_all_memory();
  } else if (released_bytes_ - trimmed_bytes_ > kTrimThresholdBytes) {
    trimmed_bytes_ = released_bytes_;
    malloc_trim(0);
  }
}

/// A crowd has gone: nothing is kept for the next one.
void Worker::release_all_memory() {
  released_bytes_ = seen_bytes_ = trimmed_bytes_ = 0;
  connection_memory.forget_kept();
  response.body = Buffer();
  if (!shared.limits.owns_process) {
    malloc_trim(0);
    return;
  }
  forget_closed_sockets(io);
  boost::asio::post(io, [this] {
    const std::lock_guard lock(shared.giving_back);
    give_back_heap();
    give_back_code();
  });
}

void Worker::close_idle() {
  for (auto at = sessions_.begin(); at != sessions_.end();) {
    SessionBase& session = *at++;
    if (session.idle && !session.has_input()) {
      session.close();
    } else if (session.deadline > drain_until_) {
      session.deadline = drain_until_;
    }
  }
}

}  // namespace understudy
