#include "streams/gateway/gateway_answers.h"

#include "emulator/base/arena.h"
#include "emulator/base/json.h"

namespace understudy {

WebAnswer gateway_answer(int status, std::string body, std::string_view error_type) {
  WebAnswer answer{status, {{"Content-Type", "application/json"}}, std::move(body)};
  if (!error_type.empty()) {
    answer.headers.emplace_back("x-amzn-ErrorType", std::string(error_type));
  }
  return answer;
}

WebAnswer forbidden_answer() {
  return gateway_answer(403, R"({"message":"Forbidden"})", "ForbiddenException");
}

WebAnswer gone_answer() {
  return gateway_answer(410, "{}", "GoneException");
}

WebAnswer answer_to_post(PostOutcome outcome) {
  switch (outcome) {
    case PostOutcome::kSent:
      return gateway_answer(200, "");
    case PostOutcome::kGone:
      return gone_answer();
    case PostOutcome::kTooLarge:
      return gateway_answer(413, R"({"message":"Payload Too Large"})", "PayloadTooLargeException");
    case PostOutcome::kLimitExceeded:
      return gateway_answer(429, R"({"message":"Limit Exceeded"})", "LimitExceededException");
  }
  return gone_answer();
}

ConnectAnswer read_connect_answer(const FunctionResult& result) {
  ConnectAnswer answer;
  Arena arena;
  if (result.outcome != FunctionResult::Outcome::kReturned) {
    return answer;
  }
  const auto parsed = parse_json(result.payload, arena);
  const JsonNode* status = parsed ? parsed->find("statusCode") : nullptr;
  if (status == nullptr || (!status->is_number() && !status->is(JsonKind::kString))) {
    return answer;
  }
  const std::string text(status->text());
  const int code = text.size() == 3 && text.find_first_not_of("0123456789") == std::string::npos
                       ? std::stoi(text)
                       : 0;
  if (code >= 200 && code < 600) {
    answer.status = code;
  }
  if (const JsonNode* headers = parsed->find("headers");
      headers != nullptr && headers->is(JsonKind::kObject)) {
    for (const JsonMember& header : headers->members()) {
      if (header.name == "Sec-WebSocket-Protocol" && header.value.is(JsonKind::kString) &&
          header.value.text().find_first_of("\r\n") == std::string_view::npos) {
        answer.protocol = std::string(header.value.text());
      }
    }
  }
  return answer;
}

}  // namespace understudy
