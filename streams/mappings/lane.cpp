#include "streams/mappings/lane.h"

#include <algorithm>

#include "emulator/base/check.h"
#include "streams/sequence_number.h"

namespace understudy {
namespace {

/// Source: section C7 ("Payload <= 6 MB"), less room for what is around the records.
constexpr std::size_t kBatchBytesMax = std::size_t{6} * 1024 * 1024 - std::size_t{64} * 1024;
/// Assumed: pauses between attempts; the service tells only that there are some.
constexpr Microseconds kPauseMin = 200'000;
constexpr Microseconds kPauseMax = 30 * kSecond;

Microseconds pause_after(std::int64_t tries) {
  constexpr std::int64_t kDoublingsMax = 10;
  return std::min(kPauseMax, kPauseMin << std::min(tries - 1, kDoublingsMax));
}

Microseconds window_of(const MappingSettings& settings, Microseconds created) {
  const Microseconds length = settings.tumbling_window_seconds * kSecond;
  return created / length * length;
}

}  // namespace

void Lane::push(SourceRecord record, Microseconds now) {
  if (pending_.empty()) {
    pending_since_ = now;
  }
  pending_bytes_ += record.json.size();
  pending_.push_back(std::move(record));
}

bool Lane::empty() const {
  return pending_.empty() && work_.empty() && given_up_.empty() && !window_start_.has_value();
}

bool Lane::batch_is_ready(const MappingSettings& settings, Microseconds now, bool flush) const {
  return !pending_.empty() &&
         (flush || static_cast<std::int64_t>(pending_.size()) >= settings.batch_size ||
          pending_bytes_ >= kBatchBytesMax ||
          now >= pending_since_ + settings.window_seconds * kSecond);
}

void Lane::form_batch(const MappingSettings& settings, Microseconds now, bool flush) {
  const bool windows = settings.tumbling_window_seconds > 0;
  if (windows && window_start_.has_value()) {
    const Microseconds end = *window_start_ + settings.tumbling_window_seconds * kSecond;
    const bool more =
        !pending_.empty() && window_of(settings, pending_.front().created) == *window_start_;
    if (!more && (!pending_.empty() || now >= end || flush)) {
      RecordBatch last;
      last.window_start = window_start_;
      last.final_of_window = true;
      work_.push_back(std::move(last));
      return;
    }
  }
  if (!batch_is_ready(settings, now, flush)) {
    return;
  }
  RecordBatch batch;
  if (windows) {
    batch.window_start = window_start_ = window_of(settings, pending_.front().created);
  }
  std::size_t bytes = 0;
  while (!pending_.empty() &&
         static_cast<std::int64_t>(batch.records.size()) < settings.batch_size) {
    SourceRecord& record = pending_.front();
    const bool fits = batch.records.empty() || bytes + record.json.size() <= kBatchBytesMax;
    if (!fits || (windows && window_of(settings, record.created) != *batch.window_start)) {
      break;
    }
    bytes += record.json.size() + 1;
    pending_bytes_ -= record.json.size();
    batch.records.push_back(std::move(record));
    pending_.pop_front();
  }
  pending_since_ = now;
  work_.push_back(std::move(batch));
}

const RecordBatch* Lane::next(const MappingSettings& settings, Microseconds now, bool flush) {
  if (invoking_ || !given_up_.empty()) {
    return nullptr;
  }
  if (work_.empty()) {
    form_batch(settings, now, flush);
  }
  drop_old(settings, now);
  if (!given_up_.empty() || work_.empty() || work_.front().not_before > now) {
    return nullptr;
  }
  return &work_.front();
}

Microseconds Lane::next_due(const MappingSettings& settings) const {
  if (invoking_ || !given_up_.empty()) {
    return INT64_MAX;
  }
  if (!work_.empty()) {
    return work_.front().not_before;
  }
  Microseconds due = INT64_MAX;
  if (!pending_.empty()) {
    due = pending_since_ + settings.window_seconds * kSecond;
  }
  if (window_start_.has_value()) {
    due = std::min(due, *window_start_ + settings.tumbling_window_seconds * kSecond);
  }
  return due;
}

/// Records are in the order of their age: the old ones stand in front.
void Lane::drop_old(const MappingSettings& settings, Microseconds now) {
  if (settings.record_age_seconds_max < 0 || work_.empty()) {
    return;
  }
  RecordBatch& batch = work_.front();
  const Microseconds oldest = now - settings.record_age_seconds_max * kSecond;
  const auto fresh = std::ranges::find_if(
      batch.records, [&](const SourceRecord& record) { return record.created >= oldest; });
  if (fresh == batch.records.begin()) {
    return;
  }
  RecordBatch old;
  old.failures = batch.failures;
  old.records.assign(std::make_move_iterator(batch.records.begin()),
                     std::make_move_iterator(fresh));
  batch.records.erase(batch.records.begin(), fresh);
  if (batch.records.empty() && !batch.final_of_window) {
    work_.pop_front();
  }
  give_up(GivenUp::kRecordTooOld, std::move(old), false);
}

void Lane::give_up(GivenUp why, RecordBatch batch, bool reported) {
  if (!batch.records.empty()) {
    given_up_.push_back({why, std::move(batch.records), batch.failures, reported});
  }
}

void Lane::succeeded(std::string_view window_state) {
  CHECK(invoking_ && !work_.empty());
  invoking_ = false;
  if (work_.front().window_start.has_value()) {
    window_state_ = window_state.empty() ? "{}" : std::string(window_state);
  }
  if (work_.front().final_of_window) {
    window_start_.reset();
    window_state_ = "{}";
  }
  work_.pop_front();
}

void Lane::unreachable(Microseconds now) {
  CHECK(invoking_ && !work_.empty());
  invoking_ = false;
  RecordBatch& batch = work_.front();
  batch.not_before = now + pause_after(++batch.tries);
}

void Lane::failed(const MappingSettings& settings, Microseconds now,
                  const std::optional<std::string>& first_failed) {
  CHECK(invoking_ && !work_.empty());
  invoking_ = false;
  RecordBatch batch = std::move(work_.front());
  work_.pop_front();
  ++batch.failures;
  const std::size_t tried = batch.records.size();
  if (first_failed.has_value()) {
    // What stands before the lowest failed record is done.
    const auto rest = std::ranges::find_if(batch.records, [&](const SourceRecord& record) {
      return !sequence_less(record.sequence_number, *first_failed);
    });
    batch.records.erase(batch.records.begin(), rest);
    if (batch.records.empty()) {
      return;
    }
  }
  // A batch that was divided at a reported record is not halved as well. Source: Lambda developer
  // guide, "Reporting batch item failures". Assumed: it is where the first record was reported.
  if (settings.bisect && batch.records.size() > 1 && batch.records.size() == tried) {
    // Assumed: splitting uses up no attempt (C7).
    --batch.failures;
    batch.tries = 0;
    const auto middle =
        batch.records.begin() + static_cast<std::ptrdiff_t>(batch.records.size() / 2);
    RecordBatch second = batch;
    second.records.assign(std::make_move_iterator(middle),
                          std::make_move_iterator(batch.records.end()));
    batch.records.erase(middle, batch.records.end());
    work_.push_front(std::move(second));
    work_.push_front(std::move(batch));
    return;
  }
  if (settings.retries_max >= 0 && batch.failures > settings.retries_max) {
    if (batch.final_of_window) {
      window_start_.reset();
      window_state_ = "{}";
    }
    give_up(GivenUp::kRetriesExhausted, std::move(batch), first_failed.has_value());
    return;
  }
  batch.not_before = now + pause_after(++batch.tries);
  work_.push_front(std::move(batch));
}

}  // namespace understudy
