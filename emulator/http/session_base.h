// What a worker knows of a connection. Inside this room only.
#pragma once

#include <boost/intrusive/list.hpp>
#include <boost/intrusive_ptr.hpp>
#include <cstdint>

namespace understudy {

/// Lives as long as an operation on it is under way (boost::intrusive_ptr); single-threaded like
/// its worker.
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
  /// Answers what it has read and had wait (GatheredRequests), and goes on.
  virtual void answer_gathered() = 0;
  /// Sends the answer that it had wait (GatheredRequests), and goes on.
  virtual void send_gathered() = 0;

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

inline void intrusive_ptr_add_ref(SessionBase* session) {
  session->retain();
}
inline void intrusive_ptr_release(SessionBase* session) {
  session->release();
}

}  // namespace understudy
