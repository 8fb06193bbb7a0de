// Operations of the services beside DynamoDB that cases may name: where their requests go. Pure.
#pragma once

#include <string>

#include "conformance/endpoint.h"

namespace understudy::conformance {

/// Whether it is one of another service's operations.
bool is_side_operation(const std::string& operation);

/// Makes `request` one of that operation with those members: method, path (members named in it are
/// taken out of the body), target. For is_side_operation() only.
void address_side_operation(const std::string& operation, Json members, HttpRequest& request);

}  // namespace understudy::conformance
