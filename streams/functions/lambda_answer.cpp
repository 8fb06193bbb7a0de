#include "streams/functions/lambda_answer.h"

#include "emulator/base/buffer.h"

namespace understudy {

Unexpected<LambdaError> lambda_error(int status, std::string type, std::string message) {
  return Unexpected<LambdaError>{{status, std::move(type), std::move(message)}};
}

Unexpected<LambdaError> invalid_parameter(std::string message) {
  return lambda_error(400, "InvalidParameterValueException", std::move(message));
}

Unexpected<LambdaError> constraint_violated(std::string_view value, std::string_view member,
                                            std::string_view constraint) {
  return lambda_error(400, "ValidationException",
                      "1 validation error detected: Value '" + std::string(value) + "' at '" +
                          std::string(member) +
                          "' failed to satisfy constraint: " + std::string(constraint));
}

void write_lambda_error(const LambdaError& error, Response& response) {
  response.status = error.status;
  response.content_type = "application/json";
  response.extra_headers.append("x-amzn-ErrorType: ").append(error.type).append("\r\n");
  response.body.clear();
  JsonWriter out(response.body);
  out.begin_object();
  // Source: LocalStack's recorded answers have Type, Message and message by error.
  out.key("Type");
  out.string(error.status >= 500 ? "Service" : "User");
  out.key("Message");
  out.string(error.message);
  out.key("message");
  out.string(error.message);
  out.end_object();
}

}  // namespace understudy
