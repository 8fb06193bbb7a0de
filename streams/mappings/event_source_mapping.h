// EventSourceMapping: carries the records of one stream to one function: at least once, in order
// per key. A function that fails or is down blocks its lane; nothing is lost but what the settings
// say is to be given up. Driven by the scheduler: the same in virtual and in real time.
//
// Thread-safe. One thread at a time works; what others bring meanwhile waits in an inbox.
#pragma once

#include <atomic>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "emulator/clock/scheduler.h"
#include "streams/functions/function_registry.h"
#include "streams/mappings/lane.h"
#include "streams/mappings/mapping_settings.h"
#include "streams/mappings/record_source.h"

namespace understudy {

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
  FailureDestination deliver;  ///< may be empty: what is given up is only counted
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

class EventSourceMapping : public std::enable_shared_from_this<EventSourceMapping> {
 public:
  EventSourceMapping(const MappingContext& context, std::string id, MappingSettings settings);
  ~EventSourceMapping();
  EventSourceMapping(const EventSourceMapping&) = delete;
  EventSourceMapping& operator=(const EventSourceMapping&) = delete;

  /// Remembers where to begin, and begins. Error: the stream is not there.
  Expected<void, SourceError> start();
  /// Nothing is invoked any more; what is under way ends.
  void stop();
  /// From the next batch on.
  void update(MappingSettings settings);

  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] MappingSettings settings() const;
  [[nodiscard]] MappingCounters counters() const;
  /// "No records processed", "OK", "PROBLEM: Function call failed".
  [[nodiscard]] std::string last_result() const;

 private:
  struct LaneState {
    Lane lane;
    bool telling = false;  ///< the destination is being told
    Microseconds tell_not_before = 0;
  };
  struct Shard {
    std::string id;
    std::string parent;
    SourcePosition position;
    bool ended = false;  ///< nothing more to read
    std::vector<std::unique_ptr<LaneState>> lanes;
  };
  /// What happened outside of the working thread.
  struct Completion {
    std::string shard;
    std::size_t lane = 0;
    bool told = false;  ///< of the destination, else of the function
    bool delivered = false;
    FunctionResult result;
  };

  void run();
  void wake_at(Microseconds due);
  void work(Microseconds now);
  void apply(Completion& completion, const MappingSettings& settings, Microseconds now);
  void apply_return(LaneState& lane, const FunctionResult& result, const MappingSettings& settings,
                    Microseconds now);
  void refresh_shards(bool first);
  [[nodiscard]] bool may_read(const Shard& shard) const;
  [[nodiscard]] static bool finished(const Shard& shard);
  bool read(Shard& shard, const MappingSettings& settings, Microseconds now);
  void serve(Shard& shard, std::size_t index, const MappingSettings& settings, Microseconds now);
  void invoke(const Shard& shard, std::size_t index, const RecordBatch& batch,
              const MappingSettings& settings);
  void tell(const Shard& shard, std::size_t index, const MappingSettings& settings,
            Microseconds now);
  void complete(Completion completion);
  void count(std::uint64_t MappingCounters::*which, std::uint64_t by = 1);

  const MappingContext context_;
  const std::string id_;
  std::shared_ptr<void> watch_;

  // Of whoever works:
  std::map<std::string, Shard> shards_;
  std::map<std::string, bool> finished_;  ///< shards that were read to their end
  bool look_for_shards_ = false;

  std::atomic<int> runs_{0};  ///< asked for since the last one ended; 0: nobody works
  mutable std::mutex mutex_;
  MappingSettings settings_;
  MappingCounters counters_;
  std::string last_result_ = "No records processed";
  std::deque<Completion> inbox_;
  bool stopped_ = false;
  std::mutex wake_mutex_;
  Scheduler::Ticket ticket_{INT64_MAX, 0};
};

}  // namespace understudy
