// Holds an answer against the operation's output shape. Used by every test that makes an answer,
// never on the hot path. Thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "emulator/service/api_error.h"
#include "emulator/service/shape.h"

namespace understudy {

/// Empty where `body` (JSON) fits the output shape of `operation`: no member the model does not
/// know, each of the right JSON type, enumerations with a value the model lists, required members
/// present, attribute values with exactly one type. Else one sentence naming the first misfit. An
/// operation without an output shape answers an empty body.
std::string check_output(const ModelOperation& operation, std::string_view body);

/// True where the model lists that error for the operation, or it is one that any operation may
/// answer (validation, authentication, throttling, server faults).
bool may_answer(const ModelOperation& operation, ErrorKind kind);

}  // namespace understudy
