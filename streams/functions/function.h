// A function: a name with a target that takes an event (JSON) and returns a result (JSON). What is
// invoked by the Lambda API, by event source mappings and by gateways alike.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "emulator/base/expected.h"
#include "emulator/clock/clock.h"

namespace understudy {

/// A C++ function as a target. Its error becomes {"errorMessage": …, "errorType": "Error"}. Called
/// from any thread, or in place where the registry has no threads; may call the engine.
using FunctionCallback = std::function<Expected<std::string, std::string>(std::string_view event)>;

/// Exactly one of `command`, `url`, `callback` or `external_runtime` says where the code is.
struct FunctionSettings {
  std::string name;  ///< 1 to 64 of A–Z a–z 0–9 - _
  std::string description;
  std::string handler;  ///< as described back; also _HANDLER of the process

  /// A program with AWS's runtime client in it ("python -m awslambdaric module.handler"): started,
  /// and started again when it ends.
  std::vector<std::string> command;
  std::string directory;  ///< it runs there; empty: where the server runs
  std::vector<std::pair<std::string, std::string>> environment;
  /// Somebody else starts the program: it asks for work at `runtime_port`.
  bool external_runtime = false;
  std::uint16_t runtime_port = 0;  ///< of the runtime API; 0: any free one
  /// Another server, as the Lambda Runtime Interface Emulator: events are posted to
  /// <url>/2015-03-31/functions/function/invocations unless the URL has a path.
  std::string url;
  FunctionCallback callback;

  std::chrono::milliseconds timeout{3'000};  ///< Lambda's default; callbacks have none
  unsigned memory_mb = 128;                  ///< told to the function, not enforced
  /// Invocations at a time, further ones wait. For commands: processes. 0: 1 for commands and
  /// runtimes, 1000 else (an account's limit).
  unsigned concurrency = 0;
};

struct FunctionInvocation {
  std::string payload;         ///< the event
  std::string client_context;  ///< as sent, base64; empty: none
  bool wants_log = false;
  // Set by the registry:
  std::string request_id;
  std::string function_arn;
};

struct FunctionResult {
  enum class Outcome : std::uint8_t {
    kReturned,
    kFailed,       ///< the function ran and failed, timed out or crashed; payload is the error
    kUnreachable,  ///< it never ran: too many wait, nothing answers there
  };
  Outcome outcome = Outcome::kReturned;
  std::string payload;
  std::string log_tail;    ///< last 4 KB of what it printed, where the target knows
  std::string request_id;  ///< of the invocation
};
using FunctionDone = std::function<void(FunctionResult result)>;

/// {"errorMessage":…,"errorType":…} as the payload of a failure.
FunctionResult function_failure(std::string_view type, std::string_view message);
FunctionResult function_unreachable(std::string_view message);

/// Where the code of one function is. `done` is called once, from any thread.
class FunctionTarget {
 public:
  FunctionTarget() = default;
  virtual ~FunctionTarget() = default;
  FunctionTarget(const FunctionTarget&) = delete;
  FunctionTarget& operator=(const FunctionTarget&) = delete;

  virtual void invoke(FunctionInvocation invocation, FunctionDone done) = 0;
};

}  // namespace understudy
