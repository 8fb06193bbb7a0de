#include "emulator/table/request_metrics.h"

namespace understudy {

void RequestMetrics::record(const FinishedRequest& request) {
  constexpr int kServerError = 500;
  auto found = by_operation_.find(request.operation);
  if (found == by_operation_.end()) {
    found = by_operation_.try_emplace(request.operation, minutes_).first;
  }
  MinuteMetrics& metrics = found->second;
  if (request.status < 400) {
    // Microseconds are thousandths of a millisecond.
    metrics.record(Metric::kSuccessfulRequestLatency, request.took, request.at);
    if (request.returns_items) {
      metrics.record(Metric::kReturnedItemCount, std::int64_t{request.items_returned} * 1000,
                     request.at);
    }
  } else if (request.status >= kServerError) {
    metrics.count(Metric::kSystemErrors, request.at);
  }
  if (request.throttled) {
    metrics.count(Metric::kThrottledRequests, request.at);
  }
}

}  // namespace understudy
