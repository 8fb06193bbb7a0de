// SessionLink: the way of other threads to a connection of a WebServer, for whoever holds a request
// or a WebSocket of it. Inside this room only.
#pragma once

#include <atomic>
#include <boost/asio/post.hpp>
#include <memory>
#include <string>
#include <utility>

#include "streams/web/web_core.h"

namespace understudy {

/// What handles of a connection, held anywhere, may do to it: on the core's thread.
class WebSessionBase : public WebActivity, public std::enable_shared_from_this<WebSessionBase> {
 public:
  virtual void write_answer(WebAnswer answer) = 0;
  virtual void become_web_socket(std::shared_ptr<WebSocketHandler> handler,
                                 std::shared_ptr<std::atomic<std::size_t>> queued,
                                 const std::string& protocol) = 0;
  virtual void queue_frames(std::shared_ptr<const std::string> frames) = 0;
  virtual void close_web_socket(std::uint16_t code, std::string reason) = 0;
};

/// From any thread, for as long as a handle lives: longer than the connection, and than the server.
struct SessionLink {
  std::weak_ptr<WebCore> core;
  std::weak_ptr<WebSessionBase> session;
  std::atomic<bool> gone{false};  ///< the connection has ended

  /// `work` on the core's thread; nothing, once the server has ended.
  template <class Work>
  void run(Work work) {
    const std::shared_ptr<WebCore> alive = core.lock();
    if (alive != nullptr && !alive->stopping.load(std::memory_order_relaxed)) {
      boost::asio::post(alive->io, std::move(work));
    }
  }
  template <class Work>
  void post(Work work) {
    run([weak = session, work = std::move(work)]() mutable {
      if (const auto alive = weak.lock()) {
        work(*alive);
      }
    });
  }
};

/// A request on its way to an answer, which goes to the connection at the link's end.
WebExchangeRef make_exchange(WebRequest request, std::shared_ptr<SessionLink> link);

}  // namespace understudy
