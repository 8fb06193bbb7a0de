#include "emulator/server/local_flags.h"

#include <algorithm>
#include <array>
#include <span>
#include <string_view>

namespace understudy {
namespace {

using Arguments = std::span<const std::string>;

bool is_called_java(std::string_view program) {
  return program.substr(program.rfind('/') + 1) == "java";
}

bool is_machine_option(std::string_view argument) {
  constexpr std::array<std::string_view, 4> kWhole = {"-server", "-client", "-ea", "-cp"};
  return argument.starts_with("-D") || argument.starts_with("-X") ||
         argument.starts_with("-javaagent:") || argument.starts_with("--add-") ||
         argument.starts_with("-verbose") || argument == "-classpath" ||
         std::ranges::find(kWhole, argument) != kWhole.end();
}

/// Drops what is for the Java machine: whatever comes before `-jar FILE`, or options and
/// `-cp PATH … CLASS`.
Arguments skip_machine_options(Arguments arguments) {
  const auto jar =
      static_cast<std::size_t>(std::ranges::find(arguments, "-jar") - arguments.begin());
  if (jar < arguments.size()) {
    return arguments.subspan(std::min(jar + 2, arguments.size()));
  }
  bool class_follows = false;
  while (!arguments.empty() && is_machine_option(arguments.front())) {
    const std::string& option = arguments.front();
    const bool has_value = option == "-cp" || option == "-classpath";
    class_follows = class_follows || has_value;
    arguments = arguments.subspan(std::min<std::size_t>(has_value ? 2 : 1, arguments.size()));
  }
  if (class_follows && !arguments.empty() && !arguments.front().starts_with("-")) {
    arguments = arguments.subspan(1);
  }
  return arguments;
}

struct LocalFlag {
  std::string_view name;         ///< without hyphens
  std::string_view replacement;  ///< empty: taken and forgotten
  bool has_value;
  bool keeps_value;
};

// -cors has a list of origins: we answer any origin, as DynamoDB itself does.
constexpr std::array<LocalFlag, 10> kLocalFlags = {{
    {"port", "--port", true, true},
    {"inMemory", "", false, false},
    {"sharedDb", "", false, false},
    {"cors", "--cors", true, false},
    {"delayTransientStatuses", "--transitions=aws-like", false, false},
    {"disableTelemetry", "", false, false},
    {"optimizeDbBeforeStartup", "", false, false},
    {"help", "--help", false, false},
    {"version", "--version", false, false},
    {"dbPath", "", true, false},
}};

/// DynamoDB Local takes two hyphens for one; a name that is ours as well is then ours, but for
/// `as_java`.
const LocalFlag* find_flag(std::string_view argument, bool as_java) {
  if (!argument.starts_with('-')) {
    return nullptr;
  }
  const std::size_t hyphens = argument.starts_with("--") ? 2 : 1;
  const std::string_view name = argument.substr(hyphens, argument.find('=') - hyphens);
  const auto* const flag = std::ranges::find(kLocalFlags, name, &LocalFlag::name);
  if (flag == kLocalFlags.end()) {
    return nullptr;
  }
  const bool ours = flag->replacement.ends_with(name);
  return hyphens == 2 && ours && !as_java ? nullptr : flag;
}

}  // namespace

Expected<TranslatedArguments, std::string> translate_local_flags(
    const std::vector<std::string>& arguments) {
  TranslatedArguments translated;
  Arguments rest(arguments);
  if (!rest.empty()) {
    translated.as_java = is_called_java(rest.front());
    rest = rest.subspan(1);
  }
  if (!rest.empty() && is_called_java(rest.front())) {
    translated.as_java = true;
    rest = rest.subspan(1);
  }
  const Arguments ours = skip_machine_options(rest);
  translated.as_java = translated.as_java || ours.size() != rest.size();
  translated.local_style = translated.as_java;
  for (std::size_t i = 0; i < ours.size(); ++i) {
    const std::string& argument = ours[i];
    const LocalFlag* flag = find_flag(argument, translated.as_java);
    if (flag == nullptr) {
      translated.arguments.push_back(argument);
      continue;
    }
    translated.local_style = true;
    translated.shared = translated.shared || flag->name == "sharedDb";
    if (flag->name == "dbPath") {
      return Unexpected<std::string>{
          "-dbPath: keeping tables in files is not there yet; leave it out to keep them in memory"};
    }
    const std::size_t equals = argument.find('=');
    std::string value;
    if (flag->has_value && equals != std::string::npos) {
      value = argument.substr(equals + 1);
    } else if (flag->has_value && i + 1 < ours.size()) {
      value = ours[++i];
    }
    if (flag->keeps_value && value.empty()) {
      return Unexpected<std::string>{argument + ": expected a value after it"};
    }
    if (!flag->replacement.empty()) {
      translated.arguments.emplace_back(flag->replacement);
    }
    if (flag->keeps_value) {
      translated.arguments.push_back(value);
    }
  }
  return translated;
}

}  // namespace understudy
