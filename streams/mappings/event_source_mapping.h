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
#include "streams/mappings/lane.h"
#include "streams/mappings/mapping.h"
#include "streams/mappings/record_source.h"

namespace understudy {

class EventSourceMapping final : public Mapping,
                                 public std::enable_shared_from_this<EventSourceMapping> {
 public:
  EventSourceMapping(const MappingContext& context, std::string id, MappingSettings settings);
  ~EventSourceMapping() override;

  Expected<void, SourceError> start() override;
  void stop() override;
  void update(MappingSettings settings) override;

  [[nodiscard]] const std::string& id() const override { return id_; }
  [[nodiscard]] MappingSettings settings() const override;
  [[nodiscard]] MappingCounters counters() const override;
  [[nodiscard]] std::string last_result() const override;

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
  std::map<std::string, SourcePosition> finished_;  ///< shards read to their end, and that end
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
