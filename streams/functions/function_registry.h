// FunctionRegistry: the functions there are, and the one way to invoke them. Bounds how many run at
// once and how many wait.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/random.h"
#include "streams/functions/function.h"
#include "streams/functions/worker_threads.h"

namespace understudy {

class WebServer;

/// What a function prints, a line at a time, and what happens to its process. Any thread.
using FunctionLog = std::function<void(std::string_view function, std::string_view line)>;

struct FunctionRegistryOptions {
  std::string region = "us-east-1";
  std::string account_id = "000000000000";
  /// For callbacks; 0: they run in place.
  unsigned threads = 0;
  FunctionLog log;
  /// What every process is told besides what Lambda tells ("AWS_ENDPOINT_URL_DYNAMODB", …).
  std::vector<std::pair<std::string, std::string>> environment;
};

/// A function as it is described to others.
struct FunctionDescription {
  FunctionSettings settings;
  std::string arn;
  std::uint16_t runtime_port = 0;  ///< where its runtime API is; 0: it has none
  Microseconds modified = 0;
};

/// The one version that functions have here.
inline constexpr std::string_view kLatestVersion = "$LATEST";
/// What follows the name in "name:qualifier", a partial ARN or an ARN; empty: nothing.
std::string_view function_qualifier(std::string_view name_or_arn);

/// Thread-safe. Must outlive the web server's run and its own workers' work.
class FunctionRegistry {
 public:
  /// `web` may be null: then there are callbacks only.
  FunctionRegistry(const Clock& clock, const Random& random, FunctionRegistryOptions options,
                   WebServer* web);
  ~FunctionRegistry();
  FunctionRegistry(const FunctionRegistry&) = delete;
  FunctionRegistry& operator=(const FunctionRegistry&) = delete;

  /// Adds a function; a command is started. Error: one sentence for a person.
  Expected<void, std::string> add(FunctionSettings settings);
  /// More that processes are told. Before the first of them is added.
  void add_environment(std::vector<std::pair<std::string, std::string>> environment);
  bool remove(std::string_view name);

  /// `done` is called once, from any thread, or before this returns.
  void invoke(std::string_view name, FunctionInvocation invocation, FunctionDone done);

  /// The name in a name, a partial ARN ("account:function:name") or an ARN, each with or without
  /// :qualifier; nullopt: there is no such function, or the qualifier is another than $LATEST:
  /// nobody can publish versions or make aliases here.
  [[nodiscard]] std::optional<std::string> resolve(std::string_view name_or_arn) const;
  /// Of a name or a partial ARN, its qualifier kept; an ARN stays as it is.
  [[nodiscard]] std::string arn_of(std::string_view name) const;
  [[nodiscard]] std::optional<FunctionDescription> describe(std::string_view name) const;
  /// Sorted by name.
  [[nodiscard]] std::vector<FunctionDescription> list() const;
  [[nodiscard]] const FunctionRegistryOptions& options() const { return options_; }

  /// A UUID, from the registry's stream of chance.
  std::string make_id();
  /// Lets running callbacks finish, drops those that wait.
  void stop();

 private:
  struct Entry;
  void run(const std::shared_ptr<Entry>& entry, FunctionInvocation invocation, FunctionDone done);
  void finished(const std::shared_ptr<Entry>& entry);

  const Clock& clock_;
  FunctionRegistryOptions options_;
  WebServer* web_;
  WorkerThreads workers_;
  mutable std::mutex mutex_;
  Random random_;  ///< under the mutex
  std::map<std::string, std::shared_ptr<Entry>, std::less<>> functions_;
  /// Their ports are open until the web server ends: what answers there must live as long.
  std::vector<std::shared_ptr<Entry>> removed_;
};

}  // namespace understudy
