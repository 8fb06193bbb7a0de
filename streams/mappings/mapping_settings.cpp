#include "streams/mappings/mapping_settings.h"

#include <algorithm>
#include <charconv>
#include <span>

#include "emulator/base/arena.h"

namespace understudy {
namespace {

constexpr std::int64_t kWeekSeconds = 604'800;
constexpr std::size_t kFiltersMax = 5;  ///< Source: Lambda quotas (more on request).

/// A number a mapping has, and where it may lie.
struct NumberRow {
  std::string_view member;
  std::string_view path;
  std::int64_t MappingSettings::*place;
  std::int64_t min;
  std::int64_t max;
};

constexpr NumberRow kNumbers[] = {
    {"BatchSize", "batchSize", &MappingSettings::batch_size, 1, 10'000},
    {"MaximumBatchingWindowInSeconds", "maximumBatchingWindowInSeconds",
     &MappingSettings::window_seconds, 0, 300},
    {"ParallelizationFactor", "parallelizationFactor", &MappingSettings::parallelization, 1, 10},
    {"MaximumRecordAgeInSeconds", "maximumRecordAgeInSeconds",
     &MappingSettings::record_age_seconds_max, -1, kWeekSeconds},
    {"MaximumRetryAttempts", "maximumRetryAttempts", &MappingSettings::retries_max, -1, 10'000},
    {"TumblingWindowInSeconds", "tumblingWindowInSeconds",
     &MappingSettings::tumbling_window_seconds, 0, 900},
};

LambdaError wrong_type(std::string_view member) {
  return {400, "SerializationException",
          "The value of " + std::string(member) + " is of another type"};
}

Expected<void, LambdaError> read_number(const NumberRow& row, const JsonNode& node,
                                        MappingSettings& settings) {
  if (!node.is(JsonKind::kInteger)) {
    return Unexpected{wrong_type(row.member)};
  }
  std::int64_t value = 0;
  const std::string_view text = node.text();
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || value < row.min) {
    return constraint_violated(
        text, row.path,
        "Member must have value greater than or equal to " + std::to_string(row.min));
  }
  if (value > row.max) {
    return constraint_violated(
        text, row.path, "Member must have value less than or equal to " + std::to_string(row.max));
  }
  constexpr std::int64_t kAgeMin = 60;
  if (row.place == &MappingSettings::record_age_seconds_max && value != -1 && value < kAgeMin) {
    return invalid_parameter(
        "Maximum record age in seconds must be between 60 seconds and 7 days, or -1.");
  }
  settings.*row.place = value;
  return {};
}

Expected<bool, LambdaError> read_boolean(std::string_view member, const JsonNode& node) {
  if (!node.is(JsonKind::kTrue) && !node.is(JsonKind::kFalse)) {
    return Unexpected{wrong_type(member)};
  }
  return node.is(JsonKind::kTrue);
}

Expected<void, LambdaError> read_filters(const JsonNode& criteria, MappingSettings& settings) {
  settings.filters.clear();
  const JsonNode* const filters = criteria.find("Filters");
  if (filters == nullptr) {
    return {};
  }
  if (!filters->is(JsonKind::kArray)) {
    return Unexpected{wrong_type("Filters")};
  }
  if (filters->size > kFiltersMax) {
    return invalid_parameter("Event source filter criteria must have no more than 5 filters.");
  }
  for (const JsonNode& filter : filters->elements()) {
    const JsonNode* const pattern = filter.find("Pattern");
    if (pattern == nullptr || !pattern->is(JsonKind::kString)) {
      return invalid_parameter("Invalid filter pattern definition.");
    }
    auto parsed = FilterPattern::parse(pattern->text());
    if (!parsed) {
      return invalid_parameter("Invalid filter pattern definition. (" + parsed.error() + ")");
    }
    settings.filters.push_back(*std::move(parsed));
  }
  return {};
}

Expected<void, LambdaError> read_response_types(const JsonNode& types, MappingSettings& settings) {
  settings.report_item_failures = false;
  if (!types.is(JsonKind::kArray)) {
    return Unexpected{wrong_type("FunctionResponseTypes")};
  }
  for (const JsonNode& type : types.elements()) {
    if (!type.is(JsonKind::kString)) {
      return Unexpected{wrong_type("FunctionResponseTypes")};
    }
    if (type.text() != "ReportBatchItemFailures") {
      return constraint_violated("[" + std::string(type.text()) + "]", "functionResponseTypes",
                                 "Member must satisfy constraint: [Member must satisfy enum value "
                                 "set: [ReportBatchItemFailures]]");
    }
    settings.report_item_failures = true;
  }
  return {};
}

Expected<void, LambdaError> read_starting_position(const JsonNode& body,
                                                   MappingSettings& settings) {
  if (const JsonNode* const node = body.find("StartingPosition")) {
    const std::string_view position = node->text();
    if (!node->is(JsonKind::kString) ||
        (position != "LATEST" && position != "TRIM_HORIZON" && position != "AT_TIMESTAMP")) {
      return constraint_violated(
          node->is(JsonKind::kString) ? position : "", "startingPosition",
          "Member must satisfy enum value set: [LATEST, AT_TIMESTAMP, TRIM_HORIZON]");
    }
    if (position == "AT_TIMESTAMP") {
      return invalid_parameter("Unsupported starting position for arn type: " +
                               settings.source_arn);
    }
    settings.from_latest = position == "LATEST";
  }
  return {};
}

Expected<void, LambdaError> read_destination(const JsonNode& body, MappingSettings& settings) {
  if (const JsonNode* const destinations = body.find("DestinationConfig")) {
    const JsonNode* const failure = destinations->find("OnFailure");
    const JsonNode* const place = failure != nullptr ? failure->find("Destination") : nullptr;
    if (place != nullptr && !place->is(JsonKind::kString)) {
      return Unexpected{wrong_type("Destination")};
    }
    settings.on_failure = place != nullptr ? std::string(place->text()) : std::string();
  }
  return {};
}

Expected<void, LambdaError> read_scaling(const JsonNode& body, MappingSettings& settings) {
  if (const JsonNode* const scaling = body.find("ScalingConfig")) {
    const JsonNode* const most = scaling->find("MaximumConcurrency");
    constexpr NumberRow kConcurrency = {"MaximumConcurrency", "scalingConfig.maximumConcurrency",
                                        &MappingSettings::concurrency_max, 2, 1'000};
    if (most != nullptr) {
      TRY_VOID(read_number(kConcurrency, *most, settings));
    }
  }
  return {};
}

/// Members that mappings of the other kind have are refused, not passed over. Source: the text is
/// quoted by serverless/serverless#7049 (ParallelizationFactor), that of StartingPosition by
/// boto/boto3#1613, OnSuccess by LocalStack. Assumed: the other members have the same text.
Expected<void, LambdaError> check_kind(const JsonNode& body, const MappingSettings& settings) {
  static constexpr std::string_view kOfStreams[] = {
      "BisectBatchOnFunctionError", "MaximumRecordAgeInSeconds", "MaximumRetryAttempts",
      "ParallelizationFactor", "TumblingWindowInSeconds"};
  static constexpr std::string_view kOfQueues[] = {"ScalingConfig"};
  static constexpr std::string_view kOfOthers[] = {"AmazonManagedKafkaEventSourceConfig",
                                                   "DocumentDBEventSourceConfig",
                                                   "Queues",
                                                   "SelfManagedEventSource",
                                                   "SelfManagedKafkaEventSourceConfig",
                                                   "SourceAccessConfigurations",
                                                   "Topics"};
  const auto refuse = [](std::string_view member) -> Expected<void, LambdaError> {
    return invalid_parameter("Unsupported " + std::string(member) +
                             " parameter for given event source mapping type.");
  };
  const auto given = [&body](std::string_view member) { return body.find(member) != nullptr; };
  if (settings.from_queue && given("StartingPosition")) {
    return invalid_parameter("StartingPosition is not valid for SQS event sources.");
  }
  for (const std::span<const std::string_view> members :
       {settings.from_queue ? std::span<const std::string_view>(kOfStreams)
                            : std::span<const std::string_view>(kOfQueues),
        std::span<const std::string_view>(kOfOthers)}) {
    if (const auto wrong = std::ranges::find_if(members, given); wrong != members.end()) {
      return refuse(*wrong);
    }
  }
  const JsonNode* const destinations = body.find("DestinationConfig");
  const JsonNode* const failure =
      destinations != nullptr ? destinations->find("OnFailure") : nullptr;
  if (destinations != nullptr &&
      (destinations->find("OnSuccess") != nullptr ||
       (settings.from_queue && failure != nullptr && failure->find("Destination") != nullptr))) {
    return refuse("DestinationConfig");
  }
  return {};
}

Expected<void, LambdaError> check_batch_size(const MappingSettings& settings) {
  // Source: the Lambda model, BatchSize. Assumed: the wording.
  constexpr std::int64_t kUnwindowedQueueBatchMax = 10;
  if (settings.from_queue && settings.window_seconds == 0 &&
      settings.batch_size > kUnwindowedQueueBatchMax) {
    return invalid_parameter(
        "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater "
        "than 10");
  }
  return {};
}

}  // namespace

Expected<void, LambdaError> read_mapping_settings(const JsonNode& body, MappingSettings& settings) {
  TRY_VOID(check_kind(body, settings));
  for (const NumberRow& row : kNumbers) {
    if (const JsonNode* const node = body.find(row.member)) {
      TRY_VOID(read_number(row, *node, settings));
    }
  }
  if (const JsonNode* const node = body.find("Enabled")) {
    TRY(settings.enabled, read_boolean("Enabled", *node));
  }
  if (const JsonNode* const node = body.find("BisectBatchOnFunctionError")) {
    TRY(settings.bisect, read_boolean("BisectBatchOnFunctionError", *node));
  }
  TRY_VOID(read_starting_position(body, settings));
  if (const JsonNode* const node = body.find("FunctionResponseTypes")) {
    TRY_VOID(read_response_types(*node, settings));
  }
  if (const JsonNode* const node = body.find("FilterCriteria")) {
    TRY_VOID(read_filters(*node, settings));
  }
  TRY_VOID(read_destination(body, settings));
  TRY_VOID(read_scaling(body, settings));
  return check_batch_size(settings);
}

bool passes_filters(const MappingSettings& settings, std::string_view record_json) {
  if (settings.filters.empty()) {
    return true;
  }
  Arena arena;
  const auto record = parse_json(record_json, arena);
  return record && std::ranges::any_of(settings.filters, [&](const auto& pattern) {
           return pattern->matches(*record);
         });
}

void write_mapping_settings(const MappingSettings& settings, JsonWriter& out) {
  for (const NumberRow& row : kNumbers) {
    if (!settings.from_queue || row.place == &MappingSettings::batch_size ||
        row.place == &MappingSettings::window_seconds) {
      out.key(row.member);
      out.integer(settings.*row.place);
    }
  }
  if (!settings.from_queue) {
    out.key("StartingPosition");
    out.string(settings.from_latest ? "LATEST" : "TRIM_HORIZON");
    out.key("BisectBatchOnFunctionError");
    out.boolean(settings.bisect);
  } else if (settings.concurrency_max > 0) {
    out.key("ScalingConfig");
    out.begin_object();
    out.key("MaximumConcurrency");
    out.integer(settings.concurrency_max);
    out.end_object();
  }
  out.key("FunctionResponseTypes");
  out.begin_array();
  if (settings.report_item_failures) {
    out.string("ReportBatchItemFailures");
  }
  out.end_array();
  out.key("DestinationConfig");
  out.begin_object();
  out.key("OnFailure");
  out.begin_object();
  if (!settings.on_failure.empty()) {
    out.key("Destination");
    out.string(settings.on_failure);
  }
  out.end_object();
  out.end_object();
  if (!settings.filters.empty()) {
    out.key("FilterCriteria");
    out.begin_object();
    out.key("Filters");
    out.begin_array();
    for (const auto& filter : settings.filters) {
      out.begin_object();
      out.key("Pattern");
      out.string(filter->text());
      out.end_object();
    }
    out.end_array();
    out.end_object();
  }
}

}  // namespace understudy
