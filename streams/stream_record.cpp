#include "streams/stream_record.h"

#include <cstdio>

#include "emulator/base/arena.h"
#include "emulator/model/value.h"
#include "emulator/table/table_description.h"

namespace understudy {
namespace {

constexpr Microseconds kMicrosecondsPerSecond = 1'000'000;

bool shows_new(StreamViewType type) {
  return type == StreamViewType::kNewImage || type == StreamViewType::kNewAndOldImages;
}
bool shows_old(StreamViewType type) {
  return type == StreamViewType::kOldImage || type == StreamViewType::kNewAndOldImages;
}

/// splitmix64's finalizer: different numbers stay different.
std::uint64_t mixed(std::uint64_t value) {
  value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9ULL;
  value = (value ^ (value >> 27U)) * 0x94D049BB133111EBULL;
  return value ^ (value >> 31U);
}

/// An image that has the record's keys.
const Item& any_image(const StreamRecord& record) {
  return record.after ? *record.after : *record.before;
}

template <class Visit>
void each_key_name(const KeySchema& keys, Visit visit) {
  for (const KeyAttribute& attribute : keys.partition) {
    visit(attribute.name);
  }
  for (const KeyAttribute& attribute : keys.sort) {
    visit(attribute.name);
  }
}

std::size_t keys_size_bytes(const KeySchema& keys, const Item& item) {
  Arena arena;
  std::size_t bytes = 0;
  each_key_name(keys, [&](const std::string& name) {
    if (const auto value = item.value(name, arena)) {
      bytes += name.size() + value_size_bytes(*value);
    }
  });
  return bytes;
}

void write_member(JsonWriter& out, std::string_view name, std::string_view value) {
  out.key(name);
  out.string(value);
}

void write_identity(JsonWriter& out, RecordForm form) {
  const bool lambda = form == RecordForm::kLambda;
  out.key("userIdentity");
  out.begin_object();
  write_member(out, lambda ? "principalId" : "PrincipalId", "dynamodb.amazonaws.com");
  write_member(out, lambda ? "type" : "Type", "Service");
  out.end_object();
}

}  // namespace

StreamRecord make_stream_record(StreamViewType view_type, const Change& change) {
  StreamRecord record;
  record.created = change.stamp.now;
  record.origin = change.stamp.origin;
  record.kind = change.before == nullptr  ? ChangeKind::kInsert
                : change.after == nullptr ? ChangeKind::kRemove
                                          : ChangeKind::kModify;
  const bool old_image = shows_old(view_type);
  if (change.after != nullptr && (shows_new(view_type) || !(old_image && change.before))) {
    record.after = change.after;
  }
  if (change.before != nullptr && (old_image || record.after == nullptr)) {
    record.before = change.before;
  }
  return record;
}

std::size_t record_size_bytes(const StreamInfo& info, const StreamRecord& record) {
  std::size_t bytes = keys_size_bytes(info.keys, any_image(record));
  if (record.after && shows_new(info.view_type)) {
    bytes += record.after->size_bytes();
  }
  if (record.before && shows_old(info.view_type)) {
    bytes += record.before->size_bytes();
  }
  return bytes;
}

std::size_t record_memory_bytes(const StreamRecord& record) {
  return sizeof(StreamRecord) + (record.before ? record.before->block_bytes() : 0) +
         (record.after ? record.after->block_bytes() : 0);
}

std::string event_id(const StreamInfo& info, SequenceNumber sequence) {
  char text[33];
  std::snprintf(
      text, sizeof text, "%016llx%016llx",
      static_cast<unsigned long long>(mixed(info.salt + 0x9E3779B97F4A7C15ULL * sequence)),
      static_cast<unsigned long long>(mixed(info.salt ^ sequence)));
  return text;
}

std::string_view change_kind_name(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::kInsert:
      return "INSERT";
    case ChangeKind::kModify:
      return "MODIFY";
    case ChangeKind::kRemove:
      return "REMOVE";
  }
  return {};
}

void write_record_keys(JsonWriter& out, const KeySchema& keys, const Item& item) {
  out.begin_object();
  each_key_name(keys, [&](const std::string& name) {
    if (const auto position = item.find(name)) {
      out.raw(item.member_text(*position));
    }
  });
  out.end_object();
}

void write_stream_record(JsonWriter& out, const StreamInfo& info, const StreamRecord& record,
                         RecordForm form) {
  out.begin_object();
  write_member(out, "eventID", event_id(info, record.sequence));
  write_member(out, "eventName", change_kind_name(record.kind));
  write_member(out, "eventVersion", "1.1");
  write_member(out, "eventSource", "aws:dynamodb");
  write_member(out, "awsRegion", info.region);
  out.key("dynamodb");
  out.begin_object();
  out.key("ApproximateCreationDateTime");
  out.integer(record.created / kMicrosecondsPerSecond);
  out.key("Keys");
  write_record_keys(out, info.keys, any_image(record));
  if (record.after && shows_new(info.view_type)) {
    out.key("NewImage");
    out.raw(record.after->text());
  }
  if (record.before && shows_old(info.view_type)) {
    out.key("OldImage");
    out.raw(record.before->text());
  }
  write_member(out, "SequenceNumber", sequence_number_text(record.sequence));
  out.key("SizeBytes");
  out.integer(static_cast<std::int64_t>(record_size_bytes(info, record)));
  write_member(out, "StreamViewType", stream_view_type_name(info.view_type));
  out.end_object();
  if (record.origin == ChangeOrigin::kTimeToLive) {
    write_identity(out, form);
  }
  if (form == RecordForm::kLambda) {
    write_member(out, "eventSourceARN", info.arn);
  }
  out.end_object();
}

}  // namespace understudy
