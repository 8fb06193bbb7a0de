// What the values of flags mean that have no type of their own: words, durations, files. Inside
// this room only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}  // namespace CLI

namespace understudy {

struct Config;
struct TranslatedArguments;

/// What options are read into where our own types have no place for the text.
struct FlagValues {
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

/// What --isolate, --log-level and --log-format take.
std::vector<std::string> isolation_names();
std::vector<std::string> log_level_names();
std::vector<std::string> log_format_names();

/// Makes `config` what the flags say. `app` knows which of them were given. Empty, or what is
/// wrong.
std::string apply_values(const FlagValues& raw, const TranslatedArguments& translated,
                         const CLI::App& app, Config& config);

}  // namespace understudy
