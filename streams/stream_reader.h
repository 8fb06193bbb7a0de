// StreamReader: reading streams in-process, without requests: what event source mappings stand on.
// The four stream operations read the same way. Thread-safe.
//
//   auto log = streams.find(tenant, arn);                     // null: no such stream
//   for (const ShardView& shard : log->shards(now)) …         // parents before children
//   RecordPage page = log->read(shard.number, position, {.records_max = 100}, now);
//   write_stream_record(out, log->info(), page.records[0], RecordForm::kLambda);
//
// Hold no StreamLog over a snapshot's restore or a reset: look it up again (the ARN stays).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/clock/clock.h"
#include "streams/sequence_number.h"
#include "streams/stream_record.h"

namespace understudy {

/// Position of a shard among those its stream ever had, from 0.
using ShardNumber = std::uint32_t;

/// A shard as DescribeStream shows it.
struct ShardView {
  ShardNumber number = 0;
  std::string id;
  std::optional<ShardNumber> parent;
  std::string parent_id;  ///< empty: none. May be that of a shard that is not listed any more.
  SequenceNumber starting = 0;
  std::optional<SequenceNumber> ending;  ///< of a closed shard: its last record's
};

/// How much to read at once.
struct PageLimits {
  std::size_t records_max = 1000;
  std::size_t bytes_max =
      std::size_t{1024} * 1024;  ///< of record_size_bytes; one record always fits
  /// Later ones are held back, as if they had not arrived yet (fault rules).
  std::optional<Microseconds> made_until;
};

struct RecordPage {
  enum class Status : std::uint8_t {
    kOpen,     ///< there may be more now or later
    kEnd,      ///< the shard is closed and read to its end: go on with its children
    kTrimmed,  ///< records at the position are gone (24 h, memory): no records are given
    kUnknown,  ///< there is no such shard any more
  };
  Status status = Status::kOpen;
  std::vector<StreamRecord> records;
  SequenceNumber next = 0;  ///< where to read on
  /// Age of the newest record in the shard that was not read, for metrics: its time; 0: all read.
  Microseconds behind_since = 0;
};

class StreamReader {
 public:
  StreamReader() = default;
  virtual ~StreamReader() = default;
  StreamReader(const StreamReader&) = delete;
  StreamReader& operator=(const StreamReader&) = delete;

  [[nodiscard]] virtual const StreamInfo& info() const = 0;
  /// Shards not trimmed yet, in the order of their ids: parents before children.
  [[nodiscard]] virtual std::vector<ShardView> shards(Microseconds now) = 0;
  /// Records from position `from` on (a record's number, or any between).
  [[nodiscard]] virtual RecordPage read(ShardNumber shard, SequenceNumber from,
                                        const PageLimits& limits, Microseconds now) = 0;
  /// Positions to begin at; nullopt: there is no such shard.
  [[nodiscard]] virtual std::optional<SequenceNumber> trim_horizon(ShardNumber shard,
                                                                   Microseconds now) = 0;
  [[nodiscard]] virtual std::optional<SequenceNumber> latest(ShardNumber shard,
                                                             Microseconds now) = 0;
  /// The first record made at or after `time`.
  [[nodiscard]] virtual std::optional<SequenceNumber> at_time(ShardNumber shard, Microseconds time,
                                                              Microseconds now) = 0;
  /// No more records will come: the stream was disabled, or its table deleted.
  [[nodiscard]] virtual bool ended() const = 0;
};

}  // namespace understudy
