#include "streams/mappings/event_source_mapping.h"

#include <algorithm>

#include "emulator/base/crc32.h"
#include "streams/mappings/batch_document.h"

namespace understudy {
namespace {

constexpr std::size_t kPageRecordsMax = 1000;
/// Between attempts to tell a destination that does not answer.
constexpr Microseconds kTellPause = 1'000'000;

}  // namespace

EventSourceMapping::EventSourceMapping(const MappingContext& context, std::string id,
                                       MappingSettings settings)
    : context_(context), id_(std::move(id)), settings_(std::move(settings)) {}

EventSourceMapping::~EventSourceMapping() {
  watch_.reset();
  const std::lock_guard lock(wake_mutex_);
  if (ticket_.first != INT64_MAX) {
    context_.scheduler.cancel(ticket_);
  }
}

Expected<void, SourceError> EventSourceMapping::start() {
  runs_ = 1;  // nobody works before it is known where to begin
  // Watched first, so that what comes in between is noticed.
  watch_ = context_.source.watch(settings_.source_arn, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) {
      self->wake_at(self->context_.clock.now());
    }
  });
  if (const auto known = context_.source.shards(settings_.source_arn); !known) {
    return Unexpected{known.error()};
  }
  refresh_shards(true);
  runs_ = 0;
  wake_at(context_.clock.now());
  return {};
}

void EventSourceMapping::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  watch_.reset();
}

void EventSourceMapping::update(MappingSettings settings) {
  {
    const std::lock_guard lock(mutex_);
    settings_ = std::move(settings);
  }
  wake_at(context_.clock.now());
}

MappingSettings EventSourceMapping::settings() const {
  const std::lock_guard lock(mutex_);
  return settings_;
}

MappingCounters EventSourceMapping::counters() const {
  const std::lock_guard lock(mutex_);
  return counters_;
}

std::string EventSourceMapping::last_result() const {
  const std::lock_guard lock(mutex_);
  return last_result_;
}

void EventSourceMapping::count(std::uint64_t MappingCounters::*which, std::uint64_t by) {
  const std::lock_guard lock(mutex_);
  counters_.*which += by;
}

// ---- When
// ----------------------------------------------------------------------------------------

/// Perhaps under a table's lock: only makes an appointment.
void EventSourceMapping::wake_at(Microseconds due) {
  const std::lock_guard lock(wake_mutex_);
  if (due >= ticket_.first) {
    return;
  }
  if (ticket_.first != INT64_MAX) {
    context_.scheduler.cancel(ticket_);
  }
  ticket_ = context_.scheduler.at(due, [weak = weak_from_this()](Microseconds /*due*/) {
    if (const auto self = weak.lock()) {
      {
        const std::lock_guard waking(self->wake_mutex_);
        self->ticket_ = {INT64_MAX, 0};
      }
      self->run();
    }
  });
}

/// Works until nobody has asked for more. Whoever comes meanwhile leaves it to the one at work:
/// another thread, or further up this one's stack (a callback that writes to the table).
void EventSourceMapping::run() {
  if (runs_.fetch_add(1) != 0) {
    return;
  }
  const auto alive = shared_from_this();
  int seen = 0;
  do {
    seen = runs_.load();
    work(context_.clock.now());
  } while (!runs_.compare_exchange_strong(seen, 0));
}

void EventSourceMapping::complete(Completion completion) {
  {
    const std::lock_guard lock(mutex_);
    inbox_.push_back(std::move(completion));
  }
  run();
}

// ---- What
// ----------------------------------------------------------------------------------------

