// Whose tables a request sees: the rules that turn credentials and host into a Scope.
#pragma once

#include <string_view>

#include "emulator/api/authentication.h"
#include "emulator/base/arena.h"
#include "emulator/table/scope.h"

namespace understudy {

struct EngineOptions;

/// Name of the tenant that all clients share who are not a tenant of their own.
inline constexpr std::string_view kSharedTenant = "default";

/// Whether `text` has the form of a region's name: "us-east-1", "us-gov-west-1", "eu-isoe-west-1".
bool is_region(std::string_view text);
/// Whether `text` is twelve digits.
bool is_account_id(std::string_view text);

/// The scope of a request. `host`: value of its Host header; `<account>.ddb.<region>.…` names an
/// account (F6). What is no region (boto 2 signs for "0" or "localhost") counts as the default one.
/// Views into the arguments, the options or the arena. Thread-safe.
Scope scope_of(const EngineOptions& options, std::string_view access_key, std::string_view region,
               std::string_view host, Arena& arena);

/// The scope of a request to a service beside DynamoDB: what its signature and host say, where it
/// has any.
Scope scope_of_request(const EngineOptions& options, const Request& request, Arena& arena);

}  // namespace understudy
