#include "emulator/server/verbs.h"

#include <algorithm>
#include <numeric>

namespace understudy {
namespace {

struct VerbRow {
  std::string_view name;
  Verb verb;
  std::string_view meaning;
  std::string_view help = {};  ///< of a verb that heeds few of the server's flags
};

constexpr std::string_view kReplayHelp =
    R"(understudy replay FILE [--endpoint URL] [--what-if FILE]
  Asks again what 'understudy serve --record FILE' wrote down, in this process on a clock that is
  put to each request's time, and says which answers differ. Exit code 0: none, 1: some,
  2: it could not begin.
  --endpoint URL     ask that server instead; its clock and seed are set by its admin API
  --admin-token T    that API's token (UNDERSTUDY_ADMIN_TOKEN)
  --what-if FILE     under another capacity, as that file says: prints who would have been refused.
                     Lines like "burst_seconds: 60" ('understudy knobs' lists them)

  understudy serve --throttle --record day.jsonl
  understudy replay day.jsonl
  understudy replay day.jsonl --what-if knobs.yaml
)";

constexpr std::string_view kKnobsHelp =
    R"(understudy knobs [--profile aws-like] [--knob NAME=VALUE]... [--knobs FILE]
  Prints every constant of the capacity, consistency and stream models: name, value, unit, meaning
  and source, as they would be with those flags.
)";

constexpr std::string_view kHealthcheckHelp =
    R"(understudy healthcheck [--host HOST] [--port PORT] [--tls-cert FILE --tls-key FILE]
  Exit code 0: the server at HOST:PORT (127.0.0.1:8000) answers GET /ready; 1: it does not, and a
  line on stderr says why. With the flags of TLS it asks by HTTPS. For HEALTHCHECK in a container.
)";

constexpr VerbRow kVerbs[] = {
    {"serve", Verb::kServe, "listen and answer as DynamoDB (what it does without a verb)"},
    {"seed", Verb::kSeed, "tables and items of files into a running server (seed --help)"},
    {"import", Verb::kImport, "the same for what export wrote"},
    {"export", Verb::kExport, "tables and items of a running server into files"},
    {"drill", Verb::kDrill, "load, retries and scaling in virtual time (drill --help)"},
    {"replay", Verb::kReplay, "ask again what --record wrote down, tell what differs", kReplayHelp},
    {"knobs", Verb::kKnobs, "every constant of the models, with meaning and source", kKnobsHelp},
    {"healthcheck", Verb::kHealthcheck, "exit 0 when a server is ready", kHealthcheckHelp},
    {"version", Verb::kVersion, "print the version"},
};

/// Changes of one letter between two words (Levenshtein).
std::size_t distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> row(right.size() + 1);
  std::iota(row.begin(), row.end(), 0);
  for (std::size_t i = 0; i < left.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < right.size(); ++j) {
      const std::size_t replaced = diagonal + (left[i] == right[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

}  // namespace

std::optional<Verb> find_verb(std::string_view word) {
  const auto* row = std::ranges::find(kVerbs, word, &VerbRow::name);
  return row == std::end(kVerbs) ? std::nullopt : std::optional(row->verb);
}

std::string verb_list() {
  constexpr std::size_t kMeaningColumn = 14;
  std::string list = "Verbs:\n";
  for (const VerbRow& row : kVerbs) {
    list.append("  ").append(row.name).append(kMeaningColumn - row.name.size(), ' ');
    list.append(row.meaning).append("\n");
  }
  return list;
}

std::string_view verb_help(Verb verb) {
  return std::ranges::find(kVerbs, verb, &VerbRow::verb)->help;
}

std::string_view nearest_word(std::string_view word, const std::vector<std::string>& words) {
  constexpr std::size_t kLettersPerChange = 3;
  std::string_view nearest;
  std::size_t fewest = word.size() / kLettersPerChange + 1;
  for (const std::string& candidate : words) {
    const std::size_t changes = distance(word, candidate);
    if (changes < fewest) {
      fewest = changes;
      nearest = candidate;
    }
  }
  return nearest;
}

std::string unknown_verb(std::string_view word) {
  std::vector<std::string> names;
  for (const VerbRow& row : kVerbs) {
    names.emplace_back(row.name);
  }
  std::string text = "there is no verb '" + std::string(word) + "'";
  if (const std::string_view near = nearest_word(word, names); !near.empty()) {
    text.append("; did you mean '").append(near).append("'?");
  }
  return text;
}

}  // namespace understudy
