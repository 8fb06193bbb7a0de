// A server of ours in this process, on a virtual clock, and a client to it. The journey of a case
// over the socket.
#include "conformance/case_instance.h"
#include "conformance/endpoint.h"
#include "conformance/engine_options.h"
#include "emulator/http/listener.h"

namespace understudy::conformance {

namespace {

class ServerEndpoint : public Endpoint {
 public:
  void begin_case(const Case& one) override {
    if (client_ && emulator_->reusable() && !needs_own_instance(one)) {
      return;
    }
    client_.reset();
    listener_.reset();
    emulator_.reset();
    emulator_.emplace(one, clock_);
    auto opened = Listener::open({}, emulator_->instance().engine());
    if (!opened) {
      problem_ = opened.error();
      return;
    }
    listener_ = *std::move(opened);
    client_ = make_url_endpoint("http://127.0.0.1:" + std::to_string(listener_->port()));
  }

  HttpAnswer send(const HttpRequest& request) override {
    return client_ ? client_->send(request) : failed();
  }
  HttpAnswer send_wire(const std::string& bytes) override {
    return client_ ? client_->send_wire(bytes) : failed();
  }
  bool advance(std::int64_t ms) override {
    emulator_->advance(ms);
    return true;
  }
  Json take_invocations(const Json& ask) override { return emulator_->take_invocations(ask); }
  std::int64_t now_s() override { return clock_.now() / 1'000'000; }
  std::string host() override { return client_ ? client_->host() : ""; }

 private:
  [[nodiscard]] HttpAnswer failed() const {
    HttpAnswer answer;
    answer.failure = "the server did not start: " + problem_;
    return answer;
  }

  VirtualClock clock_{kCaseStart};
  std::optional<CaseInstance> emulator_;
  std::unique_ptr<Listener> listener_;
  std::unique_ptr<Endpoint> client_;
  std::string problem_;
};

}  // namespace

std::unique_ptr<Endpoint> make_server_endpoint() {
  return std::make_unique<ServerEndpoint>();
}

}  // namespace understudy::conformance
