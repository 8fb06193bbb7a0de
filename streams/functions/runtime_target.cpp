#include "streams/functions/runtime_target.h"

#include <unistd.h>

#include <algorithm>
#include <future>

#include "emulator/base/buffer.h"
#include "streams/functions/function_registry.h"

namespace understudy {
namespace {

constexpr std::string_view kPrefix = "/2018-06-01/runtime/";
constexpr std::size_t kLogTailBytes = std::size_t{4} * 1024;
/// Source: Lambda's own message, below; 100 bytes above the quota "Invocation payload".
constexpr std::size_t kResultBytesMax = 6'291'556;
/// How long an invocation waits for a runtime to ask for work: as long as a function may take to
/// start. Source: Lambda developer guide, "Init phase" (10 s).
constexpr std::chrono::seconds kStartTimeout{10};
constexpr std::chrono::milliseconds kRestartMin{100};
constexpr std::chrono::milliseconds kRestartMax{10'000};
constexpr int kStatusAccepted = 202;

WebAnswer json_answer(int status, std::string body) {
  return {status, {{"Content-Type", "application/json"}}, std::move(body)};
}

void keep_tail(std::string& log, std::string_view line) {
  log.append(line).push_back('\n');
  if (log.size() > kLogTailBytes) {
    log.erase(0, log.size() - kLogTailBytes);
  }
}

}  // namespace

class RuntimeTarget::Slot final : public WebHandler {
 public:
  explicit Slot(RuntimeTarget& owner) : owner_(owner) {}
  void on_request(WebExchangeRef exchange) override {
    owner_.on_request(*this, std::move(exchange));
  }

  std::uint16_t port = 0;
  std::unique_ptr<WebChild> child;
  std::deque<WebExchangeRef> asking;          ///< runtimes that wait for work
  std::map<std::string, InFlight> in_flight;  ///< by request id
  unsigned ended = 0;      ///< processes that ended since one of them asked for work
  bool has_asked = false;  ///< this process did

