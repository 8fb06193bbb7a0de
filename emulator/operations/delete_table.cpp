// DeleteTable: the table goes, with items, indexes and tags; its answer is a trimmed description.
#include "emulator/operations/operation.h"
#include "emulator/operations/request_reader.h"
#include "emulator/table/lifecycle.h"
#include "emulator/table/table_description.h"

namespace understudy {
namespace {

struct DeleteTableRequest {
  std::string_view table;
};

Result<DeleteTableRequest> parse_delete_table(OperationContext& context, const JsonNode& input) {
  context.trace.table = read_string(input, "TableName");
  return DeleteTableRequest{context.trace.table};
}

Result<void> run_delete_table(OperationContext& context, const DeleteTableRequest& request,
                              JsonWriter& out) {
  TRY(const TableView view, delete_table(context.catalog, context.scope, request.table));
  out.begin_object();
  out.key("TableDescription");
  write_table_description(out, view, DescriptionKind::kDeleting, context.now);
  out.end_object();
  return {};
}

}  // namespace

UNDERSTUDY_OPERATION(delete_table)

}  // namespace understudy
