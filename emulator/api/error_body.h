// The one place where an ApiError becomes bytes: status, __type, message and further members.
#pragma once

#include "emulator/api/response.h"
#include "emulator/service/api_error.h"

namespace understudy {

/// Sets status and body (replacing what was written so far). An empty message is left out, as the
/// service does for UnknownOperationException and malformed JSON. Thread-safe.
/// Source: section F2.
void write_error_body(const ApiError& error, Response& response);

}  // namespace understudy
