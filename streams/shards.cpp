#include "streams/shards.h"

#include <algorithm>
#include <cstdio>

#include "emulator/base/check.h"

namespace understudy {
namespace {

/// Mixes all bits; different numbers stay different (splitmix64's finalizer).
std::uint64_t mixed_salt(std::uint64_t value) {
  value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  value = (value ^ (value >> 27U)) * 0x94D049BB133111EBULL;
  return value ^ (value >> 31U);
}

bool overlaps(const StreamShard& shard, const KeyPosition& first,
              const std::optional<KeyPosition>& end) {
  return (!shard.end || first < *shard.end) && (!end || shard.first < *end);
}

bool same_range(const StreamShard& shard, const KeyPosition& first,
                const std::optional<KeyPosition>& end) {
  return shard.first == first && shard.end == end;
}

}  // namespace

std::deque<StreamRecord>::const_iterator StreamShard::find(SequenceNumber from) const {
  return std::ranges::lower_bound(records, from, {}, &StreamRecord::sequence);
}

ShardTree::ShardTree(std::uint64_t salt, std::shared_ptr<const PartitionCuts> cuts,
                     Microseconds life, Microseconds now)
    : salt_(salt), life_(life), cuts_(std::move(cuts)), followed_(cuts_) {
  for (std::size_t i = 0; i < cuts_->size(); ++i) {
    open_.push_back(&open(cuts_->first(i), cuts_->end(i), nullptr, now));
  }
  next_roll_ = now + life_;
}

StreamShard& ShardTree::open(const KeyPosition& first, const std::optional<KeyPosition>& end,
                             const StreamShard* parent, Microseconds now) {
  auto shard = std::make_unique<StreamShard>();
  shard->number = numbers_++;
  shard->id = new_id(now);
  if (parent != nullptr) {
    shard->parent = parent->number;
    shard->parent_id = parent->id;
  }
  shard->first = first;
  shard->end = end;
  shard->opened = now;
  shard->starting = next_sequence();
  shards_.push_back(std::move(shard));
  return *shards_.back();
}

/// "shardId-00000001768478400000-9f3a01c2": the time in milliseconds, moved on so that ids sort as
/// shards came, and something that differs.
std::string ShardTree::new_id(Microseconds now) {
  last_id_ms_ = std::max(now / 1000, last_id_ms_ + 1);
  char text[48];
  std::snprintf(text, sizeof text, "shardId-%020lld-%08x", static_cast<long long>(last_id_ms_),
                static_cast<unsigned>(mixed_salt(salt_ + numbers_) >> 32U));
  return text;
}

void ShardTree::close_shard(StreamShard& shard, Microseconds now) {
  shard.closed = now;
  shard.ending = shard.last();
}

void ShardTree::close(Microseconds now) {
  roll_open(now);
  for (StreamShard* const shard : open_) {
    close_shard(*shard, now);
  }
  open_.clear();
}

void ShardTree::roll_open(Microseconds now) {
  while (now >= next_roll_ && !open_.empty() && life_ > 0) {
    const Microseconds due = next_roll_;
    next_roll_ = INT64_MAX;
    for (StreamShard*& shard : open_) {
      if (shard->opened + life_ <= due) {
        close_shard(*shard, due);
        shard = &open(shard->first, shard->end, shard, due);
      }
      next_roll_ = std::min(next_roll_, shard->opened + life_);
    }
  }
}

void ShardTree::roll(Microseconds now, Microseconds retention) {
  // After a long sleep only the last generations matter: skip those that would be forgotten at
  // once.
  if (life_ > 0 && !open_.empty() && now - next_roll_ > 2 * retention) {
    const Microseconds skipped = (now - next_roll_ - retention) / life_ * life_;
    for (StreamShard* const shard : open_) {
      close_shard(*shard, shard->opened + life_);
    }
    std::vector<StreamShard*> children;
    for (const StreamShard* const shard : open_) {
      children.push_back(&open(shard->first, shard->end, shard, next_roll_ + skipped));
    }
    open_ = std::move(children);
    next_roll_ += skipped + life_;
  }
  roll_open(now);
  if (!shards_.empty() && shards_.front()->opened + retention <= now) {
    std::erase_if(shards_, [&](const std::unique_ptr<StreamShard>& shard) {
      return shard->closed && *shard->closed + retention <= now && shard->records.empty();
    });
  }
}

void ShardTree::reshape(const std::shared_ptr<const PartitionCuts>& cuts, Microseconds now) {
  std::vector<StreamShard*> open_now;
  for (std::size_t i = 0; i < cuts->size(); ++i) {
    const KeyPosition& first = cuts->first(i);
    const auto end = cuts->end(i);
    StreamShard* parent = nullptr;
    StreamShard* kept = nullptr;
    for (StreamShard* const shard : open_) {
      if (same_range(*shard, first, end)) {
        kept = shard;
      } else if (parent == nullptr && overlaps(*shard, first, end)) {
        parent = shard;
      }
    }
    open_now.push_back(kept != nullptr ? kept : &open(first, end, parent, now));
  }
  for (StreamShard* const shard : open_) {
    if (std::ranges::find(open_now, shard) == open_now.end()) {
      close_shard(*shard, now);
    }
  }
  open_ = std::move(open_now);
  cuts_ = cuts;
  next_roll_ = INT64_MAX;
  for (const StreamShard* const shard : open_) {
    next_roll_ = std::min(next_roll_, shard->opened + life_);
  }
}

bool ShardTree::split(ShardNumber number, Microseconds now) {
  const auto open =
      std::ranges::find(open_, number, [](const StreamShard* shard) { return shard->number; });
  if (open == open_.end()) {
    return false;
  }
  const std::uint64_t first = (*open)->first.hash.high;
  const std::uint64_t last = (*open)->end ? (*open)->end->hash.high : UINT64_MAX;
  if (last - first < 2) {
    return false;
  }
  std::vector<KeyPosition> firsts;
  for (std::size_t i = 0; i < cuts_->size(); ++i) {
    firsts.push_back(cuts_->first(i));
    if (i == static_cast<std::size_t>(open - open_.begin())) {
      firsts.push_back(KeyPosition::collection({first + (last - first) / 2, 0}));
    }
  }
  reshape(std::make_shared<const PartitionCuts>(std::move(firsts)), now);
  return true;
}

StreamShard* ShardTree::find(ShardNumber number) const {
  const auto found = std::ranges::lower_bound(
      shards_, number, {}, [](const std::unique_ptr<StreamShard>& shard) { return shard->number; });
  return found != shards_.end() && (*found)->number == number ? found->get() : nullptr;
}

ShardTree ShardTree::copy() const {
  ShardTree tree;
  tree.salt_ = salt_;
  tree.life_ = life_;
  tree.cuts_ = cuts_;
  tree.followed_ = followed_;
  tree.numbers_ = numbers_;
  tree.last_ = last_;
  tree.next_roll_ = next_roll_;
  tree.last_id_ms_ = last_id_ms_;
  for (const auto& shard : shards_) {
    tree.shards_.push_back(std::make_unique<StreamShard>(*shard));
  }
  for (const StreamShard* const shard : open_) {
    tree.open_.push_back(tree.find(shard->number));
    CHECK(tree.open_.back() != nullptr);
  }
  return tree;
}

std::shared_ptr<const PartitionCuts> equal_cuts(std::size_t count) {
  std::vector<KeyPosition> firsts;
  for (std::size_t i = 0; i < count; ++i) {
    const auto high =
        static_cast<std::uint64_t>((static_cast<unsigned __int128>(i) << 64U) / count);
    firsts.push_back(KeyPosition::collection({high, 0}));
  }
  return std::make_shared<const PartitionCuts>(std::move(firsts));
}

}  // namespace understudy
