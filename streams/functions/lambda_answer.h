// What the Lambda API answers with: a JSON document, or an error in its manner (a type in a header,
// a Message in the body).
#pragma once

#include <string>
#include <string_view>

#include "emulator/api/response.h"
#include "emulator/base/expected.h"

namespace understudy {

struct LambdaError {
  int status = 400;
  std::string type;  ///< "InvalidParameterValueException"
  std::string message;
};

struct LambdaAnswer {
  int status = 200;
  std::string body;
};

using LambdaResult = Expected<LambdaAnswer, LambdaError>;

Unexpected<LambdaError> invalid_parameter(std::string message);
Unexpected<LambdaError> lambda_error(int status, std::string type, std::string message);

void write_lambda_error(const LambdaError& error, Response& response);

/// "1 validation error detected: Value '…' at '…' failed to satisfy constraint: …".
Unexpected<LambdaError> constraint_violated(std::string_view value, std::string_view member,
                                            std::string_view constraint);

}  // namespace understudy