 private:
  RuntimeTarget& owner_;
};

RuntimeTarget::RuntimeTarget(WebServer& web, const Clock& clock, FunctionSettings settings,
                             const FunctionRegistryOptions& options)
    : web_(web), clock_(clock), settings_(std::move(settings)), options_(options) {}

RuntimeTarget::~RuntimeTarget() = default;

Expected<std::shared_ptr<RuntimeTarget>, std::string> RuntimeTarget::open(
    WebServer& web, const Clock& clock, const FunctionSettings& settings,
    const FunctionRegistryOptions& options) {
  std::shared_ptr<RuntimeTarget> target(new RuntimeTarget(web, clock, settings, options));
  std::promise<Expected<void, std::string>> opened;
  web.post([&] { opened.set_value(target->add_slot(settings.runtime_port)); });
  TRY_VOID(opened.get_future().get());
  target->port_ = target->slots_.front()->port;
  return target;
}

Expected<void, std::string> RuntimeTarget::add_slot(std::uint16_t port) {
  auto slot = std::make_unique<Slot>(*this);
  WebPortOptions options;
  options.port = port;
  TRY(slot->port, web_.open(options, *slot));
  Slot& added = *slot;
  slots_.push_back(std::move(slot));
  if (!settings_.command.empty()) {
    auto started = start(added);
    if (!started) {
      return Unexpected<std::string>{"function " + settings_.name + ": " + started.error()};
    }
  }
  return {};
}

// ---- Processes
// -----------------------------------------------------------------------------------

ChildSettings RuntimeTarget::child_settings(const Slot& slot) const {
  std::vector<std::pair<std::string, std::string>> variables = {
      {"AWS_LAMBDA_RUNTIME_API", "127.0.0.1:" + std::to_string(slot.port)},
      {"AWS_LAMBDA_FUNCTION_NAME", settings_.name},
      {"AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"},
      {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE", std::to_string(settings_.memory_mb)},
      {"AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/" + settings_.name},
      {"AWS_LAMBDA_LOG_STREAM_NAME", "understudy/[$LATEST]" + std::to_string(slot.port)},
      {"AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand"},
      {"AWS_REGION", options_.region},
      {"AWS_DEFAULT_REGION", options_.region},
      {"AWS_EC2_METADATA_DISABLED", "true"},
      {"PYTHONUNBUFFERED", "1"},
  };
  if (!settings_.handler.empty()) {
    variables.emplace_back("_HANDLER", settings_.handler);
  }
  if (!settings_.directory.empty()) {
    variables.emplace_back("LAMBDA_TASK_ROOT", settings_.directory);
  }
  for (const auto* more : {&options_.environment, &settings_.environment}) {
    variables.insert(variables.end(), more->begin(), more->end());
  }
  ChildSettings child;
  child.command = settings_.command;
  child.directory = settings_.directory;
  const auto set = [&child](const std::string& name, const std::string& value) {
    const std::string start = name + "=";
    std::erase_if(child.environment, [&](const auto& text) { return text.starts_with(start); });
    child.environment.push_back(start + value);
  };
  for (char** at = environ; *at != nullptr; ++at) {
    child.environment.emplace_back(*at);
  }
  for (const auto& [name, value] : variables) {
    set(name, value);
  }
  return child;
}

Expected<void, std::string> RuntimeTarget::start(Slot& slot) {
  slot.has_asked = false;
  ChildWatch watch;
  watch.line = [weak = weak_from_this(), &slot](std::string_view line) {
    if (const auto self = weak.lock()) {
      self->on_child_line(slot, line);
    }
  };
  watch.ended = [weak = weak_from_this(), &slot](const std::string& how) {
    if (const auto self = weak.lock()) {
      self->on_child_ended(slot, how);
    }
  };
  TRY(slot.child, web_.spawn(child_settings(slot), std::move(watch)));
  return {};
}

void RuntimeTarget::on_child_line(Slot& slot, std::string_view line) {
  log(line);
  for (auto& [id, in_flight] : slot.in_flight) {
    keep_tail(in_flight.log, line);
  }
}

void RuntimeTarget::on_child_ended(Slot& slot, const std::string& how) {
  log("the process has ended: " + how);
  slot.asking.clear();
  ++slot.ended;
  const std::string error = "Runtime exited with error: " + how;
  std::map<std::string, InFlight> lost = std::move(slot.in_flight);
  slot.in_flight.clear();
  for (auto& [id, in_flight] : lost) {
    web_.cancel(in_flight.time_out);
    finish(
        std::move(in_flight),
        function_failure("Runtime.ExitError",
                         std::string("RequestId: ").append(id).append(" Error: ").append(error)));
  }
  if (!slot.has_asked) {
    Buffer payload;
    JsonWriter out(payload);
    out.begin_object();
    out.key("errorMessage");
    out.string(error);
    out.key("errorType");
    out.string("Runtime.ExitError");
    out.end_object();
    on_init_error(std::string(payload.view()));
  }
  restart_later(slot);
}

/// At once the first time, then after pauses that double.
void RuntimeTarget::restart_later(Slot& slot) {
  constexpr unsigned kDoublingsMax = 7;
  const auto pause =
      slot.ended <= 1
          ? std::chrono::milliseconds(0)
          : std::min(kRestartMax, kRestartMin * (1 << std::min(slot.ended - 2, kDoublingsMax)));
  web_.after(pause, [weak = weak_from_this(), &slot] {
    const auto self = weak.lock();
    if (self == nullptr) {
      return;
    }
    const auto started = self->start(slot);
    if (!started) {
      self->log(started.error());
      ++slot.ended;
      self->restart_later(slot);
    }
  });
}

// ---- Invocations
// ---------------------------------------------------------------------------------

void RuntimeTarget::invoke(FunctionInvocation invocation, FunctionDone done) {
  auto work = std::make_shared<Work>(Work{std::move(invocation), std::move(done), 0});
  web_.post([self = shared_from_this(), work = std::move(work)] {
    self->waiting_.push_back(work);
    const std::weak_ptr<Work> weak = work;
    work->give_up = self->web_.after(kStartTimeout, [target = self.get(), weak] {
      const auto late = weak.lock();
      if (late != nullptr && std::erase(target->waiting_, late) > 0) {
        target->finish({std::move(*late), 0, {}},
                       function_unreachable("no runtime has asked for work within 10 s"));
      }
    });
    self->dispatch();
  });
}

void RuntimeTarget::dispatch() {
  for (const std::unique_ptr<Slot>& slot : slots_) {
    while (!waiting_.empty() && hand_out(*slot)) {
    }
  }
  // One process at a time is started for what still waits.
  const bool starting = std::ranges::any_of(
      slots_, [](const auto& slot) { return slot->in_flight.empty() && !slot->has_asked; });
  if (!waiting_.empty() && !settings_.command.empty() && !starting &&
      slots_.size() < settings_.concurrency) {
    const auto added = add_slot(0);
    if (!added) {
      log(added.error());
    }
  }
}

/// Gives the oldest waiting work to a runtime that asks at this slot. False: none does.
bool RuntimeTarget::hand_out(Slot& slot) {
  WebExchangeRef exchange;
  while (exchange == nullptr || exchange->abandoned()) {
    if (slot.asking.empty()) {
      return false;
    }
    exchange = std::move(slot.asking.front());
    slot.asking.pop_front();
  }
  InFlight in_flight{std::move(*waiting_.front()), 0, {}};
  waiting_.pop_front();
  web_.cancel(in_flight.work.give_up);
  const FunctionInvocation& invocation = in_flight.work.invocation;
  const std::string id = invocation.request_id;
  WebAnswer answer = json_answer(200, invocation.payload);
  const auto deadline = clock_.now() / kMillisecond + settings_.timeout.count();
  answer.headers.insert(answer.headers.end(),
                        {{"Lambda-Runtime-Aws-Request-Id", id},
                         {"Lambda-Runtime-Deadline-Ms", std::to_string(deadline)},
                         {"Lambda-Runtime-Invoked-Function-Arn", invocation.function_arn},
                         {"Lambda-Runtime-Trace-Id",
                          "Root=1-00000000-" + id.substr(0, 8) + "0000000000000000;Sampled=0"}});
  if (!invocation.client_context.empty()) {
    answer.headers.emplace_back("Lambda-Runtime-Client-Context", invocation.client_context);
  }
  in_flight.time_out = web_.after(settings_.timeout, [weak = weak_from_this(), &slot, id] {
    if (const auto self = weak.lock()) {
      self->on_time_out(slot, id);
    }
  });
  slot.in_flight.emplace(id, std::move(in_flight));
  exchange->answer(std::move(answer));
  return true;
}

void RuntimeTarget::on_time_out(Slot& slot, const std::string& id) {
  auto late = slot.in_flight.extract(id);
  if (late.empty()) {
    return;
  }
  constexpr std::int64_t kMillisecondsPerSecond = 1'000;
  constexpr std::int64_t kHundredth = 10;
  const std::int64_t milliseconds = settings_.timeout.count();
  std::string hundredths = std::to_string(milliseconds % kMillisecondsPerSecond / kHundredth);
  hundredths.insert(0, 2 - hundredths.size(), '0');
  finish(std::move(late.mapped()),
         function_failure("Sandbox.Timedout",
                          "RequestId: " + id + " Error: Task timed out after " +
                              std::to_string(milliseconds / kMillisecondsPerSecond) + "." +
                              hundredths + " seconds"));
  if (slot.child != nullptr) {
    slot.child->kill();
  }
}

void RuntimeTarget::finish(InFlight in_flight, FunctionResult result) {
  result.log_tail = std::move(in_flight.log);
  in_flight.work.done(std::move(result));
}

// ---- The runtime API
// -----------------------------------------------------------------------------

void RuntimeTarget::on_request(Slot& slot, WebExchangeRef exchange) {
  std::string_view path = exchange->request.target;
  path = path.substr(0, path.find('?'));
  if (!path.starts_with(kPrefix)) {
    exchange->answer(
        json_answer(404, R"({"errorMessage":"no such resource","errorType":"InvalidResource"})"));
    return;
  }
  path.remove_prefix(kPrefix.size());
  const bool posts = exchange->request.method == "POST";
  constexpr std::string_view kInvocation = "invocation/";
  if (exchange->request.method == "GET" && path == "invocation/next") {
    slot.asking.push_back(std::move(exchange));
    slot.has_asked = true;
    slot.ended = 0;
    dispatch();
    return;
  }
  if (posts && path == "init/error") {
    on_init_error(exchange->request.body);
    exchange->answer(json_answer(kStatusAccepted, R"({"status":"OK"})"));
    return;
  }
  const std::size_t slash = path.rfind('/');
  const std::string_view what = path.substr(std::min(slash + 1, path.size()));
  if (posts && path.starts_with(kInvocation) && slash > kInvocation.size() &&
      (what == "response" || what == "error")) {
    const std::string id(path.substr(kInvocation.size(), slash - kInvocation.size()));
    if (!slot.in_flight.contains(id)) {
      exchange->answer(json_answer(
          400, R"({"errorMessage":"Invalid request ID","errorType":"InvalidRequestID"})"));
    } else if (exchange->request.body.size() > kResultBytesMax) {
      exchange->answer(json_answer(
          413,
          R"({"errorMessage":"Exceeded maximum allowed payload size (6291556 bytes).","errorType":"RequestEntityTooLarge"})"));
      auto large = slot.in_flight.extract(id);
      web_.cancel(large.mapped().time_out);
      finish(std::move(large.mapped()),
             function_failure("Function.ResponseSizeTooLarge",
                              "Response payload size exceeded maximum allowed payload size "
                              "(6291556 bytes)."));
    } else {
      exchange->answer(json_answer(kStatusAccepted, R"({"status":"OK"})"));
      on_result(slot, *exchange, what == "error", id);
    }
    return;
  }
  exchange->answer(
      json_answer(404, R"({"errorMessage":"no such resource","errorType":"InvalidResource"})"));
}

void RuntimeTarget::on_result(Slot& slot, const WebExchange& exchange, bool failed,
                              const std::string& id) {
  InFlight& in_flight = slot.in_flight.at(id);
  web_.cancel(in_flight.time_out);
  FunctionResult result;
  result.outcome = failed ? FunctionResult::Outcome::kFailed : FunctionResult::Outcome::kReturned;
  result.payload = exchange.request.body;
  const auto complete = [weak = weak_from_this(), &slot, id, result = std::move(result)]() mutable {
    if (const auto self = weak.lock()) {
      auto done = slot.in_flight.extract(id);
      if (!done.empty()) {
        self->finish(std::move(done.mapped()), std::move(result));
      }
    }
  };
  if (in_flight.work.invocation.wants_log) {
    // What it printed is in the pipe already, but perhaps not read yet.
    constexpr std::chrono::milliseconds kForLastWords{5};
    web_.after(kForLastWords, complete);
  } else {
    auto at_once = complete;
    at_once();
  }
}

/// The code cannot be loaded: whoever waits for it is told, as Lambda does.
void RuntimeTarget::on_init_error(const std::string& payload) {
  std::deque<std::shared_ptr<Work>> failed = std::move(waiting_);
  waiting_.clear();
  for (const std::shared_ptr<Work>& work : failed) {
    web_.cancel(work->give_up);
    FunctionResult result;
    result.outcome = FunctionResult::Outcome::kFailed;
    result.payload = payload;
    finish({std::move(*work), 0, {}}, std::move(result));
  }
}

void RuntimeTarget::log(std::string_view line) const {
  if (options_.log) {
    options_.log(settings_.name, line);
  }
}

}  // namespace understudy
