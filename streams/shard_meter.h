// ShardMeter: how much of a shard is read, and whether that is more than two readers may
// (`streams_reader_limit`). A call is let in on one call's worth and any positive balance of bytes;
// what its page holds is paid afterwards, into debt. Not thread-safe: guarded by its log.
// Assumed: all of it, as the service only says "two readers" (C4).
#pragma once

#include <cstddef>

#include "emulator/capacity/token_bucket.h"

namespace understudy {

struct ReaderLimits {
  CapacityUnits calls;  ///< per second
  CapacityUnits bytes;  ///< per second, as units
};

class ShardMeter {
 public:
  /// Full buckets: one second's worth.
  ShardMeter(const ReaderLimits& limits, Microseconds now);

  /// Whether one more GetRecords may read now; if so, it is counted. Follows changed limits.
  bool admit(const ReaderLimits& limits, Microseconds now);
  /// What the call that was let in has read.
  void pay(std::size_t bytes);

 private:
  TokenBucket calls_;
  TokenBucket bytes_;
};

}  // namespace understudy
