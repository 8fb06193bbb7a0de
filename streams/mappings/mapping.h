// Mapping: what all event source mappings have in common, whatever they read from.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "emulator/base/expected.h"
#include "streams/functions/function_registry.h"
#include "streams/mappings/mapping_settings.h"
#include "streams/mappings/record_source.h"

namespace understudy {

class MessageSource;
class Scheduler;

/// Where batches that are given up go. `done(false)`: not delivered, try again later. Called from
/// any thread; `done` is called once, from any thread, or before this returns.
using FailureDestination = std::function<void(const std::string& destination, std::string body,
                                              std::function<void(bool delivered)> done)>;

/// All must outlive the mappings.
struct MappingContext {
  const Clock& clock;
  Scheduler& scheduler;
  FunctionRegistry& functions;
  RecordSource& source;
  FailureDestination deliver;       ///< may be empty: what is given up is only counted
  MessageSource* queues = nullptr;  ///< may be null: there are none
};

struct MappingCounters {
  std::uint64_t records_read = 0;
  std::uint64_t records_filtered = 0;
  std::uint64_t records_delivered = 0;  ///< in invocations that succeeded
  std::uint64_t records_given_up = 0;
  std::uint64_t invocations = 0;
  std::uint64_t failures = 0;  ///< of invocations, unreachable functions among them
  std::uint64_t trimmed = 0;   ///< times that records were gone before they were read
};

/// Thread-safe.
class Mapping {
 public:
  Mapping() = default;
  virtual ~Mapping() = default;
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;

  /// Remembers where to begin, and begins. Error: what it reads from is not there.
  virtual Expected<void, SourceError> start() = 0;
  /// Nothing is invoked any more; what is under way ends.
  virtual void stop() = 0;
  /// From the next batch on.
  virtual void update(MappingSettings settings) = 0;

  [[nodiscard]] virtual const std::string& id() const = 0;
  [[nodiscard]] virtual MappingSettings settings() const = 0;
  [[nodiscard]] virtual MappingCounters counters() const = 0;
  /// "No records processed", "OK", "PROBLEM: Function call failed".
  [[nodiscard]] virtual std::string last_result() const = 0;
};

}  // namespace understudy
