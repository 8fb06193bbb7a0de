#include "emulator/server/config_flags.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

#include "emulator/api/tenant.h"
#include "emulator/server/config.h"
#include "emulator/server/config_values.h"

namespace understudy {
namespace {

/// "--log-level" is UNDERSTUDY_LOG_LEVEL.
CLI::Option* with_environment(CLI::Option* option) {
  std::string name = "UNDERSTUDY_" + option->get_lnames().front();
  std::ranges::transform(name, name.begin(), [](char c) {
    return c == '-' ? '_' : static_cast<char>(c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c);
  });
  return option->envname(name);
}

/// Adds options that the environment may set, to that group of --help.
auto adder(CLI::App& app, const char* group) {
  return [&app, group](auto&&... arguments) {
    return with_environment(app.add_option(std::forward<decltype(arguments)>(arguments)...))
        ->group(group);
  };
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

void add_network_flags(CLI::App& app, Config& config, FlagValues& raw) {
  ServerOptions& server = config.server;
  const auto add = adder(app, "Network");
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

void add_service_flags(CLI::App& app, Config& config, FlagValues& raw) {
  EngineOptions& engine = config.server.engine;
  const auto add = adder(app, "Service");
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
      "Who sees which tables. default: all see the same, but a 12-digit access key is an account")
      ->check(CLI::IsMember(isolation_names()))
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

void add_admin_flags(CLI::App& app, Config& config, FlagValues& raw) {
  const auto add = adder(app, "Admin API");
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

void add_clock_flags(CLI::App& app, Config& config, FlagValues& raw) {
  const auto add = adder(app, "Time");
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

void add_capacity_flags(CLI::App& app, Config& config, FlagValues& raw) {
  const auto add = adder(app, "Capacity");
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
  add("--profile", raw.profile,
      "aws-like: --throttle --replicas, --transitions and --ttl-delay aws-like, and "
      "limits of the control plane")
      ->check(CLI::IsMember({"none", "aws-like"}))
      ->capture_default_str();
  add("--knob", raw.knobs,
      "NAME=VALUE: a constant of these models ('understudy knobs' lists "
      "them); may be repeated")
      ->delimiter(',')
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  add("--knobs", raw.knobs_file, "File of knobs: lines like \"burst_seconds: 60\"");
}

void add_stream_flags(CLI::App& app, Config& config) {
  const auto add = adder(app, "Streams");
  add("--stream-memory", config.server.features.streams.memory_bytes,
      "What the records of all streams may hold, as 256MB; beyond it "
      "the oldest are trimmed")
      ->transform(CLI::AsSizeValue(false))
      ->check(check_size)
      ->default_str("256MB");
  add("--kinesis-endpoint", config.server.features.streams.kinesis_endpoint,
      "Where records of Kinesis destinations are sent, as "
      "http://127.0.0.1:4566; without it they are only listed")
      ->check([](const std::string& text) {
        const bool fits = text.starts_with("http://") || text.starts_with("https://");
        return fits ? std::string() : "'" + text + "' is no address like http://127.0.0.1:4566";
      });
}

void add_fault_flags(CLI::App& app, Config& config, FlagValues& raw) {
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

void add_log_flags(CLI::App& app, FlagValues& raw) {
  const auto add = adder(app, "Log");
  add("--log-level", raw.log_level, "debug: a line per request")
      ->check(CLI::IsMember(log_level_names()))
      ->capture_default_str();
  add("--log-format", raw.log_format, "Of the log and of what is printed at start")
      ->check(CLI::IsMember(log_format_names()))
      ->capture_default_str();
}

}  // namespace

void add_flags(CLI::App& app, Config& config, FlagValues& raw) {
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
}

}  // namespace understudy
