// How the control plane begins its refusals. Each returns an error with that beginning and `text`.
#pragma once

#include <string>
#include <string_view>

#include "emulator/service/api_error.h"

namespace understudy {

/// ValidationException "One or more parameter values were invalid: …".
inline Unexpected<ApiError> invalid_parameters(std::string_view text) {
  return validation_error("One or more parameter values were invalid: " + std::string(text));
}

/// ResourceInUseException "Attempt to change a resource which is still in use: …".
inline Unexpected<ApiError> still_in_use(std::string_view text) {
  return api_error(ErrorKind::kResourceInUseException,
                   "Attempt to change a resource which is still in use: " + std::string(text));
}

/// LimitExceededException, text as it is.
inline Unexpected<ApiError> limit_exceeded(std::string text) {
  return api_error(ErrorKind::kLimitExceededException, std::move(text));
}

/// LimitExceededException "Subscriber limit exceeded: …".
inline Unexpected<ApiError> subscriber_limit(std::string_view text) {
  return limit_exceeded("Subscriber limit exceeded: " + std::string(text));
}

}  // namespace understudy
