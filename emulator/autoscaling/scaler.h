// Scaler: looks at targets and acts on their tables by UpdateTable, as their tenant.
// Not thread-safe: called under the lock of the book whose values it changes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "emulator/autoscaling/scaling_model.h"
#include "emulator/autoscaling/target_tracking.h"
#include "emulator/base/random.h"
#include "emulator/clock/clock.h"

namespace understudy {
class Engine;
class MetricSource;
}  // namespace understudy

namespace understudy::autoscaling {

/// The throughput of a target's table or index, as it stands.
struct ScaledResource {
  PerDimension<std::int64_t> units;
  bool on_demand = false;
  bool settled = false;  ///< ACTIVE, also the index where it is one: may be changed now
  Microseconds created = 0;
};

/// What became of a wish for other units.
enum class Scaled : std::uint8_t { kNotNow, kFailed, kInProgress, kDone };

class Scaler {
 public:
  Scaler(Engine& engine, const MetricSource& metrics, Random random)
      : engine_(engine), metrics_(metrics), random_(random) {}

  /// nullopt: no such table, or no such index.
  [[nodiscard]] std::optional<ScaledResource> look(const TenantScaling& tenant,
                                                   const ScalableKey& key) const;

  /// Brings the units within the target's bounds. Source: DDB-TABLE-315: done when a target is
  /// registered or changed, at no other time.
  Scaled enforce_bounds(TenantScaling& tenant, const ScalableTarget& target, Microseconds now);
  /// A policy's alarms at the end of a minute, and what follows of them. `minute_end` is the end of
  /// the last minute whose numbers are known at `now`.
  void evaluate(TenantScaling& tenant, ScalableTarget& target, ScalingPolicy& policy,
                Microseconds minute_end, Microseconds now);
  /// Makes the alarms' thresholds for these units.
  static void tune(ScalingPolicy& policy, std::int64_t units, Microseconds now);

  /// Adds an activity that is done already (changes of bounds by scheduled actions).
  void note(TenantScaling& tenant, const ScalableKey& key, std::string description,
            std::string cause, std::string status_message, Microseconds now);
  /// Ends the activities that waited for their table. True: some still wait.
  bool settle(TenantScaling& tenant, Microseconds now);

  /// A random (version 4) UUID in text.
  std::string new_uuid();
  /// That many lower-case hexadecimal digits.
  std::string new_hex(std::size_t digits);

 private:
  Scaled set_units(TenantScaling& tenant, const ScalableKey& key, const ScaledResource& resource,
                   std::int64_t units, std::string cause, Microseconds now);
  [[nodiscard]] TrackedMinutes consumption(const TenantScaling& tenant, const ScalableKey& key,
                                           Microseconds minute_end) const;
  static void keep_bounded(TenantScaling& tenant, Microseconds now);
  void scale_out(TenantScaling& tenant, const ScalableTarget& target, ScalingPolicy& policy,
                 const ScaledResource& resource, std::int64_t wanted, Microseconds now);
  void scale_in(TenantScaling& tenant, const ScalableTarget& target, ScalingPolicy& policy,
                const ScaledResource& resource, std::int64_t wanted, Microseconds now);

  Engine& engine_;
  const MetricSource& metrics_;
  Random random_;
};

}  // namespace understudy::autoscaling
