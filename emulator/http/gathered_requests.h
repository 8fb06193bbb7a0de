// Requests that are answered together. Where several connections have one ready, all are read, then
// all answered, then all answers sent. Sending wakes the client that waits for it, which between
// two cores costs several microseconds, more than many a request; a client of several connections
// that gets their answers at once is woken once. And what answers a request runs faster after
// another answer than after a turn of the kernel. Inside this room only.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/intrusive_ptr.hpp>

#include "emulator/http/session_base.h"

namespace understudy {

/// Of one worker, on its thread.
class GatheredRequests {
 public:
  explicit GatheredRequests(boost::asio::io_context& io) : io_(io) {}

  /// Whether a request that was read should wait for others: where the last one had company, unless
  /// answers are long. A client that gets one of those is busy, and had better get it soon.
  [[nodiscard]] bool request_should_wait() const {
    return (in_company_ || posted_) && !long_answers_;
  }
  /// Has that session answer (SessionBase::answer_gathered) when all requests that are ready now
  /// are read, or kTogetherMax are.
  void add_request(SessionBase& session);
  /// Whether an answer that is there should wait for others: where the last one had company. Every
  /// now and then one tries, which costs a system call if it stays alone.
  bool answer_should_wait();
  /// Has that session send its answer (SessionBase::send_gathered) when all requests that are ready
  /// now are answered, or kTogetherMax are.
  void add_answer(SessionBase& session);
  /// A long answer is about to be sent: those that wait go first.
  void make_way();

 private:
  static constexpr std::size_t kTogetherMax = 16;
  static constexpr unsigned kAnswersPerTry = 16;

  struct Sessions {
    std::array<boost::intrusive_ptr<SessionBase>, kTogetherMax> waiting;
    std::size_t count = 0;
  };

  void note_company();
  void answer();
  void send();

  boost::asio::io_context& io_;
  Sessions requests_;
  Sessions answers_;
  bool answering_ = false;
  bool in_company_ = false;    ///< the last one that waited was not the only one
  bool long_answers_ = false;  ///< some of the last ones were
  bool seen_long_ = false;
  bool posted_ = false;
  std::size_t added_ = 0;  ///< since that was posted
  unsigned alone_ = 0;     ///< answers since the last try
};

}  // namespace understudy
