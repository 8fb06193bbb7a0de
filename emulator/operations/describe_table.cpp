// DescribeTable: everything known of a table, in any state. Item counts and sizes are exact and of
// this moment, where the service refreshes them every six hours.
#include "emulator/operations/operation.h"
#include "emulator/operations/request_reader.h"
#include "emulator/table/lifecycle.h"
#include "emulator/table/table_description.h"

namespace understudy {
namespace {

struct DescribeTableRequest {
  std::string_view table;
};

Result<DescribeTableRequest> parse_describe_table(OperationContext& context,
                                                  const JsonNode& input) {
  context.trace.table = read_string(input, "TableName");
  return DescribeTableRequest{context.trace.table};
}

Result<void> run_describe_table(OperationContext& context, const DescribeTableRequest& request,
                                JsonWriter& out) {
  TRY(const TableRef table, context.catalog.find(context.scope, request.table));
  const TableView view = view_of(*table->lock());
  out.begin_object();
  out.key("Table");
  write_table_description(out, view, DescriptionKind::kWhole, context.now);
  out.end_object();
  return {};
}

}  // namespace

UNDERSTUDY_OPERATION(describe_table)

}  // namespace understudy
