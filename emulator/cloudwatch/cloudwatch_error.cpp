#include "emulator/cloudwatch/cloudwatch_error.h"

#include <array>

namespace understudy::cloudwatch {

const CloudwatchFaultRow& fault_row(CloudwatchFault fault) {
  static constexpr std::array<CloudwatchFaultRow, 7> kRows = {{
      {"InvalidParameterValueException", "InvalidParameterValue", 400},
      {"InvalidParameterCombinationException", "InvalidParameterCombination", 400},
      {"MissingRequiredParameterException", "MissingParameter", 400},
      {"InvalidNextToken", "InvalidNextToken", 400},
      {"ValidationException", "ValidationError", 400},
      {"SerializationException", "MalformedInput", 400},
      {"UnknownOperationException", "InvalidAction", 404},
  }};
  return kRows[static_cast<std::size_t>(fault)];
}

}  // namespace understudy::cloudwatch
