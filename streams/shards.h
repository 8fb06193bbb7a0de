// ShardTree: the shards of one stream: ranges of the key space that are open one after another,
// with the records written meanwhile. A shard closes when it has been open long enough, when its
// table's partition is divided or merged, and when the stream ends; its children name it as their
// parent. Rollovers happen when someone next looks, at the times when they were due: no timer is
// needed, and it comes out the same. Not thread-safe: guarded by its log.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "emulator/capacity/key_position.h"
#include "emulator/capacity/partitions.h"
#include "emulator/clock/clock.h"
#include "streams/sequence_number.h"
#include "streams/shard_meter.h"
#include "streams/stream_reader.h"
#include "streams/stream_record.h"

namespace understudy {

struct StreamShard {
  ShardNumber number = 0;
  std::string id;
  std::optional<ShardNumber> parent;
  std::string parent_id;
  KeyPosition first;
  std::optional<KeyPosition> end;  ///< exclusive; nullopt: the end of the key space
  Microseconds opened = 0;
  std::optional<Microseconds> closed;
  SequenceNumber starting = 0;
  std::optional<SequenceNumber> ending;
  SequenceNumber trimmed = 0;  ///< the last record that is gone; 0: none
  std::deque<StreamRecord> records;
  std::optional<ShardMeter> meter;  ///< only where its readers are limited

  /// The last number given to it: its last record's, or where it starts.
  [[nodiscard]] SequenceNumber last() const {
    return records.empty() ? std::max(starting, trimmed) : records.back().sequence;
  }
  /// Where reading may begin.
  [[nodiscard]] SequenceNumber horizon() const { return trimmed > 0 ? trimmed + 1 : starting; }
  /// The first record at or after that position.
  [[nodiscard]] std::deque<StreamRecord>::const_iterator find(SequenceNumber from) const;
};

class ShardTree {
 public:
  /// `cuts`: where the table's partitions begin. `life`: how long a shard stays open.
  ShardTree(std::uint64_t salt, std::shared_ptr<const PartitionCuts> cuts, Microseconds life,
            Microseconds now);

  /// Brings it to `now`: closes what was open too long, forgets closed shards that ended
  /// `retention` ago or earlier, with their records.
  void roll(Microseconds now, Microseconds retention);
  /// The table's partitions are others now. Quick where they are the same.
  void follow(const std::shared_ptr<const PartitionCuts>& cuts, Microseconds now) {
    if (cuts != followed_ && cuts != nullptr) {
      followed_ = cuts;
      reshape(cuts, now);
    }
  }
  /// Divides an open shard in the middle of its range, without its table's doing: until the table's
  /// partitions change. False: it is not open, or too narrow.
  bool split(ShardNumber number, Microseconds now);
  /// Closes all shards for good.
  void close(Microseconds now);

  /// The open shard of that position, with the number its next record gets. Needs an open tree.
  StreamShard& open_shard(const KeyPosition& position) { return *open_[cuts_->find(position)]; }
  SequenceNumber next_sequence() { return last_->fetch_add(1, std::memory_order_relaxed) + 1; }

  /// In the order of their numbers, and of their ids.
  [[nodiscard]] const std::deque<std::unique_ptr<StreamShard>>& shards() const { return shards_; }
  /// nullptr: not there any more, or not yet.
  [[nodiscard]] StreamShard* find(ShardNumber number) const;
  [[nodiscard]] bool is_open() const { return !open_.empty(); }
  /// When an open shard will have been open long enough.
  [[nodiscard]] Microseconds next_roll() const {
    return open_.empty() || life_ <= 0 ? INT64_MAX : next_roll_;
  }
  /// A tree with the same past and records. Both may give numbers: none is given twice.
  [[nodiscard]] ShardTree copy() const;

 private:
  ShardTree() = default;
  void reshape(const std::shared_ptr<const PartitionCuts>& cuts, Microseconds now);
  void roll_open(Microseconds now);
  StreamShard& open(const KeyPosition& first, const std::optional<KeyPosition>& end,
                    const StreamShard* parent, Microseconds now);
  static void close_shard(StreamShard& shard, Microseconds now);
  std::string new_id(Microseconds now);

  std::uint64_t salt_ = 0;
  Microseconds life_ = 0;
  std::shared_ptr<const PartitionCuts> cuts_;
  std::shared_ptr<const PartitionCuts> followed_;  ///< the table's, as last seen
  std::deque<std::unique_ptr<StreamShard>> shards_;
  std::vector<StreamShard*> open_;  ///< by partition
  ShardNumber numbers_ = 0;
  /// The last number given in the stream. Copies share it: readers go on behind the last record
  /// that they saw, so what is written after a snapshot was restored must come behind that.
  std::shared_ptr<std::atomic<SequenceNumber>> last_ =
      std::make_shared<std::atomic<SequenceNumber>>(0);
  Microseconds next_roll_ = 0;  ///< when the first open shard has been open long enough
  std::int64_t last_id_ms_ = 0;
};

/// `count` equal ranges of the hash.
std::shared_ptr<const PartitionCuts> equal_cuts(std::size_t count);

}  // namespace understudy
