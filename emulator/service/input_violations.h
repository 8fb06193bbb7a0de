// The slow half of the shape gate: names every constraint a request breaks, in the service's words
// and order. Called only for requests that break one, so it may allocate. Thread-safe.
#pragma once

#include "emulator/base/json.h"
#include "emulator/service/api_error.h"
#include "emulator/service/input_validator.h"
#include "emulator/service/shape.h"

namespace understudy {

/// The ValidationException for `input`, whose JSON types are already known to fit; or success,
/// where what looked like a violation is none (a repeated member whose last value is fine).
Result<void> report_violations(const ModelOperation& operation, const JsonNode& input,
                               ValidationWording wording);

}  // namespace understudy
