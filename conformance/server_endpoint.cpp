// A server of ours in this process, on a virtual clock, and a client to it. The journey of a case
// over the socket.
#include "conformance/endpoint.h"
#include "conformance/engine_options.h"
#include "emulator/http/listener.h"
#include "emulator/server/instance.h"

namespace understudy::conformance {

namespace {

class ServerEndpoint : public Endpoint {
 public:
  void begin_case(const Json& options) override {
    if (client_ && options.is_null() && !special_) {
      return;
    }
    client_.reset();
    listener_.reset();
    clock_.set(kCaseStart);
    EngineOptions wanted = engine_options(options);
    wanted.clock = &clock_;
    instance_ = std::make_unique<Instance>(std::move(wanted));
    auto opened = Listener::open({}, instance_->engine());
    if (!opened) {
      problem_ = opened.error();
      return;
    }
    listener_ = *std::move(opened);
    client_ = make_url_endpoint("http://127.0.0.1:" + std::to_string(listener_->port()));
    special_ = !options.is_null();
  }

  HttpAnswer send(const HttpRequest& request) override {
    return client_ ? client_->send(request) : failed();
  }
  HttpAnswer send_wire(const std::string& bytes) override {
    return client_ ? client_->send_wire(bytes) : failed();
  }
  bool advance(std::int64_t ms) override {
    instance_->advance(ms * 1000);
    special_ = true;
    return true;
  }
  std::int64_t now_s() override { return clock_.now() / 1'000'000; }
  std::string host() override { return client_ ? client_->host() : ""; }

 private:
  [[nodiscard]] HttpAnswer failed() const {
    HttpAnswer answer;
    answer.failure = "the server did not start: " + problem_;
    return answer;
  }

  VirtualClock clock_{kCaseStart};
  std::unique_ptr<Instance> instance_;
  std::unique_ptr<Listener> listener_;
  std::unique_ptr<Endpoint> client_;
  std::string problem_;
  bool special_ = false;
};

}  // namespace

std::unique_ptr<Endpoint> make_server_endpoint() {
  return std::make_unique<ServerEndpoint>();
}

}  // namespace understudy::conformance
