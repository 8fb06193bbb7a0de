#include "emulator/operations/encryption_member.h"

#include <array>

#include "emulator/base/md5.h"
#include "emulator/operations/request_reader.h"
#include "emulator/operations/table_definition.h"

namespace understudy {

namespace {

std::string key_arn(const Scope& scope, std::string_view key_id) {
  std::string arn = "arn:aws:kms:";
  arn.append(scope.region).append(":").append(scope.account).append(":key/").append(key_id);
  return arn;
}

/// A key id that is always the same for the same alias: aliases cannot be resolved offline.
std::string id_of_alias(const Scope& scope, std::string_view alias) {
  std::string name(scope.account);
  name.append("/").append(scope.region).append("/").append(alias);
  const auto digest = md5(name);
  std::string id;
  for (std::size_t i = 0; i < digest.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) {
      id.push_back('-');
    }
    const auto byte = static_cast<unsigned char>(digest[i]);
    id.push_back("0123456789abcdef"[byte >> 4U]);
    id.push_back("0123456789abcdef"[byte & 0xFU]);
  }
  return id;
}

/// Default key that protects a table under SSEType KMS: the account's "aws/dynamodb".
constexpr std::string_view kManagedAlias = "alias/aws/dynamodb";

std::string resolve_key(const Scope& scope, std::string_view key) {
  if (key.starts_with("arn:")) {
    const std::size_t alias = key.find(":alias/");
    return alias == std::string_view::npos
               ? std::string(key)
               : key_arn(scope, id_of_alias(scope, key.substr(alias + 1)));
  }
  return key_arn(scope, key.starts_with("alias/") ? id_of_alias(scope, key) : std::string(key));
}

}  // namespace

// Source: notes of the AWS Controllers for Kubernetes, DDB-TABLE-036, -044, -082, -437, -442.
Result<std::optional<EncryptionUpdate>> read_encryption(const JsonNode& input, const Scope& scope) {
  const JsonNode* node = input.find("SSESpecification");
  if (node == nullptr) {
    return std::optional<EncryptionUpdate>();
  }
  const std::optional<bool> enabled = read_boolean(*node, "Enabled");
  const std::string_view type = read_string(*node, "SSEType");
  const std::string_view key = read_string(*node, "KMSMasterKeyId");
  if (enabled == false && !type.empty()) {
    return invalid_parameters("SSEType can not be specified if Enabled is false");
  }
  if (enabled == false && !key.empty()) {
    return invalid_parameters("KMSMasterKeyId can not be specified if Enabled is false");
  }
  if (type == "AES256") {
    return invalid_parameters("SSEType AES256 is not supported");
  }
  if (!key.empty() && type.empty()) {
    return invalid_parameters("SSEType KMS is required if KMSMasterKeyId is specified");
  }
  EncryptionUpdate request;
  if (!key.empty()) {
    request.key_arn = resolve_key(scope, key);
    request.key_given_as_arn = request.key_arn == key;
  } else if (enabled == true || !type.empty()) {
    request.key_arn = resolve_key(scope, kManagedAlias);
  }
  return std::optional(std::move(request));
}

}  // namespace understudy
