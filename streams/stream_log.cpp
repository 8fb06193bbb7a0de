#include "streams/stream_log.h"

#include <algorithm>
#include <utility>

namespace understudy {

StreamLog::StreamLog(StreamInfo info, const StreamOptions& options,
                     std::shared_ptr<const PartitionCuts> cuts)
    : info_(std::move(info)),
      retention_(options.retention),
      shard_life_(options.shard_life),
      state_(ShardTree(info_.salt, std::move(cuts), shard_life_, info_.created)) {}

StreamLog::StreamLog(StreamInfo info, const StreamOptions& options, const State& state)
    : info_(std::move(info)),
      retention_(options.retention),
      shard_life_(options.shard_life),
      state_(state.shards.copy()) {
  const auto own = state_.lock();
  own->newest = state.newest;
  own->bytes = state.bytes;
  own->ended = state.ended;
}

StreamLog::~StreamLog() {
  uncount(state_.lock()->bytes);
}

void StreamLog::join(std::shared_ptr<StreamMemory> memory, RecordWatch& watch) {
  memory_ = std::move(memory);
  memory_->used_bytes += state_.lock()->bytes;
  watch_ = &watch;
  channel_ = watch.channel(info_.tenant, info_.arn);
}

std::shared_ptr<StreamLog> StreamLog::copy() const {
  StreamOptions options;
  options.retention = retention_;
  options.shard_life = shard_life_;
  const auto state = state_.lock();
  return std::shared_ptr<StreamLog>(new StreamLog(info_, options, *state));
}

void StreamLog::append(const Change& change, const std::shared_ptr<const PartitionCuts>& cuts) {
  StreamRecord record = make_stream_record(info_.view_type, change);
  const std::size_t bytes = record_memory_bytes(record);
  {
    const auto state = state_.lock();
    if (state->ended) {
      return;
    }
    // Two requests stamped one after the other may get the table's lock the other way round.
    record.created = std::max(record.created, state->newest);
    state->newest = record.created;
    settle(*state, record.created);
    state->shards.follow(cuts, record.created);
    StreamShard& shard = state->shards.open_shard(KeyPosition::of(change.key));
    record.sequence = state->shards.next_sequence();
    shard.records.push_back(std::move(record));
    state->bytes += bytes;
  }
  if (memory_ != nullptr) {
    memory_->used_bytes.fetch_add(bytes, std::memory_order_relaxed);
  }
  if (channel_ != nullptr && channel_->watched()) {
    watch_->raise(channel_, change.stamp.now);
  }
}

void StreamLog::follow(const std::shared_ptr<const PartitionCuts>& cuts, Microseconds now) {
  const auto state = state_.lock();
  if (!state->ended) {
    settle(*state, now);
    state->shards.follow(cuts, now);
  }
}

void StreamLog::end(Microseconds now) {
  {
    const auto state = state_.lock();
    if (state->ended) {
      return;
    }
    state->ended = std::max(now, state->newest);
    state->shards.close(*state->ended);
  }
  if (channel_ != nullptr) {
    watch_->raise(channel_, now);
  }
}

std::size_t StreamLog::drop_front(State& state, StreamShard& shard) const {
  const StreamRecord& oldest = shard.records.front();
  const std::size_t bytes = record_memory_bytes(oldest);
  shard.trimmed = oldest.sequence;
  shard.records.pop_front();
  state.bytes -= bytes;
  return bytes;
}

void StreamLog::uncount(std::size_t bytes) const {
  if (memory_ != nullptr && bytes > 0) {
    memory_->used_bytes.fetch_sub(bytes, std::memory_order_relaxed);
  }
}

void StreamLog::settle_slowly(State& state, Microseconds now) const {
  std::size_t freed = 0;
  for (const auto& shard : state.shards.shards()) {
    while (!shard->records.empty() && shard->records.front().created + retention_ <= now) {
      freed += drop_front(state, *shard);
    }
  }
  state.shards.roll(now, retention_);
  uncount(freed);
  // Records to come are younger than this.
  state.next_settle = std::min(now + retention_, state.shards.next_roll());
  for (const auto& shard : state.shards.shards()) {
    if (!shard->records.empty()) {
      state.next_settle = std::min(state.next_settle, shard->records.front().created + retention_);
    }
    if (shard->closed) {
      state.next_settle = std::min(state.next_settle, *shard->closed + retention_);
    }
  }
}

std::optional<Microseconds> StreamLog::oldest() const {
  const auto state = state_.lock();
  std::optional<Microseconds> found;
  for (const auto& shard : state->shards.shards()) {
    if (!shard->records.empty() && (!found || shard->records.front().created < *found)) {
      found = shard->records.front().created;
    }
  }
  return found;
}

std::size_t StreamLog::trim(std::size_t bytes) {
  std::size_t freed = 0;
  {
    const auto state = state_.lock();
    while (freed < bytes) {
      StreamShard* oldest = nullptr;
      for (const auto& shard : state->shards.shards()) {
        if (!shard->records.empty() &&
            (oldest == nullptr ||
             shard->records.front().sequence < oldest->records.front().sequence)) {
          oldest = shard.get();
        }
      }
      if (oldest == nullptr) {
        break;
      }
      freed += drop_front(*state, *oldest);
    }
  }
  uncount(freed);
  return freed;
}

bool StreamLog::split(ShardNumber shard, Microseconds now) {
  {
    const auto state = state_.lock();
    settle(*state, now);
    if (!state->shards.split(shard, std::max(now, state->newest))) {
      return false;
    }
  }
  if (channel_ != nullptr) {
    watch_->raise(channel_, now);
  }
  return true;
}

bool StreamLog::ended() const {
  return state_.lock()->ended.has_value();
}

bool StreamLog::is_over(Microseconds now) const {
  const auto state = state_.lock();
  return state->ended && *state->ended + retention_ <= now;
}

bool StreamLog::admit_reader(ShardNumber number, const ReaderLimits& limits, Microseconds now) {
  const auto state = state_.lock();
  StreamShard* const shard = state->shards.find(number);
  if (shard == nullptr) {
    return true;
  }
  if (!shard->meter) {
    shard->meter.emplace(limits, now);
  }
  return shard->meter->admit(limits, now);
}

void StreamLog::pay_read(ShardNumber number, const std::vector<StreamRecord>& records) {
  std::size_t bytes = 0;
  for (const StreamRecord& record : records) {
    bytes += record_size_bytes(info_, record);
  }
  const auto state = state_.lock();
  StreamShard* const shard = state->shards.find(number);
  if (shard != nullptr && shard->meter) {
    shard->meter->pay(bytes);
  }
}

std::vector<ShardView> StreamLog::shards(Microseconds now) {
  const auto state = state_.lock();
  settle(*state, now);
  std::vector<ShardView> views;
  for (const auto& shard : state->shards.shards()) {
    views.push_back({shard->number, shard->id, shard->parent, shard->parent_id, shard->starting,
                     shard->ending});
  }
  return views;
}

RecordPage StreamLog::read(ShardNumber number, SequenceNumber from, const PageLimits& limits,
                           Microseconds now) {
  RecordPage page;
  page.next = from;
  const auto state = state_.lock();
  settle(*state, now);
  const StreamShard* const shard = state->shards.find(number);
  if (shard == nullptr) {
    page.status = RecordPage::Status::kUnknown;
    return page;
  }
  if (from <= shard->trimmed) {
    page.status = RecordPage::Status::kTrimmed;
    return page;
  }
  std::size_t bytes = 0;
  auto at = shard->find(from);
  for (; at != shard->records.end() && page.records.size() < limits.records_max; ++at) {
    if (limits.made_until && at->created > *limits.made_until) {
      break;
    }
    const std::size_t more = record_size_bytes(info_, *at);
    if (!page.records.empty() && bytes + more > limits.bytes_max) {
      break;
    }
    bytes += more;
    page.records.push_back(*at);
    page.next = at->sequence + 1;
  }
  if (at != shard->records.end()) {
    page.behind_since = shard->records.back().created;
  } else if (shard->ending) {
    page.status = RecordPage::Status::kEnd;
  }
  return page;
}

std::optional<SequenceNumber> StreamLog::trim_horizon(ShardNumber number, Microseconds now) {
  const auto state = state_.lock();
  settle(*state, now);
  const StreamShard* const shard = state->shards.find(number);
  return shard == nullptr ? std::nullopt : std::optional(shard->horizon());
}

std::optional<SequenceNumber> StreamLog::latest(ShardNumber number, Microseconds now) {
  const auto state = state_.lock();
  settle(*state, now);
  const StreamShard* const shard = state->shards.find(number);
  return shard == nullptr ? std::nullopt : std::optional(shard->last() + 1);
}

std::optional<SequenceNumber> StreamLog::at_time(ShardNumber number, Microseconds time,
                                                 Microseconds now) {
  const auto state = state_.lock();
  settle(*state, now);
  const StreamShard* const shard = state->shards.find(number);
  if (shard == nullptr) {
    return std::nullopt;
  }
  const auto record = std::ranges::lower_bound(shard->records, time, {}, &StreamRecord::created);
  if (record == shard->records.end()) {
    return shard->last() + 1;
  }
  return record == shard->records.begin() ? shard->horizon() : record->sequence;
}

}  // namespace understudy
