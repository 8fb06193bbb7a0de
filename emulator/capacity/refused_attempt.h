// RefusedAttempt: one bucket that refused one item of a request, as the journal tells it. Views are
// into the request's arena or static text.
#pragma once

#include <cstdint>
#include <string_view>

namespace understudy {

struct RefusedAttempt {
  std::string_view table;                ///< as the request named it
  std::string_view index;                ///< empty: the table itself
  std::string_view reason;               ///< "TableWriteProvisionedThroughputExceeded"
  std::string_view bucket;               ///< "throughput", "quota" or "partition"
  std::uint64_t partition_id = 0;        ///< of a partition's bucket
  std::int64_t balance_thousandths = 0;  ///< of the bucket when it refused
};

}  // namespace understudy
