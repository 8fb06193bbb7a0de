#include "streams/mappings/event_source_mappings.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>

#include "emulator/api/query_string.h"
#include "emulator/base/arena.h"
#include "streams/mappings/event_source_mapping.h"
#include "streams/mappings/queue_mapping.h"

namespace understudy {
namespace {

constexpr int kAccepted = 202;
constexpr std::size_t kPageMax = 100;
/// Source: Lambda developer guide, "Amazon SQS event source mappings".
constexpr std::int64_t kQueueBatchSize = 10;
constexpr std::string_view kUserAction = "User action";

Unexpected<LambdaError> no_such_mapping() {
  return lambda_error(404, "ResourceNotFoundException",
                      "The resource you requested does not exist.");
}

Unexpected<LambdaError> not_json(const JsonSyntaxError& error) {
  return lambda_error(400, "InvalidRequestContentException",
                      "Could not parse request body into json: " + std::string(error.reason) +
                          " at byte " + std::to_string(error.offset));
}

std::string seconds_text(Microseconds moment) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%lld.%03lld", static_cast<long long>(moment / kSecond),
                static_cast<long long>(moment % kSecond / 1000));
  return text.data();
}

bool is_stream_arn(std::string_view arn) {
  return arn.starts_with("arn:") && arn.find(":dynamodb:") != std::string_view::npos &&
         arn.find("/stream/") != std::string_view::npos;
}

}  // namespace

EventSourceMappings::EventSourceMappings(const MappingContext& context, CheckDestination check)
    : context_(context), check_(std::move(check)) {}

EventSourceMappings::~EventSourceMappings() {
  stop();
}

void EventSourceMappings::stop() {
  const std::lock_guard lock(mutex_);
  for (const auto& [id, entry] : mappings_) {
    entry.mapping->stop();
  }
}

LambdaResult EventSourceMappings::answer(const Call& call) {
  if (call.id.empty() && call.method == "POST") {
    return create(call.body);
  }
  if (call.id.empty() && call.method == "GET") {
    return list_page(call.query);
  }
  if (call.method == "GET") {
    return describe(call.id);
  }
  if (call.method == "PUT") {
    return update(call.id, call.body);
  }
  if (call.method == "DELETE") {
    return remove(call.id);
  }
  return lambda_error(404, "UnknownOperationException", "Unknown operation");
}

// ---- Changes
// -------------------------------------------------------------------------------------

Expected<void, LambdaError> EventSourceMappings::check_function(const JsonNode& body, bool required,
                                                                MappingSettings& settings) const {
  const JsonNode* const name = body.find("FunctionName");
  if (name == nullptr) {
    if (required) {
      return lambda_error(400, "ValidationException",
                          "1 validation error detected: Value null at 'functionName' failed to "
                          "satisfy constraint: Member must not be null");
    }
    return {};
  }
  const auto found =
      name->is(JsonKind::kString) ? context_.functions.resolve(name->text()) : std::nullopt;
  if (!found.has_value()) {
    return invalid_parameter("Function does not exist");
  }
  settings.function_name = *found;
  return {};
}

Expected<void, LambdaError> EventSourceMappings::check_destination(
    const MappingSettings& settings) const {
  if (settings.on_failure.empty()) {
    return {};
  }
  if (!check_) {
    return invalid_parameter("This server has nowhere to send to: " + settings.on_failure);
  }
  if (const auto possible = check_(settings.on_failure); !possible) {
    return invalid_parameter(possible.error());
  }
  return {};
}

Expected<void, LambdaError> EventSourceMappings::read_source(const JsonNode& body,
                                                             MappingSettings& settings) const {
  const JsonNode* const source = body.find("EventSourceArn");
  if (source == nullptr || !source->is(JsonKind::kString)) {
    return invalid_parameter("Unrecognized event source.");
  }
  settings.source_arn = std::string(source->text());
  settings.from_queue =
      context_.queues != nullptr && settings.source_arn.starts_with("arn:aws:sqs:");
  if (settings.from_queue) {
    settings.batch_size = kQueueBatchSize;
  } else if (!is_stream_arn(settings.source_arn)) {
    // Assumed: the wording for sources of other kinds.
    return invalid_parameter(
        "Unrecognized event source, must be dynamodb or sqs. Unsupported source arn : " +
        settings.source_arn);
  }
  return {};
}

