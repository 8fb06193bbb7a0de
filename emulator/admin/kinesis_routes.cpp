// /_admin/kinesis: what tables have sent to Kinesis data streams.
#include "emulator/admin/admin_parts.h"
#include "emulator/admin/admin_route.h"
#include "emulator/admin/kinesis_records.h"

namespace understudy {
namespace {

constexpr std::size_t kRecordsByDefault = 100;

AdminResult<KinesisRecords*> records_of(const AdminCall& call) {
  if (call.parts.kinesis == nullptr) {
    return admin_error(409, "", "this emulator has no streams");
  }
  return call.parts.kinesis;
}

AdminResult<void> list_records(AdminCall& call) {
  TRY(const KinesisRecords* const records, records_of(call));
  KinesisRecords::Ask ask;
  TRY(const auto after, call.number("after"));
  TRY(const auto limit, call.number("limit"));
  ask.after = after.value_or(0);
  ask.records_max = static_cast<std::size_t>(limit.value_or(kRecordsByDefault));
  ask.stream_arn = call.parameter("stream_arn").value_or("");
  ask.tenant = call.tenant();
  call.out.begin_object();
  call.out.key("records");
  call.out.begin_array();
  records->write(ask, call.out);
  call.out.end_array();
  call.out.end_object();
  return {};
}

AdminResult<void> forget_records(AdminCall& call) {
  TRY(KinesisRecords* const records, records_of(call));
  records->forget(call.tenant());
  call.out.begin_object();
  call.out.end_object();
  return {};
}

constexpr AdminRoute kRoutes[] = {
    {"GET", "/_admin/kinesis",
     "Records sent to Kinesis data streams, oldest first (100, or limit), with numbers above "
     "after.",
     "tenant stream_arn after limit", "",
     R"({"type":"object","properties":{"records":{"type":"array","items":{"type":"object","properties":{"number":{"type":"integer"},"streamArn":{"type":"string"},"partitionKey":{"type":"string"},"data":{"type":"object"}}}}}})",
     list_records},
    {"DELETE", "/_admin/kinesis", "Forgets those records.", "tenant", "", R"({"type":"object"})",
     forget_records},
};

}  // namespace

std::span<const AdminRoute> kinesis_routes() {
  return kRoutes;
}

}  // namespace understudy
