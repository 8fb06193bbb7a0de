// AutoscalingService: Application Auto Scaling for DynamoDB, on the engine's port: the API that
// clients of `application-autoscaling` speak, and the scaler that acts on it. Alarms, cooldowns and
// scheduled actions hang on the engine's scheduler; nothing runs while no policy exists.
//
// In-process (drills): call() with a request's name and JSON, on behalf of a tenant.
// Thread-safe.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/api/alarm_source.h"
#include "emulator/api/engine.h"
#include "emulator/api/side_service.h"

namespace understudy {

class MetricSource;

class AutoscalingService final : public SideService, public AlarmSource {
 public:
  /// `engine` and `metrics` must outlive the service, and the scheduler's work not the service.
  AutoscalingService(Engine& engine, const MetricSource& metrics);
  ~AutoscalingService() override;

  [[nodiscard]] bool claims(const Request& request) const override;
  void handle(const Request& request, Microseconds now, Response& response) override;
  [[nodiscard]] const ModelOperation* operation_of(const Request& request) const override;
  [[nodiscard]] std::optional<SideSigning> signing_of(const Request& request) const override;

  /// One operation as JSON, without a signature: RegisterScalableTarget, PutScalingPolicy, …
  /// `access_key`: as Engine::call.
  Engine::Answer call(std::string_view operation, std::string_view json_body,
                      std::string_view access_key = {});

  [[nodiscard]] std::vector<AlarmView> alarms(std::string_view tenant) const override;

  /// Forgets targets, policies, scheduled actions and activities of the tenant, or of all.
  void forget_tables(std::optional<std::string_view> tenant) override;
  /// All of that as it stands, alarms and cooldowns included.
  [[nodiscard]] std::shared_ptr<const void> save_tables(
      std::optional<std::string_view> tenant) const override;
  /// As it stood. Time does not go back: scheduled actions that were due in between are not made up
  /// for, cooldowns are over by now or are not.
  void restore_tables(std::optional<std::string_view> tenant,
                      const std::shared_ptr<const void>& saved, Microseconds now) override;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace understudy
