// Rules of tags, the same for CreateTable, TagResource and UntagResource. All of them are answered
// with ValidationException, and nothing is done. Source: notes of the AWS Controllers for
// Kubernetes (October 2026), DDB-TABLE-105 to -110, -372.
#pragma once

#include <string_view>
#include <vector>

#include "emulator/base/json.h"
#include "emulator/operations/operation.h"
#include "emulator/service/api_error.h"
#include "emulator/table/catalog.h"
#include "emulator/table/table.h"
#include "emulator/table/table_settings.h"

namespace understudy {

inline constexpr std::size_t kTagsPerTableMax = 50;

/// The Tags member. Error: a key or value that is not allowed, a key given twice, more than 50.
Result<std::vector<Tag>> read_tags(const JsonNode& list);
/// The TagKeys member.
Result<std::vector<std::string>> read_tag_keys(const JsonNode& list);
/// "Number of Tags exceed the current limit for the provided ResourceArn".
Unexpected<ApiError> too_many_tags();

/// The table's name in a ResourceArn. Error: what is no ARN, an ARN of something else, an index.
Result<std::string_view> table_of_resource(std::string_view resource_arn);
/// ResourceNotFoundException "Requested resource not found: ResourceArn: <arn> not found".
Unexpected<ApiError> resource_not_found(std::string_view resource_arn);
/// The table whose tags are meant, of an ARN that table_of_resource() accepted. A table that is
/// being created has none yet: not found, too. Error: AccessDeniedException for another account's.
Result<TableRef> find_tagged(const OperationContext& context, std::string_view resource_arn);
/// Error: ResourceInUseException while the table is being deleted.
Result<void> check_taggable(const TableState& state);

}  // namespace understudy
