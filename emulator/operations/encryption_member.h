// SSESpecification: encryption exists in descriptions only. The service knows keys by ARN; here any
// key is taken to exist.
#pragma once

#include <optional>

#include "emulator/base/json.h"
#include "emulator/service/api_error.h"
#include "emulator/table/scope.h"
#include "emulator/table/table_update.h"

namespace understudy {

/// nullopt where the member is absent. Error: combinations that contradict themselves.
Result<std::optional<EncryptionUpdate>> read_encryption(const JsonNode& input, const Scope& scope);

}  // namespace understudy
