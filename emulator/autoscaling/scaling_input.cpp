#include "emulator/autoscaling/scaling_input.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

namespace understudy::autoscaling {
namespace {

constexpr std::array<std::string_view, 15> kServiceNamespaces = {
    "ecs",         "elasticmapreduce", "ec2",        "appstream", "dynamodb",  "rds",
    "sagemaker",   "custom-resource",  "comprehend", "lambda",    "cassandra", "kafka",
    "elasticache", "neptune",          "workspaces"};
constexpr std::array<std::string_view, 24> kScalableDimensions = {
    "ecs:service:DesiredCount",
    "ec2:spot-fleet-request:TargetCapacity",
    "elasticmapreduce:instancegroup:InstanceCount",
    "appstream:fleet:DesiredCapacity",
    "dynamodb:table:ReadCapacityUnits",
    "dynamodb:table:WriteCapacityUnits",
    "dynamodb:index:ReadCapacityUnits",
    "dynamodb:index:WriteCapacityUnits",
    "rds:cluster:ReadReplicaCount",
    "sagemaker:variant:DesiredInstanceCount",
    "custom-resource:ResourceType:Property",
    "comprehend:document-classifier-endpoint:DesiredInferenceUnits",
    "comprehend:entity-recognizer-endpoint:DesiredInferenceUnits",
    "lambda:function:ProvisionedConcurrency",
    "cassandra:table:ReadCapacityUnits",
    "cassandra:table:WriteCapacityUnits",
    "kafka:broker-storage:VolumeSize",
    "elasticache:cache-cluster:Nodes",
    "elasticache:replication-group:NodeGroups",
    "elasticache:replication-group:Replicas",
    "neptune:cluster:ReadReplicaCount",
    "sagemaker:variant:DesiredProvisionedConcurrency",
    "sagemaker:inference-component:DesiredCopyCount",
    "workspaces:workspacespool:DesiredUserSessions"};

/// "ServiceNamespace" is "serviceNamespace" in messages, "RoleARN" "roleARN".
std::string message_name(std::string_view member) {
  std::string name(member);
  if (!name.empty() && name[0] >= 'A' && name[0] <= 'Z') {
    name[0] = static_cast<char>(name[0] + 32);
  }
  return name;
}

std::string value_at(std::string_view value, const std::string& path, std::string_view constraint) {
  std::string text = "Value '";
  text.append(value).append("' at '").append(path);
  return text.append("' failed to satisfy constraint: ").append(constraint);
}

std::optional<double> decimal_of(const JsonNode& node) {
  double value = 0;
  const std::string_view text = node.text();
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool valid = error == std::errc() && end == text.data() + text.size();
  return valid ? std::optional(value) : std::nullopt;
}

}  // namespace

std::string ScalingInput::path(std::string_view member) const {
  return prefix_ + message_name(member);
}

void ScalingInput::missing(std::string_view member) {
  violate("Value null at '" + path(member) +
          "' failed to satisfy constraint: Member must not be null");
}

// Assumed: values of a wrong JSON type are told as violations; the service has a
// SerializationException for them, which no SDK can set off.
void ScalingInput::wrong_type(std::string_view member, std::string_view wanted) {
  violate("Value at '" + path(member) + "' failed to satisfy constraint: Member must be " +
          std::string(wanted));
}

bool ScalingInput::has(std::string_view member) const {
  return input_->find(member) != nullptr;
}

std::string_view ScalingInput::text(std::string_view member, Presence presence, Length length) {
  const JsonNode* const node = input_->find(member);
  if (node == nullptr) {
    if (presence == Presence::kRequired) {
      missing(member);
    }
    return {};
  }
  if (!node->is(JsonKind::kString)) {
    wrong_type(member, "a string");
    return {};
  }
  const std::string_view value = node->text();
  if (value.size() < length.least) {
    violate(value_at(
        value, path(member),
        "Member must have length greater than or equal to " + std::to_string(length.least)));
  } else if (value.size() > length.most) {
    violate(
        value_at(value, path(member),
                 "Member must have length less than or equal to " + std::to_string(length.most)));
  }
  return value;
}

std::string_view ScalingInput::one_of(std::string_view member, Presence presence,
                                      std::span<const std::string_view> values) {
  const JsonNode* const node = input_->find(member);
  const std::string_view value = text(member, presence, {0, SIZE_MAX});
  if (node == nullptr || !node->is(JsonKind::kString) ||
      std::ranges::find(values, value) != values.end()) {
    return value;
  }
  std::string set;
  for (const std::string_view each : values) {
    set.append(set.empty() ? "" : ", ").append(each);
  }
  violate(value_at(value, path(member), "Member must satisfy enum value set: [" + set + "]"));
  return value;
}

std::optional<std::int64_t> ScalingInput::integer(std::string_view member) {
  const auto value = decimal(member);
  if (!value) {
    return std::nullopt;
  }
  // The model's integers have 32 bits.
  if (std::abs(*value) > INT32_MAX || *value != std::trunc(*value)) {
    wrong_type(member, "an integer");
    return std::nullopt;
  }
  return static_cast<std::int64_t>(*value);
}

std::optional<double> ScalingInput::decimal(std::string_view member, Presence presence) {
  const JsonNode* const node = input_->find(member);
  if (node == nullptr) {
    if (presence == Presence::kRequired) {
      missing(member);
    }
    return std::nullopt;
  }
  const auto value = node->is_number() ? decimal_of(*node) : std::nullopt;
  if (!value) {
    wrong_type(member, "a number");
  }
  return value;
}

std::optional<bool> ScalingInput::boolean(std::string_view member) {
  const JsonNode* const node = input_->find(member);
  if (node == nullptr) {
    return std::nullopt;
  }
  if (!node->is(JsonKind::kTrue) && !node->is(JsonKind::kFalse)) {
    wrong_type(member, "a boolean");
    return std::nullopt;
  }
  return node->is(JsonKind::kTrue);
}

std::optional<Microseconds> ScalingInput::time(std::string_view member) {
  constexpr double kLatestSecond = 253'402'300'799;  // the end of year 9999
  const auto seconds = decimal(member);
  if (!seconds) {
    return std::nullopt;
  }
  if (*seconds < 0 || *seconds > kLatestSecond) {
    wrong_type(member, "a time");
    return std::nullopt;
  }
  return std::llround(*seconds * 1e6);
}

std::vector<std::string_view> ScalingInput::texts(std::string_view member, std::size_t count_max) {
  std::vector<std::string_view> values;
  const JsonNode* const node = input_->find(member);
  if (node == nullptr) {
    return values;
  }
  if (!node->is(JsonKind::kArray)) {
    wrong_type(member, "a list");
    return values;
  }
  if (node->size > count_max) {
    violate(value_at("[…]", path(member),
                     "Member must have length less than or equal to " + std::to_string(count_max)));
    return values;
  }
  for (const JsonNode& element : node->elements()) {
    if (element.is(JsonKind::kString)) {
      values.push_back(element.text());
    } else {
      wrong_type(member, "a list of strings");
    }
  }
  return values;
}

const JsonNode* ScalingInput::structure(std::string_view member) {
  const JsonNode* const node = input_->find(member);
  if (node != nullptr && !node->is(JsonKind::kObject)) {
    wrong_type(member, "a structure");
    return nullptr;
  }
  return node;
}

ScalingInput ScalingInput::below(const JsonNode& node, std::string_view member) const {
  ScalingInput inner(node);
  inner.prefix_ = path(member) + ".";
  return inner;
}

void ScalingInput::take_violations(ScalingInput&& inner) {
  for (std::string& violation : inner.violations_) {
    violations_.push_back(std::move(violation));
  }
}

ScalingResult<void> ScalingInput::check() const {
  if (violations_.empty()) {
    return {};
  }
  std::string message = std::to_string(violations_.size());
  message +=
      violations_.size() == 1 ? " validation error detected: " : " validation errors detected: ";
  for (std::size_t i = 0; i < violations_.size(); ++i) {
    message.append(i == 0 ? "" : "; ").append(violations_[i]);
  }
  return invalid_scaling(std::move(message));
}

TargetName read_target_name(ScalingInput& input) {
  using Presence = ScalingInput::Presence;
  return {input.one_of("ServiceNamespace", Presence::kRequired, kServiceNamespaces),
          input.text("ResourceId", Presence::kRequired),
          input.one_of("ScalableDimension", Presence::kRequired, kScalableDimensions)};
}

ScalingResult<ScalableKey> key_of(const TargetName& name) {
  auto key = parse_scalable_key(name.resource_id, name.dimension);
  if (name.service != "dynamodb" || !key) {
    // Source: LOG:pulumi/pulumi-policy-aws#11.
    return invalid_scaling("Unsupported service namespace, resource type or scalable dimension");
  }
  return *std::move(key);
}

bool Selection::takes(const ScalableKey& key) const {
  if (nothing || (!dimension.empty() && key.dimension_text() != dimension)) {
    return false;
  }
  return resource_ids.empty() ||
         std::ranges::find(resource_ids, key.resource_id()) != resource_ids.end();
}

ScalingResult<Selection> read_selection(ScalingInput& input, std::int64_t count_max) {
  using Presence = ScalingInput::Presence;
  Selection selection;
  selection.nothing =
      input.one_of("ServiceNamespace", Presence::kRequired, kServiceNamespaces) != "dynamodb";
  selection.resource_ids = input.texts("ResourceIds", 50);
  if (input.has("ResourceId")) {
    selection.resource_ids = {input.text("ResourceId", Presence::kOptional)};
  }
  selection.dimension = input.one_of("ScalableDimension", Presence::kOptional, kScalableDimensions);
  // Assumed: more than a page's most is as much as a page has.
  selection.count_max = std::min(input.integer("MaxResults").value_or(count_max), count_max);
  if (selection.count_max < 1) {
    input.violate("Value '" + std::to_string(selection.count_max) +
                  "' at 'maxResults' failed to satisfy constraint: Member must have value greater "
                  "than or equal to 1");
  }
  const std::string_view token = input.text("NextToken", Presence::kOptional, {0, 1600});
  TRY_VOID(input.check());
  if (!token.empty()) {
    const auto [end, error] =
        std::from_chars(token.data(), token.data() + token.size(), selection.from);
    if (error != std::errc() || end != token.data() + token.size()) {
      return Unexpected{ScalingError{"InvalidNextTokenException", "The next token is not valid."}};
    }
  }
  return selection;
}

}  // namespace understudy::autoscaling
