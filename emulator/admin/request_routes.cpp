// /_admin/requests and /_admin/events: the journal of requests, to be asked and to be listened to.
#include "emulator/admin/admin_parts.h"
#include "emulator/admin/admin_route.h"
#include "emulator/admin/event_hub.h"
#include "emulator/admin/journal_ring.h"
#include "emulator/api/response.h"
#include "emulator/api/stream_answer.h"

namespace understudy {
namespace {

constexpr std::size_t kAnsweredByDefault = 100;
#define FILTERS "tenant operation table error verdict rule invocation_id request_id status after"
constexpr std::string_view kFilters = FILTERS " limit";
constexpr std::string_view kEventFilters = FILTERS;  // All are told: there is nothing to limit.
#undef FILTERS

AdminResult<JournalFilter> read_filter(const AdminCall& call) {
  JournalFilter filter;
  filter.tenant = call.tenant();
  filter.operation = call.parameter("operation");
  filter.table = call.parameter("table");
  filter.error = call.parameter("error");
  filter.verdict = call.parameter("verdict");
  filter.rule = call.parameter("rule");
  filter.invocation_id = call.parameter("invocation_id");
  filter.request_id = call.parameter("request_id");
  TRY(const auto status, call.number("status"));
  if (status) {
    filter.status = static_cast<int>(*status);
  }
  TRY(const auto after, call.number("after"));
  filter.after = after.value_or(0);
  TRY(const auto limit, call.number("limit"));
  filter.limit = limit.value_or(kAnsweredByDefault);
  return filter;
}

AdminResult<JournalRing*> journal_of(const AdminCall& call) {
  if (call.parts.journal == nullptr) {
    return admin_error(409, "", "this emulator keeps no journal");
  }
  return call.parts.journal;
}

void append_size(const JournalRing& journal, JsonWriter& out) {
  out.key("size");
  out.integer(static_cast<std::int64_t>(journal.size()));
  out.key("recorded");
  out.integer(static_cast<std::int64_t>(journal.recorded()));
}

AdminResult<void> list_requests(AdminCall& call) {
  TRY(const JournalFilter filter, read_filter(call));
  TRY(const JournalRing* const journal, journal_of(call));
  JsonWriter& out = call.out;
  out.begin_object();
  append_size(*journal, out);
  if (journal->size() == 0) {
    out.key("hint");
    out.string("nothing is kept: PUT {\"size\": 1000} here, or start with --journal-size 1000");
  }
  out.key("requests");
  out.begin_array();
  for (const JournalRecord& record : journal->find(filter)) {
    append_journal_record(record, out);
  }
  out.end_array();
  out.end_object();
  return {};
}

AdminResult<void> answer_size(AdminCall& call, const JournalRing& journal) {
  call.out.begin_object();
  append_size(journal, call.out);
  call.out.end_object();
  return {};
}

AdminResult<void> resize_journal(AdminCall& call) {
  std::optional<std::int64_t> size;
  TRY_VOID(read_body(call, [&](MapReader& map) {
    if (map.required("size")) {
      size = map.integer("size", 0, static_cast<std::int64_t>(JournalRing::kSizeMax));
    }
  }));
  TRY(JournalRing* const journal, journal_of(call));
  journal->resize(static_cast<std::size_t>(*size));
  return answer_size(call, *journal);
}

AdminResult<void> clear_journal(AdminCall& call) {
  TRY(JournalRing* const journal, journal_of(call));
  journal->clear();
  return answer_size(call, *journal);
}

AdminResult<void> listen(AdminCall& call) {
  TRY(JournalFilter filter, read_filter(call));
  filter.limit = SIZE_MAX;
  if (call.parts.events == nullptr) {
    return admin_error(409, "", "this emulator tells no events");
  }
  auto stream = call.parts.events->listen(std::move(filter));
  if (stream == nullptr) {
    return admin_error(503, "", "too many listen already");
  }
  stream->send("retry: 1000\n\n");
  call.response.content_type = "text/event-stream";
  call.response.extra_headers = "Cache-Control: no-store\r\n";
  call.response.stream = std::move(stream);
  return {};
}

constexpr std::string_view kSizeSchema =
    R"({"type":"object","properties":{"size":{"type":"integer"},"recorded":{"type":"integer"}}})";

constexpr AdminRoute kRequestRoutes[] = {
    {"GET", "/_admin/requests", "The newest requests that fit, oldest first (100, or limit).",
     kFilters, "",
     R"({"type":"object","properties":{"size":{"type":"integer"},"recorded":{"type":"integer"},"hint":{"type":"string"},"requests":{"type":"array","items":{"type":"object"}}}})",
     list_requests},
    {"PUT", "/_admin/requests", "Keeps that many from now on; 0: none.", "",
     R"({"type":"object","required":["size"],"properties":{"size":{"type":"integer","minimum":0,"maximum":1000000}}})",
     kSizeSchema, resize_journal},
    {"DELETE", "/_admin/requests", "Forgets those that were kept.", "", "", kSizeSchema,
     clear_journal},
    {"GET", "/_admin/events",
     "Server-Sent Events: requests that fit as they finish, and what the admin API changes.",
     kEventFilters, "", R"({"type":"string","description":"text/event-stream"})", listen},
};

}  // namespace

std::span<const AdminRoute> request_routes() {
  return kRequestRoutes;
}

}  // namespace understudy
