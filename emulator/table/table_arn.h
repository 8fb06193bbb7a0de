// ARNs of tables and indexes: "arn:aws:dynamodb:<region>:<account>:table/<name>[/index/<index>]".
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "emulator/service/api_error.h"
#include "emulator/table/scope.h"

namespace understudy {

struct TableArn {
  std::string_view region;
  std::string_view account;
  std::string_view table;
  std::string_view index;  ///< empty: the table itself
};

/// Parts of an ARN of a table or of one of its indexes; nullopt: it is none.
std::optional<TableArn> parse_table_arn(std::string_view arn);
std::string make_table_arn(const Scope& scope, std::string_view table);
std::string make_index_arn(std::string_view table_arn, std::string_view index);

/// What IAM answers about a resource of an account that has not let the caller in.
Unexpected<ApiError> not_authorized(const Scope& scope, std::string_view arn);

/// The name in a table's ARN. Error: ValidationException for any other text.
Result<std::string_view> table_name_of_arn(std::string_view arn);
/// The name in a TableName member, which may be a table's ARN. Error: ValidationException for text
/// that begins as an ARN and is none of a table.
inline Result<std::string_view> table_name_of(std::string_view name_or_arn) {
  // A table's name has no colon.
  return name_or_arn.starts_with("arn:") ? table_name_of_arn(name_or_arn)
                                         : Result<std::string_view>(name_or_arn);
}

}  // namespace understudy
