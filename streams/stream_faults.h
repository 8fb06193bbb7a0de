// What fault rules do to streams (`do: {stream: …}`): the same to a client that calls GetRecords
// and to an event source mapping that reads in-process.
#pragma once

#include <optional>

#include "emulator/faults/fault_rule.h"
#include "streams/stream_log.h"

namespace understudy {

/// kTrim: all records so far are gone. kSplit: the shard, or (nullopt) each open one, is divided.
/// The others change nothing in the log.
void apply_stream_fault(const FaultStream& fault, StreamLog& log, std::optional<ShardNumber> shard,
                        Microseconds now);

/// A page as the fault lets it be read: kDelay holds back what is younger, kDuplicate gives each
/// record again. `fault` may be null.
RecordPage read_with_fault(const FaultStream* fault, StreamReader& log, ShardNumber shard,
                           SequenceNumber from, PageLimits limits, Microseconds now);

}  // namespace understudy
