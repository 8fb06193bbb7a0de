// RecordSource: what event source mappings read: shards of records in order. DynamoDB's streams are
// one; tests have their own.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/expected.h"
#include "emulator/clock/clock.h"

namespace understudy {

struct SourceRecord {
  std::string sequence_number;
  Microseconds created = 0;
  /// Records of one key keep their order among themselves, also with several lanes.
  std::string key;
  /// The record as a function gets it: a JSON object.
  std::string json;
};

struct SourceShard {
  std::string id;
  std::string parent;  ///< empty: none, or no longer known
  bool closed = false;
};

/// Where reading goes on. What it means is the source's business.
struct SourcePosition {
  enum class From : std::uint8_t { kTrimHorizon, kLatest, kAfterSequenceNumber };
  From from = From::kTrimHorizon;
  std::string sequence_number;
};

struct SourcePage {
  std::vector<SourceRecord> records;
  bool end_of_shard = false;  ///< the shard is closed and this was its rest
};

enum class SourceError : std::uint8_t {
  kNotFound,  ///< the stream or shard is gone
  kTrimmed,   ///< what follows that position is kept no longer
};

/// Thread-safe. Outlives all that read from it.
class RecordSource {
 public:
  RecordSource() = default;
  virtual ~RecordSource() = default;
  RecordSource(const RecordSource&) = delete;
  RecordSource& operator=(const RecordSource&) = delete;

  /// Parents before children.
  virtual Expected<std::vector<SourceShard>, SourceError> shards(std::string_view stream) = 0;
  /// The end of that shard as a position, so that "latest" means the moment of asking.
  virtual Expected<SourcePosition, SourceError> latest(std::string_view stream,
                                                       std::string_view shard) = 0;
  virtual Expected<SourcePage, SourceError> read(std::string_view stream, std::string_view shard,
                                                 const SourcePosition& position,
                                                 std::size_t records_max) = 0;
  /// `wake` is called after each change of that stream, perhaps under a table's lock: it may only
  /// pass the word on. The token's end ends it.
  virtual std::shared_ptr<void> watch(std::string_view stream, std::function<void()> wake) = 0;
};

}  // namespace understudy
