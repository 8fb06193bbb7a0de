#include "streams/functions/http_target.h"

#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "streams/web/web_server.h"

namespace understudy {
namespace {

/// Source: aws-lambda-runtime-interface-emulator, "the endpoint of the emulator".
constexpr std::string_view kPath = "/2015-03-31/functions/function/invocations";

std::string with_path(std::string url) {
  constexpr std::size_t kSchemeBytes = 7;  // "http://"
  const std::size_t slash = url.find('/', kSchemeBytes);
  if (slash == std::string::npos) {
    url.append(kPath);
  } else if (slash + 1 == url.size()) {
    url.append(kPath.substr(1));
  }
  return url;
}

/// The emulator answers 200 to failures too: they show by their members. Deeper down or in a text
/// such members are the function's own affair.
bool looks_like_failure(std::string_view payload) {
  Arena arena;
  const auto parsed = parse_json(payload, arena);
  const auto is_text = [&](std::string_view name) {
    const JsonNode* const member = parsed->find(name);
    return member != nullptr && member->is(JsonKind::kString);
  };
  return parsed && is_text("errorType") && is_text("errorMessage");
}

}  // namespace

HttpTarget::HttpTarget(WebServer& web, const FunctionSettings& settings)
    : web_(web), url_(with_path(settings.url)), timeout_(settings.timeout) {}

void HttpTarget::invoke(FunctionInvocation invocation, FunctionDone done) {
  WebCall call;
  call.url = url_;
  call.headers = {{"Content-Type", "application/json"},
                  {"X-Amzn-RequestId", invocation.request_id}};
  call.body = std::move(invocation.payload);
  call.timeout = timeout_;
  web_.call(std::move(call),
            [url = url_, done = std::move(done)](Expected<WebAnswer, std::string> answered) {
              if (!answered) {
                done(function_unreachable(url + ": " + answered.error()));
                return;
              }
              FunctionResult result;
              const bool failed = answered->status >= 300 ||
                                  !find_header(answered->headers, "X-Amz-Function-Error").empty() ||
                                  looks_like_failure(answered->body);
              result.outcome = answered->status == 429 || answered->status == 503
                                   ? FunctionResult::Outcome::kUnreachable
                               : failed ? FunctionResult::Outcome::kFailed
                                        : FunctionResult::Outcome::kReturned;
              result.payload = std::move(answered->body);
              done(std::move(result));
            });
}

}  // namespace understudy
