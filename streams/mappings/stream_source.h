// StreamSource: DynamoDB's streams as what event source mappings read.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "streams/mappings/record_source.h"

namespace understudy {

class StreamReader;
class Streams;

/// Thread-safe. A stream is found by its ARN among those of the shared tenant, then of the tenant
/// that the ARN's account and region name.
class StreamSource final : public RecordSource {
 public:
  /// Both must outlive it.
  StreamSource(Streams& streams, const Clock& clock) : streams_(streams), clock_(clock) {}

  Expected<std::vector<SourceShard>, SourceError> shards(std::string_view stream) override;
  Expected<SourcePosition, SourceError> latest(std::string_view stream,
                                               std::string_view shard) override;
  Expected<SourcePage, SourceError> read(std::string_view stream, std::string_view shard,
                                         const SourcePosition& position,
                                         std::size_t records_max) override;
  std::shared_ptr<void> watch(std::string_view stream, std::function<void()> wake) override;

 private:
  struct Found {
    std::shared_ptr<StreamReader> reader;
    std::string tenant;
  };
  [[nodiscard]] Found find(std::string_view stream) const;

  Streams& streams_;
  const Clock& clock_;
};

}  // namespace understudy
