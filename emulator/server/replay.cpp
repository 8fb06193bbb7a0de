#include "emulator/server/replay.h"

#include <charconv>
#include <fstream>
#include <map>
#include <optional>
#include <vector>

#include "emulator/api/journal_fan.h"
#include "emulator/api/response.h"
#include "emulator/base/arena.h"
#include "emulator/base/base64.h"
#include "emulator/base/json.h"
#include "emulator/clock/moment_text.h"
#include "emulator/clock/timeline.h"
#include "emulator/faults/rule_book.h"
#include "emulator/http/http_client.h"
#include "emulator/server/config.h"
#include "emulator/server/what_if.h"
#include "emulator/table/capacity_control.h"

namespace understudy {
namespace {

constexpr int kCouldNotBegin = 2;
constexpr std::size_t kShownMax = 20;
constexpr std::size_t kShownBytesMax = 400;

std::int64_t integer_of(const JsonNode* node) {
  std::int64_t value = 0;
  if (node != nullptr && node->is(JsonKind::kInteger)) {
    std::from_chars(node->text().data(), node->text().data() + node->text().size(), value);
  }
  return value;
}

std::string_view text_of(const JsonNode* node) {
  return node != nullptr && node->is(JsonKind::kString) ? node->text() : std::string_view{};
}

/// The body under one of two names, the second in base64.
std::string_view body_of(const JsonNode& line, std::string_view name, std::string_view binary_name,
                         Arena& arena) {
  if (const JsonNode* const text = line.find(name)) {
    return text_of(text);
  }
  const auto bytes = decode_base64(text_of(line.find(binary_name)), arena);
  return bytes ? *bytes : std::string_view{};
}

/// One recorded exchange. Views into the line and the arena.
struct Recorded {
  Microseconds arrived = 0;
  bool late = false;
  int status = 0;
  std::string_view answer;
};

/// Fills request and expectation from a parsed line.
Recorded read_line(const JsonNode& line, Arena& arena, Request& request) {
  request.clear();
  request.method = text_of(line.find("m"));
  request.target = text_of(line.find("u"));
  if (const JsonNode* const headers = line.find("h"); headers != nullptr) {
    for (const JsonNode& header : headers->elements()) {
      if (header.is(JsonKind::kArray) && header.size == 2) {
        request.add_header(text_of(&header.elements()[0]), text_of(&header.elements()[1]));
      }
    }
  }
  request.body = body_of(line, "b", "b64", arena);
  Recorded recorded;
  recorded.arrived = integer_of(line.find("t"));
  recorded.late = line.find("late") != nullptr;
  recorded.status = static_cast<int>(integer_of(line.find("s")));
  recorded.answer = body_of(line, "a", "a64", arena);
  return recorded;
}

struct Given {
  int status = 0;
  std::string body;
};

/// Who is asked.
class Replayed {
 public:
  Replayed() = default;
  virtual ~Replayed() = default;
  Replayed(const Replayed&) = delete;
  Replayed& operator=(const Replayed&) = delete;
  virtual Expected<Given, std::string> ask(const Request& request, Microseconds at) = 0;
};

class InProcess final : public Replayed {
 public:
  explicit InProcess(const Config& config)
      : instance_(config.server.engine, config.server.features) {}

  Instance& instance() { return instance_; }
  Expected<Given, std::string> ask(const Request& request, Microseconds at) override {
    instance_.set_time(at);  // what arrived together may stand in the order it finished
    instance_.engine().handle(request, response_);
    return Given{response_.status, std::string(response_.body.view())};
  }

 private:
  Instance instance_;
  Response response_;
};

class Endpoint final : public Replayed {
 public:
  Endpoint(HttpClient client, std::string token)
      : client_(std::move(client)), bearer_("Bearer " + std::move(token)) {}

