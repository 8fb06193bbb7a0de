#include "streams/functions/lambda_service.h"

#include <algorithm>
#include <charconv>

#include "emulator/api/late_answer.h"
#include "emulator/api/query_string.h"
#include "emulator/base/arena.h"
#include "emulator/base/base64.h"
#include "emulator/base/json.h"
#include "emulator/clock/moment_text.h"
#include "emulator/clock/scheduler.h"

namespace understudy {
namespace {

constexpr std::string_view kRoot = "/2015-03-31/";
constexpr std::string_view kFunctions = "functions";
constexpr std::string_view kMappings = "event-source-mappings";
/// Source: Lambda quotas, "Invocation payload".
constexpr std::size_t kSynchronousBytesMax = std::size_t{6} * 1024 * 1024;
constexpr std::size_t kEventBytesMax = std::size_t{1} * 1024 * 1024;
constexpr std::size_t kPageMax = 50;  ///< Source: ListFunctions returns at most 50.
/// Source: Lambda developer guide, "Asynchronous invocation": two retries, after one and two
/// minutes.
constexpr int kEventAttempts = 3;
constexpr Microseconds kEventPause = 60'000'000;

std::string_view header_of(const Request& request, std::string_view name) {
  for (const Header& header : request.headers()) {
    if (header.name.size() == name.size() &&
        std::ranges::equal(
            header.name, name, {}, [](char c) { return c | 0x20; },
            [](char c) { return c | 0x20; })) {
      return header.value;
    }
  }
  return {};
}

void write_configuration(const FunctionDescription& function, JsonWriter& out) {
  const FunctionSettings& settings = function.settings;
  const auto text = [&out](std::string_view name, std::string_view value) {
    out.key(name);
    out.string(value);
  };
  out.begin_object();
  text("FunctionName", settings.name);
  text("FunctionArn", function.arn);
  text("Runtime", "provided.al2023");
  text("Handler", settings.handler);
  text("Description", settings.description);
  out.key("Timeout");
  out.integer(std::max<std::int64_t>(1, settings.timeout.count() / 1000));
  out.key("MemorySize");
  out.integer(settings.memory_mb);
  out.key("CodeSize");
  out.integer(0);
  text("LastModified", moment_text(function.modified));
  text("Version", "$LATEST");
  text("PackageType", "Zip");
  text("State", "Active");
  text("LastUpdateStatus", "Successful");
  out.key("Environment");
  out.begin_object();
  out.key("Variables");
  out.begin_object();
  for (const auto& [name, value] : settings.environment) {
    out.user_key(name);
    out.string(value);
  }
  out.end_object();
  out.end_object();
  out.end_object();
}

LambdaAnswer json_answer(const Buffer& body) {
  return {200, std::string(body.view())};
}

/// What boto3 sees of an invocation that ran.
LateAnswer::Content content_of(const FunctionResult& result, bool with_log) {
  LateAnswer::Content content;
  content.content_type = "application/json";
  switch (result.outcome) {
    case FunctionResult::Outcome::kReturned:
      break;
    case FunctionResult::Outcome::kFailed:
      content.extra_headers = "X-Amz-Function-Error: Unhandled\r\n";
      break;
    case FunctionResult::Outcome::kUnreachable: {
      const bool throttled = result.payload.find("Rate Exceeded.") != std::string::npos;
      Response response;
      write_lambda_error(
          {throttled ? 429 : 502,
           throttled ? "TooManyRequestsException" : "ResourceNotReadyException", result.payload},
          response);
      content.status = response.status;
      content.extra_headers = response.extra_headers;
      content.body = std::string(response.body.view());
      return content;
    }
  }
  content.extra_headers += "X-Amz-Executed-Version: $LATEST\r\n";
  if (with_log) {
    const std::string log = "START RequestId: " + result.request_id + " Version: $LATEST\n" +
                            result.log_tail + "END RequestId: " + result.request_id + "\n";
    Buffer encoded;
    append_base64(encoded, log);
    content.extra_headers.append("X-Amz-Log-Result: ").append(encoded.view()).append("\r\n");
  }
  content.body = result.payload;
  return content;
}

}  // namespace

LambdaService::LambdaService(FunctionRegistry& functions, const Clock& clock, Scheduler& scheduler,
                             LambdaResource* mappings)
    : functions_(functions), clock_(clock), scheduler_(scheduler), mappings_(mappings) {}

bool LambdaService::claims(const Request& request) const {
  return request.target.starts_with(kRoot);
}

std::optional<SideSigning> LambdaService::signing_of(const Request& /*request*/) const {
  return SideSigning{"lambda", 403};
}

const ModelOperation* LambdaService::operation_of(const Request& request) const {
  std::string_view path = path_of(request.target).substr(kRoot.size());
  if (path.ends_with('/')) {
    path.remove_suffix(1);
  }
  const bool one = path.find('/') != std::string_view::npos;
  const std::string_view method = request.method;
  std::string_view name;
  if (path.starts_with(kFunctions)) {
    name = path.ends_with("/invocations")     ? "Invoke"
           : path.ends_with("/configuration") ? "GetFunctionConfiguration"
           : one                              ? "GetFunction"
                                              : "ListFunctions";
  } else if (path.starts_with(kMappings)) {
    name = method == "POST"     ? "CreateEventSourceMapping"
           : method == "PUT"    ? "UpdateEventSourceMapping"
           : method == "DELETE" ? "DeleteEventSourceMapping"
           : one                ? "GetEventSourceMapping"
                                : "ListEventSourceMappings";
  }
  return find_side_operation(Service::kLambda, name);
}

std::string_view LambdaService::subject_of(const Request& request, Arena& arena) const {
  std::string_view path = path_of(request.target).substr(kRoot.size());
  if (!path.starts_with(kFunctions)) {
    return {};
  }
  path.remove_prefix(std::min(kFunctions.size() + 1, path.size()));
  const auto name = functions_.resolve(percent_decode(path.substr(0, path.find('/')), arena));
  return name ? arena.copy(*name) : std::string_view();
}

void LambdaService::refuse(const Request& /*request*/, const SideError& error,
                           Response& response) const {
  response.body.clear();
  write_lambda_error({error.status, std::string(error.name), std::string(error.message)}, response);
}

void LambdaService::handle(const Request& request, Microseconds /*now*/, Response& response) {
  const LambdaResult answered = answer(request, response);
  if (!answered) {
    write_lambda_error(answered.error(), response);
    return;
  }
  if (response.late == nullptr) {
    response.status = answered->status;
    response.content_type = "application/json";
    response.body.append(answered->body);
  }
}

LambdaResult LambdaService::answer(const Request& request, Response& response) {
  std::string_view path = path_of(request.target).substr(kRoot.size());
  if (path.ends_with('/')) {
    path.remove_suffix(1);
  }
  const std::string_view collection = path.substr(0, path.find('/'));
  path.remove_prefix(std::min(collection.size() + 1, path.size()));
  if (collection == kFunctions) {
    return functions(request, path, response);
  }
  if (collection == kMappings && mappings_ != nullptr) {
    Arena arena;
    return mappings_->answer(
        {request.method, percent_decode(path, arena), query_of(request.target), request.body});
  }
  return lambda_error(404, "UnknownOperationException", "Unknown operation");
}

LambdaResult LambdaService::functions(const Request& request, std::string_view path,
                                      Response& response) {
  if (path.empty() && request.method == "GET") {
    return list(query_of(request.target));
  }
  Arena arena;
  std::string_view name = percent_decode(path.substr(0, path.find('/')), arena);
  const std::string_view rest = path.substr(std::min(path.find('/'), path.size()));
  if (const auto wanted = find_query_parameter(query_of(request.target), "Qualifier", arena)) {
    const std::string_view derived = function_qualifier(name);
    if (!derived.empty() && derived != *wanted) {
      return invalid_parameter(
          "The derived qualifier from the function name does not match the specified qualifier.");
    }
    if (derived.empty()) {
      name = arena.copy(std::string(name) + ":" + std::string(*wanted));
    }
  }
  if (rest == "/invocations" && request.method == "POST") {
    const auto found = functions_.resolve(name);
    if (!found.has_value()) {
      return no_such_function(name);
    }
    return invoke(request, *found, response);
  }
  if (request.method == "GET" && (rest.empty() || rest == "/configuration")) {
    return describe(name, !rest.empty());
  }
  return lambda_error(404, "UnknownOperationException", "Unknown operation");
}

Unexpected<LambdaError> LambdaService::no_such_function(std::string_view name) const {
  return lambda_error(404, "ResourceNotFoundException",
                      "Function not found: " + functions_.arn_of(name));
}

LambdaResult LambdaService::list(std::string_view query) {
  Arena arena;
  const auto marker = find_query_parameter(query, "Marker", arena);
  const auto wanted = find_query_parameter(query, "MaxItems", arena);
  std::size_t page = kPageMax;
  if (wanted.has_value()) {
    const auto [end, error] =
        std::from_chars(wanted->data(), wanted->data() + wanted->size(), page);
    if (error != std::errc() || end != wanted->data() + wanted->size() || page == 0) {
      return constraint_violated(*wanted, "maxItems",
                                 "Member must have value greater than or equal to 1");
    }
    page = std::min(page, kPageMax);
  }
  Buffer body;
  JsonWriter out(body);
  out.begin_object();
  out.key("Functions");
  out.begin_array();
  std::string next;
  std::size_t written = 0;
  for (const FunctionDescription& function : functions_.list()) {
    if (marker.has_value() && function.settings.name < *marker) {
      continue;
    }
    if (written == page) {
      next = function.settings.name;
      break;
    }
    write_configuration(function, out);
    ++written;
  }
  out.end_array();
  if (!next.empty()) {
    out.key("NextMarker");
    out.string(next);
  }
  out.end_object();
  return json_answer(body);
}

LambdaResult LambdaService::describe(std::string_view name, bool configuration_only) {
  const auto found = functions_.resolve(name);
  const auto function = found.has_value() ? functions_.describe(*found) : std::nullopt;
  if (!function.has_value()) {
    return no_such_function(name);
  }
  Buffer body;
  JsonWriter out(body);
  if (configuration_only) {
    write_configuration(*function, out);
    return json_answer(body);
  }
  out.begin_object();
  out.key("Configuration");
  write_configuration(*function, out);
  out.key("Concurrency");
  out.begin_object();
  out.key("ReservedConcurrentExecutions");
  out.integer(function->settings.concurrency);
  out.end_object();
  out.end_object();
  return json_answer(body);
}

LambdaResult LambdaService::invoke(const Request& request, const std::string& name,
                                   Response& response) {
  const std::string_view type = header_of(request, "X-Amz-Invocation-Type");
  const bool event = type == "Event";
  if (!type.empty() && !event && type != "RequestResponse" && type != "DryRun") {
    return constraint_violated(
        type, "invocationType",
        "Member must satisfy enum value set: [Event, RequestResponse, DryRun]");
  }
  const std::size_t limit = event ? kEventBytesMax : kSynchronousBytesMax;
  if (request.body.size() > limit) {
    return lambda_error(413, "RequestTooLargeException",
                        std::to_string(request.body.size()) +
                            " byte payload is too large for the " +
                            (event ? "Event" : "RequestResponse") + " invocation type (limit " +
                            std::to_string(limit) + " bytes)");
  }
  FunctionInvocation invocation;
  invocation.payload = request.body.empty() ? "{}" : std::string(request.body);
  Arena arena;
  if (const auto parsed = parse_json(invocation.payload, arena); !parsed) {
    return lambda_error(
        400, "InvalidRequestContentException",
        "Could not parse request body into json: " + std::string(parsed.error().reason) +
            " at byte " + std::to_string(parsed.error().offset));
  }
  if (type == "DryRun") {
    return LambdaAnswer{204, {}};
  }
  invocation.client_context = std::string(header_of(request, "X-Amz-Client-Context"));
  if (event) {
    invoke_event(name, invocation, 1);
    return LambdaAnswer{202, {}};
  }
  invocation.wants_log = header_of(request, "X-Amz-Log-Type") == "Tail";
  const auto late = std::make_shared<LateAnswer>();
  response.late = late;
  const bool with_log = invocation.wants_log;
  functions_.invoke(name, std::move(invocation), [late, with_log](const FunctionResult& result) {
    late->complete(content_of(result, with_log));
  });
  return LambdaAnswer{};
}

void LambdaService::invoke_event(const std::string& name, const FunctionInvocation& invocation,
                                 int attempt) {
  functions_.invoke(
      name, invocation, [this, name, invocation, attempt](const FunctionResult& result) {
        if (result.outcome == FunctionResult::Outcome::kReturned || attempt == kEventAttempts) {
          return;
        }
        scheduler_.at(clock_.now() + attempt * kEventPause,
                      [this, name, invocation, attempt](Microseconds /*due*/) {
                        invoke_event(name, invocation, attempt + 1);
                      });
      });
}

}  // namespace understudy
