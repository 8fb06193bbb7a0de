// KinesisOutbox: what tables' changes sent to Kinesis data streams: a bounded list that tests and
// the admin API read, and that the sender drains to a configured endpoint. Written under tables'
// locks. Thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/buffer.h"
#include "emulator/table/change.h"
#include "emulator/table/table_settings.h"
#include "streams/stream_record.h"

namespace understudy {

/// One record as it is kept; rendered when it is read.
struct KinesisRecord {
  std::uint64_t number = 0;  ///< counts up over all destinations, from 1
  std::shared_ptr<const TableSettings> table;
  std::string stream_arn;
  std::string partition_key;
  bool microseconds = false;
  StreamRecord change;  ///< with both images; its sequence is `number`
};

class KinesisOutbox {
 public:
  /// Beyond that the oldest are dropped.
  explicit KinesisOutbox(std::size_t records_max = 10'000) : records_max_(records_max) {}

  void append(const std::shared_ptr<const TableSettings>& table,
              const KinesisDestination& destination, const Change& change);
  /// Records with numbers above `after`, oldest first; `stream_arn`: of that data stream only,
  /// empty: of all; `tenant`: of that tenant only, nullopt: of all.
  [[nodiscard]] std::vector<KinesisRecord> read(std::uint64_t after, std::size_t records_max,
                                                std::string_view stream_arn = {},
                                                std::optional<std::string_view> tenant = {}) const;
  /// `tell` is called after each record, under the outbox's lock: it must only pass the word on.
  /// Empty: nobody.
  void on_grown(std::function<void()> tell);
  /// Forgets the tenant's records, or all.
  void forget(std::optional<std::string_view> tenant);

 private:
  const std::size_t records_max_;
  mutable std::mutex mutex_;
  std::deque<KinesisRecord> records_;
  std::uint64_t last_ = 0;
  std::function<void()> tell_;
};

/// The record's data: the JSON object that consumers of the data stream find (C6).
void write_kinesis_data(JsonWriter& out, const KinesisRecord& record);
/// `{"number":…,"streamArn":…,"partitionKey":…,"data":{…}}`: for people and tests.
void write_kinesis_record(JsonWriter& out, const KinesisRecord& record);

}  // namespace understudy