  /// Brings its seed and its clock to where the record begins, where it has an admin API.
  void prepare(std::uint64_t seed, Microseconds begin) {
    steerable_ = admin("POST", "/_admin/clock/freeze", "{\"at\":\"" + moment_text(begin) + "\"}") &&
                 admin("PUT", "/_admin/seed", "{\"seed\":" + std::to_string(seed) + "}");
  }
  [[nodiscard]] bool steerable() const { return steerable_; }

  Expected<Given, std::string> ask(const Request& request, Microseconds at) override {
    if (steerable_ && at > time_) {
      set_time(at);
      time_ = at;
    }
    TRY(HttpClient::Answer answer, client_.ask(request));
    return Given{answer.status, std::move(answer.body)};
  }

 private:
  bool set_time(Microseconds to) {
    return admin("POST", "/_admin/clock/set", "{\"to\":\"" + moment_text(to) + "\"}");
  }
  bool admin(std::string_view method, std::string_view path, const std::string& body) {
    Request request;
    request.method = method;
    request.target = path;
    request.body = body;
    request.add_header("authorization", bearer_);
    const auto answer = client_.ask(request);
    return answer && answer->status == 200;
  }

  HttpClient client_;
  std::string bearer_;
  bool steerable_ = false;
  Microseconds time_ = 0;
};

std::string shortened(std::string_view text) {
  return text.size() <= kShownBytesMax ? std::string(text)
                                       : std::string(text.substr(0, kShownBytesMax)) + "…";
}

std::string_view operation_of(const Request& request) {
  const std::string_view target = request.header(KnownHeader::kTarget);
  return target.empty() ? request.target : target.substr(target.rfind('.') + 1);
}

class Replay {
 public:
  explicit Replay(const ReplayOptions& options) : options_(options) {}

  int run();

 private:
  Expected<void, std::string> begin();
  Expected<void, std::string> begin_in_process(const JsonNode& head);
  void begin_what_if(Instance& instance, const SimulationOptions& simulation);
  Expected<void, std::string> replay_line(std::size_t number, const std::string& text);
  void compare(std::size_t number, const Request& request, const Recorded& recorded,
               const Given& given);
  void report() const;

