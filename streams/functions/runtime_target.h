// RuntimeTarget: a function run by AWS's own runtime clients, which ask for work over the Lambda
// Runtime API (2018-06-01). A process per invocation at a time; each has an API port of its own, so
// that it is known who asks. All state lives on the web server's thread.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "streams/functions/function.h"
#include "streams/web/web_server.h"

namespace understudy {

struct FunctionRegistryOptions;

class RuntimeTarget final : public FunctionTarget,
                            public std::enable_shared_from_this<RuntimeTarget> {
 public:
  /// Opens the first port and starts the first process; not from the web server's thread. Error:
  /// one sentence for a person.
  static Expected<std::shared_ptr<RuntimeTarget>, std::string> open(
      WebServer& web, const Clock& clock, const FunctionSettings& settings,
      const FunctionRegistryOptions& options);
  ~RuntimeTarget() override;

  void invoke(FunctionInvocation invocation, FunctionDone done) override;
  /// Of the first runtime API.
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  struct Work {
    FunctionInvocation invocation;
    FunctionDone done;
    WebServer::Ticket give_up = 0;  ///< while nobody took it
  };
  struct InFlight {
    Work work;
    WebServer::Ticket time_out = 0;
    std::string log;  ///< what was printed since, its last 4 KB
  };
  /// One runtime API port and, for commands, the process that asks there.
  class Slot;

  RuntimeTarget(WebServer& web, const Clock& clock, FunctionSettings settings,
                const FunctionRegistryOptions& options);
  Expected<void, std::string> add_slot(std::uint16_t port);
  Expected<void, std::string> start(Slot& slot);
  void restart_later(Slot& slot);
  void on_request(Slot& slot, WebExchangeRef exchange);
  void on_child_line(Slot& slot, std::string_view line);
  void on_child_ended(Slot& slot, const std::string& how);
  void on_result(Slot& slot, const WebExchange& exchange, bool failed, const std::string& id);
  void on_init_error(const std::string& payload);
  /// Hands waiting work to waiting runtimes.
  void dispatch();
  bool hand_out(Slot& slot);
  void on_time_out(Slot& slot, const std::string& id);
  void finish(InFlight in_flight, FunctionResult result);
  [[nodiscard]] ChildSettings child_settings(const Slot& slot) const;
  void log(std::string_view line) const;

  WebServer& web_;
  const Clock& clock_;
  const FunctionSettings settings_;
  const FunctionRegistryOptions& options_;
  std::uint16_t port_ = 0;
  std::deque<std::shared_ptr<Work>> waiting_;
  std::vector<std::unique_ptr<Slot>> slots_;
};

}  // namespace understudy
