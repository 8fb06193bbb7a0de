// QueueWire: SQS's API as it is spoken: AWS JSON 1.0, a target AmazonSQS.<action>.
#pragma once

#include <string_view>

#include "emulator/api/request.h"
#include "emulator/api/response.h"

namespace understudy {

struct EngineOptions;
class QueueStore;

inline constexpr std::string_view kQueueTargetPrefix = "AmazonSQS.";

/// Thread-safe.
class QueueWire {
 public:
  /// Both must outlive this. `https`: what the URLs of queues begin with.
  QueueWire(const EngineOptions& options, QueueStore& store, bool https)
      : options_(options), store_(store), https_(https) {}

  void handle(const Request& request, Microseconds now, Response& response) const;

 private:
  const EngineOptions& options_;
  QueueStore& store_;
  const bool https_;
};

}  // namespace understudy
