#include "streams/shard_meter.h"

namespace understudy {
namespace {

void follow_rate(TokenBucket& bucket, CapacityUnits rate, Microseconds now) {
  if (bucket.rate() != rate) {
    bucket.retune({rate, rate}, now);
  }
}

}  // namespace

ShardMeter::ShardMeter(const ReaderLimits& limits, Microseconds now)
    : calls_({limits.calls, limits.calls}, limits.calls, now),
      bytes_({limits.bytes, limits.bytes}, limits.bytes, now) {}

bool ShardMeter::admit(const ReaderLimits& limits, Microseconds now) {
  follow_rate(calls_, limits.calls, now);
  follow_rate(bytes_, limits.bytes, now);
  const CapacityUnits one = CapacityUnits::whole(1);
  if (!calls_.admits(one, AdmissionRule::kFullCost, {}, now) ||
      !bytes_.admits({}, AdmissionRule::kPositiveBalance, {}, now)) {
    return false;
  }
  calls_.debit(one);
  return true;
}

void ShardMeter::pay(std::size_t bytes) {
  bytes_.debit(CapacityUnits::whole(static_cast<std::int64_t>(bytes)));
}

}  // namespace understudy