void EventSourceMapping::work(Microseconds now) {
  std::deque<Completion> inbox;
  MappingSettings settings;
  bool stopped = false;
  {
    const std::lock_guard lock(mutex_);
    inbox.swap(inbox_);
    settings = settings_;
    stopped = stopped_;
  }
  for (Completion& completion : inbox) {
    apply(completion, settings, now);
  }
  if (stopped || !settings.enabled) {
    return;
  }
  bool more = true;
  while (more) {
    more = false;
    if (look_for_shards_) {
      refresh_shards(false);
    }
    for (auto& [id, shard] : shards_) {
      if (may_read(shard)) {
        more = read(shard, settings, now) || more;
      }
      for (std::size_t i = 0; i < shard.lanes.size(); ++i) {
        serve(shard, i, settings, now);
      }
    }
    const auto erased = std::erase_if(shards_, [this](const auto& entry) {
      if (!finished(entry.second)) {
        return false;
      }
      finished_[entry.first] = entry.second.position;
      look_for_shards_ = true;
      return true;
    });
    more = more || erased > 0;
  }
  Microseconds due = INT64_MAX;
  for (const auto& [id, shard] : shards_) {
    for (const auto& lane : shard.lanes) {
      due = std::min(due, lane->lane.given_up() != nullptr && !lane->telling
                              ? lane->tell_not_before
                              : lane->lane.next_due(settings));
    }
  }
  if (due != INT64_MAX) {
    wake_at(std::max(due, now));
  }
}

void EventSourceMapping::refresh_shards(bool first) {
  look_for_shards_ = false;
  const std::string stream = settings().source_arn;
  const auto known = context_.source.shards(stream);
  if (!known) {
    return;
  }
  const bool from_latest = first && settings().from_latest;
  for (const SourceShard& found : *known) {
    const auto done = finished_.find(found.id);
    if (shards_.contains(found.id) || (done != finished_.end() && found.closed)) {
      continue;
    }
    Shard shard;
    shard.id = found.id;
    shard.parent = found.parent;
    if (done != finished_.end()) {
      // A restored snapshot has opened it again: what is new there stands behind what was read.
      shard.position = std::move(done->second);
      finished_.erase(done);
    } else if (from_latest) {
      if (auto latest = context_.source.latest(stream, found.id)) {
        shard.position = *std::move(latest);
      }
      if (found.closed) {
        finished_.emplace(found.id, std::move(shard.position));
        continue;
      }
    }
    shards_.emplace(found.id, std::move(shard));
  }
  // Forgets what the stream has forgotten.
  std::erase_if(finished_, [&](const auto& entry) {
    return std::ranges::none_of(*known,
                                [&](const SourceShard& found) { return found.id == entry.first; });
  });
}

/// A child begins when its parent is done: that keeps the order per key.
bool EventSourceMapping::may_read(const Shard& shard) const {
  return !shard.ended && !shards_.contains(shard.parent);
}

bool EventSourceMapping::finished(const Shard& shard) {
  return shard.ended && std::ranges::all_of(shard.lanes, [](const auto& lane) {
           return lane->lane.empty() && !lane->telling;
         });
}

/// True: there may be more to read now.
bool EventSourceMapping::read(Shard& shard, const MappingSettings& settings, Microseconds now) {
  const auto lanes = static_cast<std::size_t>(settings.parallelization);
  const bool idle = std::ranges::all_of(
      shard.lanes, [](const auto& lane) { return lane->lane.empty() && !lane->telling; });
  if (shard.lanes.size() != lanes && idle) {
    shard.lanes.clear();
    for (std::size_t i = 0; i < lanes; ++i) {
      shard.lanes.push_back(std::make_unique<LaneState>());
    }
  }
  std::size_t buffered = 0;
  for (const auto& lane : shard.lanes) {
    buffered += lane->lane.buffered();
  }
  const std::size_t wanted = static_cast<std::size_t>(settings.batch_size) * shard.lanes.size();
  if (buffered >= wanted) {
    return false;
  }
  auto page = context_.source.read(settings.source_arn, shard.id, shard.position,
                                   std::min(kPageRecordsMax, wanted - buffered));
  if (!page) {
    if (page.error() == SourceError::kTrimmed &&
        shard.position.from != SourcePosition::From::kTrimHorizon) {
      shard.position = {};
      count(&MappingCounters::trimmed);
      return true;
    }
    // The stream may come back (a restored snapshot); a shard that is gone does not. What was read
    // is delivered all the same.
    const auto known = context_.source.shards(settings.source_arn);
    shard.ended = known.has_value();
    look_for_shards_ = shard.ended;
    return false;
  }
  if (!page->records.empty()) {
    shard.position = {SourcePosition::From::kAfterSequenceNumber,
                      page->records.back().sequence_number};
  }
  const std::size_t records = page->records.size();
  std::size_t filtered = 0;
  for (SourceRecord& record : page->records) {
    if (!passes_filters(settings, record.json)) {
      ++filtered;
      continue;
    }
    const std::size_t lane = shard.lanes.size() == 1 ? 0 : crc32(record.key) % shard.lanes.size();
    shard.lanes[lane]->lane.push(std::move(record), now);
  }
  count(&MappingCounters::records_read, records);
  count(&MappingCounters::records_filtered, filtered);
  if (page->end_of_shard) {
    shard.ended = true;
    look_for_shards_ = true;
    return true;
  }
  return records > 0;
}

