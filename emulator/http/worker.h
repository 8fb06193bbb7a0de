// Worker: one thread, its io_context, and the connections dealt to it. What is shared by its
// connections (answer, head, dates) needs no lock: they take turns. Inside this room only.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>
#include <cstdint>
#include <mutex>
#include <thread>

#include "emulator/api/request.h"
#include "emulator/api/response.h"
#include "emulator/base/buffer.h"
#include "emulator/http/connection_memory.h"
#include "emulator/http/limits.h"
#include "emulator/http/response_head.h"

namespace understudy {

class RequestHandler;

/// What a worker knows of a connection. Lives as long as an operation on it is under way
/// (SessionRef); single-threaded like its worker.
class SessionBase : public boost::intrusive::list_base_hook<> {
 public:
  SessionBase() = default;
  virtual ~SessionBase() = default;
  SessionBase(const SessionBase&) = delete;
  SessionBase& operator=(const SessionBase&) = delete;

  /// Ends the connection now; operations under way complete with an error.
  virtual void close() = 0;
  /// Whether bytes have come that were not read yet.
  virtual bool has_input() = 0;
  /// Gives back memory that an idle connection does not need.
  virtual void shrink() = 0;

  /// Ticks of its worker at which the connection has had its time.
  std::uint64_t deadline = UINT64_MAX;
  /// Between requests: may be closed without loss.
  bool idle = false;

  void retain() { ++references_; }
  void release() {
    if (--references_ == 0) {
      destroy();
    }
  }

 protected:
  /// Ends the session's life and gives its block back.
  virtual void destroy() = 0;

 private:
  std::uint32_t references_ = 0;
};

/// Shared by the workers of a listener.
struct ListenerState {
  RequestHandler& handler;
  const HttpLimits limits;
  std::atomic<std::size_t> connections{0};
  std::atomic<bool> draining{false};
  std::mutex giving_back;  ///< the heap, by one worker at a time
};

class Worker {
 public:
  explicit Worker(ListenerState& shared);
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  void start();
  /// Asks for the end: idle connections at once, others within the drain time-out. Any thread.
  void drain();
  void join();

  boost::asio::io_context io{1};
  ListenerState& shared;
  ConnectionMemory connection_memory;
  Response response;
  /// Storage for the headers of one request, lent to the session that is reading one.
  Request spare_request;
  Buffer head;
  DateLines dates;

  void add(SessionBase& session);
  void remove(SessionBase& session);
  /// Ticks at which what begins now is overdue.
  [[nodiscard]] std::uint64_t head_deadline() const { return ticks_ + head_ticks_; }
  [[nodiscard]] std::uint64_t body_deadline() const { return ticks_ + body_ticks_; }
  [[nodiscard]] std::uint64_t idle_deadline() const { return ticks_ + idle_ticks_; }
  /// Memory that was used for one request only and is free again: returned to the system by and by.
  void note_released(std::size_t bytes) { released_bytes_ += bytes; }
  /// The answer just sent was a long one: its storage is kept for the next until a sweep passes
  /// without any. Pages that come and go with each answer would cost more than writing it.
  void note_long_answer() { last_long_answer_ = ticks_; }

 private:
  void schedule_sweep();
  void sweep();
  void close_idle();
  void release_memory();
  void release_all_memory();

  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
  boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                    boost::asio::wait_traits<std::chrono::steady_clock>,
                                    boost::asio::io_context::executor_type>
      sweep_timer_;
  boost::intrusive::list<SessionBase, boost::intrusive::constant_time_size<false>> sessions_;
  const std::uint64_t head_ticks_;
  const std::uint64_t body_ticks_;
  const std::uint64_t idle_ticks_;
  const std::uint64_t drain_ticks_;
  std::uint64_t ticks_ = 0;
  std::uint64_t drain_until_ = 0;
  std::uint64_t last_long_answer_ = 0;
  std::size_t released_bytes_ = 0;  ///< since all was given back
  std::size_t seen_bytes_ = 0;      ///< of these, at the last sweep
  std::size_t trimmed_bytes_ = 0;   ///< of these, when malloc was last told to give back
  bool sweeping_ = false;
  std::thread thread_;
};

}  // namespace understudy
