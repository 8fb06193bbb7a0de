// CloudwatchError: an error of CloudWatch, as a value.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "emulator/base/expected.h"

namespace understudy::cloudwatch {

enum class CloudwatchFault : std::uint8_t {
  kInvalidParameterValue,
  kInvalidParameterCombination,
  kMissingParameter,
  kInvalidNextToken,
  kValidation,
  kMalformed,         ///< what is no document of its protocol
  kUnknownOperation,  ///< of the service, or not: not served here
};

/// What the wire says of it. Source: service model cloudwatch 2010-08-01.
struct CloudwatchFaultRow {
  std::string_view shape;  ///< "InvalidParameterValueException"
  std::string_view code;   ///< of the Query protocol: "InvalidParameterValue"
  int status;
};
const CloudwatchFaultRow& fault_row(CloudwatchFault fault);

struct CloudwatchError {
  CloudwatchFault fault = CloudwatchFault::kValidation;
  std::string message;
};
template <class T>
using CloudwatchResult = Expected<T, CloudwatchError>;

inline Unexpected<CloudwatchError> cloudwatch_error(CloudwatchFault fault, std::string message) {
  return {CloudwatchError{fault, std::move(message)}};
}

}  // namespace understudy::cloudwatch
