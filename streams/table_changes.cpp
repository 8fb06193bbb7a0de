#include "streams/table_changes.h"

#include "emulator/table/simulation.h"
#include "emulator/table/table.h"
#include "streams/stream_directory.h"

namespace understudy {

const std::shared_ptr<const PartitionCuts>& partition_cuts(const TableState& state) {
  static const std::shared_ptr<const PartitionCuts> kNone;
  if (!state.simulation) {
    return kNone;
  }
  return state.simulation->admission.arm(kTableArm)->partitions().cuts();
}

void TableChanges::append(const TableState& state, const Change& change) {
  if (log != nullptr) {
    log->append(change, partition_cuts(state));
    directory_.relieve();
  }
  if (kinesis) {
    directory_.kinesis().append(state.settings, *kinesis, change);
  }
}

std::shared_ptr<ChangeSink> TableChanges::copy() const {
  auto copied = std::make_shared<TableChanges>(directory_);
  if (log != nullptr) {
    copied->log = log->copy();
  }
  copied->kinesis = kinesis;
  return copied;
}

}  // namespace understudy
