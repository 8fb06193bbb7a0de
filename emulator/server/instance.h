// Instance: a whole emulator without a socket: the engine, and the services beside it, put together
// in one place. Server opens a port on one; fixtures and drills use it as it is.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "emulator/api/engine.h"
#include "emulator/clock/clock.h"
#include "streams/streams.h"

namespace understudy {

class AutoscalingService;
class FunctionHost;
class MetricSource;
class AdminService;
class JournalFan;
class QueueService;
class RuleBook;
class SteerableClock;
class Timeline;
struct FunctionHostOptions;

/// How an instance's own clock runs: time-scale 1 is the machine's time, 60 an hour per minute, 0
/// stands still until moved.
struct ClockMode {
  double rate = 1;
  std::optional<Microseconds> start;  ///< nullopt: begins at the machine's time
};

/// The admin API on the engine's port (emulator/admin).
struct AdminFeatures {
  bool enabled = true;
  bool open = true;              ///< whoever reaches the port may use it, unless there is a token
  std::string token;             ///< empty: none
  std::size_t journal_size = 0;  ///< requests kept for /_admin/requests; 0: none until asked for
};

/// What stands around the engine. Everything is off by default, or costs nothing until used.
struct Features {
  AdminFeatures admin;
  ClockMode clock;     ///< means nothing where EngineOptions::clock is set
  bool https = false;  ///< clients come by TLS: what the URLs of queues begin with
  StreamOptions streams;
  /// Functions, event source mappings, WebSocket APIs; null: there are none.
  std::shared_ptr<const FunctionHostOptions> functions;
};

/// Cheap enough for one per test. Thread-safe as the engine is.
class Instance {
 public:
  explicit Instance(EngineOptions options = {}, const Features& features = {});
  ~Instance();
  Instance(const Instance&) = delete;
  Instance& operator=(const Instance&) = delete;

  [[nodiscard]] Engine& engine();
  /// Queues beside the tables (SQS).
  [[nodiscard]] QueueService& queues();
  /// The fault rules in force (emulator/faults/fault.h): install, replace, remove, list.
  [[nodiscard]] RuleBook& faults();
  /// Reading streams without requests.
  [[nodiscard]] Streams& streams();
  /// nullptr where Features::functions is null.
  [[nodiscard]] FunctionHost* functions();

  /// Auto scaling of the tables; its call() is the API in-process. Scales where the engine meters.
  [[nodiscard]] AutoscalingService& autoscaling();
  /// Minute metrics of the tables: what auto scaling and CloudWatch see.
  [[nodiscard]] const MetricSource& metrics();

  /// Moves time on by `by` (not negative): all due work runs in order, each piece at its own time.
  /// Returns the time it is then. Needs a clock that can be moved: the instance's own, or the
  /// VirtualClock it was given.
  Microseconds advance(Microseconds by);
  /// Moves time to `to`. False, and nothing happened: that is past already.
  bool set_time(Microseconds to);
  [[nodiscard]] Timeline& timeline();
  /// The instance's own clock; nullptr where it was given another.
  [[nodiscard]] SteerableClock* steerable_clock();
  /// Whoever listens to finished requests adds itself here, before the first one.
  [[nodiscard]] JournalFan& journals();
  /// The admin API; nullptr where it is switched off.
  [[nodiscard]] AdminService* admin();
  /// The same for a port of its own that only this machine reaches: open unless there is a token.
  [[nodiscard]] AdminService* own_port_admin();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace understudy
