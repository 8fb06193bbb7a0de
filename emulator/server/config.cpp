#include "emulator/server/config.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>

#include "emulator/api/tenant.h"
#include "emulator/capacity/knob_text.h"
#include "emulator/clock/moment_text.h"
#include "emulator/document/document.h"
#include "emulator/server/config_warnings.h"
#include "emulator/server/local_flags.h"
#include "emulator/server/verbs.h"

namespace understudy {
namespace {

constexpr std::uint16_t kDefaultPort = 8000;
constexpr unsigned kDefaultThreadsMax = 8;
/// Requests kept where someone looks for what became of them.
constexpr std::size_t kDrillJournalSize = 1000;

constexpr const char* kExamples = R"(
Examples:
  understudy                                   tables in memory on http://127.0.0.1:8000
  understudy --port 0 --ready-file ready.json  any free port; a parent process reads which
  understudy --isolate region                  every account and region has tables of its own
  understudy --transitions aws-like            tables are CREATING for as long as on AWS
  understudy --strict-auth --credential AKIDEXAMPLE:secret
  understudy --tls-cert cert.pem --tls-key key.pem
  understudy healthcheck --port 8000           exit 0 when a server there is ready
  understudy drill fixtures/drills/*.yaml      load, retries and scaling in virtual time (drill --help)
  understudy --seed-data fixtures/             tables and items of files from the start
  understudy seed tables.yaml items.json       the same at a running server; also import, export
  understudy --record day.jsonl                writes down what it is asked; then
  understudy replay day.jsonl                  asks it all again and says what came out otherwise
Every flag can be set in the environment (UNDERSTUDY_PORT=9000) or in a file (--config understudy.ini
with lines like "port = 9000"). DynamoDB Local's flags (-port -inMemory -sharedDb -cors …) work too;
with them every access key and region has tables of its own unless -sharedDb is given.
A client whose access key is twelve digits is an account of its own, so a test isolates itself by its
key alone. Try it:
  export AWS_ENDPOINT_URL_DYNAMODB=http://127.0.0.1:8000 AWS_ACCESS_KEY_ID=any \
         AWS_SECRET_ACCESS_KEY=any AWS_REGION=us-east-1
  aws dynamodb list-tables)";

const std::map<std::string, Isolation> kIsolations = {{"default", Isolation::kDefault},
                                                      {"none", Isolation::kNone},
                                                      {"account", Isolation::kAccount},
                                                      {"region", Isolation::kRegion},
                                                      {"credential", Isolation::kCredential}};
const std::map<std::string, LogLevel> kLogLevels = {{"error", LogLevel::kError},
                                                    {"warn", LogLevel::kWarn},
                                                    {"info", LogLevel::kInfo},
                                                    {"debug", LogLevel::kDebug}};
const std::map<std::string, LogFormat> kLogFormats = {{"text", LogFormat::kText},
                                                      {"json", LogFormat::kJson}};

/// What options are read into where our own types have no place for the text.
struct RawValues {
  std::string transitions = "immediate";
  std::string wording = "2026";
  std::vector<std::string> credentials;
  std::string clock = "real";
  std::string ttl_delay = "prompt";
  std::optional<std::uint16_t> admin_port;
  std::optional<std::size_t> journal_size;
  std::string isolation_text = "default";
  std::optional<std::string> host;
  std::string log_level = "info";
  std::string log_format = "text";
  bool version = false;
  bool throttle = false;
  std::string profile = "none";
  std::vector<std::string> knobs;
  std::string knobs_file;
  std::string scenario_file;
};

/// "--log-level" is UNDERSTUDY_LOG_LEVEL.
CLI::Option* with_environment(CLI::Option* option) {
  std::string name = "UNDERSTUDY_" + option->get_lnames().front();
  std::ranges::transform(name, name.begin(), [](char c) {
    return c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  });
  return option->envname(name);
}

template <class Values>
std::vector<std::string> names_of(const Values& values) {
  std::vector<std::string> names;
  names.reserve(values.size());
  for (const auto& [name, value] : values) {
    names.push_back(name);
  }
  return names;
}

// Any name will do, as "local" or "localhost"; it becomes a part of ARNs.
constexpr std::string_view kRegionLetters = "abcdefghijklmnopqrstuvwxyz0123456789-";

/// A size as CLI11 has read it, in bytes: one below zero has become a huge one.
std::string check_size(const std::string& bytes) {
  constexpr std::uint64_t kSizeMaxBytes = std::uint64_t{1} << 40;
  std::uint64_t size = 0;
  const auto [end, error] = std::from_chars(bytes.data(), bytes.data() + bytes.size(), size);
  return error == std::errc() && size >= 1 && size <= kSizeMaxBytes
             ? std::string()
             : "a size is from 1 byte to 1 TB";
}

void add_network_flags(CLI::App& app, Config& config, RawValues& raw) {
  ServerOptions& server = config.server;
  const auto add = [&app](auto&&... arguments) {
    return with_environment(app.add_option(std::forward<decltype(arguments)>(arguments)...))
        ->group("Network");
  };
  add("--host", raw.host, "Address to listen on")->default_str("127.0.0.1");
  add("--port", server.port, "Port to listen on; 0: any free one, printed in the first line")
      ->check(CLI::Range(0, 65535))
      ->capture_default_str();
  add("--tls-cert", server.tls_certificate_file, "Certificate chain (PEM): serves HTTPS");
  add("--tls-key", server.tls_key_file, "Private key (PEM) of the certificate");
  add("--max-body", server.engine.max_body_bytes, "Longest request body, as 16MB; more is a 413")
      ->transform(CLI::AsSizeValue(false))
      ->check(check_size)
      ->default_str("16MB");
  add("--threads", server.threads,
      "Threads that serve requests; as a rule half as many as there are cores")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  add("--ready-file", config.ready_file,
      "Write {\"url\", \"port\", \"pid\"} there once requests are accepted");
  with_environment(app.add_flag("--cors,!--no-cors", server.engine.cors,
                                "Answer requests of web pages from any origin (on)"))
      ->group("Network");
}

void add_service_flags(CLI::App& app, Config& config, RawValues& raw) {
  EngineOptions& engine = config.server.engine;
  const auto add = [&app](auto&&... arguments) {
    return with_environment(app.add_option(std::forward<decltype(arguments)>(arguments)...))
        ->group("Service");
  };
  add("--region", engine.region, "Region of requests that name none")
      ->check([](const std::string& text) {
        const bool fits = !text.empty() && text.find_first_not_of(kRegionLetters) == text.npos;
        return fits ? std::string() : "'" + text + "' is no name of a region";
      })
      ->capture_default_str();
  add("--account-id", engine.account_id, "Account in ARNs: twelve digits")
      ->check([](const std::string& text) {
        return is_account_id(text) ? std::string() : "'" + text + "' is not twelve digits";
      })
      ->capture_default_str();
  add("--isolate", raw.isolation_text,
      "Who sees which tables. default: all see the same, but a 12-digit access key is an account "
      "of "
      "its own")
      ->check(CLI::IsMember(names_of(kIsolations)))
      ->capture_default_str();
  with_environment(
      app.add_flag("--strict-auth", engine.strict_auth,
                   "Verify DynamoDB requests' signatures against the keys of --credential"))
      ->group("Service");
  add("--credential", raw.credentials, "KEY:SECRET or KEY:SECRET:TOKEN; may be repeated")
      ->delimiter(',')
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  add("--transitions", raw.transitions,
      "How long tables and indexes stay CREATING, UPDATING and so on: immediate, aws-like, or "
      "milliseconds")
      ->capture_default_str();
  add("--validation-wording", raw.wording, "Year of the validation messages spoken: 2026 or 2025")
      ->check(CLI::IsMember({"2025", "2026"}))
      ->capture_default_str();
  add("--seed", engine.seed, "Seed of all that is random: same seed, same ids")
      ->check([](const std::string& text) {
        return text.starts_with('-') ? "'" + text + "' is below 0" : std::string();
      })
      ->capture_default_str();
}

void add_seed_flags(CLI::App& app, Config& config) {
  with_environment(app.add_option("--seed-data", config.seed_data,
                                  "File or folder of tables and items to begin with; may be "
                                  "repeated (understudy seed --help)"))
      ->group("Service")
      ->delimiter(',')
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
}

void add_admin_flags(CLI::App& app, Config& config, RawValues& raw) {
  const auto add = [&app](auto&&... arguments) {
    return with_environment(app.add_option(std::forward<decltype(arguments)>(arguments)...))
        ->group("Admin API");
  };
  with_environment(app.add_flag("--admin,!--no-admin", config.server.features.admin.enabled,
                                "Serve /_admin/ (on; a page, and an API described by "
                                "/_admin/openapi.json)"))
      ->group("Admin API");
  add("--admin-token", config.server.features.admin.token,
      "Wanted by the admin API as a bearer; without one it is open to this machine only");
  add("--admin-port", raw.admin_port, "A port of its own for the admin API; 0: any free one");
  add("--journal-size", raw.journal_size,
      "Requests kept for /_admin/requests (0; 1000 with --throttle or a frozen clock)")
      ->check(CLI::Range(0, 1'000'000));
}

void add_clock_flags(CLI::App& app, Config& config, RawValues& raw) {
  const auto add = [&app](auto&&... arguments) {
    return with_environment(app.add_option(std::forward<decltype(arguments)>(arguments)...))
        ->group("Time");
  };
  add("--clock", raw.clock,
      "real, frozen or frozen:2026-01-31T00:00:00Z: a frozen clock is moved by /_admin/clock")
      ->capture_default_str();
  add("--ttl-delay", raw.ttl_delay,
      "How long expired items stay: prompt (gone with the next sweep, one a minute), aws-like (10 "
      "to 30 minutes), or a duration like 5min")
      ->capture_default_str();
  add("--time-scale", config.server.features.clock.rate,
      "How fast time passes: 60 is a minute per second")
      ->check(CLI::Range(0.001, 1e6))
      ->capture_default_str();
}

void add_capacity_flags(CLI::App& app, Config& config, RawValues& raw) {
  SimulationOptions& simulation = config.server.engine.simulation;
  with_environment(app.add_flag("--throttle", raw.throttle,
                                "Refuse what is above a table's capacity, as the service does"))
      ->group("Capacity");
  with_environment(app.add_flag("--metrics", simulation.metrics,
                                "Meter capacity and requests for CloudWatch, refuse nothing (part "
                                "of --throttle)"))
      ->group("Capacity");
  with_environment(app.add_flag("--replicas", simulation.replicas,
                                "Eventually consistent reads and global indexes lag behind"))
      ->group("Capacity");
  with_environment(
      app.add_option("--profile", raw.profile,
                     "aws-like: --throttle --replicas, --transitions and --ttl-delay aws-like, and "
                     "limits of the control plane"))
      ->check(CLI::IsMember({"none", "aws-like"}))
      ->capture_default_str()
      ->group("Capacity");
  with_environment(
      app.add_option("--knob", raw.knobs,
                     "NAME=VALUE: a constant of these models ('understudy knobs' lists "
                     "them); may be repeated"))
      ->delimiter(',')
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->group("Capacity");
  with_environment(
      app.add_option("--knobs", raw.knobs_file, "File of knobs: lines like \"burst_seconds: 60\""))
      ->group("Capacity");
}

void add_stream_flags(CLI::App& app, Config& config) {
  with_environment(app.add_option("--stream-memory", config.server.features.streams.memory_bytes,
                                  "What the records of all streams may hold, as 256MB; beyond it "
                                  "the oldest are trimmed"))
      ->transform(CLI::AsSizeValue(false))
      ->check(check_size)
      ->default_str("256MB")
      ->group("Streams");
  with_environment(app.add_option("--kinesis-endpoint",
                                  config.server.features.streams.kinesis_endpoint,
                                  "Where records of Kinesis destinations are sent, as "
                                  "http://127.0.0.1:4566; without it they are only listed"))
      ->group("Streams");
}

void add_fault_flags(CLI::App& app, Config& config, RawValues& raw) {
  with_environment(app.add_option("--scenario", raw.scenario_file,
                                  "File of fault rules and knobs (YAML or JSON)"))
      ->group("Faults");
  with_environment(app.add_flag("--allow-fault-header", config.server.engine.allow_fault_header,
                                "A request may carry its own fault in x-understudy-fault"))
      ->group("Faults");
}

void add_function_flags(CLI::App& app, Config& config) {
  with_environment(app.add_option("--stack", config.stack_file,
                                  "Stack file (YAML): tables, functions, event source mappings, "
                                  "WebSocket APIs; the Lambda API comes with it"))
      ->group("Functions");
}

void add_record_flags(CLI::App& app, Config& config) {
  with_environment(app.add_option("--record", config.record,
                                  "Write requests and answers there, for understudy replay FILE "
                                  "(serves with one thread unless told otherwise)"))
      ->group("Record and replay");
  if (config.verb != Verb::kReplay) {
    return;
  }
  app.add_option("file", config.replay.record, "A record")->required();
  app.add_option("--endpoint", config.replay.endpoint,
                 "replay: ask that server, not an emulator in this process");
  app.add_option(
      "--what-if", config.replay.what_if,
      "replay: with the knobs, and capacity of tables, of that file; says who would have "
      "been refused");
}

/// Without what is about this very process, or nobody's business.
std::vector<std::string> recorded_arguments(const std::vector<std::string>& arguments) {
  std::vector<std::string> kept;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    const std::string name = argument.substr(0, argument.find('='));
    if (name == "--record" || name == "--admin-token" || name == "--ready-file") {
      i += name == argument ? 1 : 0;
    } else {
      kept.push_back(argument);
    }
  }
  return kept;
}

/// A duration with a unit, or one of two words.
std::string apply_ttl(const std::string& text, EngineOptions& engine) {
  if (text == "prompt") {
    return {};
  }
  if (text == "aws-like") {
    set_ttl_aws_like(engine.simulation.knobs);
    return {};
  }
  const auto delay = parse_duration(text);
  if (!delay) {
    return "--ttl-delay: '" + text + "' is neither prompt, aws-like nor a duration like 10min";
  }
  engine.simulation.knobs.ttl_delay_ms = *delay / 1000;
  return {};
}

void add_log_flags(CLI::App& app, RawValues& raw) {
  const auto add = [&app](auto&&... arguments) {
    return with_environment(app.add_option(std::forward<decltype(arguments)>(arguments)...))
        ->group("Log");
  };
  add("--log-level", raw.log_level, "debug: a line per request")
      ->check(CLI::IsMember(names_of(kLogLevels)))
      ->capture_default_str();
  add("--log-format", raw.log_format, "Of the log and of what is printed at start")
      ->check(CLI::IsMember(names_of(kLogFormats)))
      ->capture_default_str();
}

/// Empty, or what is wrong.
std::string apply_credentials(const RawValues& raw, EngineOptions& engine) {
  for (const std::string& text : raw.credentials) {
    const std::size_t first = text.find(':');
    const std::size_t second = text.find(':', first + 1);
    if (first == std::string::npos || first == 0 || first + 1 == std::min(second, text.size())) {
      return "--credential: expected KEY:SECRET or KEY:SECRET:TOKEN";
    }
    engine.credentials.push_back(
        {text.substr(0, first), text.substr(first + 1, second - first - 1),
         second == std::string::npos ? std::string() : text.substr(second + 1)});
  }
  if (engine.strict_auth && engine.credentials.empty()) {
    return "--strict-auth needs at least one --credential KEY:SECRET";
  }
  return {};
}

std::string apply_transitions(const std::string& text, EngineOptions& engine) {
  if (text == "aws-like") {
    engine.transition_ms = std::nullopt;
    return {};
  }
  std::int64_t milliseconds = 0;
  if (text != "immediate") {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), milliseconds);
    if (error != std::errc() || end != text.data() + text.size() || milliseconds < 0) {
      return "--transitions: '" + text + "' is neither immediate, aws-like nor milliseconds";
    }
  }
  engine.transition_ms = milliseconds;
  return {};
}

/// Empty, or what is wrong.
std::string apply_clock(const std::string& text, ClockMode& mode) {
  if (text == "real") {
    return {};
  }
  constexpr std::string_view kFrozenAt = "frozen:";
  if (text.starts_with(kFrozenAt)) {
    mode.start = parse_moment(std::string_view(text).substr(kFrozenAt.size()));
  }
  if (text != "frozen" && !mode.start.has_value()) {
    return "--clock: '" + text + "' is neither real, frozen nor frozen:2026-01-31T00:00:00Z";
  }
  if (mode.rate != 1) {
    return "--clock frozen and --time-scale exclude each other";
  }
  mode.rate = 0;
  return {};
}

/// Empty, or what is wrong. The seed of all is that of the models, too, unless a knob says else.
std::string apply_capacity(const RawValues& raw, const Scenario& scenario, EngineOptions& engine) {
  SimulationOptions& simulation = engine.simulation;
  if (raw.profile == "aws-like") {
    set_aws_like(simulation);
  }
  simulation.throttle = simulation.throttle || raw.throttle;
  simulation.knobs.seed = static_cast<std::int64_t>(engine.seed & INT64_MAX);
  if (!raw.knobs_file.empty()) {
    std::ifstream file(raw.knobs_file, std::ios::binary);
    if (!file) {
      return "--knobs: cannot read " + raw.knobs_file;
    }
    const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (const auto wrong = assign_knobs(simulation.knobs, text)) {
      return "--knobs: " + raw.knobs_file + ", " + *wrong;
    }
  }
  for (const std::string& knob : scenario.knobs) {
    if (const auto wrong = assign_knob(simulation.knobs, knob)) {
      return "--scenario: " + raw.scenario_file + ": " + *wrong;
    }
  }
  for (const std::string& knob : raw.knobs) {
    if (const auto wrong = assign_knob(simulation.knobs, knob)) {
      return "--knob: " + *wrong;
    }
  }
  return {};
}

/// Empty, or what is wrong with the scenario.
std::string apply_scenario(const RawValues& raw, const CLI::App& app, Config& config) {
  if (raw.scenario_file.empty()) {
    return {};
  }
  auto scenario = read_scenario(raw.scenario_file);
  if (!scenario) {
    return "--scenario: " + scenario.error();
  }
  config.scenario = *std::move(scenario);
  if (config.scenario.seed && app.count("--seed") == 0) {
    config.server.engine.seed = *config.scenario.seed;
  }
  return {};
}

std::string apply(const RawValues& raw, const TranslatedArguments& translated, CLI::App& app,
                  Config& config) {
  ServerOptions& server = config.server;
  EngineOptions& engine = server.engine;
  engine.wording_2025 = raw.wording == "2025";
  engine.isolation = kIsolations.at(raw.isolation_text);
  config.log_level = kLogLevels.at(raw.log_level);
  config.log_format = kLogFormats.at(raw.log_format);
  if (translated.local_style && app.count("--isolate") == 0) {
    engine.isolation = translated.shared ? Isolation::kNone : Isolation::kCredential;
  }
  // In place of a Java machine, so in a container made for DynamoDB Local, which listens
  // everywhere.
  server.host = raw.host.value_or(translated.as_java ? "0.0.0.0" : "127.0.0.1");
  if (server.tls_certificate_file.empty() != server.tls_key_file.empty()) {
    return "--tls-cert and --tls-key go together";
  }
  if (!server.tls_certificate_file.empty()) {
    // What is printed and what functions get is for other working directories.
    server.tls_certificate_file = std::filesystem::absolute(server.tls_certificate_file).string();
  }
  server.admin_port = raw.admin_port;
  std::string wrong = apply_clock(raw.clock, server.features.clock);
  if (wrong.empty()) {
    const bool like_aws = raw.profile == "aws-like" && app.count("--ttl-delay") == 0;
    wrong = apply_ttl(like_aws ? "aws-like" : raw.ttl_delay, engine);
  }
  if (wrong.empty()) {
    wrong = apply_credentials(raw, engine);
  }
  if (wrong.empty()) {
    const bool like_aws = raw.profile == "aws-like" && app.count("--transitions") == 0;
    wrong = apply_transitions(like_aws ? "aws-like" : raw.transitions, engine);
  }
  if (wrong.empty()) {
    wrong = apply_scenario(raw, app, config);
  }
  if (wrong.empty()) {
    wrong = apply_capacity(raw, config.scenario, engine);
  }
  const bool drills = engine.simulation.throttle || server.features.clock.rate == 0 ||
                      !config.scenario.faults.empty() || engine.allow_fault_header;
  server.features.admin.journal_size =
      raw.journal_size.value_or(drills ? kDrillJournalSize : std::size_t{0});
  return wrong;
}

/// What flags read from the environment: "--LOG_LEVEL".
std::vector<std::string> variables_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    if (const std::string variable = option->get_envname(); !variable.empty()) {
      names.push_back("--" + variable.substr(variable.find('_') + 1));
    }
  }
  return names;
}

/// What the environment asks for, as flags ahead of those given: of a flag given twice the last
/// counts. CLI11 reads the environment itself, but after the file, which then has the last word.
void prepend_environment(CLI::App& app, std::vector<std::string>& arguments) {
  std::vector<std::string> flags;
  for (CLI::Option* option : app.get_options()) {
    const std::string name = option->get_envname();
    // NOLINTNEXTLINE(concurrency-mt-unsafe): there is one thread yet, and nobody sets variables.
    const char* value = name.empty() ? nullptr : std::getenv(name.c_str());
    if (value != nullptr && std::string_view(value).starts_with("tcp://")) {
      // Kubernetes tells of a service named understudy by UNDERSTUDY_PORT=tcp://10.0.0.1:8000.
      option->envname("");
    } else if (value != nullptr && *value != '\0') {
      flags.push_back("--" + option->get_lnames().front() + "=" + value);
    }
  }
  arguments.insert(arguments.begin(), flags.begin(), flags.end());
}

/// Takes the verb off the arguments. Error: the first word is neither a verb nor a flag.
Expected<Verb, std::string> take_verb(std::vector<std::string>& arguments) {
  if (arguments.empty() || arguments.front().starts_with('-')) {
    return Verb::kServe;
  }
  const auto verb = find_verb(arguments.front());
  if (!verb) {
    return Unexpected<std::string>{unknown_verb(arguments.front())};
  }
  arguments.erase(arguments.begin());
  return *verb;
}

EarlyExit wrong_arguments(std::string message) {
  std::ranges::replace(message, '\n', ' ');
  while (message.ends_with(' ')) {
    message.pop_back();
  }
  return {2, "understudy: " + message + " (understudy --help lists verbs and flags)"};
}

/// " Did you mean --port?" for the first argument that is nearly a flag of `app`, or nothing.
std::string suggestion(const CLI::App& app, const std::vector<std::string>& arguments) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      flags.push_back("--" + name);
    }
  }
  for (const std::string& argument : arguments) {
    const std::string flag = argument.substr(0, argument.find('='));
    if (!flag.starts_with("--") || std::ranges::find(flags, flag) != flags.end()) {
      continue;
    }
    if (const std::string_view near = nearest_word(flag, flags); !near.empty()) {
      return ". Did you mean " + std::string(near) + "?";
    }
  }
  return "";
}

/// A member of the configuration file that no flag has, in our words.
std::string config_file_error(const CLI::App& app, std::string text) {
  constexpr std::string_view kUnknownMember = "INI was not able to parse ";
  if (!text.starts_with(kUnknownMember)) {
    return text;
  }
  const std::string name = text.substr(kUnknownMember.size());
  // CLI11 makes "serve.++" of the line [serve]. A point may also be in a line without "=".
  const std::size_t point = name.rfind('.');
  if (point != std::string::npos &&
      (name.ends_with(".++") || name.find_first_of(" :") == std::string::npos)) {
    return "the configuration file has a section [" + name.substr(0, point) +
           "], but there are none: every line is a flag by itself, like \"port = 9000\"";
  }
  return "the configuration file sets '" + name + "', which is no flag" +
         suggestion(app, {"--" + name});
}

}  // namespace

Expected<Config, EarlyExit> read_config(const std::vector<std::string>& arguments,
                                        unsigned threads) {
  auto translated = translate_local_flags(arguments);
  if (!translated) {
    return Unexpected<EarlyExit>{{2, "understudy: " + translated.error()}};
  }
  Config config;
  const auto verb = take_verb(translated->arguments);
  if (!verb) {
    return Unexpected<EarlyExit>{wrong_arguments(verb.error())};
  }
  config.verb = *verb;
  config.server.port = kDefaultPort;
  // The clients of a local server need cores, too: on two, a second thread makes no request faster
  // but every one dearer (bench: scaling).
  config.server.threads = std::clamp(threads / 2, 1U, kDefaultThreadsMax);
  RawValues raw;
  CLI::App app("Understudy: a local DynamoDB.", "understudy [VERB]");
  app.footer(verb_list() + kExamples);
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app.set_help_flag("-h,--help", "Print this and exit");
  app.add_flag("--version", raw.version, "Print the version and exit");
  app.set_config("--config", "", "Read flags from an INI or TOML file")
      ->envname("UNDERSTUDY_CONFIG");
  app.allow_config_extras(false);
  add_network_flags(app, config, raw);
  add_service_flags(app, config, raw);
  add_seed_flags(app, config);
  add_admin_flags(app, config, raw);
  add_clock_flags(app, config, raw);
  add_capacity_flags(app, config, raw);
  add_stream_flags(app, config);
  add_fault_flags(app, config, raw);
  add_function_flags(app, config);
  add_record_flags(app, config);
  add_log_flags(app, raw);
  warn_of_unread_variables(variables_of(app), config.warnings);
  prepend_environment(app, translated->arguments);
  try {
    std::vector<std::string> reversed(translated->arguments.rbegin(), translated->arguments.rend());
    app.parse(std::move(reversed));
  } catch (const CLI::CallForHelp&) {
    const std::string_view own = verb_help(config.verb);
    return Unexpected<EarlyExit>{{0, own.empty() ? app.help() : std::string(own)}};
  } catch (const CLI::ConfigError& error) {
    return Unexpected<EarlyExit>{wrong_arguments(config_file_error(app, error.what()))};
  } catch (const CLI::ParseError& error) {
    return Unexpected<EarlyExit>{
        wrong_arguments(error.what() + suggestion(app, translated->arguments))};
  }
  config.arguments = recorded_arguments(translated->arguments);
  if (translated->local_style && app.count("--isolate") == 0) {
    config.arguments.push_back(translated->shared ? "--isolate=none" : "--isolate=credential");
  }
  if (!config.record.empty() && app.count("--threads") == 0) {
    config.server.threads = 1;
  }
  config.replay.token = config.server.features.admin.token;
  if (raw.version) {
    config.verb = Verb::kVersion;
  }
  const std::string wrong = apply(raw, *translated, app, config);
  if (!wrong.empty()) {
    return Unexpected<EarlyExit>{wrong_arguments(wrong)};
  }
  warn_of_idle_knobs(config.server.engine.simulation, config.warnings);
  return config;
}

}  // namespace understudy
