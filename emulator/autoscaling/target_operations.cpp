// Scalable targets: registering, describing, tagging.
#include <algorithm>

#include "emulator/autoscaling/scaling_book.h"

namespace understudy::autoscaling {
namespace {

using Presence = ScalingInput::Presence;

constexpr std::int64_t kTargetsPerPage = 50;
constexpr std::size_t kTagsMax = 50;

// Source: DDB-TABLE-315 and captures of DescribeScalableTargets: the service-linked role.
std::string service_linked_role(const Scope& scope) {
  return "arn:aws:iam::" + std::string(scope.account) +
         ":role/aws-service-role/dynamodb.application-autoscaling.amazonaws.com/"
         "AWSServiceRoleForApplicationAutoScaling_DynamoDBTable";
}

struct SuspendedChange {
  std::optional<bool> scale_in;
  std::optional<bool> scale_out;
  std::optional<bool> scheduled;

  void apply_to(SuspendedState& state) const {
    state.scale_in = scale_in.value_or(state.scale_in);
    state.scale_out = scale_out.value_or(state.scale_out);
    state.scheduled = scheduled.value_or(state.scheduled);
  }
};

SuspendedChange read_suspended(ScalingInput& input) {
  SuspendedChange change;
  if (const JsonNode* const node = input.structure("SuspendedState")) {
    ScalingInput inner = input.below(*node, "SuspendedState");
    change.scale_in = inner.boolean("DynamicScalingInSuspended");
    change.scale_out = inner.boolean("DynamicScalingOutSuspended");
    change.scheduled = inner.boolean("ScheduledScalingSuspended");
    input.take_violations(std::move(inner));
  }
  return change;
}

using Tags = std::map<std::string, std::string, std::less<>>;

Tags read_tags(ScalingInput& input) {
  Tags tags;
  const JsonNode* const node = input.structure("Tags");
  if (node == nullptr) {
    return tags;
  }
  ScalingInput inner = input.below(*node, "Tags");
  for (const JsonMember& member : node->members()) {
    tags.insert_or_assign(std::string(member.name),
                          std::string(inner.text(member.name, Presence::kOptional, {0, 256})));
  }
  input.take_violations(std::move(inner));
  return tags;
}

ScalingResult<ScaledResource> check_resource(ScalingCall& call, const ScalableKey& key) {
  TenantScaling probe;
  probe.scope = OwnedScope(call.scope);
  const auto resource = call.book.scaler.look(probe, key);
  if (!resource) {
    // Source: LOG:terraform-aws-modules/terraform-aws-dynamodb-table#15; DDB-TABLE-322 (indexes).
    ScalableKey table = key;
    table.index.clear();
    const bool table_there = !key.index.empty() && call.book.scaler.look(probe, table).has_value();
    return invalid_scaling(
        (table_there ? "DynamoDB index does not exist: " : "DynamoDB table does not exist: ") +
        key.resource_id());
  }
  if (resource->on_demand) {
    // Source: Developer Guide, AutoScaling: not for on-demand tables. Assumed: the sentence.
    return invalid_scaling("DynamoDB table is in PAY_PER_REQUEST billing mode: " +
                           key.resource_id());
  }
  return *resource;
}

/// Assumed: these sentences; the service's were not found.
ScalingResult<void> check_bounds(std::optional<std::int64_t> least,
                                 std::optional<std::int64_t> most) {
  if (!least || !most) {
    return invalid_scaling(
        "Minimum capacity and maximum capacity are required to register a new scalable target");
  }
  if (*least < 1) {
    return invalid_scaling("Minimum capacity cannot be less than 1 for service namespace dynamodb");
  }
  if (*most < *least) {
    return invalid_scaling("Maximum capacity cannot be less than minimum capacity");
  }
  return {};
}

void write_suspended(JsonWriter& out, const SuspendedState& state) {
  out.key("SuspendedState");
  out.begin_object();
  out.key("DynamicScalingInSuspended");
  out.boolean(state.scale_in);
  out.key("DynamicScalingOutSuspended");
  out.boolean(state.scale_out);
  out.key("ScheduledScalingSuspended");
  out.boolean(state.scheduled);
  out.end_object();
}

ScalingResult<ScalableTarget*> find_by_arn(ScalingCall& call, std::string_view arn) {
  if (call.tenant != nullptr) {
    for (auto& [key, target] : call.tenant->targets) {
      if (scalable_target_arn(call.tenant->scope, target) == arn) {
        return &target;
      }
    }
  }
  // Assumed: the sentence.
  return Unexpected{ScalingError{"ResourceNotFoundException",
                                 "The specified resource doesn't exist: " + std::string(arn)}};
}

}  // namespace

ScalingResult<void> register_scalable_target(ScalingCall& call, ScalingInput& input,
                                             JsonWriter& out) {
  const TargetName name = read_target_name(input);
  const auto least = input.integer("MinCapacity");
  const auto most = input.integer("MaxCapacity");
  const std::string_view role = input.text("RoleARN", Presence::kOptional);
  const SuspendedChange suspended = read_suspended(input);
  Tags tags = read_tags(input);
  TRY_VOID(input.check());
  TRY(const ScalableKey key, key_of(name));
  TRY_VOID(check_resource(call, key));

  TenantScaling& tenant = call.own_tenant();
  const auto known = tenant.targets.find(key);
  ScalableTarget target;
  if (known != tenant.targets.end()) {
    if (!tags.empty()) {
      // Source: LOG:terraform-aws-modules/terraform-aws-rds-aurora#420.
      return invalid_scaling(
          "The scalable target that you tried to tag already exists. To update tags on an existing "
          "scalable target, use the TagResource API.");
    }
    target = known->second;
  } else {
    target.key = key;
    target.created = call.now;
    target.role_arn = service_linked_role(call.scope);
    target.tags = std::move(tags);
    TRY_VOID(check_bounds(least, most));
  }
  target.min_capacity = least.value_or(target.min_capacity);
  target.max_capacity = most.value_or(target.max_capacity);
  TRY_VOID(check_bounds(target.min_capacity, target.max_capacity));
  if (!role.empty()) {
    target.role_arn = role;
  }
  suspended.apply_to(target.suspended);
  if (target.id.empty()) {
    target.id = call.book.scaler.new_hex(34);
  }
  ScalableTarget& stored = tenant.targets[key] = std::move(target);
  call.book.scaler.enforce_bounds(tenant, stored, call.now);

  out.begin_object();
  out.key("ScalableTargetARN");
  out.string(scalable_target_arn(tenant.scope, stored));
  out.end_object();
  return {};
}

ScalingResult<void> deregister_scalable_target(ScalingCall& call, ScalingInput& input,
                                               JsonWriter& out) {
  const TargetName name = read_target_name(input);
  TRY_VOID(input.check());
  TRY(const ScalableKey key, key_of(name));
  if (call.tenant == nullptr || call.tenant->targets.erase(key) == 0) {
    // Source: two independent emulators agree on the sentence (moto, 2019 to 2025).
    return scaling_object_not_found("No scalable target found for service namespace: dynamodb" +
                                    name_in_message(key));
  }
  out.begin_object();
  out.end_object();
  return {};
}

ScalingResult<void> describe_scalable_targets(ScalingCall& call, ScalingInput& input,
                                              JsonWriter& out) {
  TRY(const Selection selection, read_selection(input, kTargetsPerPage));
  PageWriter page(out, "ScalableTargets", selection);
  if (call.tenant != nullptr) {
    for (const auto& [key, target] : call.tenant->targets) {
      if (!page.takes(key)) {
        continue;
      }
      out.begin_object();
      write_key(out, key);
      out.key("MinCapacity");
      out.integer(target.min_capacity);
      out.key("MaxCapacity");
      out.integer(target.max_capacity);
      out.key("RoleARN");
      out.string(target.role_arn);
      write_time(out, "CreationTime", target.created);
      write_suspended(out, target.suspended);
      out.key("ScalableTargetARN");
      out.string(scalable_target_arn(call.tenant->scope, target));
      out.end_object();
    }
  }
  page.finish();
  return {};
}

ScalingResult<void> tag_resource(ScalingCall& call, ScalingInput& input, JsonWriter& out) {
  const std::string_view arn = input.text("ResourceARN", Presence::kRequired, {1, 1011});
  Tags tags = read_tags(input);
  TRY_VOID(input.check());
  TRY(ScalableTarget * target, find_by_arn(call, arn));
  Tags merged = target->tags;
  for (auto& [key, value] : tags) {
    merged.insert_or_assign(key, value);
  }
  if (merged.size() > kTagsMax) {
    // Assumed: the sentence.
    return Unexpected{ScalingError{
        "TooManyTagsException",
        "The resource has more than " + std::to_string(kTagsMax) + " tags: " + std::string(arn)}};
  }
  target->tags = std::move(merged);
  out.begin_object();
  out.end_object();
  return {};
}

ScalingResult<void> untag_resource(ScalingCall& call, ScalingInput& input, JsonWriter& out) {
  const std::string_view arn = input.text("ResourceARN", Presence::kRequired, {1, 1011});
  const auto keys = input.texts("TagKeys", 200);
  TRY_VOID(input.check());
  TRY(ScalableTarget * target, find_by_arn(call, arn));
  for (const std::string_view key : keys) {
    const auto found = target->tags.find(key);
    if (found != target->tags.end()) {
      target->tags.erase(found);
    }
  }
  out.begin_object();
  out.end_object();
  return {};
}

ScalingResult<void> list_tags_for_resource(ScalingCall& call, ScalingInput& input,
                                           JsonWriter& out) {
  const std::string_view arn = input.text("ResourceARN", Presence::kRequired, {1, 1011});
  TRY_VOID(input.check());
  TRY(const ScalableTarget* const target, find_by_arn(call, arn));
  out.begin_object();
  out.key("Tags");
  out.begin_object();
  for (const auto& [key, value] : target->tags) {
    out.user_key(key);
    out.string(value);
  }
  out.end_object();
  out.end_object();
  return {};
}

}  // namespace understudy::autoscaling