/// Under the lock.
Expected<void, LambdaError> EventSourceMappings::check_unique(
    const MappingSettings& settings) const {
  for (const auto& [id, entry] : mappings_) {
    const MappingSettings present = entry.mapping->settings();
    if (present.source_arn == settings.source_arn &&
        present.function_name == settings.function_name) {
      return lambda_error(
          409, "ResourceConflictException",
          "The event source arn (\" " + settings.source_arn + " \") and function (\" " +
              settings.function_name +
              " \") provided mapping already exists. Please update or delete the existing mapping "
              "with UUID " +
              id);
    }
  }
  return {};
}

LambdaResult EventSourceMappings::create(std::string_view text) {
  Arena arena;
  const auto body = parse_json(text, arena);
  if (!body) {
    return not_json(body.error());
  }
  MappingSettings settings;
  TRY_VOID(read_source(*body, settings));
  TRY_VOID(check_function(*body, true, settings));
  if (!settings.from_queue && body->find("StartingPosition") == nullptr) {
    return invalid_parameter(
        "1 validation error detected: Value null at 'startingPosition' failed to satisfy "
        "constraint: Member must not be null.");
  }
  TRY_VOID(read_mapping_settings(*body, settings));
  TRY_VOID(check_destination(settings));
  const std::lock_guard lock(mutex_);
  TRY_VOID(check_unique(settings));
  const std::string stream = settings.source_arn;
  Entry entry{nullptr, context_.clock.now()};
  const bool from_queue = settings.from_queue;
  if (from_queue) {
    entry.mapping = std::make_shared<QueueSourceMapping>(context_, context_.functions.make_id(),
                                                         std::move(settings));
  } else {
    entry.mapping = std::make_shared<EventSourceMapping>(context_, context_.functions.make_id(),
                                                         std::move(settings));
  }
  if (!entry.mapping->start()) {
    return invalid_parameter((from_queue ? "Error occurred while ReceiveMessage. SQS Error Code: "
                                           "AWS.SimpleQueueService.NonExistentQueue. "
                                         : "Stream not found: ") +
                             stream);
  }
  const Entry& added = mappings_.emplace(entry.mapping->id(), std::move(entry)).first->second;
  return one(added, "Creating", kAccepted);
}

LambdaResult EventSourceMappings::update(std::string_view id, std::string_view text) {
  Arena arena;
  const auto body = parse_json(text.empty() ? "{}" : text, arena);
  if (!body) {
    return not_json(body.error());
  }
  const std::lock_guard lock(mutex_);
  const auto at = mappings_.find(id);
  if (at == mappings_.end()) {
    return no_such_mapping();
  }
  MappingSettings settings = at->second.mapping->settings();
  const bool was_enabled = settings.enabled;
  TRY_VOID(check_function(*body, false, settings));
  TRY_VOID(read_mapping_settings(*body, settings));
  TRY_VOID(check_destination(settings));
  const bool enabled = settings.enabled;
  at->second.mapping->update(std::move(settings));
  at->second.modified = context_.clock.now();
  return one(at->second,
             enabled == was_enabled ? "Updating"
             : enabled              ? "Enabling"
                                    : "Disabling",
             kAccepted);
}

LambdaResult EventSourceMappings::remove(std::string_view id) {
  const std::lock_guard lock(mutex_);
  const auto at = mappings_.find(id);
  if (at == mappings_.end()) {
    return no_such_mapping();
  }
  at->second.mapping->stop();
  LambdaAnswer answer = one(at->second, "Deleting", kAccepted);
  mappings_.erase(at);
  return answer;
}

