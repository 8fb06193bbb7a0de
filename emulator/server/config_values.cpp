#include "emulator/server/config_values.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <filesystem>
#include <span>
#include <string_view>

#include "emulator/capacity/knob_text.h"
#include "emulator/clock/moment_text.h"
#include "emulator/document/document.h"
#include "emulator/server/config.h"
#include "emulator/server/local_flags.h"
#include "emulator/server/text_file.h"

namespace understudy {
namespace {

/// Requests kept where someone looks for what became of them.
constexpr std::size_t kDrillJournalSize = 1000;

/// A word that a flag takes, and what it stands for.
template <class E>
struct FlagWord {
  std::string_view word;
  E value;
};
constexpr FlagWord<Isolation> kIsolations[] = {{"account", Isolation::kAccount},
                                               {"credential", Isolation::kCredential},
                                               {"default", Isolation::kDefault},
                                               {"none", Isolation::kNone},
                                               {"region", Isolation::kRegion}};
constexpr FlagWord<LogLevel> kLogLevels[] = {{"debug", LogLevel::kDebug},
                                             {"error", LogLevel::kError},
                                             {"info", LogLevel::kInfo},
                                             {"warn", LogLevel::kWarn}};
constexpr FlagWord<LogFormat> kLogFormats[] = {{"json", LogFormat::kJson},
                                               {"text", LogFormat::kText}};

template <class E>
std::vector<std::string> words_of(std::span<const FlagWord<E>> rows) {
  std::vector<std::string> words;
  for (const FlagWord<E>& row : rows) {
    words.emplace_back(row.word);
  }
  return words;
}

/// `word` is one of them: the flag's check has seen to that.
template <class E>
E meaning(std::span<const FlagWord<E>> rows, std::string_view word) {
  return std::ranges::find(rows, word, &FlagWord<E>::word)->value;
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

/// Empty, or what is wrong.
std::string apply_credentials(const FlagValues& raw, EngineOptions& engine) {
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
std::string apply_capacity(const FlagValues& raw, const Scenario& scenario, EngineOptions& engine) {
  SimulationOptions& simulation = engine.simulation;
  if (raw.profile == "aws-like") {
    set_aws_like(simulation);
  }
  simulation.throttle = simulation.throttle || raw.throttle;
  simulation.knobs.seed = static_cast<std::int64_t>(engine.seed & INT64_MAX);
  if (!raw.knobs_file.empty()) {
    const auto text = read_text_file(raw.knobs_file);
    if (!text) {
      return "--knobs: " + text.error();
    }
    if (const auto wrong = assign_knobs(simulation.knobs, *text)) {
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
std::string apply_scenario(const FlagValues& raw, const CLI::App& app, Config& config) {
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

}  // namespace

std::vector<std::string> isolation_names() {
  return words_of<Isolation>(kIsolations);
}

std::vector<std::string> log_level_names() {
  return words_of<LogLevel>(kLogLevels);
}

std::vector<std::string> log_format_names() {
  return words_of<LogFormat>(kLogFormats);
}

std::string apply_values(const FlagValues& raw, const TranslatedArguments& translated,
                         const CLI::App& app, Config& config) {
  ServerOptions& server = config.server;
  EngineOptions& engine = server.engine;
  engine.wording_2025 = raw.wording == "2025";
  engine.isolation = meaning<Isolation>(kIsolations, raw.isolation_text);
  config.log_level = meaning<LogLevel>(kLogLevels, raw.log_level);
  config.log_format = meaning<LogFormat>(kLogFormats, raw.log_format);
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

}  // namespace understudy
