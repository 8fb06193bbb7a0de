// DescribeContinuousBackups: backups stand ready, point-in-time recovery is off.
// Source: notes of the AWS Controllers for Kubernetes, DDB-TABLE-098, -115.
#include "emulator/operations/operation.h"
#include "emulator/operations/request_reader.h"
#include "emulator/table/table_arn.h"

namespace understudy {
namespace {

struct DescribeContinuousBackupsRequest {
  std::string_view table;
};

Result<DescribeContinuousBackupsRequest> parse(OperationContext& context, const JsonNode& input) {
  context.trace.table = read_string(input, "TableName");
  return DescribeContinuousBackupsRequest{context.trace.table};
}

Result<void> run(OperationContext& context, const DescribeContinuousBackupsRequest& request,
                 JsonWriter& out) {
  TRY(const std::string_view name, table_name_of(request.table));
  const auto table = context.catalog.find(context.scope, name);
  if (!table) {  // The backup family has a not-found of its own.
    return api_error(ErrorKind::kTableNotFoundException, "Table not found: " + std::string(name));
  }
  const bool creating = (*table)->lock()->status == TableStatus::kCreating;
  out.begin_object();
  out.key("ContinuousBackupsDescription");
  out.begin_object();
  out.key("ContinuousBackupsStatus");
  out.string(creating ? "DISABLED" : "ENABLED");
  out.key("PointInTimeRecoveryDescription");
  out.begin_object();
  out.key("PointInTimeRecoveryStatus");
  out.string("DISABLED");
  out.end_object();
  out.end_object();
  out.end_object();
  return {};
}

}  // namespace

UNDERSTUDY_OPERATION(describe_continuous_backups)

}  // namespace understudy