  const ReplayOptions& options_;
  std::ifstream file_;
  std::unique_ptr<Replayed> replayed_;
  std::string where_;
  WhatIfReport what_if_;
  Arena arena_;
  Request request_;
  std::size_t same_ = 0;
  std::size_t different_ = 0;
  std::size_t late_ = 0;
};

Expected<void, std::string> Replay::begin() {
  file_.open(options_.record, std::ios::binary);
  std::string line;
  if (!file_ || !std::getline(file_, line)) {
    return Unexpected<std::string>{"cannot read the record " + options_.record};
  }
  const auto head = parse_json(line, arena_);
  if (!head || head->find("understudy") == nullptr) {
    return Unexpected<std::string>{options_.record + " is no record of understudy --record"};
  }
  if (options_.endpoint.empty()) {
    where_ = "in this process";
    return begin_in_process(*head);
  }
  TRY(HttpClient client, HttpClient::to(options_.endpoint));
  auto endpoint = std::make_unique<Endpoint>(std::move(client), options_.token);
  endpoint->prepare(static_cast<std::uint64_t>(integer_of(head->find("seed"))),
                    integer_of(head->find("clock")));
  where_ = "at " + options_.endpoint;
  if (!endpoint->steerable()) {
    where_ += " (by its own clock: its admin API could not put it to the record's time)";
  }
  replayed_ = std::move(endpoint);
  return {};
}

/// Starts the emulator as the recorded one was started.
Expected<void, std::string> Replay::begin_in_process(const JsonNode& head) {
  std::vector<std::string> arguments{"understudy"};
  if (const JsonNode* const recorded = head.find("arguments"); recorded != nullptr) {
    for (const JsonNode& argument : recorded->elements()) {
      arguments.emplace_back(text_of(&argument));
    }
  }
  auto config = read_config(arguments, 1);
  if (!config) {
    return Unexpected<std::string>{config.error().text};
  }
  config->server.engine.seed = static_cast<std::uint64_t>(integer_of(head.find("seed")));
  config->server.features.clock = {0, integer_of(head.find("clock"))};
  config->server.features.admin.token.clear();
  if (!options_.what_if.empty()) {
    TRY_VOID(apply_what_if(options_.what_if, config->server.engine));
  }
  auto emulator = std::make_unique<InProcess>(*config);
  if (options_.prepare) {
    TRY_VOID(options_.prepare(emulator->instance(), *config));
  }
  if (const auto installed = emulator->instance().faults().install(config->scenario.faults);
      !installed) {
    return Unexpected{installed.error().text()};
  }
  if (!options_.what_if.empty()) {
    begin_what_if(emulator->instance(), config->server.engine.simulation);
  }
  replayed_ = std::move(emulator);
  return {};
}

void Replay::begin_what_if(Instance& instance, const SimulationOptions& simulation) {
  if (simulation.assumed != nullptr) {
    what_if_.expect(*simulation.assumed);
  }
  for (const TableCapacityView& there :
       CapacityControl(instance.engine().catalog()).view(std::nullopt)) {
    what_if_.meet(there.table);
  }
  instance.journals().add(what_if_);
}

Expected<void, std::string> Replay::replay_line(std::size_t number, const std::string& text) {
  arena_.reset();
  const auto line = parse_json(text, arena_);
  if (!line || !line->is(JsonKind::kObject)) {
    return Unexpected<std::string>{options_.record + ":" + std::to_string(number) +
                                   ": not a line of a record"};
  }
  const Recorded recorded = read_line(*line, arena_, request_);
  TRY(const Given given, replayed_->ask(request_, recorded.arrived));
  if (recorded.late) {
    ++late_;
    return {};
  }
  what_if_.count_recorded(operation_of(request_), recorded.status, recorded.answer, given.status,
                          given.body);
  compare(number, request_, recorded, given);
  return {};
}

void Replay::compare(std::size_t number, const Request& request, const Recorded& recorded,
                     const Given& given) {
  if (given.status == recorded.status && given.body == recorded.answer) {
    ++same_;
    return;
  }
  ++different_;
  if (options_.what_if.empty() && different_ <= kShownMax) {
    std::fprintf(options_.out, "line %zu: %s at %s\n  recorded: %d %s\n  now:      %d %s\n", number,
                 std::string(operation_of(request)).c_str(), moment_text(recorded.arrived).c_str(),
                 recorded.status, shortened(recorded.answer).c_str(), given.status,
                 shortened(given.body).c_str());
  }
}

void Replay::report() const {
  if (different_ > kShownMax && options_.what_if.empty()) {
    std::fprintf(options_.out, "… and %zu more\n", different_ - kShownMax);
  }
  std::fprintf(options_.out, "replayed %zu requests %s: %zu the same, %zu differ",
               same_ + different_ + late_, where_.c_str(), same_, different_);
  if (late_ > 0) {
    std::fprintf(options_.out, ", %zu came late and were not compared", late_);
  }
  std::fprintf(options_.out, "\n");
  if (!options_.what_if.empty()) {
    std::fprintf(options_.out, "%s", what_if_.text().c_str());
  }
}

int Replay::run() {
  const auto begun = begin();
  if (!begun) {
    std::fprintf(options_.err, "understudy: %s\n", begun.error().c_str());
    return kCouldNotBegin;
  }
  std::string line;
  for (std::size_t number = 2; std::getline(file_, line); ++number) {
    const auto done = line.empty() ? Expected<void, std::string>() : replay_line(number, line);
    if (!done) {
      std::fprintf(options_.err, "understudy: %s\n", done.error().c_str());
      return kCouldNotBegin;
    }
  }
  report();
  return different_ > 0 && options_.what_if.empty() ? 1 : 0;
}

}  // namespace

int replay(const ReplayOptions& options) {
  return Replay(options).run();
}

}  // namespace understudy
