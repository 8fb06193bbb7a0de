// FunctionHost: functions, event source mappings and WebSocket gateways beside one engine, put
// together. Adds the Lambda API to the engine's port.
//
//   FunctionHost host(engine, streams, {});
//   host.functions().add({.name = "push", .callback = …});
//   host.mappings().create(R"({"FunctionName":"push","EventSourceArn":"…",…})");
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "streams/functions/function_registry.h"
#include "streams/gateway/gateway.h"
#include "streams/mappings/event_source_mappings.h"

namespace understudy {

class Engine;
class MessageSource;
class Streams;
class WebServer;

struct FunctionHostOptions {
  /// A thread for ports and processes. Without: callbacks are all there is.
  bool network = false;
  /// For callbacks; 0: they run in place, as due work of the scheduler: deterministic.
  unsigned threads = 0;
  FunctionLog log;
  /// Where batches go that mappings give up, besides "http://…" (network only), and which places
  /// there are.
  FailureDestination deliver;
  EventSourceMappings::CheckDestination check_destination;
  /// Queues that mappings may read; null: none. Must outlive the host.
  MessageSource* queues = nullptr;
};

/// Thread-safe, but for its making and its end.
class FunctionHost {
 public:
  /// `engine` and `streams` must outlive it, and the engine's last request must be done before its
  /// end. Before the engine's first request.
  FunctionHost(Engine& engine, Streams& streams, FunctionHostOptions options = {});
  ~FunctionHost();
  FunctionHost(const FunctionHost&) = delete;
  FunctionHost& operator=(const FunctionHost&) = delete;

  [[nodiscard]] FunctionRegistry& functions();
  [[nodiscard]] EventSourceMappings& mappings();
  /// Opens a WebSocket API. Error: one sentence for a person. The gateway lives as long as this.
  Expected<WebSocketGateway*, std::string> add_gateway(
      WebSocketApiSettings settings, std::shared_ptr<const TlsIdentity> identity = nullptr);
  [[nodiscard]] std::vector<WebSocketGateway*> gateways() const;
  /// Ends mappings, connections, processes and threads. Harmless twice.
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace understudy
