// An engine called in this process, on a virtual clock.
#include <algorithm>
#include <cstdlib>
#include <iostream>

#include "conformance/case_instance.h"
#include "conformance/endpoint.h"
#include "conformance/engine_options.h"

namespace understudy::conformance {

namespace {

class InProcessEndpoint : public Endpoint {
 public:
  void begin_case(const Case& one) override {
    // Built anew where a case may have moved the clock or set options; else the tenant isolates.
    if (!emulator_ || !emulator_->reusable() || needs_own_instance(one)) {
      emulator_.reset();
      emulator_.emplace(one, clock_);
    }
  }

  HttpAnswer send(const HttpRequest& sent) override {
    Request request;
    request.method = sent.method;
    request.target = sent.path;
    request.body = sent.body;
    for (const auto& [name, value] : sent.headers) {
      request.add_header(name, value);
    }
    Response response;
    emulator_->instance().engine().handle(request, response);
    HttpAnswer answer;
    answer.status = response.status;
    answer.body = response.body.view();
    add(answer, "Content-Type", response.content_type);
    add(answer, "Content-Encoding", response.content_encoding);
    add(answer, "x-amzn-RequestId", response.request_id_text());
    add(answer, "x-amz-crc32", std::to_string(response.crc32));
    add_lines(answer, response.extra_headers);
    return answer;
  }

  HttpAnswer send_wire(const std::string&) override {
    HttpAnswer answer;
    answer.failure = "there is no wire in-process";
    return answer;
  }

  bool advance(std::int64_t ms) override {
    emulator_->advance(ms);
    return true;
  }
  Json take_invocations(const Json& ask) override { return emulator_->take_invocations(ask); }
  std::int64_t now_s() override { return clock_.now() / 1'000'000; }
  std::string host() override { return "dynamodb.us-east-1.amazonaws.com"; }

 private:
  static void add(HttpAnswer& answer, const char* name, std::string_view value) {
    if (!value.empty()) {
      answer.headers.emplace_back(name, value);
    }
  }

  // "Name: value" lines, each ending in CRLF.
  static void add_lines(HttpAnswer& answer, std::string_view lines) {
    while (!lines.empty()) {
      const std::string_view line = lines.substr(0, lines.find("\r\n"));
      const std::size_t colon = line.find(": ");
      answer.headers.emplace_back(line.substr(0, colon), line.substr(colon + 2));
      lines.remove_prefix(line.size() + 2);
    }
  }

  VirtualClock clock_{kCaseStart};
  std::optional<CaseInstance> emulator_;
};

}  // namespace

EngineOptions engine_options(const Json& options) {
  EngineOptions made;
  if (!options.is_object()) {
    return made;
  }
  made.strict_auth = options.value("strict_auth", false);
  made.wording_2025 = options.value("wording_2025", false);
  made.region = options.value("region", made.region);
  made.account_id = options.value("account_id", made.account_id);
  if (options.contains("transition_ms")) {
    made.transition_ms = options["transition_ms"].is_null()
                             ? std::optional<std::int64_t>()
                             : options["transition_ms"].get<std::int64_t>();
  }
  SimulationOptions& simulation = made.simulation;
  simulation.throttle = options.value("throttle", false);
  simulation.metrics = options.value("metrics", false);
  simulation.replicas = options.value("replicas", false);
  const Json knobs = options.value("knobs", Json::object());
  for (const auto& [name, value] : knobs.items()) {
    const std::string text = value.is_string() ? value.get<std::string>() : value.dump();
    if (const auto wrong = set_capacity_knob(simulation.knobs, name, text)) {
      std::cerr << "conformance: knob " << name << " " << *wrong << "\n";
      std::abort();
    }
  }
  const Json credentials = options.value("credentials", Json::array());
  for (const Json& credential : credentials) {
    made.credentials.push_back({credential.value("access_key", ""),
                                credential.value("secret_key", ""),
                                credential.value("session_token", "")});
  }
  constexpr std::pair<const char*, Isolation> kIsolations[] = {
      {"default", Isolation::kDefault},
      {"none", Isolation::kNone},
      {"account", Isolation::kAccount},
      {"region", Isolation::kRegion},
      {"credential", Isolation::kCredential}};
  const std::string isolation = options.value("isolation", "default");
  for (const auto& [name, value] : kIsolations) {
    if (name == isolation) {
      made.isolation = value;
    }
  }
  return made;
}

std::unique_ptr<Endpoint> make_in_process_endpoint() {
  return std::make_unique<InProcessEndpoint>();
}

}  // namespace understudy::conformance
