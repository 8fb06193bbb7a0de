// What the program can be told to do, as rows: the first word on its command line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace understudy {

enum class Verb : std::uint8_t {
  kServe,
  kSeed,
  kImport,
  kExport,
  kDrill,
  kReplay,
  kKnobs,
  kHealthcheck,
  kVersion
};

/// Empty where no verb is called `word`.
std::optional<Verb> find_verb(std::string_view word);

/// A line for each verb: its name and what it does, for --help.
std::string verb_list();

/// The --help of a verb that heeds few of the server's flags; empty for the others.
std::string_view verb_help(Verb verb);

/// What `word` may have been meant as: the one of `words` that takes the fewest changes of a
/// letter, if those are few for its length. Empty otherwise.
std::string_view nearest_word(std::string_view word, const std::vector<std::string>& words);

/// Of a first word that is no verb: one line that says so, and what it may have been meant as.
std::string unknown_verb(std::string_view word);

}  // namespace understudy
