// ListTables: names in byte order, at most 100 a page. The start name need not exist.
// Source: notes of the AWS Controllers for Kubernetes, DDB-TABLE-012, -379, -400.
#include <algorithm>
#include <string>
#include <vector>

#include "emulator/operations/operation.h"
#include "emulator/operations/request_reader.h"

namespace understudy {
namespace {

struct ListTablesRequest {
  std::string_view start;  ///< exclusive; empty: from the beginning
  std::size_t limit = 0;
};

Result<ListTablesRequest> parse_list_tables(OperationContext& /*context*/, const JsonNode& input) {
  constexpr std::int64_t kPageMax = 100;
  return ListTablesRequest{
      read_string(input, "ExclusiveStartTableName"),
      static_cast<std::size_t>(read_integer(input, "Limit").value_or(kPageMax))};
}

Result<void> run_list_tables(OperationContext& context, const ListTablesRequest& request,
                             JsonWriter& out) {
  const std::vector<std::string> names = context.catalog.table_names(context.scope);
  auto name = request.start.empty() ? names.begin()
                                    : std::ranges::upper_bound(names, request.start, std::less<>());
  const auto left = static_cast<std::size_t>(names.end() - name);
  const auto end = name + static_cast<std::ptrdiff_t>(std::min(request.limit, left));
  out.begin_object();
  out.key("TableNames");
  out.begin_array();
  for (; name != end; ++name) {
    out.string(*name);
  }
  out.end_array();
  if (end != names.end() && request.limit > 0) {
    out.key("LastEvaluatedTableName");
    out.string(*(end - 1));
  }
  out.end_object();
  return {};
}

}  // namespace

UNDERSTUDY_OPERATION(list_tables)

}  // namespace understudy
