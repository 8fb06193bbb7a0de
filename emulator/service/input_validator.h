// The shape gate: one walker that holds every request against the service model. Types first
// (SerializationException), then constraints (all violations in one ValidationException, AWS's
// order, at most ten). overrides.json amends the model where the live service answers otherwise.
#pragma once

#include "emulator/base/json.h"
#include "emulator/service/api_error.h"
#include "emulator/service/shape.h"

namespace understudy {

/// Which wording of the validation messages is spoken (the service changed it in 2026, H1).
enum class ValidationWording : std::uint8_t { k2026, k2025 };

/// Error: SerializationException (a member's JSON type cannot be converted) or ValidationException
/// (constraints). `input` is the parsed body; members that the model does not have are taken out of
/// it, so that no later room meets one unchecked. Thread-safe, allocates only on failure.
Result<void> validate_input(const ModelOperation& operation, JsonNode& input,
                            ValidationWording wording);

/// How an operation's own validation messages begin. Current layer (PutItem, UpdateItem, DeleteItem
/// under k2026): "1 validation error detected: "; every other: "". Source: H1.
std::string_view message_prefix(std::string_view operation, ValidationWording wording);

}  // namespace understudy
