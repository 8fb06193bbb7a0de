#include "emulator/table/replication.h"

#include <algorithm>
#include <utility>

namespace understudy {
namespace {

constexpr Microseconds kNever = INT64_MAX / 2;

std::uint64_t scramble(std::uint64_t value) {  // splitmix64
  value += 0x9E3779B97F4A7C15U;
  value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9U;
  value = (value ^ (value >> 27U)) * 0x94D049BB133111EBU;
  return value ^ (value >> 31U);
}

std::uint64_t hash_text(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  }
  return hash;
}

/// A lag for a draw that is even over 64 bits: half of the typical ones are below the median, 99 of
/// 100 below p99, none above twice that; in between they are even. Whole numbers only: the same
/// everywhere.
Microseconds typical_lag(const CapacityKnobs& knobs, std::uint64_t draw) {
  constexpr std::int64_t kShares = 10'000;
  constexpr std::int64_t kHalf = 5'000;
  constexpr std::int64_t kMost = 9'900;
  const auto share = static_cast<std::int64_t>(draw % kShares);
  const Microseconds median = knobs.lag_median_ms * kMillisecond;
  const Microseconds p99 = std::max(median, knobs.lag_p99_ms * kMillisecond);
  if (share < kHalf) {
    return median * share / kHalf;
  }
  if (share < kMost) {
    return median + (p99 - median) * (share - kHalf) / (kMost - kHalf);
  }
  return p99 + p99 * (share - kMost) / (kShares - kMost);
}

Microseconds drawn_lag(const CapacityKnobs& knobs, ReplicaLag kind, Replica replica,
                       std::uint64_t draw) {
  switch (kind) {
    case ReplicaLag::kOff:
      return 0;
    case ReplicaLag::kTypical:
      return typical_lag(knobs, draw);
    case ReplicaLag::kSlow:
      return static_cast<Microseconds>(
          draw % static_cast<std::uint64_t>(knobs.lag_slow_ms * kMillisecond + 1));
    case ReplicaLag::kStuckFollower:
      return replica == Replica::kFollower2 ? kNever : typical_lag(knobs, draw);
  }
  return 0;
}

Microseconds arrival(const ArrivalTimes& arrivals, Replica replica) {
  return arrivals[static_cast<std::size_t>(replica)];
}

}  // namespace

std::string_view replica_name(Replica replica) {
  constexpr std::array<std::string_view, kReplicas> kNames{"leader", "follower-1", "follower-2"};
  return kNames[static_cast<std::size_t>(replica)];
}

ArrivalTimes ReplicaLog::arrivals(const CapacityKnobs& knobs, std::string_view collection,
                                  std::uint64_t partition, bool index_lag,
                                  const ArrivalTimes& down_until, Microseconds now) {
  Sequence& sequence = sequences_[partition];
  const std::uint64_t base =
      scramble(scramble(static_cast<std::uint64_t>(knobs.seed) ^ hash_text(collection)) ^
               scramble(partition) ^ (++sequence.writes << 2U));
  ArrivalTimes times{};
  Microseconds at_leader = now;
  if (index_lag) {
    at_leader += drawn_lag(knobs, knobs.gsi_lag, Replica::kLeader, scramble(base));
  }
  for (std::size_t i = 0; i < kReplicas; ++i) {
    const auto replica = static_cast<Replica>(i);
    Microseconds at = at_leader;
    if (replica != Replica::kLeader) {
      at += drawn_lag(knobs, knobs.replica_lag, replica, scramble(base + i));
      at = std::max(at, down_until[i]);
    }
    times[i] = std::max(sequence.last[i], at);
  }
  sequence.last = times;
  return times;
}

void ReplicaLog::add(const EncodedKey& key, ItemRef before, Microseconds written,
                     const ArrivalTimes& arrivals, const CapacityKnobs& knobs, Microseconds now) {
  drop_arrived(knobs, now);
  if (std::ranges::all_of(arrivals, [now](Microseconds at) { return at <= now; })) {
    return;
  }
  missing_.push_back({arrivals, written, std::string(key.partition), std::string(key.sort),
                      key.hash, std::move(before)});
}

void ReplicaLog::drop_arrived(const CapacityKnobs& knobs, Microseconds now) {
  while (!missing_.empty() && (std::ranges::all_of(missing_.front().arrivals,
                                                   [now](Microseconds at) { return at <= now; }) ||
                               std::cmp_greater_equal(missing_.size(), knobs.replica_log_max))) {
    missing_.pop_front();
  }
}

ItemRef ReplicaLog::find(const EncodedKey& key, ItemRef current, Replica replica, Microseconds now,
                         Microseconds& age) const {
  for (const Missing& write : missing_) {
    if (arrival(write.arrivals, replica) > now && write.hash == key.hash &&
        write.sort == key.sort && write.partition == key.partition) {
      age = now - write.written;
      return write.before;
    }
  }
  return current;
}

Collection ReplicaLog::view(const Collection& current, Replica replica, Microseconds now,
                            std::optional<std::string_view> partition, Microseconds& age) const {
  Collection seen = current;
  for (auto write = missing_.rbegin(); write != missing_.rend(); ++write) {
    if (arrival(write->arrivals, replica) <= now || (partition && write->partition != *partition)) {
      continue;
    }
    age = now - write->written;
    const EncodedKey key{write->partition, write->sort, write->hash};
    if (write->before) {
      seen.put(key, write->before);
    } else {
      seen.erase(key);
    }
  }
  return seen;
}

Replica ReplicaLog::furthest_behind(Microseconds now) const {
  for (const Missing& write : missing_) {
    const bool first = arrival(write.arrivals, Replica::kFollower1) > now;
    const bool second = arrival(write.arrivals, Replica::kFollower2) > now;
    if (first != second) {
      return first ? Replica::kFollower1 : Replica::kFollower2;
    }
  }
  return Replica::kFollower1;
}

ReplicaLog& Replication::log(std::string_view index) {
  const auto found = logs_.find(index);
  return found != logs_.end() ? found->second : logs_[std::string(index)];
}

const ReplicaLog* Replication::find_log(std::string_view index) const {
  const auto found = logs_.find(index);
  return found == logs_.end() ? nullptr : &found->second;
}

std::optional<Replica> Replication::choose(const CapacityKnobs& knobs, std::string_view index,
                                           Microseconds now) {
  const std::uint64_t read = ++reads_;
  Replica first = Replica::kLeader;
  switch (knobs.eventual_reads) {
    case EventualReads::kAnyReplica:
      first = static_cast<Replica>(scramble(static_cast<std::uint64_t>(knobs.seed) ^ (read << 1U)) %
                                   kReplicas);
      break;
    case EventualReads::kAlwaysFresh:
      break;
    case EventualReads::kAlwaysStale:
      first = log(index).furthest_behind(now);
      break;
  }
  for (std::size_t i = 0; i < kReplicas; ++i) {
    const auto replica = static_cast<Replica>((static_cast<std::size_t>(first) + i) % kReplicas);
    if (!is_down(replica, now)) {
      return replica;
    }
  }
  return std::nullopt;
}

}  // namespace understudy
