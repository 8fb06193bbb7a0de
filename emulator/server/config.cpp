#include "emulator/server/config.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdlib>

#include "emulator/server/config_flags.h"
#include "emulator/server/config_values.h"
#include "emulator/server/config_warnings.h"
#include "emulator/server/local_flags.h"
#include "emulator/server/verbs.h"

namespace understudy {
namespace {

constexpr std::uint16_t kDefaultPort = 8000;
constexpr unsigned kDefaultThreadsMax = 8;
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

/// What the environment asks for, as flags to stand ahead of those given: of a flag given twice the
/// last counts. CLI11 reads the environment itself, but after the file, which then has the last
/// word.
std::vector<std::string> flags_of_environment(CLI::App& app) {
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
  return flags;
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

/// `text` is about a flag: where its variable in the environment set it, and the command line did
/// not, that is blamed.
std::string blame_variable(const CLI::App& app, std::string text,
                           const std::vector<std::string>& environment,
                           const std::vector<std::string>& given) {
  const std::size_t colon = text.find(':');
  const std::string flag = text.substr(0, colon);
  const auto sets = [&flag](const std::string& argument) {
    return argument == flag || argument.starts_with(flag + "=");
  };
  if (std::ranges::none_of(environment, sets) || std::ranges::any_of(given, sets)) {
    return text;
  }
  return app.get_option(flag)->get_envname() + text.substr(colon);
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
  FlagValues raw;
  CLI::App app("Understudy: a local DynamoDB.", "understudy [VERB]");
  app.footer(verb_list() + kExamples);
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app.set_help_flag("-h,--help", "Print this and exit");
  app.add_flag("--version", raw.version, "Print the version and exit");
  app.set_config("--config", "", "Read flags from an INI or TOML file")
      ->envname("UNDERSTUDY_CONFIG");
  app.allow_config_extras(false);
  add_flags(app, config, raw);
  warn_of_unread_variables(variables_of(app), config.warnings);
  const std::vector<std::string> given = translated->arguments;
  const std::vector<std::string> environment = flags_of_environment(app);
  translated->arguments.insert(translated->arguments.begin(), environment.begin(),
                               environment.end());
  try {
    std::vector<std::string> reversed(translated->arguments.rbegin(), translated->arguments.rend());
    app.parse(std::move(reversed));
  } catch (const CLI::CallForHelp&) {
    const std::string_view own = verb_help(config.verb);
    return Unexpected<EarlyExit>{{0, own.empty() ? app.help() : std::string(own)}};
  } catch (const CLI::ConfigError& error) {
    return Unexpected<EarlyExit>{wrong_arguments(config_file_error(app, error.what()))};
  } catch (const CLI::ParseError& error) {
    return Unexpected<EarlyExit>{wrong_arguments(
        blame_variable(app, error.what(), environment, given) + suggestion(app, given))};
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
  const std::string wrong = apply_values(raw, *translated, app, config);
  if (!wrong.empty()) {
    return Unexpected<EarlyExit>{wrong_arguments(blame_variable(app, wrong, environment, given))};
  }
  warn_of_idle_knobs(config.server.engine.simulation, config.warnings);
  return config;
}

}  // namespace understudy
