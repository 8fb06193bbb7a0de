// AlarmSource: alarms that a service keeps of its own accord (auto scaling), for CloudWatch to
// describe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "emulator/api/metric_source.h"
#include "emulator/clock/clock.h"

namespace understudy {

enum class AlarmState : std::uint8_t { kInsufficientData, kOk, kAlarm };

struct AlarmView {
  std::string name;
  std::string arn;
  std::string description;
  std::string action;  ///< ARN of what it sets off
  MetricAddress address;
  std::string metric;     ///< "ConsumedReadCapacityUnits"
  std::string statistic;  ///< "Sum"
  std::int64_t period_seconds = 60;
  std::int64_t evaluation_periods = 1;
  double threshold = 0;
  std::string comparison;  ///< "GreaterThanThreshold"
  AlarmState state = AlarmState::kInsufficientData;
  std::string state_reason;
  Microseconds state_since = 0;
  Microseconds configured = 0;
};

/// Thread-safe.
class AlarmSource {
 public:
  AlarmSource() = default;
  virtual ~AlarmSource() = default;
  AlarmSource(const AlarmSource&) = delete;
  AlarmSource& operator=(const AlarmSource&) = delete;

  /// The tenant's alarms, sorted by name.
  [[nodiscard]] virtual std::vector<AlarmView> alarms(std::string_view tenant) const = 0;
};

}  // namespace understudy
