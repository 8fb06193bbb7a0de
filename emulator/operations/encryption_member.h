// SSESpecification: encryption exists in descriptions only. The service knows keys by ARN; here any
// key is taken to exist.
#pragma once

#include <optional>
#include <string>

#include "emulator/base/json.h"
#include "emulator/service/api_error.h"
#include "emulator/table/scope.h"

namespace understudy {

/// The key asked for: an ARN, or empty for the AWS-owned key, which is not described.
struct EncryptionRequest {
  std::string key_arn;
  bool key_given_as_arn = false;  ///< KMSMasterKeyId was the key's ARN itself
};

/// nullopt where the member is absent. Error: combinations that contradict themselves.
Result<std::optional<EncryptionRequest>> read_encryption(const JsonNode& input, const Scope& scope);

}  // namespace understudy
