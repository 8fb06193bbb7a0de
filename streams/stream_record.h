// StreamRecord: one change of one item as a stream keeps it: two shared references, rendered when
// it is read. Immutable once in a log.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "emulator/base/buffer.h"
#include "emulator/clock/clock.h"
#include "emulator/model/item.h"
#include "emulator/model/key_schema.h"
#include "emulator/table/change.h"
#include "emulator/table/table_settings.h"
#include "streams/sequence_number.h"

namespace understudy {

enum class ChangeKind : std::uint8_t { kInsert, kModify, kRemove };

struct StreamRecord {
  SequenceNumber sequence = 0;
  Microseconds created = 0;  ///< never before that of the record ahead of it
  /// The images that the view type shows; of those it does not show, one where the keys are read
  /// from it.
  ItemRef before;
  ItemRef after;
  ChangeKind kind = ChangeKind::kInsert;
  ChangeOrigin origin = ChangeOrigin::kUser;
};

/// What a stream is, for as long as it is: copied from its table when it begins.
struct StreamInfo {
  std::string arn;
  std::string label;
  std::string table_name;
  std::string tenant;
  std::string region;
  std::string account;
  StreamViewType view_type = StreamViewType::kKeysOnly;
  KeySchema keys;
  Microseconds created = 0;
  std::uint64_t salt = 0;  ///< makes event and shard ids of different streams different
};

/// The record that a stream of that view type keeps of a change.
StreamRecord make_stream_record(StreamViewType view_type, const Change& change);
/// Billed bytes of what the record shows (C5, SizeBytes).
std::size_t record_size_bytes(const StreamInfo& info, const StreamRecord& record);
/// Bytes of memory it holds on to, as if it shared nothing.
std::size_t record_memory_bytes(const StreamRecord& record);

/// Who reads a record: userIdentity's members are written differently (C5).
enum class RecordForm : std::uint8_t {
  kStreams,  ///< GetRecords
  kLambda,   ///< an event of an event source mapping: with eventSourceARN
};
/// The record as a JSON object.
void write_stream_record(JsonWriter& out, const StreamInfo& info, const StreamRecord& record,
                         RecordForm form);
/// The item's key attributes as a JSON object.
void write_record_keys(JsonWriter& out, const KeySchema& keys, const Item& item);
/// 32 hexadecimal digits that no other record has.
std::string event_id(const StreamInfo& info, SequenceNumber sequence);
std::string_view change_kind_name(ChangeKind kind);

}  // namespace understudy
