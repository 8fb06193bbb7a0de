// Streams: DynamoDB Streams as one thing: the keeper of tables' changes, the four operations, and
// what reads in-process. Plugged into an engine from outside; the engine's tables never know it.
//
//   Engine engine;
//   Streams streams(engine);   // before the engine's first request
//
// Thread-safe.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/clock/clock.h"
#include "streams/stream_reader.h"

namespace understudy {

class Engine;
class KinesisOutbox;
class RecordWatch;

struct StreamOptions {
  /// Budget for what records of all streams hold; the oldest are trimmed beyond it.
  std::size_t memory_bytes = std::size_t{256} * 1024 * 1024;
  Microseconds retention = Microseconds{24} * 3600 * 1'000'000;
  /// How long a shard stays open (C3).
  Microseconds shard_life = Microseconds{4} * 3600 * 1'000'000;
  /// Where records for Kinesis data streams are sent (http://host:port); empty: only listed.
  std::string kinesis_endpoint;
};

class Streams {
 public:
  /// Plugs itself in. The engine's last request must be done before this is destroyed.
  explicit Streams(Engine& engine, const StreamOptions& options = {});
  ~Streams();
  Streams(const Streams&) = delete;
  Streams& operator=(const Streams&) = delete;

  /// The stream of that ARN, also one that ended less than 24 h ago; null: there is none.
  [[nodiscard]] std::shared_ptr<StreamReader> find(std::string_view tenant, std::string_view arn);
  /// The tenant's streams in the order of their ARNs; `table`: of that name only, empty: all.
  [[nodiscard]] std::vector<std::shared_ptr<StreamReader>> list(std::string_view tenant,
                                                                std::string_view table = {});
  /// A page for a poller in this process. Fault rules about GetRecords meet it as they meet a
  /// client's call: where one fails the call the page is empty, and watchers are told to come
  /// again.
  [[nodiscard]] RecordPage poll(std::string_view tenant, StreamReader& stream, ShardNumber shard,
                                SequenceNumber from, const PageLimits& limits, Microseconds now);
  [[nodiscard]] RecordWatch& watch();
  /// What was sent to Kinesis data streams.
  [[nodiscard]] KinesisOutbox& kinesis();
  /// What all records hold now, as if images were not shared.
  [[nodiscard]] std::size_t memory_used_bytes() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace understudy
