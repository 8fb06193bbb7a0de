// The program's flags: names, help, groups, and what each may be. Inside this room only.
#pragma once

namespace CLI {
class App;
}  // namespace CLI

namespace understudy {

struct Config;
struct FlagValues;

/// Tells `app` of all flags of the server, and of the verb in `config`. They are read into `config`
/// and `raw`, which must outlive the parse.
void add_flags(CLI::App& app, Config& config, FlagValues& raw);

}  // namespace understudy
