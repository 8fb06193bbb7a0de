#include "streams/web/session_link.h"

namespace understudy {
namespace {

class Socket final : public WebSocket {
 public:
  Socket(std::shared_ptr<SessionLink> link, std::shared_ptr<std::atomic<std::size_t>> queued,
         std::size_t queue_bytes_max)
      : link_(std::move(link)), queued_(std::move(queued)), queue_bytes_max_(queue_bytes_max) {}

  Sent send(std::shared_ptr<const std::string> frames) override {
    if (link_->gone.load(std::memory_order_relaxed)) {
      return Sent::kClosed;
    }
    const std::size_t bytes = frames->size();
    if (queued_->fetch_add(bytes) + bytes > queue_bytes_max_) {
      queued_->fetch_sub(bytes);
      return Sent::kQueueFull;
    }
    link_->post([frames = std::move(frames)](WebSessionBase& session) mutable {
      session.queue_frames(std::move(frames));
    });
    return Sent::kQueued;
  }
  void close(std::uint16_t code, std::string_view reason) override {
    link_->post([code, reason = std::string(reason)](WebSessionBase& session) {
      session.close_web_socket(code, reason);
    });
  }

 private:
  std::shared_ptr<SessionLink> link_;
  std::shared_ptr<std::atomic<std::size_t>> queued_;
  const std::size_t queue_bytes_max_;
};

class Exchange final : public WebExchange {
 public:
  Exchange(WebRequest given, std::shared_ptr<SessionLink> link)
      : WebExchange(std::move(given)), link_(std::move(link)) {}
  ~Exchange() override {
    if (!answered_.exchange(true)) {  // nobody ever will
      respond({500, {}, {}});
    }
  }

  void answer(WebAnswer answer) override {
    if (!answered_.exchange(true)) {
      respond(std::move(answer));
    }
  }
  std::shared_ptr<WebSocket> accept(std::shared_ptr<WebSocketHandler> handler,
                                    WebSocketOptions options) override {
    auto queued = std::make_shared<std::atomic<std::size_t>>(0);
    if (!answered_.exchange(true)) {
      link_->run([weak = link_->session, handler = std::move(handler), queued,
                  protocol = options.protocol] {
        if (const auto alive = weak.lock()) {
          alive->become_web_socket(handler, queued, protocol);
        } else {
          handler->on_close(static_cast<std::uint16_t>(WebSocketClose::kAbnormal), {});
        }
      });
    }
    return std::make_shared<Socket>(link_, std::move(queued), options.queue_bytes_max);
  }
  [[nodiscard]] bool abandoned() const override {
    return link_->gone.load(std::memory_order_relaxed);
  }

 private:
  void respond(WebAnswer answer) {
    link_->post([answer = std::move(answer)](WebSessionBase& session) mutable {
      session.write_answer(std::move(answer));
    });
  }

  std::shared_ptr<SessionLink> link_;
  std::atomic<bool> answered_{false};
};

}  // namespace

WebExchangeRef make_exchange(WebRequest request, std::shared_ptr<SessionLink> link) {
  return std::make_shared<Exchange>(std::move(request), std::move(link));
}

}  // namespace understudy
