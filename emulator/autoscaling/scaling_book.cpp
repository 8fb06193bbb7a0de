#include "emulator/autoscaling/scaling_book.h"

#include <algorithm>
#include <array>

#include "emulator/autoscaling/target_tracking.h"

namespace understudy::autoscaling {

bool ScalingBook::has_policies() const {
  return std::ranges::any_of(tenants, [](const auto& tenant) {
    return std::ranges::any_of(tenant.second.targets,
                               [](const auto& target) { return !target.second.policies.empty(); });
  });
}

TenantScaling& ScalingCall::own_tenant() {
  if (tenant == nullptr) {
    tenant = &book.tenants[std::string(scope.tenant)];
    tenant->scope = OwnedScope(scope);
  }
  return *tenant;
}

ScalingResult<ScalableTarget*> ScalingCall::registered(const ScalableKey& key) const {
  if (tenant != nullptr) {
    const auto found = tenant->targets.find(key);
    if (found != tenant->targets.end()) {
      return &found->second;
    }
  }
  // Source: LOG:ansible/ansible#40237.
  return scaling_object_not_found("No scalable target registered for service namespace: dynamodb" +
                                  name_in_message(key));
}

std::string name_in_message(const ScalableKey& key) {
  return ", resource ID: " + key.resource_id() +
         ", scalable dimension: " + std::string(key.dimension_text());
}

void write_key(JsonWriter& out, const ScalableKey& key) {
  out.key("ServiceNamespace");
  out.string("dynamodb");
  out.key("ResourceId");
  out.string(key.resource_id());
  out.key("ScalableDimension");
  out.string(key.dimension_text());
}

void write_time(JsonWriter& out, std::string_view member, Microseconds time) {
  out.key(member);
  const std::int64_t milliseconds = time / kMillisecond;
  out.decimal(static_cast<double>(milliseconds) / 1000.0);
}

PageWriter::PageWriter(JsonWriter& out, std::string_view member, const Selection& selection)
    : out_(out), selection_(selection) {
  out_.begin_object();
  out_.key(member);
  out_.begin_array();
}

bool PageWriter::takes(const ScalableKey& key) {
  if (more_ || !selection_.takes(key)) {
    return false;
  }
  if (position_++ < selection_.from) {
    return false;
  }
  if (std::cmp_equal(written_, selection_.count_max)) {
    more_ = true;
    return false;
  }
  ++written_;
  return true;
}

void PageWriter::finish() {
  out_.end_array();
  if (more_) {
    out_.key("NextToken");
    out_.string(std::to_string(selection_.from + written_));
  }
  out_.end_object();
}

std::string alarm_arn(const OwnedScope& scope, std::string_view alarm_name) {
  return "arn:aws:cloudwatch:" + scope.region + ":" + scope.account +
         ":alarm:" + std::string(alarm_name);
}

std::string scalable_target_arn(const OwnedScope& scope, const ScalableTarget& target) {
  return "arn:aws:application-autoscaling:" + scope.region + ":" + scope.account +
         ":scalable-target/" + target.id;
}

AlarmView describe_alarm(const TenantScaling& tenant, const ScalableTarget& target,
                         const ScalingPolicy& policy, PolicyAlarm which) {
  const TrackedAlarm& tracked = policy.alarms[static_cast<std::size_t>(which)];
  const TrackingThresholds limits = thresholds(policy.target_value, policy.tuned_units);
  const bool reads = target.key.dimension == Dimension::kRead;
  AlarmView view;
  view.name = tracked.name;
  view.arn = alarm_arn(tenant.scope, tracked.name);
  view.description = "DO NOT EDIT OR DELETE. For TargetTrackingScaling policy " + policy.arn + ".";
  view.action = policy.arn;
  view.address = {target.key.table, target.key.index, {}};
  if (which == PolicyAlarm::kHigh || which == PolicyAlarm::kLow) {
    view.metric = reads ? "ConsumedReadCapacityUnits" : "ConsumedWriteCapacityUnits";
    view.statistic = "Sum";
    view.period_seconds = 60;
    view.evaluation_periods =
        static_cast<std::int64_t>(which == PolicyAlarm::kHigh ? kScaleOutMinutes : kScaleInMinutes);
    view.threshold = which == PolicyAlarm::kHigh ? limits.high : limits.low;
  } else {
    view.metric = reads ? "ProvisionedReadCapacityUnits" : "ProvisionedWriteCapacityUnits";
    view.statistic = "Average";
    view.period_seconds = 300;
    view.evaluation_periods = kRetuneAfter / (5 * kScalingMinute);
    view.threshold = static_cast<double>(policy.tuned_units);
  }
  const bool above = which == PolicyAlarm::kHigh || which == PolicyAlarm::kCapacityHigh;
  view.comparison = above ? "GreaterThanThreshold" : "LessThanThreshold";
  if (tracked.evaluated) {
    view.state = tracked.in_alarm ? AlarmState::kAlarm : AlarmState::kOk;
    view.state_reason = tracked.in_alarm ? "Threshold Crossed: all datapoints of the evaluation "
                                           "periods were beyond the threshold."
                                         : "Not all datapoints of the evaluation periods were "
                                           "beyond the threshold.";
    view.state_since = tracked.since;
  } else {
    view.state_reason = "Unchecked: Initial alarm creation";
    view.state_since = policy.created;
  }
  view.configured = policy.tuned_at;
  return view;
}

}  // namespace understudy::autoscaling
