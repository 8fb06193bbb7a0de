// Replication: how far the replicas of one table are behind (section E). The table's collections
// are what the leader has; followers, and global indexes, have it later. What a replica does not
// have yet is kept as a log of images to undo: a read of a replica takes the leader's state and
// undoes what has not arrived there. Lags are drawn from (seed, collection, partition, write), so
// runs repeat exactly. Not thread-safe: guarded by its table's lock. A value: snapshots copy it.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/capacity/knobs.h"
#include "emulator/model/item.h"
#include "emulator/model/key_codec.h"
#include "emulator/storage/collection.h"

namespace understudy {

/// The leader, then two followers.
enum class Replica : std::uint8_t { kLeader, kFollower1, kFollower2 };
inline constexpr std::size_t kReplicas = 3;
/// "leader", "follower-1", "follower-2".
std::string_view replica_name(Replica replica);

/// When something is at each replica.
using ArrivalTimes = std::array<Microseconds, kReplicas>;

/// What one collection's replicas do not have yet.
class ReplicaLog {
 public:
  /// Draws when the write that happens now will be where; at one partition the order is kept.
  /// `collection`: a name, for the draw. `index_lag`: it arrives at the leader late, too.
  /// `down_until`: followers that are down get it then.
  ArrivalTimes arrivals(const CapacityKnobs& knobs, std::string_view collection,
                        std::uint64_t partition, bool index_lag, const ArrivalTimes& down_until,
                        Microseconds now);
  /// Remembers what stood under the key (null: nothing) before the write.
  void add(const EncodedKey& key, ItemRef before, Microseconds written,
           const ArrivalTimes& arrivals, const CapacityKnobs& knobs, Microseconds now);

  /// What stands under the key at the replica, given what the leader's table holds. `age`: how long
  /// ago the oldest write that is missing was made; 0: none is.
  [[nodiscard]] ItemRef find(const EncodedKey& key, ItemRef current, Replica replica,
                             Microseconds now, Microseconds& age) const;
  /// The collection as the replica has it; `partition`: only that partition will be looked at.
  [[nodiscard]] Collection view(const Collection& current, Replica replica, Microseconds now,
                                std::optional<std::string_view> partition, Microseconds& age) const;
  /// Whether the first follower is further behind than the second.
  [[nodiscard]] Replica furthest_behind(Microseconds now) const;
  [[nodiscard]] bool empty() const { return missing_.empty(); }

 private:
  struct Missing {
    ArrivalTimes arrivals;
    Microseconds written = 0;
    std::string partition;
    std::string sort;
    KeyHash hash;
    ItemRef before;
  };
  struct Sequence {
    std::uint64_t writes = 0;
    ArrivalTimes last{};
  };
  void drop_arrived(const CapacityKnobs& knobs, Microseconds now);

  std::deque<Missing> missing_;  // In the order they were written.
  std::map<std::uint64_t, Sequence> sequences_;
};

class Replication {
 public:
  /// Of the table itself and its local indexes (index empty), or of a global index.
  ReplicaLog& log(std::string_view index);
  [[nodiscard]] const ReplicaLog* find_log(std::string_view index) const;

  /// Who answers the next eventually consistent read; nullopt: nobody is there.
  std::optional<Replica> choose(const CapacityKnobs& knobs, std::string_view index,
                                Microseconds now);
  /// Until then the replica does not answer, and (a follower) gets nothing.
  void take_down(Replica replica, Microseconds until) {
    down_until_[static_cast<std::size_t>(replica)] = until;
  }
  [[nodiscard]] bool is_down(Replica replica, Microseconds now) const {
    return now < down_until_[static_cast<std::size_t>(replica)];
  }
  [[nodiscard]] const ArrivalTimes& down_until() const { return down_until_; }

 private:
  std::map<std::string, ReplicaLog, std::less<>> logs_;
  ArrivalTimes down_until_{};
  std::uint64_t reads_ = 0;
};

}  // namespace understudy
