#include "emulator/table/request_metrics.h"

#include <algorithm>

namespace understudy {

MinuteMetrics& RequestMetrics::metrics_of(std::string_view operation) {
  // Names are static texts: the same name nearly always is the same text.
  if (last_ < by_operation_.size() && by_operation_[last_].operation.data() == operation.data()) {
    return by_operation_[last_].metrics;
  }
  const auto found = std::ranges::find(by_operation_, operation, &OfOperation::operation);
  last_ = static_cast<std::size_t>(found - by_operation_.begin());
  if (found == by_operation_.end()) {
    by_operation_.push_back({operation, MinuteMetrics(minutes_)});
  }
  return by_operation_[last_].metrics;
}

void RequestMetrics::record(const FinishedRequest& request) {
  constexpr int kServerError = 500;
  MinuteMetrics& metrics = metrics_of(request.operation);
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
