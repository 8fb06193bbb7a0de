// StreamLog: the records of one stream, from its beginning to 24 hours after its end. Written under
// its table's lock, read from anywhere; its own lock is held for moments only and no other is taken
// meanwhile. Thread-safe.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "emulator/base/guarded.h"
#include "streams/record_watch.h"
#include "streams/shards.h"
#include "streams/stream_reader.h"
#include "streams/stream_record.h"
#include "streams/streams.h"

namespace understudy {

/// What the records of all streams hold together, against a budget.
struct StreamMemory {
  explicit StreamMemory(std::size_t budget) : budget_bytes(budget) {}
  const std::size_t budget_bytes;
  std::atomic<std::size_t> used_bytes{0};
  [[nodiscard]] bool is_over() const {
    return used_bytes.load(std::memory_order_relaxed) > budget_bytes;
  }
};

class StreamLog final : public StreamReader {
 public:
  StreamLog(StreamInfo info, const StreamOptions& options,
            std::shared_ptr<const PartitionCuts> cuts);
  ~StreamLog() override;

  /// From now on its bytes count and its watchers are told. Once, before the first append.
  void join(std::shared_ptr<StreamMemory> memory, RecordWatch& watch);
  /// Adds a record. `cuts`: where the table's partitions begin now; null: as ever.
  void append(const Change& change, const std::shared_ptr<const PartitionCuts>& cuts);
  /// The table's partitions begin there now; null: as ever.
  void follow(const std::shared_ptr<const PartitionCuts>& cuts, Microseconds now);
  /// No more records will come.
  void end(Microseconds now);
  /// A log with the same past that has joined nothing.
  [[nodiscard]] std::shared_ptr<StreamLog> copy() const;

  /// When its oldest record was made; nullopt: it has none.
  [[nodiscard]] std::optional<Microseconds> oldest() const;
  /// Drops its oldest records until that many bytes are free. Returns how many were.
  std::size_t trim(std::size_t bytes);
  /// Divides an open shard, without its table's doing. False: it is not open, or too narrow.
  bool split(ShardNumber shard, Microseconds now);
  /// Whether a client may read that shard once more now; counts the call. A shard that is not there
  /// may be: reading it says so.
  bool admit_reader(ShardNumber shard, const ReaderLimits& limits, Microseconds now);
  /// What the call that was let in has read.
  void pay_read(ShardNumber shard, const std::vector<StreamRecord>& records);
  /// It ended so long ago that nobody can read it any more.
  [[nodiscard]] bool is_over(Microseconds now) const;

  [[nodiscard]] const StreamInfo& info() const override { return info_; }
  [[nodiscard]] std::vector<ShardView> shards(Microseconds now) override;
  [[nodiscard]] RecordPage read(ShardNumber shard, SequenceNumber from, const PageLimits& limits,
                                Microseconds now) override;
  [[nodiscard]] std::optional<SequenceNumber> trim_horizon(ShardNumber shard,
                                                           Microseconds now) override;
  [[nodiscard]] std::optional<SequenceNumber> latest(ShardNumber shard, Microseconds now) override;
  [[nodiscard]] std::optional<SequenceNumber> at_time(ShardNumber shard, Microseconds time,
                                                      Microseconds now) override;
  [[nodiscard]] bool ended() const override;

 private:
  struct State {
    explicit State(ShardTree given) : shards(std::move(given)) {}
    ShardTree shards;
    Microseconds newest = 0;  ///< time of the last record
    std::size_t bytes = 0;
    Microseconds next_settle = 0;  ///< before, time alone changes nothing here
    std::optional<Microseconds> ended;
  };

  StreamLog(StreamInfo info, const StreamOptions& options, const State& state);
  /// Brings shards and retention to `now`.
  void settle(State& state, Microseconds now) const {
    if (now >= state.next_settle) {
      settle_slowly(state, now);
    }
  }
  void settle_slowly(State& state, Microseconds now) const;
  std::size_t drop_front(State& state, StreamShard& shard) const;
  void uncount(std::size_t bytes) const;

  const StreamInfo info_;
  const Microseconds retention_;
  const Microseconds shard_life_;
  Guarded<State> state_;
  std::shared_ptr<StreamMemory> memory_;
  std::shared_ptr<RecordWatch::Channel> channel_;
  RecordWatch* watch_ = nullptr;
};

}  // namespace understudy
