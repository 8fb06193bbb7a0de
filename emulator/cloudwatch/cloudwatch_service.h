// CloudwatchService: CloudWatch for namespace AWS/DynamoDB, on the engine's port, in the three
// protocols that SDKs choose from: JSON 1.0, Smithy RPC v2 CBOR, and Query with XML answers. The
// same numbers at /metrics as Prometheus text, and as JSON at /metrics.json. Thread-safe.
#pragma once

#include "emulator/api/alarm_source.h"
#include "emulator/api/engine.h"
#include "emulator/api/metric_source.h"
#include "emulator/api/side_service.h"

namespace understudy {

class CloudwatchService final : public SideService {
 public:
  /// All must outlive the service; `alarms` may be null.
  CloudwatchService(const EngineOptions& options, const MetricSource& metrics,
                    const AlarmSource* alarms)
      : options_(options), metrics_(metrics), alarms_(alarms) {}

  [[nodiscard]] bool claims(const Request& request) const override;
  void handle(const Request& request, Microseconds now, Response& response) override;
  [[nodiscard]] const ModelOperation* operation_of(const Request& request) const override;
  [[nodiscard]] std::optional<SideSigning> signing_of(const Request& request) const override;
  void refuse(const Request& request, const SideError& error, Response& response) const override;

 private:
  const EngineOptions& options_;
  const MetricSource& metrics_;
  const AlarmSource* alarms_;
};

}  // namespace understudy
