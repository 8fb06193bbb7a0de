// Lane: batches of one shard that are processed one after the other: one invocation at a time, in
// order, again until it succeeds or is given up. A shard has as many lanes as its mapping's
// parallelization factor; records of one key share a lane. Pure: says what to do, does nothing.
// Not thread-safe.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "streams/mappings/mapping_settings.h"
#include "streams/mappings/record_source.h"

namespace understudy {

/// Why records are given up.
enum class GivenUp : std::uint8_t { kRetriesExhausted, kRecordTooOld };

/// Records in a row that go to the function together.
struct RecordBatch {
  std::vector<SourceRecord> records;
  std::int64_t failures = 0;  ///< invocations that failed
  std::int64_t tries = 0;     ///< attempts to invoke since the last success, for the pause
  Microseconds not_before = 0;
  // Of tumbling windows only:
  std::optional<Microseconds> window_start;
  bool final_of_window = false;
};

/// Records that are given up, to be told to the destination.
struct GivenUpBatch {
  GivenUp why = GivenUp::kRetriesExhausted;
  std::vector<SourceRecord> records;
  std::int64_t invocations = 0;
  bool reported = false;  ///< by batchItemFailures, so there was no function error
};

class Lane {
 public:
  void push(SourceRecord record, Microseconds now);
  [[nodiscard]] std::size_t buffered() const { return pending_.size(); }
  /// Nothing is pending, under way or to be told.
  [[nodiscard]] bool empty() const;

  /// The batch to invoke the function with now, or nullptr: nothing is there, the window is open,
  /// the pause not over, or an invocation is under way. Records too old go to given_up(). `flush`:
  /// the shard has ended, do not wait for more.
  const RecordBatch* next(const MappingSettings& settings, Microseconds now, bool flush);
  /// next()'s batch is under way from now on.
  void begin() { invoking_ = true; }
  /// The batch of the invocation that begin() told of.
  [[nodiscard]] const RecordBatch& under_way() const { return work_.front(); }
  /// When next() may answer something else than now; INT64_MAX: only when records come.
  [[nodiscard]] Microseconds next_due(const MappingSettings& settings) const;

  /// How the invocation ended.
  void succeeded(std::string_view window_state);
  /// The function did not run: does not count as an attempt.
  void unreachable(Microseconds now);
  /// `first_failed`: sequence number from which on records are to be tried again; nullopt: all.
  void failed(const MappingSettings& settings, Microseconds now,
              const std::optional<std::string>& first_failed);

  /// Records that are given up and not told yet; pop_given_up() once they are.
  [[nodiscard]] const GivenUpBatch* given_up() const {
    return given_up_.empty() ? nullptr : &given_up_.front();
  }
  void pop_given_up() { given_up_.pop_front(); }
  [[nodiscard]] const std::string& window_state() const { return window_state_; }

 private:
  [[nodiscard]] bool batch_is_ready(const MappingSettings& settings, Microseconds now,
                                    bool flush) const;
  void form_batch(const MappingSettings& settings, Microseconds now, bool flush);
  void drop_old(const MappingSettings& settings, Microseconds now);
  void give_up(GivenUp why, RecordBatch batch, bool reported);

  std::deque<SourceRecord> pending_;
  std::size_t pending_bytes_ = 0;
  Microseconds pending_since_ = 0;
  std::deque<RecordBatch> work_;  ///< formed batches in order, halves of a bisected one among them
  std::deque<GivenUpBatch> given_up_;
  bool invoking_ = false;
  std::optional<Microseconds> window_start_;  ///< of the tumbling window that is open
  std::string window_state_ = "{}";
};

}  // namespace understudy
