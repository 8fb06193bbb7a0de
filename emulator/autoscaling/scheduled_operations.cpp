// Scheduled actions: other bounds at certain times.
#include <algorithm>

#include "emulator/autoscaling/scaling_book.h"

namespace understudy::autoscaling {
namespace {

using Presence = ScalingInput::Presence;

constexpr std::int64_t kActionsPerPage = 50;

struct ActionRequest {
  std::string_view name;
  TargetName target;
  std::string_view expression;
  std::string_view timezone;
  std::optional<Microseconds> start;
  std::optional<Microseconds> end;
  bool bounds_given = false;
  std::optional<std::int64_t> min_capacity;
  std::optional<std::int64_t> max_capacity;
};

ActionRequest read_action(ScalingInput& input) {
  ActionRequest request;
  request.name = input.text("ScheduledActionName", Presence::kRequired, {1, 256});
  request.target = read_target_name(input);
  request.expression = input.text("Schedule", Presence::kOptional);
  request.timezone = input.text("Timezone", Presence::kOptional);
  request.start = input.time("StartTime");
  request.end = input.time("EndTime");
  if (const JsonNode* const node = input.structure("ScalableTargetAction")) {
    ScalingInput inner = input.below(*node, "ScalableTargetAction");
    request.bounds_given = true;
    request.min_capacity = inner.integer("MinCapacity");
    request.max_capacity = inner.integer("MaxCapacity");
    input.take_violations(std::move(inner));
  }
  return request;
}

ScalingResult<void> apply(const ActionRequest& request, ScheduledAction& action) {
  if (!request.expression.empty()) {
    action.expression = request.expression;
  }
  if (!request.timezone.empty()) {
    action.timezone = request.timezone;
  }
  // Source: API reference: start and end that are not given are forgotten.
  action.start = request.start;
  action.end = request.end;
  if (request.bounds_given) {
    action.min_capacity = request.min_capacity;
    action.max_capacity = request.max_capacity;
  }
  if (action.expression.empty()) {
    // Assumed: the sentence.
    return invalid_scaling("Schedule must be specified for a new scheduled action");
  }
  if (!action.min_capacity && !action.max_capacity) {
    // Source: LOG:aws-cloudformation/community-registry-extensions#255.
    return invalid_scaling(
        "At least one of minimum capacity and maximum capacity should be provided");
  }
  if (action.min_capacity && action.max_capacity && *action.max_capacity < *action.min_capacity) {
    return invalid_scaling("Maximum capacity cannot be less than minimum capacity");
  }
  if (action.start && action.end && *action.end <= *action.start) {
    // Assumed: the sentence.
    return invalid_scaling("End time must be after start time");
  }
  auto schedule =
      Schedule::parse(action.expression, action.timezone, action.start.value_or(action.created));
  if (!schedule) {
    return invalid_scaling(std::string(schedule.error()));
  }
  action.schedule = *schedule;
  return {};
}

void write_action(JsonWriter& out, const ScalableKey& key, const ScheduledAction& action) {
  out.begin_object();
  out.key("ScheduledActionName");
  out.string(action.name);
  out.key("ScheduledActionARN");
  out.string(action.arn);
  write_key(out, key);
  out.key("Schedule");
  out.string(action.expression);
  if (!action.timezone.empty()) {
    out.key("Timezone");
    out.string(action.timezone);
  }
  if (action.start) {
    write_time(out, "StartTime", *action.start);
  }
  if (action.end) {
    write_time(out, "EndTime", *action.end);
  }
  out.key("ScalableTargetAction");
  out.begin_object();
  if (action.min_capacity) {
    out.key("MinCapacity");
    out.integer(*action.min_capacity);
  }
  if (action.max_capacity) {
    out.key("MaxCapacity");
    out.integer(*action.max_capacity);
  }
  out.end_object();
  write_time(out, "CreationTime", action.created);
  out.end_object();
}

}  // namespace

ScalingResult<void> put_scheduled_action(ScalingCall& call, ScalingInput& input, JsonWriter& out) {
  const ActionRequest request = read_action(input);
  TRY_VOID(input.check());
  TRY(const ScalableKey key, key_of(request.target));
  TRY(ScalableTarget* const target, call.registered(key));
  const auto known = target->actions.find(request.name);
  ScheduledAction action;
  if (known != target->actions.end()) {
    action = known->second;
  } else {
    action.name = request.name;
    action.created = call.now;
    const OwnedScope& scope = call.tenant->scope;
    action.arn = "arn:aws:autoscaling:" + scope.region + ":" + scope.account +
                 ":scheduledAction:" + call.book.scaler.new_uuid() + ":resource/dynamodb/" +
                 key.resource_id() + ":scheduledActionName/" + action.name;
  }
  TRY_VOID(apply(request, action));
  action.next = next_run(action, call.now);
  const std::string name = action.name;
  call.put_action = &target->actions.insert_or_assign(name, std::move(action)).first->second;
  call.put_action_key = key;
  out.begin_object();
  out.end_object();
  return {};
}

ScalingResult<void> delete_scheduled_action(ScalingCall& call, ScalingInput& input,
                                            JsonWriter& out) {
  const std::string_view name = input.text("ScheduledActionName", Presence::kRequired);
  const TargetName target_name = read_target_name(input);
  TRY_VOID(input.check());
  TRY(const ScalableKey key, key_of(target_name));
  const auto target = call.registered(key);
  if (!target || !(*target)->actions.contains(name)) {
    // Assumed: in the words of a policy's absence.
    return scaling_object_not_found("No scheduled action found for service namespace: dynamodb" +
                                    name_in_message(key) +
                                    ", scheduled action name: " + std::string(name));
  }
  (*target)->actions.erase((*target)->actions.find(name));
  out.begin_object();
  out.end_object();
  return {};
}

ScalingResult<void> describe_scheduled_actions(ScalingCall& call, ScalingInput& input,
                                               JsonWriter& out) {
  const auto names = input.texts("ScheduledActionNames", 50);
  TRY(const Selection selection, read_selection(input, kActionsPerPage));
  PageWriter page(out, "ScheduledActions", selection);
  if (call.tenant != nullptr) {
    for (const auto& [key, target] : call.tenant->targets) {
      for (const auto& [name, action] : target.actions) {
        const bool named = names.empty() || std::ranges::find(names, name) != names.end();
        if (named && page.takes(key)) {
          write_action(out, key, action);
        }
      }
    }
  }
  page.finish();
  return {};
}

std::optional<Microseconds> next_run(const ScheduledAction& action, Microseconds after) {
  // A rate with a start runs at its start first.
  const Microseconds from = action.start ? std::max(after, *action.start - 1) : after;
  const auto next = action.schedule->next(from);
  return next && (!action.end || *next <= *action.end) ? next : std::nullopt;
}

}  // namespace understudy::autoscaling
