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
#include "emulator/http/gathered_requests.h"
#include "emulator/http/limits.h"
#include "emulator/http/remembered_head.h"
#include "emulator/http/response_head.h"
#include "emulator/http/session_base.h"

namespace understudy {

class RequestHandler;

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
  RememberedHead remembered_head;
  Buffer head;
  DateLines dates;
  GatheredRequests gathered{io};

  void add(SessionBase& session);
  void remove(SessionBase& session);
  /// Ticks at which what begins now is overdue.
  [[nodiscard]] std::uint64_t head_deadline() const { return ticks_ + head_ticks_; }
  [[nodiscard]] std::uint64_t body_deadline() const { return ticks_ + body_ticks_; }
  [[nodiscard]] std::uint64_t idle_deadline() const { return ticks_ + idle_ticks_; }
  /// Memory that was used for one request only and is free again: returned to the system by and by.
  void note_released(std::size_t bytes) { released_bytes_ += bytes; }
  /// Bodies' storage that a connection keeps from request to request.
  static constexpr std::size_t kKeptBytesMax = std::size_t{64} * 1024;
  void release_if_large(Buffer& buffer);
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
