#include "streams/mappings/stream_source.h"

#include <array>

#include "emulator/api/tenant.h"
#include "streams/record_watch.h"
#include "streams/streams.h"

namespace understudy {
namespace {

/// Field `index` of an ARN, from 0.
std::string_view arn_field(std::string_view arn, std::size_t index) {
  for (; index > 0; --index) {
    arn.remove_prefix(std::min(arn.find(':'), arn.size() - 1) + 1);
  }
  return arn.substr(0, arn.find(':'));
}

const ShardView* shard_of(const std::vector<ShardView>& shards, std::string_view id) {
  for (const ShardView& shard : shards) {
    if (shard.id == id) {
      return &shard;
    }
  }
  return nullptr;
}

}  // namespace

StreamSource::Found StreamSource::find(std::string_view stream) const {
  const std::string region(arn_field(stream, 3));
  const std::string account(arn_field(stream, 4));
  const std::array<std::string, 3> tenants = {std::string(kSharedTenant), account,
                                              account + "/" + region};
  for (const std::string& tenant : tenants) {
    if (auto reader = streams_.find(tenant, stream)) {
      return {std::move(reader), tenant};
    }
  }
  return {};
}

Expected<std::vector<SourceShard>, SourceError> StreamSource::shards(std::string_view stream) {
  const Found found = find(stream);
  if (found.reader == nullptr) {
    return Unexpected{SourceError::kNotFound};
  }
  std::vector<SourceShard> shards;
  for (const ShardView& shard : found.reader->shards(clock_.now())) {
    shards.push_back({shard.id, shard.parent_id, shard.ending.has_value()});
  }
  return shards;
}

Expected<SourcePosition, SourceError> StreamSource::latest(std::string_view stream,
                                                           std::string_view shard) {
  const Found found = find(stream);
  if (found.reader == nullptr) {
    return Unexpected{SourceError::kNotFound};
  }
  const Microseconds now = clock_.now();
  const auto shards = found.reader->shards(now);
  const ShardView* const view = shard_of(shards, shard);
  const auto next = view != nullptr ? found.reader->latest(view->number, now) : std::nullopt;
  if (!next.has_value()) {
    return Unexpected{SourceError::kNotFound};
  }
  return SourcePosition{SourcePosition::From::kAfterSequenceNumber,
                        sequence_number_text(*next - 1)};
}

Expected<SourcePage, SourceError> StreamSource::read(std::string_view stream,
                                                     std::string_view shard,
                                                     const SourcePosition& position,
                                                     std::size_t records_max) {
  const Found found = find(stream);
  if (found.reader == nullptr) {
    return Unexpected{SourceError::kNotFound};
  }
  const Microseconds now = clock_.now();
  const auto shards = found.reader->shards(now);
  const ShardView* const view = shard_of(shards, shard);
  if (view == nullptr) {
    return Unexpected{SourceError::kNotFound};
  }
  std::optional<SequenceNumber> from;
  switch (position.from) {
    case SourcePosition::From::kTrimHorizon:
      from = found.reader->trim_horizon(view->number, now);
      break;
    case SourcePosition::From::kLatest:
      from = found.reader->latest(view->number, now);
      break;
    case SourcePosition::From::kAfterSequenceNumber:
      from = parse_sequence_number(position.sequence_number).value_or(0) + 1;
      break;
  }
  if (!from.has_value()) {
    return Unexpected{SourceError::kNotFound};
  }
  PageLimits limits;
  limits.records_max = records_max;
  const RecordPage page =
      streams_.poll(found.tenant, *found.reader, view->number, *from, limits, now);
  switch (page.status) {
    case RecordPage::Status::kTrimmed:
      return Unexpected{SourceError::kTrimmed};
    case RecordPage::Status::kUnknown:
      return Unexpected{SourceError::kNotFound};
    case RecordPage::Status::kOpen:
    case RecordPage::Status::kEnd:
      break;
  }
  SourcePage read;
  read.end_of_shard = page.status == RecordPage::Status::kEnd;
  const StreamInfo& info = found.reader->info();
  Buffer text;
  for (const StreamRecord& record : page.records) {
    SourceRecord one;
    one.sequence_number = sequence_number_text(record.sequence);
    one.created = record.created;
    text.clear();
    JsonWriter keys(text);
    write_record_keys(keys, info.keys, record.after != nullptr ? *record.after : *record.before);
    one.key = std::string(text.view());
    text.clear();
    JsonWriter out(text);
    write_stream_record(out, info, record, RecordForm::kLambda);
    one.json = std::string(text.view());
    read.records.push_back(std::move(one));
  }
  return read;
}

std::shared_ptr<void> StreamSource::watch(std::string_view stream, std::function<void()> wake) {
  const Found found = find(stream);
  if (found.reader == nullptr) {
    return nullptr;
  }
  const RecordWatch::Ticket ticket =
      streams_.watch().subscribe(found.tenant, stream, std::move(wake));
  return {nullptr, [&watch = streams_.watch(), ticket](void*) { watch.unsubscribe(ticket); }};
}

}  // namespace understudy
