// Operations of the services beside DynamoDB on the same port, by name: what fault rules know of
// them. They have no shapes here; each service checks its own input. Constant: any thread may read.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "emulator/service/shape.h"

namespace understudy {

/// Sorted by service, then name.
std::span<const ModelOperation> side_operations();
/// nullptr: that service has no such operation.
const ModelOperation* find_side_operation(Service service, std::string_view name);
/// As boto3 calls it: "dynamodb", "dynamodbstreams", "application-autoscaling", "sqs".
std::string_view service_name(Service service);
std::optional<Service> find_service(std::string_view name);

/// An exception that only a service beside DynamoDB has.
struct SideErrorRow {
  std::string_view name;  ///< "OverLimit"
  std::uint16_t http_status;
};
std::span<const SideErrorRow> side_errors();
const SideErrorRow* find_side_error(std::string_view name);

}  // namespace understudy
