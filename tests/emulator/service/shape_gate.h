// A request through the shape gate, as one line of text. For the tests of this room.
#pragma once

#include <string>
#include <string_view>

#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "emulator/service/input_validator.h"

namespace understudy {

/// "" where the gate lets `body` pass, else the error's name, a space and its message.
inline std::string through_gate(std::string_view operation, std::string_view body,
                                ValidationWording wording = ValidationWording::k2026) {
  const ModelOperation* row = find_model_operation(Service::kDynamoDb, operation);
  if (row == nullptr) {
    row = find_model_operation(Service::kDynamoDbStreams, operation);
  }
  if (row == nullptr) {
    return "no such operation";
  }
  Arena arena;
  auto document = parse_json(body, arena);
  if (!document) {
    return "no JSON";
  }
  const auto verdict = validate_input(*row, *document, wording);
  if (verdict) {
    return "";
  }
  return std::string(error_row(verdict.error().kind()).name) + " " + verdict.error().message();
}

/// The message alone, of a ValidationException; anything else comes with its name.
inline std::string violation(std::string_view operation, std::string_view body,
                             ValidationWording wording = ValidationWording::k2026) {
  constexpr std::string_view name = "ValidationException ";
  const std::string answer = through_gate(operation, body, wording);
  return answer.starts_with(name) ? answer.substr(name.size()) : answer;
}

}  // namespace understudy
