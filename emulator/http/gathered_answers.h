// Answers that go out together. Sending wakes the client that waits for it, which between two cores
// costs several microseconds, more than many a request; a client of several connections that gets
// their answers at once is woken once. So where requests of several connections are ready, their
// answers are sent when all of them are there. Inside this room only.
#pragma once

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/intrusive_ptr.hpp>

#include "emulator/http/session_base.h"

namespace understudy {

/// Of one worker, on its thread.
class GatheredAnswers {
 public:
  explicit GatheredAnswers(boost::asio::io_context& io) : io_(io) {}

  /// Whether the next answer should wait for others. It should where the last one had company;
  /// every now and then one tries, which costs a system call if it stays alone.
  bool wanted();
  /// Sends that session's answer (SessionBase::send_gathered) when all requests that are ready now
  /// are answered, or kTogetherMax are.
  void add(SessionBase& session);
  /// Sends what waits, rather than let it wait for something that takes long.
  void send();

 private:
  static constexpr std::size_t kTogetherMax = 16;
  static constexpr unsigned kAnswersPerTry = 16;

  boost::asio::io_context& io_;
  std::array<boost::intrusive_ptr<SessionBase>, kTogetherMax> sessions_;
  std::size_t count_ = 0;
  bool in_company_ = false;  ///< the last one that waited was not the only one
  bool posted_ = false;
  std::size_t added_ = 0;  ///< since that was posted
  unsigned alone_ = 0;     ///< answers since the last try
};

}  // namespace understudy
