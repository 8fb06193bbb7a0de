// TableChanges: where the changes of one table go: the log of its stream, and what else listens to
// it. Used under its table's lock only.
#pragma once

#include <memory>
#include <optional>

#include "emulator/table/change.h"
#include "streams/stream_log.h"

namespace understudy {

class StreamDirectory;

/// Where the table's partitions begin; null: none are simulated. Under the table's lock.
const std::shared_ptr<const PartitionCuts>& partition_cuts(const TableState& state);

class TableChanges final : public ChangeSink {
 public:
  explicit TableChanges(StreamDirectory& directory) : directory_(directory) {}
  void append(const TableState& state, const Change& change) override;
  [[nodiscard]] std::shared_ptr<ChangeSink> copy() const override;

  std::shared_ptr<StreamLog> log;             ///< of the stream that is enabled; null: none
  std::optional<KinesisDestination> kinesis;  ///< that changes are delivered to

 private:
  StreamDirectory& directory_;
};

}  // namespace understudy
