#include "streams/functions/function.h"

#include "emulator/base/buffer.h"

namespace understudy {

FunctionResult function_failure(std::string_view type, std::string_view message) {
  Buffer payload;
  JsonWriter out(payload);
  out.begin_object();
  out.key("errorMessage");
  out.string(message);
  out.key("errorType");
  out.string(type);
  out.end_object();
  FunctionResult result;
  result.outcome = FunctionResult::Outcome::kFailed;
  result.payload = std::string(payload.view());
  return result;
}

FunctionResult function_unreachable(std::string_view message) {
  FunctionResult result = function_failure("Unreachable", message);
  result.outcome = FunctionResult::Outcome::kUnreachable;
  return result;
}

}  // namespace understudy
