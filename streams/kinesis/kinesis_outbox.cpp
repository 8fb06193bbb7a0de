#include "streams/kinesis/kinesis_outbox.h"

#include <algorithm>
#include <cstdio>
#include <utility>

namespace understudy {
namespace {

/// A UUID in text that no other record has (splitmix64's finalizer keeps numbers apart).
std::string uuid_of(std::string_view table_id, std::uint64_t number) {
  std::uint64_t low = number;
  low = (low ^ (low >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  low = (low ^ (low >> 27U)) * 0x94D049BB133111EBULL;
  low ^= low >> 31U;
  char tail[24];
  std::snprintf(tail, sizeof tail, "%04llx-%012llx", static_cast<unsigned long long>(low >> 48U),
                static_cast<unsigned long long>(low & 0xFFFFFFFFFFFFULL));
  // The table's own id in front: 8-4-4.
  return std::string(table_id.substr(0, 19)) + tail;
}

void write_member(JsonWriter& out, std::string_view name, std::string_view value) {
  out.key(name);
  out.string(value);
}

std::size_t keys_bytes(const KeySchema& keys, const Item& item) {
  Arena arena;
  std::size_t bytes = 0;
  for (const auto* part : {&keys.partition, &keys.sort}) {
    for (const KeyAttribute& attribute : *part) {
      if (const auto value = item.value(attribute.name, arena)) {
        bytes += attribute.name.size() + value_size_bytes(*value);
      }
    }
  }
  return bytes;
}

void write_change(JsonWriter& out, const KinesisRecord& record) {
  const StreamRecord& change = record.change;
  const Item& any = change.after ? *change.after : *change.before;
  std::size_t bytes = keys_bytes(record.table->keys, any);
  out.begin_object();
  out.key("ApproximateCreationDateTime");
  out.integer(record.microseconds ? change.created : change.created / 1000);
  if (record.microseconds) {
    // Source: Developer Guide, "Working with shards and metrics for change data capture".
    write_member(out, "ApproximateCreationDateTimePrecision", "MICROSECOND");
  }
  out.key("Keys");
  write_record_keys(out, record.table->keys, any);
  if (change.after) {
    out.key("NewImage");
    out.raw(change.after->text());
    bytes += change.after->size_bytes();
  }
  if (change.before) {
    out.key("OldImage");
    out.raw(change.before->text());
    bytes += change.before->size_bytes();
  }
  out.key("SizeBytes");
  out.integer(static_cast<std::int64_t>(bytes));
  out.end_object();
}

}  // namespace

void KinesisOutbox::append(const std::shared_ptr<const TableSettings>& table,
                           const KinesisDestination& destination, const Change& change) {
  KinesisRecord record;
  record.table = table;
  record.stream_arn = destination.stream_arn;
  record.microseconds = destination.microseconds;
  record.change = make_stream_record(StreamViewType::kNewAndOldImages, change);
  char key[33];
  std::snprintf(key, sizeof key, "%016llX%016llX",
                static_cast<unsigned long long>(change.key.hash.high),
                static_cast<unsigned long long>(change.key.hash.low));
  record.partition_key = key;
  const std::lock_guard lock(mutex_);
  record.number = ++last_;
  record.change.sequence = record.number;
  records_.push_back(std::move(record));
  if (records_.size() > records_max_) {
    records_.pop_front();
  }
  if (tell_) {
    tell_();
  }
}

std::vector<KinesisRecord> KinesisOutbox::read(std::uint64_t after, std::size_t records_max,
                                               std::string_view stream_arn,
                                               std::optional<std::string_view> tenant) const {
  std::vector<KinesisRecord> found;
  const std::lock_guard lock(mutex_);
  for (auto record = std::ranges::upper_bound(records_, after, {}, &KinesisRecord::number);
       record != records_.end() && found.size() < records_max; ++record) {
    if ((stream_arn.empty() || record->stream_arn == stream_arn) &&
        (!tenant || record->table->tenant == *tenant)) {
      found.push_back(*record);
    }
  }
  return found;
}

void KinesisOutbox::on_grown(std::function<void()> tell) {
  const std::lock_guard lock(mutex_);
  tell_ = std::move(tell);
}

void KinesisOutbox::forget(std::optional<std::string_view> tenant) {
  const std::lock_guard lock(mutex_);
  std::erase_if(records_, [&](const KinesisRecord& record) {
    return !tenant || record.table->tenant == *tenant;
  });
}

void write_kinesis_data(JsonWriter& out, const KinesisRecord& record) {
  out.begin_object();
  write_member(out, "awsRegion", record.table->region);
  write_member(out, "eventID", uuid_of(record.table->id, record.number));
  write_member(out, "eventName", change_kind_name(record.change.kind));
  out.key("userIdentity");
  if (record.change.origin == ChangeOrigin::kTimeToLive) {
    out.begin_object();
    write_member(out, "principalId", "dynamodb.amazonaws.com");
    write_member(out, "type", "Service");
    out.end_object();
  } else {
    out.raw("null");
  }
  write_member(out, "recordFormat", "application/json");
  write_member(out, "tableName", record.table->name);
  out.key("dynamodb");
  write_change(out, record);
  write_member(out, "eventSource", "aws:dynamodb");
  out.end_object();
}

void write_kinesis_record(JsonWriter& out, const KinesisRecord& record) {
  out.begin_object();
  out.key("number");
  out.integer(static_cast<std::int64_t>(record.number));
  write_member(out, "streamArn", record.stream_arn);
  write_member(out, "partitionKey", record.partition_key);
  out.key("data");
  write_kinesis_data(out, record);
  out.end_object();
}

}  // namespace understudy
