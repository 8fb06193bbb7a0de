// ScalingBook: everything that is registered, of all tenants, and the work that is due for it. The
// operations change it under its lock.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "emulator/api/alarm_source.h"
#include "emulator/autoscaling/scaler.h"
#include "emulator/autoscaling/scaling_error.h"
#include "emulator/autoscaling/scaling_input.h"
#include "emulator/autoscaling/scaling_model.h"
#include "emulator/base/buffer.h"

namespace understudy::autoscaling {

struct ScalingBook {
  explicit ScalingBook(Scaler made) : scaler(made) {}

  Scaler scaler;
  std::map<std::string, TenantScaling, std::less<>> tenants;
  bool ticking = false;   ///< a tick is scheduled
  bool settling = false;  ///< a look at unfinished changes is scheduled

  [[nodiscard]] bool has_policies() const;
};

/// One request on its way.
struct ScalingCall {
  ScalingBook& book;
  const Scope& scope;
  Microseconds now = 0;
  /// The tenant's part of the book; made at the first registration.
  TenantScaling* tenant = nullptr;
  /// The scheduled action that was put, whose next run is to be scheduled.
  const ScheduledAction* put_action = nullptr;
  ScalableKey put_action_key;

  TenantScaling& own_tenant();
  /// Error: ObjectNotFoundException "No scalable target registered for service namespace: …".
  ScalingResult<ScalableTarget*> registered(const ScalableKey& key) const;
};

using ScalingOperation = ScalingResult<void> (*)(ScalingCall& call, ScalingInput& input,
                                                 JsonWriter& out);

ScalingResult<void> register_scalable_target(ScalingCall& call, ScalingInput& input,
                                             JsonWriter& out);
ScalingResult<void> deregister_scalable_target(ScalingCall& call, ScalingInput& input,
                                               JsonWriter& out);
ScalingResult<void> describe_scalable_targets(ScalingCall& call, ScalingInput& input,
                                              JsonWriter& out);
ScalingResult<void> put_scaling_policy(ScalingCall& call, ScalingInput& input, JsonWriter& out);
ScalingResult<void> delete_scaling_policy(ScalingCall& call, ScalingInput& input, JsonWriter& out);
ScalingResult<void> describe_scaling_policies(ScalingCall& call, ScalingInput& input,
                                              JsonWriter& out);
ScalingResult<void> describe_scaling_activities(ScalingCall& call, ScalingInput& input,
                                                JsonWriter& out);
ScalingResult<void> put_scheduled_action(ScalingCall& call, ScalingInput& input, JsonWriter& out);
ScalingResult<void> delete_scheduled_action(ScalingCall& call, ScalingInput& input,
                                            JsonWriter& out);
ScalingResult<void> describe_scheduled_actions(ScalingCall& call, ScalingInput& input,
                                               JsonWriter& out);
ScalingResult<void> tag_resource(ScalingCall& call, ScalingInput& input, JsonWriter& out);
ScalingResult<void> untag_resource(ScalingCall& call, ScalingInput& input, JsonWriter& out);
ScalingResult<void> list_tags_for_resource(ScalingCall& call, ScalingInput& input, JsonWriter& out);

/// ", resource ID: table/Music, scalable dimension: …": how messages name a target.
std::string name_in_message(const ScalableKey& key);
/// Writes service namespace, resource id and dimension.
void write_key(JsonWriter& out, const ScalableKey& key);
void write_time(JsonWriter& out, std::string_view member, Microseconds time);
/// Writes `"member":[…],"NextToken":…` of those that `selection` takes, `count_max` at most.
/// Asked of all there are, in order; between takes() and the next the caller writes the value.
class PageWriter {
 public:
  PageWriter(JsonWriter& out, std::string_view member, const Selection& selection);
  /// Whether the next one is to be written now.
  bool takes(const ScalableKey& key);
  void finish();

 private:
  JsonWriter& out_;
  const Selection& selection_;
  std::size_t position_ = 0;
  std::size_t written_ = 0;
  bool more_ = false;
};
/// When it is to run next, its start and end considered; nullopt: never again.
std::optional<Microseconds> next_run(const ScheduledAction& action, Microseconds after);
std::string alarm_arn(const OwnedScope& scope, std::string_view alarm_name);
std::string scalable_target_arn(const OwnedScope& scope, const ScalableTarget& target);

/// What an alarm watches, for descriptions.
AlarmView describe_alarm(const TenantScaling& tenant, const ScalableTarget& target,
                         const ScalingPolicy& policy, PolicyAlarm which);

}  // namespace understudy::autoscaling
