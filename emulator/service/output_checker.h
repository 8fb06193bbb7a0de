// Holds an answer against the operation's output shape. Used by every test that makes an answer,
// never on the hot path.
#pragma once

#include <string>
#include <string_view>

#include "emulator/service/shape.h"

namespace understudy {

/// Empty where `body` (JSON) fits the output shape of `operation`: no member the model does not know,
/// each of the right JSON type, required ones present. Else one sentence naming the first misfit.
std::string check_output(const ModelOperation& operation, std::string_view body);

}  // namespace understudy
