#include "emulator/service/side_operations.h"

#include <algorithm>
#include <array>

namespace understudy {
namespace {

constexpr ModelOperation side_row(Service service, std::string_view name) {
  return {name, service, kNoShape, kNoShape, {}};
}
constexpr ModelOperation scaling_row(std::string_view name) {
  return side_row(Service::kApplicationAutoScaling, name);
}
constexpr ModelOperation metrics_row(std::string_view name) {
  return side_row(Service::kCloudWatch, name);
}
constexpr ModelOperation lambda_row(std::string_view name) {
  return side_row(Service::kLambda, name);
}
constexpr ModelOperation queue_row(std::string_view name) {
  return side_row(Service::kSqs, name);
}

constexpr auto kSideOperations = std::to_array<ModelOperation>({
    scaling_row("DeleteScalingPolicy"),
    scaling_row("DeleteScheduledAction"),
    scaling_row("DeregisterScalableTarget"),
    scaling_row("DescribeScalableTargets"),
    scaling_row("DescribeScalingActivities"),
    scaling_row("DescribeScalingPolicies"),
    scaling_row("DescribeScheduledActions"),
    scaling_row("ListTagsForResource"),
    scaling_row("PutScalingPolicy"),
    scaling_row("PutScheduledAction"),
    scaling_row("RegisterScalableTarget"),
    scaling_row("TagResource"),
    scaling_row("UntagResource"),
    metrics_row("DescribeAlarms"),
    metrics_row("DescribeAlarmsForMetric"),
    metrics_row("GetMetricData"),
    metrics_row("GetMetricStatistics"),
    metrics_row("ListMetrics"),
    lambda_row("CreateEventSourceMapping"),
    lambda_row("DeleteEventSourceMapping"),
    lambda_row("GetEventSourceMapping"),
    lambda_row("GetFunction"),
    lambda_row("GetFunctionConfiguration"),
    lambda_row("Invoke"),
    lambda_row("ListEventSourceMappings"),
    lambda_row("ListFunctions"),
    lambda_row("UpdateEventSourceMapping"),
    queue_row("ChangeMessageVisibility"),
    queue_row("ChangeMessageVisibilityBatch"),
    queue_row("CreateQueue"),
    queue_row("DeleteMessage"),
    queue_row("DeleteMessageBatch"),
    queue_row("DeleteQueue"),
    queue_row("GetQueueAttributes"),
    queue_row("GetQueueUrl"),
    queue_row("ListDeadLetterSourceQueues"),
    queue_row("ListQueueTags"),
    queue_row("ListQueues"),
    queue_row("PurgeQueue"),
    queue_row("ReceiveMessage"),
    queue_row("SendMessage"),
    queue_row("SendMessageBatch"),
    queue_row("SetQueueAttributes"),
    queue_row("TagQueue"),
    queue_row("UntagQueue"),
});

// Model: error traits of the services' models. SQS has none there; Assumed: the status that its
// query protocol gave OverLimit and RequestThrottled.
constexpr auto kSideErrors = std::to_array<SideErrorRow>({
    {"ConcurrentUpdateException", 400},
    {"EC2ThrottledException", 502},
    {"FailedResourceAccessException", 400},
    {"InternalServiceException", 500},
    {"InternalServiceFault", 500},
    {"LimitExceededFault", 400},
    {"ObjectNotFoundException", 400},
    {"OverLimit", 403},
    {"QueueDoesNotExist", 400},
    {"RequestThrottled", 403},
    {"ResourceConflictException", 409},
    {"ResourceNotReadyException", 502},
    {"ServiceException", 500},
    {"TooManyRequestsException", 429},
});

struct ServiceRow {
  Service service;
  std::string_view name;
};
constexpr auto kServices = std::to_array<ServiceRow>({
    {Service::kDynamoDb, "dynamodb"},
    {Service::kDynamoDbStreams, "dynamodbstreams"},
    {Service::kApplicationAutoScaling, "application-autoscaling"},
    {Service::kCloudWatch, "cloudwatch"},
    {Service::kLambda, "lambda"},
    {Service::kSqs, "sqs"},
});

}  // namespace

std::span<const ModelOperation> side_operations() {
  return kSideOperations;
}

const ModelOperation* find_side_operation(Service service, std::string_view name) {
  const auto* found = std::ranges::find_if(kSideOperations, [&](const ModelOperation& operation) {
    return operation.service == service && operation.name == name;
  });
  return found == kSideOperations.end() ? nullptr : found;
}

std::string_view service_name(Service service) {
  return std::ranges::find(kServices, service, &ServiceRow::service)->name;
}

std::optional<Service> find_service(std::string_view name) {
  const auto* found = std::ranges::find(kServices, name, &ServiceRow::name);
  return found == kServices.end() ? std::nullopt : std::optional(found->service);
}

std::span<const SideErrorRow> side_errors() {
  return kSideErrors;
}

const SideErrorRow* find_side_error(std::string_view name) {
  const auto* found = std::ranges::find(kSideErrors, name, &SideErrorRow::name);
  return found == kSideErrors.end() ? nullptr : found;
}

}  // namespace understudy
