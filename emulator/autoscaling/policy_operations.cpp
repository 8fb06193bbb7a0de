// Scaling policies and what they did.
#include <algorithm>
#include <array>

#include "emulator/autoscaling/scaling_book.h"
#include "emulator/autoscaling/target_tracking.h"

namespace understudy::autoscaling {
namespace {

using Presence = ScalingInput::Presence;

constexpr std::int64_t kPoliciesPerPage = 10;
constexpr std::int64_t kActivitiesPerPage = 50;
constexpr std::string_view kConfiguration = "TargetTrackingScalingPolicyConfiguration";
constexpr std::array<std::string_view, 3> kPolicyTypes = {"StepScaling", "TargetTrackingScaling",
                                                          "PredictiveScaling"};
constexpr std::array<std::string_view, kPolicyAlarms> kAlarmNames = {
    "AlarmHigh", "AlarmLow", "ProvisionedCapacityHigh", "ProvisionedCapacityLow"};

std::string_view utilization_metric(Dimension dimension) {
  return dimension == Dimension::kRead ? "DynamoDBReadCapacityUtilization"
                                       : "DynamoDBWriteCapacityUtilization";
}

/// What a request asks of a policy.
struct PolicyRequest {
  std::string_view type;
  bool configured = false;
  bool customized = false;
  std::string_view metric;
  std::string_view resource_label;
  std::optional<double> target_value;
  std::optional<std::int64_t> scale_out_cooldown;
  std::optional<std::int64_t> scale_in_cooldown;
  std::optional<bool> disable_scale_in;
};

void read_configuration(ScalingInput& input, PolicyRequest& request) {
  const JsonNode* const node = input.structure(kConfiguration);
  if (node == nullptr) {
    return;
  }
  request.configured = true;
  ScalingInput inner = input.below(*node, kConfiguration);
  request.target_value = inner.decimal("TargetValue", Presence::kRequired);
  request.scale_out_cooldown = inner.integer("ScaleOutCooldown");
  request.scale_in_cooldown = inner.integer("ScaleInCooldown");
  request.disable_scale_in = inner.boolean("DisableScaleIn");
  request.customized = inner.has("CustomizedMetricSpecification");
  constexpr std::string_view kPredefined = "PredefinedMetricSpecification";
  if (const JsonNode* const predefined = inner.structure(kPredefined)) {
    ScalingInput innermost = inner.below(*predefined, kPredefined);
    request.metric = innermost.text("PredefinedMetricType", Presence::kRequired);
    request.resource_label = innermost.text("ResourceLabel", Presence::kOptional, {1, 1023});
    inner.take_violations(std::move(innermost));
  }
  input.take_violations(std::move(inner));
}

// Assumed: these sentences; that DynamoDB takes no step or predictive scaling is the user guide's.
ScalingResult<void> check_policy(const PolicyRequest& request, const ScalableKey& key) {
  if (!request.type.empty() && request.type != "TargetTrackingScaling") {
    return invalid_scaling("Policy type " + std::string(request.type) +
                           " is not supported for service namespace dynamodb");
  }
  if (request.type.empty() || !request.configured) {
    return invalid_scaling(
        "TargetTrackingScalingPolicyConfiguration must be specified for policy type "
        "TargetTrackingScaling");
  }
  if (request.customized) {
    return invalid_scaling(
        "Customized metrics are not supported by this emulator: use the predefined metric " +
        std::string(utilization_metric(key.dimension)));
  }
  if (request.metric != utilization_metric(key.dimension)) {
    return invalid_scaling("Invalid predefined metric type '" + std::string(request.metric) +
                           "' for scalable dimension " + std::string(key.dimension_text()));
  }
  if (*request.target_value < kTargetPercentMin || *request.target_value > kTargetPercentMax) {
    return invalid_scaling("Target value must be between 20 and 90 percent for metric " +
                           std::string(request.metric));
  }
  if (request.scale_in_cooldown.value_or(0) < 0 || request.scale_out_cooldown.value_or(0) < 0) {
    return invalid_scaling("Cooldown must be greater than or equal to 0");
  }
  return {};
}

ScalingPolicy new_policy(ScalingCall& call, const ScalableTarget& target, std::string_view name) {
  ScalingPolicy policy;
  policy.name = name;
  policy.created = call.now;
  const OwnedScope& scope = call.tenant->scope;
  policy.arn = "arn:aws:autoscaling:" + scope.region + ":" + scope.account +
               ":scalingPolicy:" + call.book.scaler.new_uuid() + ":resource/dynamodb/" +
               target.key.resource_id() + ":policyName/" + policy.name;
  for (std::size_t i = 0; i < kPolicyAlarms; ++i) {
    policy.alarms[i].name = "TargetTracking-" + target.key.resource_id() + "-" +
                            std::string(kAlarmNames[i]) + "-" + call.book.scaler.new_uuid();
  }
  return policy;
}

void write_alarms(JsonWriter& out, const OwnedScope& scope, const ScalingPolicy& policy) {
  out.key("Alarms");
  out.begin_array();
  for (const TrackedAlarm& alarm : policy.alarms) {
    out.begin_object();
    out.key("AlarmName");
    out.string(alarm.name);
    out.key("AlarmARN");
    out.string(alarm_arn(scope, alarm.name));
    out.end_object();
  }
  out.end_array();
}

void write_number(JsonWriter& out, std::string_view member,
                  const std::optional<std::int64_t>& value) {
  if (value) {
    out.key(member);
    out.integer(*value);
  }
}

void write_policy(JsonWriter& out, const OwnedScope& scope, const ScalableKey& key,
                  const ScalingPolicy& policy) {
  out.begin_object();
  out.key("PolicyARN");
  out.string(policy.arn);
  out.key("PolicyName");
  out.string(policy.name);
  write_key(out, key);
  out.key("PolicyType");
  out.string("TargetTrackingScaling");
  out.key(kConfiguration);
  out.begin_object();
  out.key("TargetValue");
  out.decimal(policy.target_value);
  out.key("PredefinedMetricSpecification");
  out.begin_object();
  out.key("PredefinedMetricType");
  out.string(utilization_metric(key.dimension));
  if (!policy.resource_label.empty()) {
    out.key("ResourceLabel");
    out.string(policy.resource_label);
  }
  out.end_object();
  write_number(out, "ScaleOutCooldown", policy.scale_out_cooldown_seconds);
  write_number(out, "ScaleInCooldown", policy.scale_in_cooldown_seconds);
  if (policy.disable_scale_in) {
    out.key("DisableScaleIn");
    out.boolean(*policy.disable_scale_in);
  }
  out.end_object();
  write_alarms(out, scope, policy);
  write_time(out, "CreationTime", policy.created);
  out.end_object();
}

std::string_view status_text(ActivityStatus status) {
  switch (status) {
    case ActivityStatus::kInProgress:
      return "InProgress";
    case ActivityStatus::kSuccessful:
      return "Successful";
    case ActivityStatus::kFailed:
      return "Failed";
  }
  return {};
}

}  // namespace

ScalingResult<void> put_scaling_policy(ScalingCall& call, ScalingInput& input, JsonWriter& out) {
  const std::string_view name = input.text("PolicyName", Presence::kRequired, {1, 256});
  const TargetName target_name = read_target_name(input);
  PolicyRequest request;
  request.type = input.one_of("PolicyType", Presence::kOptional, kPolicyTypes);
  read_configuration(input, request);
  TRY_VOID(input.check());
  TRY(const ScalableKey key, key_of(target_name));
  TRY(ScalableTarget* const target, call.registered(key));
  const auto known = target->policies.find(name);
  if (known != target->policies.end() && request.type.empty()) {
    request.type = "TargetTrackingScaling";
  }
  TRY_VOID(check_policy(request, key));
  if (known == target->policies.end() && !target->policies.empty()) {
    // Source: quoted in public code of users (2018 to 2026). A dimension has one metric.
    return invalid_scaling(
        "Only one TargetTrackingScaling policy for a given metric specification is allowed.");
  }
  ScalingPolicy& policy =
      known != target->policies.end()
          ? known->second
          : target->policies.emplace(name, new_policy(call, *target, name)).first->second;
  policy.target_value = *request.target_value;
  policy.resource_label = request.resource_label;
  policy.scale_out_cooldown_seconds = request.scale_out_cooldown;
  policy.scale_in_cooldown_seconds = request.scale_in_cooldown;
  policy.disable_scale_in = request.disable_scale_in;
  if (const auto resource = call.book.scaler.look(*call.tenant, key)) {
    Scaler::tune(policy, resource->units[key.dimension], call.now);
  }

  out.begin_object();
  out.key("PolicyARN");
  out.string(policy.arn);
  write_alarms(out, call.tenant->scope, policy);
  out.end_object();
  return {};
}

ScalingResult<void> delete_scaling_policy(ScalingCall& call, ScalingInput& input, JsonWriter& out) {
  const std::string_view name = input.text("PolicyName", Presence::kRequired);
  const TargetName target_name = read_target_name(input);
  TRY_VOID(input.check());
  TRY(const ScalableKey key, key_of(target_name));
  const auto target = call.registered(key);
  const bool known = target && (*target)->policies.contains(name);
  if (!known) {
    // Source: as deregister_scalable_target().
    return scaling_object_not_found("No scaling policy found for service namespace: dynamodb" +
                                    name_in_message(key) + ", policy name: " + std::string(name));
  }
  (*target)->policies.erase((*target)->policies.find(name));
  out.begin_object();
  out.end_object();
  return {};
}

ScalingResult<void> describe_scaling_policies(ScalingCall& call, ScalingInput& input,
                                              JsonWriter& out) {
  const auto names = input.texts("PolicyNames", 50);
  TRY(const Selection selection, read_selection(input, kPoliciesPerPage));
  PageWriter page(out, "ScalingPolicies", selection);
  if (call.tenant != nullptr) {
    for (const auto& [key, target] : call.tenant->targets) {
      for (const auto& [name, policy] : target.policies) {
        const bool named = names.empty() || std::ranges::find(names, name) != names.end();
        if (named && page.takes(key)) {
          write_policy(out, call.tenant->scope, key, policy);
        }
      }
    }
  }
  page.finish();
  return {};
}

ScalingResult<void> describe_scaling_activities(ScalingCall& call, ScalingInput& input,
                                                JsonWriter& out) {
  // Nothing is recorded of what was not scaled: asking for it adds nothing.
  input.boolean("IncludeNotScaledActivities");
  TRY(const Selection selection, read_selection(input, kActivitiesPerPage));
  PageWriter page(out, "ScalingActivities", selection);
  if (call.tenant != nullptr) {
    const auto& activities = call.tenant->activities;
    for (auto at = activities.rbegin(); at != activities.rend(); ++at) {
      if (!page.takes(at->key)) {
        continue;
      }
      out.begin_object();
      out.key("ActivityId");
      out.string(at->id);
      write_key(out, at->key);
      out.key("Description");
      out.string(at->description);
      out.key("Cause");
      out.string(at->cause);
      write_time(out, "StartTime", at->started);
      if (at->ended) {
        write_time(out, "EndTime", *at->ended);
      }
      out.key("StatusCode");
      out.string(status_text(at->status));
      out.key("StatusMessage");
      out.string(at->status_message);
      out.end_object();
    }
  }
  page.finish();
  return {};
}

}  // namespace understudy::autoscaling
