#include "emulator/autoscaling/scaler.h"

#include <algorithm>

#include "emulator/api/engine.h"
#include "emulator/api/metric_source.h"
#include "emulator/base/arena.h"
#include "emulator/base/buffer.h"
#include "emulator/base/json.h"
#include "emulator/table/catalog.h"

namespace understudy::autoscaling {
namespace {

/// Source: API reference, DescribeScalingActivities: "from the previous six weeks".
constexpr Microseconds kActivitiesKept = Microseconds{42} * 24 * 60 * kScalingMinute;
/// Six weeks of one activity a minute for some targets; more than that is a program gone wild.
constexpr std::size_t kActivitiesMax = 100'000;

std::string_view units_text(Dimension dimension) {
  return dimension == Dimension::kRead ? "read capacity units" : "write capacity units";
}

PerDimension<std::int64_t> units_of(const ProvisionedThroughput& provisioned) {
  return {provisioned.units.read, provisioned.units.write};
}

void write_throughput(JsonWriter& out, const PerDimension<std::int64_t>& units) {
  out.key("ProvisionedThroughput");
  out.begin_object();
  out.key("ReadCapacityUnits");
  out.integer(units.read);
  out.key("WriteCapacityUnits");
  out.integer(units.write);
  out.end_object();
}

std::string update_table_request(const ScalableKey& key, const PerDimension<std::int64_t>& units) {
  Buffer body;
  JsonWriter out(body);
  out.begin_object();
  out.key("TableName");
  out.string(key.table);
  if (key.index.empty()) {
    write_throughput(out, units);
  } else {
    out.key("GlobalSecondaryIndexUpdates");
    out.begin_array();
    out.begin_object();
    out.key("Update");
    out.begin_object();
    out.key("IndexName");
    out.string(key.index);
    write_throughput(out, units);
    out.end_object();
    out.end_object();
    out.end_array();
  }
  out.end_object();
  return std::string(body.view());
}

/// The message of an error's body.
std::string message_of(std::string_view body) {
  Arena arena;
  const auto parsed = parse_json(body, arena);
  if (!parsed) {
    return {};
  }
  const JsonNode* message = parsed->find("message");
  if (message == nullptr) {
    message = parsed->find("Message");
  }
  return message != nullptr && message->is(JsonKind::kString) ? std::string(message->text())
                                                              : std::string();
}

void set_state(TrackedAlarm& alarm, bool in_alarm, Microseconds now) {
  if (!alarm.evaluated || alarm.in_alarm != in_alarm) {
    alarm.since = now;
  }
  alarm.evaluated = true;
  alarm.in_alarm = in_alarm;
}

TrackedAlarm& alarm_of(ScalingPolicy& policy, PolicyAlarm which) {
  return policy.alarms[static_cast<std::size_t>(which)];
}

// Source: Developer Guide, "Using the AWS CLI to manage DynamoDB auto scaling", its output.
std::string alarm_cause(const TrackedAlarm& alarm, const ScalingPolicy& policy) {
  return "monitor alarm " + alarm.name + " in state ALARM triggered policy " + policy.name;
}

bool within(const std::optional<Microseconds>& since, std::optional<std::int64_t> seconds,
            Microseconds now) {
  // Source: Application Auto Scaling user guide, "Define cooldown periods": 0 for DynamoDB.
  return since.has_value() && now - *since < seconds.value_or(0) * 1'000'000;
}

}  // namespace

std::optional<ScaledResource> Scaler::look(const TenantScaling& tenant,
                                           const ScalableKey& key) const {
  const auto table = engine_.catalog().find(tenant.scope.view(), key.table);
  if (!table) {
    return std::nullopt;
  }
  const auto state = (*table)->lock();
  const TableSettings& settings = *state->settings;
  ScaledResource resource;
  resource.on_demand = settings.billing_mode == BillingMode::kPayPerRequest;
  resource.created = settings.created;
  resource.settled = state->status == TableStatus::kActive;
  if (key.index.empty()) {
    resource.units = units_of(settings.provisioned);
    return resource;
  }
  const IndexSettings* const index = settings.find_index(key.index);
  if (index == nullptr || !index->global) {
    return std::nullopt;
  }
  resource.units = units_of(index->provisioned);
  resource.settled = resource.settled && index->status == IndexStatus::kActive;
  return resource;
}

TrackedMinutes Scaler::consumption(const TenantScaling& tenant, const ScalableKey& key,
                                   Microseconds minute_end) const {
  const std::string_view metric = key.dimension == Dimension::kRead ? "ConsumedReadCapacityUnits"
                                                                    : "ConsumedWriteCapacityUnits";
  const Microseconds from =
      minute_end - static_cast<Microseconds>(kScaleInMinutes) * kScalingMinute;
  TrackedMinutes minutes{};
  for (const MetricMinute& minute : metrics_.minutes(
           tenant.scope.tenant, {key.table, key.index, {}}, metric, from, minute_end)) {
    minutes.at(static_cast<std::size_t>((minute.begins - from) / kScalingMinute)) =
        minute.point.sum;
  }
  return minutes;
}

void Scaler::tune(ScalingPolicy& policy, std::int64_t units, Microseconds now) {
  policy.tuned_units = units;
  policy.tuned_at = now;
  policy.mistuned_since.reset();
}

void Scaler::evaluate(TenantScaling& tenant, ScalableTarget& target, ScalingPolicy& policy,
                      Microseconds minute_end, Microseconds now) {
  const auto resource = look(tenant, target.key);
  // Where nothing is metered the alarms stay without data: an idle table is not one of which
  // nothing is known.
  if (!resource || resource->on_demand || !metrics_.metered()) {
    return;
  }
  const std::int64_t units = resource->units[target.key.dimension];
  if (units == policy.tuned_units) {
    policy.mistuned_since.reset();
  } else if (!policy.mistuned_since) {
    policy.mistuned_since = minute_end;
  } else if (minute_end - *policy.mistuned_since >= kRetuneAfter) {
    tune(policy, units, now);
  }
  const bool mistuned = policy.mistuned_since.has_value();
  set_state(alarm_of(policy, PolicyAlarm::kCapacityHigh), mistuned && units > policy.tuned_units,
            now);
  set_state(alarm_of(policy, PolicyAlarm::kCapacityLow), mistuned && units < policy.tuned_units,
            now);

  const TrackedMinutes minutes = consumption(tenant, target.key, minute_end);
  const TrackingThresholds limits = thresholds(policy.target_value, policy.tuned_units);
  const bool high = alarm_high(minutes, limits.high);
  // A table younger than the alarm's minutes has no data for the older of them.
  const bool low = minute_end - resource->created >=
                       static_cast<Microseconds>(kScaleInMinutes) * kScalingMinute &&
                   alarm_low(minutes, limits.low);
  set_state(alarm_of(policy, PolicyAlarm::kHigh), high, now);
  set_state(alarm_of(policy, PolicyAlarm::kLow), low, now);
  // An alarm that stays on sets its policy off each minute. Source: CloudWatch user guide, "Alarm
  // actions". Assumed: a table that is being changed is left alone until the next minute.
  if (!resource->settled) {
    return;
  }
  if (high) {
    const std::span<const std::int64_t> newest(minutes.end() - kScaleOutMinutes, minutes.end());
    scale_out(tenant, target, policy, *resource, units_on_target(newest, policy.target_value), now);
  } else if (low) {
    scale_in(tenant, target, policy, *resource, units_on_target(minutes, policy.target_value), now);
  }
}

void Scaler::scale_out(TenantScaling& tenant, const ScalableTarget& target, ScalingPolicy& policy,
                       const ScaledResource& resource, std::int64_t wanted, Microseconds now) {
  const std::int64_t units = resource.units[target.key.dimension];
  wanted = std::min(wanted, target.max_capacity);
  if (wanted <= units || target.suspended.scale_out) {
    return;
  }
  // Source: user guide, "Define cooldown periods": while one lasts only a larger scale-out counts.
  // Assumed: larger by the units it adds.
  if (within(policy.scaled_out_at, policy.scale_out_cooldown_seconds, now) &&
      wanted - units <= policy.scaled_out_by) {
    return;
  }
  const Scaled scaled = set_units(tenant, target.key, resource, wanted,
                                  alarm_cause(alarm_of(policy, PolicyAlarm::kHigh), policy), now);
  if (scaled == Scaled::kDone || scaled == Scaled::kInProgress) {
    policy.scaled_out_at = now;
    policy.scaled_out_by = wanted - units;
    policy.scaled_in_at.reset();  // A scale-out ends the cooldown of a scale-in (same page).
    tune(policy, wanted, now);
  }
}

void Scaler::scale_in(TenantScaling& tenant, const ScalableTarget& target, ScalingPolicy& policy,
                      const ScaledResource& resource, std::int64_t wanted, Microseconds now) {
  const std::int64_t units = resource.units[target.key.dimension];
  wanted =
      std::clamp(wanted, target.min_capacity, std::max(target.min_capacity, target.max_capacity));
  if (wanted >= units || target.suspended.scale_in || policy.disable_scale_in.value_or(false)) {
    return;
  }
  // Assumed: the cooldown of a scale-out holds back a scale-in too.
  if (within(policy.scaled_in_at, policy.scale_in_cooldown_seconds, now) ||
      within(policy.scaled_out_at, policy.scale_out_cooldown_seconds, now)) {
    return;
  }
  const Scaled scaled = set_units(tenant, target.key, resource, wanted,
                                  alarm_cause(alarm_of(policy, PolicyAlarm::kLow), policy), now);
  if (scaled == Scaled::kDone || scaled == Scaled::kInProgress) {
    policy.scaled_in_at = now;
    tune(policy, wanted, now);
  }
}

Scaled Scaler::enforce_bounds(TenantScaling& tenant, const ScalableTarget& target,
                              Microseconds now) {
  const auto resource = look(tenant, target.key);
  if (!resource || resource->on_demand || !resource->settled) {
    return Scaled::kNotNow;
  }
  const std::int64_t units = resource->units[target.key.dimension];
  // Source of the causes: user guide, "Tutorial: Getting started with scheduled scaling".
  if (units < target.min_capacity) {
    return set_units(tenant, target.key, *resource, target.min_capacity,
                     "minimum capacity was set to " + std::to_string(target.min_capacity), now);
  }
  if (units > target.max_capacity) {
    return set_units(tenant, target.key, *resource, target.max_capacity,
                     "maximum capacity was set to " + std::to_string(target.max_capacity), now);
  }
  return Scaled::kNotNow;
}

Scaled Scaler::set_units(TenantScaling& tenant, const ScalableKey& key,
                         const ScaledResource& resource, std::int64_t units, std::string cause,
                         Microseconds now) {
  PerDimension<std::int64_t> wanted = resource.units;
  wanted[key.dimension] = units;
  const Engine::Answer answer =
      engine_.call_at(now, tenant.scope.view(), "UpdateTable", update_table_request(key, wanted));

  const std::string change =
      std::string(units_text(key.dimension)) + " to " + std::to_string(units);
  ScalingActivity activity;
  activity.key = key;
  activity.description = "Setting " + change + ".";
  activity.cause = std::move(cause);
  activity.started = now;
  if (answer.status != 200) {
    // Source: an activity quoted by a user (2022).
    activity.status = ActivityStatus::kFailed;
    activity.ended = now;
    activity.status_message =
        "Failed to set " + change + ". Reason: Failed updating table: " + message_of(answer.body);
  } else {
    const auto after = look(tenant, key);
    const bool done = after && after->settled;
    activity.status = done ? ActivityStatus::kSuccessful : ActivityStatus::kInProgress;
    activity.status_message = "Successfully set " + change +
                              (done ? ". Change successfully fulfilled by dynamodb."
                                    : ". Waiting for change to be fulfilled by dynamodb.");
    if (done) {
      activity.ended = now;
    }
  }
  const ActivityStatus status = activity.status;
  // A failure that repeats itself minute by minute is told once.
  const auto latest = std::find_if(tenant.activities.rbegin(), tenant.activities.rend(),
                                   [&](const ScalingActivity& each) { return each.key == key; });
  const bool repeated = status == ActivityStatus::kFailed && latest != tenant.activities.rend() &&
                        latest->status_message == activity.status_message;
  if (!repeated) {
    activity.id = new_uuid();
    tenant.activities.push_back(std::move(activity));
    keep_bounded(tenant, now);
  }
  return status == ActivityStatus::kFailed       ? Scaled::kFailed
         : status == ActivityStatus::kInProgress ? Scaled::kInProgress
                                                 : Scaled::kDone;
}

void Scaler::note(TenantScaling& tenant, const ScalableKey& key, std::string description,
                  std::string cause, std::string status_message, Microseconds now) {
  ScalingActivity activity;
  activity.id = new_uuid();
  activity.key = key;
  activity.description = std::move(description);
  activity.cause = std::move(cause);
  activity.started = now;
  activity.ended = now;
  activity.status_message = std::move(status_message);
  tenant.activities.push_back(std::move(activity));
  keep_bounded(tenant, now);
}

bool Scaler::settle(TenantScaling& tenant, Microseconds now) {
  bool waiting = false;
  for (ScalingActivity& activity : tenant.activities) {
    if (activity.status != ActivityStatus::kInProgress) {
      continue;
    }
    const auto resource = look(tenant, activity.key);
    if (resource && !resource->settled) {
      waiting = true;
      continue;
    }
    constexpr std::string_view kWaiting = "Waiting for change to be fulfilled by dynamodb.";
    const std::size_t at = activity.status_message.find(kWaiting);
    activity.status_message.replace(at, kWaiting.size(),
                                    "Change successfully fulfilled by dynamodb.");
    activity.status = ActivityStatus::kSuccessful;
    activity.ended = now;
  }
  return waiting;
}

void Scaler::keep_bounded(TenantScaling& tenant, Microseconds now) {
  while (tenant.activities.size() > kActivitiesMax ||
         tenant.activities.front().started < now - kActivitiesKept) {
    tenant.activities.pop_front();
  }
}

std::string Scaler::new_hex(std::size_t digits) {
  constexpr std::string_view kHexDigits = "0123456789abcdef";
  std::string text;
  std::uint64_t drawn = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (i % 16 == 0) {
      drawn = random_.next();
    }
    text += kHexDigits[drawn & 15];
    drawn >>= 4;
  }
  return text;
}

std::string Scaler::new_uuid() {
  std::string text = new_hex(32);
  text[12] = '4';
  text[16] = "89ab"[text[16] & 3];
  for (const std::size_t at : {8, 13, 18, 23}) {
    text.insert(at, "-");
  }
  return text;
}

}  // namespace understudy::autoscaling