// ---- Descriptions
// --------------------------------------------------------------------------------

void EventSourceMappings::write(const Entry& entry, std::string_view state, JsonWriter& out) const {
  const Mapping& mapping = *entry.mapping;
  const MappingSettings settings = mapping.settings();
  const auto text = [&out](std::string_view name, std::string_view value) {
    out.key(name);
    out.string(value);
  };
  if (state.empty()) {
    state = settings.enabled ? "Enabled" : "Disabled";
  }
  out.begin_object();
  text("UUID", mapping.id());
  text("EventSourceMappingArn", "arn:aws:lambda:" + context_.functions.options().region + ":" +
                                    context_.functions.options().account_id +
                                    ":event-source-mapping:" + mapping.id());
  text("EventSourceArn", settings.source_arn);
  text("FunctionArn", context_.functions.arn_of(settings.function_name));
  out.key("LastModified");
  out.raw(seconds_text(entry.modified));
  text("LastProcessingResult", mapping.last_result());
  text("State", state);
  text("StateTransitionReason", kUserAction);
  write_mapping_settings(settings, out);
  out.end_object();
}

LambdaAnswer EventSourceMappings::one(const Entry& entry, std::string_view state,
                                      int status) const {
  Buffer body;
  JsonWriter out(body);
  write(entry, state, out);
  return {status, std::string(body.view())};
}

LambdaResult EventSourceMappings::describe(std::string_view id) const {
  const std::lock_guard lock(mutex_);
  const auto at = mappings_.find(id);
  if (at == mappings_.end()) {
    return no_such_mapping();
  }
  return one(at->second, {}, 200);
}

LambdaResult EventSourceMappings::list_page(std::string_view query) const {
  Arena arena;
  const auto source = find_query_parameter(query, "EventSourceArn", arena);
  const auto function = find_query_parameter(query, "FunctionName", arena);
  const auto marker = find_query_parameter(query, "Marker", arena);
  std::size_t page = kPageMax;
  if (const auto wanted = find_query_parameter(query, "MaxItems", arena)) {
    const auto [end, error] =
        std::from_chars(wanted->data(), wanted->data() + wanted->size(), page);
    if (error != std::errc() || end != wanted->data() + wanted->size() || page == 0) {
      return constraint_violated(*wanted, "maxItems",
                                 "Member must have value greater than or equal to 1");
    }
    page = std::min(page, kPageMax);
  }
  std::string name;
  if (function.has_value()) {
    const auto found = context_.functions.resolve(*function);
    if (!found.has_value()) {
      return lambda_error(404, "ResourceNotFoundException",
                          "Function not found: " + context_.functions.arn_of(*function));
    }
    name = *found;
  }
  Buffer body;
  JsonWriter out(body);
  out.begin_object();
  out.key("EventSourceMappings");
  out.begin_array();
  std::size_t written = 0;
  std::string next;
  const std::lock_guard lock(mutex_);
  for (const auto& [id, entry] : mappings_) {
    const MappingSettings settings = entry.mapping->settings();
    if ((source.has_value() && settings.source_arn != *source) ||
        (!name.empty() && settings.function_name != name) || (marker.has_value() && id < *marker)) {
      continue;
    }
    if (written == page) {
      next = id;
      break;
    }
    write(entry, {}, out);
    ++written;
  }
  out.end_array();
  if (!next.empty()) {
    out.key("NextMarker");
    out.string(next);
  }
  out.end_object();
  return LambdaAnswer{200, std::string(body.view())};
}

std::vector<EventSourceMappings::Row> EventSourceMappings::list() const {
  const std::lock_guard lock(mutex_);
  std::vector<Row> rows;
  rows.reserve(mappings_.size());
  for (const auto& [id, entry] : mappings_) {
    rows.push_back(
        {id, entry.mapping->settings(), entry.mapping->counters(), entry.mapping->last_result()});
  }
  return rows;
}

}  // namespace understudy
