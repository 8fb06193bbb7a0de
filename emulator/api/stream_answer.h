// StreamAnswer: an answer whose body comes in parts over time (Server-Sent Events). Its head goes
// out at once; the connection waits for parts without holding a thread.
#pragma once

#include <cstddef>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>

namespace understudy {

/// Thread-safe. Shared by who sends and the connection that listens.
class StreamAnswer {
 public:
  /// Parts that wait for a connection that does not read; one more byte and the stream ends.
  static constexpr std::size_t kWaitingBytesMax = std::size_t{4} * 1024 * 1024;

  /// False: nobody listens any more, or too much waits: send no more.
  bool send(std::string_view part);
  /// No part follows; what waits is still delivered.
  void end();

  /// `told` is called whenever there is something to take, once until it is taken; from the sending
  /// thread or now. It must only pass the word on: it runs under this object's lock.
  void when_ready(std::function<void()> told);
  struct Taken {
    std::string bytes;   ///< all parts that waited, one behind the other
    bool ended = false;  ///< nothing follows
  };
  [[nodiscard]] Taken take();
  /// Nobody listens any more: once this returns `told` is not running and never will.
  void abandon();
  [[nodiscard]] bool open() const;

 private:
  void tell_locked();

  mutable std::mutex mutex_;
  std::string waiting_;
  std::function<void()> told_;
  bool told_once_ = false;
  bool ended_ = false;
  bool abandoned_ = false;
};

}  // namespace understudy
