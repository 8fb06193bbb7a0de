// RequestMetrics: metrics of a table that belong to one operation each, minute by minute:
// SuccessfulRequestLatency, ReturnedItemCount, ThrottledRequests, SystemErrors and so on.
// Not thread-safe: guarded by its table's lock.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "emulator/capacity/minute_metrics.h"

namespace understudy {

/// One request that is over.
struct FinishedRequest {
  std::string_view operation;  ///< static text: "GetItem"
  Microseconds at = 0;
  Microseconds took = 0;
  int status = 200;
  std::uint32_t items_returned = 0;
  bool returns_items = false;  ///< Query, Scan, BatchGetItem, …: then items_returned is counted
  bool throttled = false;      ///< any event of it (a batch: all)
};

class RequestMetrics {
 public:
  explicit RequestMetrics(std::int64_t minutes) : minutes_(minutes) {}
  void record(const FinishedRequest& request);
  struct OfOperation {
    std::string_view operation;
    MinuteMetrics metrics;
  };
  /// In the order of their first requests.
  [[nodiscard]] const std::vector<OfOperation>& by_operation() const { return by_operation_; }

 private:
  MinuteMetrics& metrics_of(std::string_view operation);

  std::int64_t minutes_;
  std::vector<OfOperation> by_operation_;
  std::size_t last_ = 0;  // Most requests are like the one before.
};

}  // namespace understudy