void EventSourceMapping::serve(Shard& shard, std::size_t index, const MappingSettings& settings,
                               Microseconds now) {
  LaneState& lane = *shard.lanes[index];
  if (lane.telling) {
    return;
  }
  const RecordBatch* batch = lane.lane.next(settings, now, shard.ended);
  if (lane.lane.given_up() != nullptr) {
    if (now >= lane.tell_not_before) {
      tell(shard, index, settings, now);
    }
    return;
  }
  if (batch != nullptr) {
    lane.lane.begin();
    invoke(shard, index, *batch, settings);
  }
}

void EventSourceMapping::invoke(const Shard& shard, std::size_t index, const RecordBatch& batch,
                                const MappingSettings& settings) {
  count(&MappingCounters::invocations);
  FunctionInvocation invocation;
  invocation.payload =
      batch_event(batch, settings, shard.id, shard.lanes[index]->lane.window_state());
  context_.functions.invoke(settings.function_name, std::move(invocation),
                            [weak = weak_from_this(), id = shard.id, index](FunctionResult result) {
                              if (const auto self = weak.lock()) {
                                self->complete({id, index, false, false, std::move(result)});
                              }
                            });
}

void EventSourceMapping::tell(const Shard& shard, std::size_t index,
                              const MappingSettings& settings, Microseconds now) {
  LaneState& lane = *shard.lanes[index];
  if (settings.on_failure.empty() || !context_.deliver) {
    count(&MappingCounters::records_given_up, lane.lane.given_up()->records.size());
    lane.lane.pop_given_up();
    wake_at(now);
    return;
  }
  lane.telling = true;
  context_.deliver(settings.on_failure,
                   failure_document(*lane.lane.given_up(), settings, shard.id,
                                    context_.functions.arn_of(settings.function_name),
                                    context_.functions.make_id(), now),
                   [weak = weak_from_this(), id = shard.id, index](bool delivered) {
                     if (const auto self = weak.lock()) {
                       self->complete({id, index, true, delivered, {}});
                     }
                   });
}

void EventSourceMapping::apply(Completion& completion, const MappingSettings& settings,
                               Microseconds now) {
  LaneState& lane = *shards_.at(completion.shard).lanes[completion.lane];
  if (!completion.told) {
    apply_return(lane, completion.result, settings, now);
    return;
  }
  lane.telling = false;
  if (completion.delivered) {
    count(&MappingCounters::records_given_up, lane.lane.given_up()->records.size());
    lane.lane.pop_given_up();
  } else {
    lane.tell_not_before = now + kTellPause;
  }
}

void EventSourceMapping::apply_return(LaneState& lane, const FunctionResult& result,
                                      const MappingSettings& settings, Microseconds now) {
  using Outcome = FunctionResult::Outcome;
  const RecordBatch& batch = lane.lane.under_way();
  const std::size_t records = batch.records.size();
  ItemReport report;
  if (result.outcome == Outcome::kReturned && settings.report_item_failures) {
    report = read_item_report(result.payload, batch);
  }
  const bool good = result.outcome == Outcome::kReturned && !report.failed;
  {
    const std::lock_guard lock(mutex_);
    last_result_ = good ? "OK" : "PROBLEM: Function call failed";
    counters_.records_delivered += good ? records : 0;
    counters_.failures += good ? 0 : 1;
  }
  if (good) {
    const bool windowed = settings.tumbling_window_seconds > 0;
    lane.lane.succeeded(windowed ? state_of(result.payload) : std::string());
  } else if (result.outcome == Outcome::kUnreachable) {
    lane.lane.unreachable(now);
  } else {
    lane.lane.failed(settings, now, report.first_failed);
  }
}

}  // namespace understudy
