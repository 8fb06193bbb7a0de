// The envelope of a request: what is answered before any operation is known, and what the bytes of
// the body are (steps 1 to 6 of section F3).
#pragma once

#include <string_view>

#include "emulator/api/request.h"
#include "emulator/api/response.h"
#include "emulator/api/workspace_pool.h"
#include "emulator/base/json.h"
#include "emulator/service/api_error.h"

namespace understudy {

struct EngineOptions;

/// Steps 1 to 4: size, CORS, health, method and content type. True: `response` is the answer. Else
/// its headers are set up for what follows.
bool answer_envelope(const EngineOptions& options, const Request& request, Response& response);

/// The 413 that stands for a body of more than `max_body_bytes`.
void answer_too_large(Response& response);
/// The 404 that stands for anything that is not a call of an operation.
void answer_not_found(Response& response);

}  // namespace understudy
