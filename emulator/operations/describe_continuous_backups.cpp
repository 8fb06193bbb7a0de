// DescribeContinuousBackups: backups stand ready some seconds after the table, point-in-time
// recovery is off. Source: notes of the AWS Controllers for Kubernetes, DDB-TABLE-098, -115;
// Alternator test_backup.py.
#include <algorithm>
#include <utility>

#include "emulator/operations/operation.h"
#include "emulator/operations/request_reader.h"
#include "emulator/table/lifecycle.h"
#include "emulator/table/table_arn.h"

namespace understudy {
namespace {

/// From ACTIVE until backups are ENABLED; also where transitions are immediate: nothing waits for
/// it.
constexpr Microseconds kBackupsReadyAfter = 3'000'000;

bool backups_are_ready(const OperationContext& context, const TableState& state) {
  if (state.status == TableStatus::kCreating) {
    return false;
  }
  const bool has_global = std::ranges::any_of(
      state.settings->indexes, [](const IndexSettings& index) { return index.global; });
  const Microseconds creation =
      transition_length(context.catalog.transitions(),
                        has_global ? Transition::kCreateWithIndexes : Transition::kCreate);
  return context.now - state.settings->created >= creation + kBackupsReadyAfter;
}

struct DescribeContinuousBackupsRequest {
  std::string_view table;
};

Result<DescribeContinuousBackupsRequest> parse_describe_continuous_backups(
    OperationContext& context, const JsonNode& input) {
  context.trace.table = read_string(input, "TableName");
  return DescribeContinuousBackupsRequest{context.trace.table};
}

Result<void> run_describe_continuous_backups(OperationContext& context,
                                             const DescribeContinuousBackupsRequest& request,
                                             JsonWriter& out) {
  auto table = context.catalog.find(context.scope, request.table);
  if (!table && table.error().kind() == ErrorKind::kResourceNotFoundException) {
    // The backup family has a not-found of its own.
    TRY(const std::string_view name, table_name_of(request.table));
    return api_error(ErrorKind::kTableNotFoundException, "Table not found: " + std::string(name));
  }
  if (!table) {
    return Unexpected{std::move(table).error()};
  }
  const bool ready = backups_are_ready(context, *(*table)->lock());
  out.begin_object();
  out.key("ContinuousBackupsDescription");
  out.begin_object();
  out.key("ContinuousBackupsStatus");
  out.string(ready ? "ENABLED" : "DISABLED");
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
