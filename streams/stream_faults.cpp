#include "streams/stream_faults.h"

#include <algorithm>
#include <utility>

namespace understudy {

void apply_stream_fault(const FaultStream& fault, StreamLog& log, std::optional<ShardNumber> shard,
                        Microseconds now) {
  if (fault.kind == FaultStream::Kind::kTrim) {
    log.trim(SIZE_MAX);
  }
  if (fault.kind != FaultStream::Kind::kSplit) {
    return;
  }
  if (shard) {
    log.split(*shard, now);
    return;
  }
  for (const ShardView& view : log.shards(now)) {
    if (!view.ending) {
      log.split(view.number, now);
    }
  }
}

RecordPage read_with_fault(const FaultStream* fault, StreamReader& log, ShardNumber shard,
                           SequenceNumber from, PageLimits limits, Microseconds now) {
  const bool delays = fault != nullptr && fault->kind == FaultStream::Kind::kDelay;
  const bool repeats = fault != nullptr && fault->kind == FaultStream::Kind::kDuplicate;
  if (delays) {
    limits.made_until = now - fault->delay;
  }
  const std::size_t times = repeats ? std::size_t{fault->copies} + 1 : 1;
  // A page holds no more than asked for, but one record with all its copies always.
  limits.records_max = std::max<std::size_t>(limits.records_max / times, 1);
  RecordPage page = log.read(shard, from, limits, now);
  if (times > 1) {
    std::vector<StreamRecord> once = std::exchange(page.records, {});
    for (const StreamRecord& record : once) {
      page.records.insert(page.records.end(), times, record);
    }
  }
  return page;
}

}  // namespace understudy
