#include "emulator/api/error_body.h"

namespace understudy {

void write_error_body(const ApiError& error, Response& response) {
  const ErrorRow& row = error_row(error.kind());
  response.status = row.http_status;
  response.body.clear();
  JsonWriter out(response.body);
  out.begin_object();
  out.key("__type");
  out.string(row.wire_type);
  if (!error.members().empty()) {
    // Before the message: members come in alphabetical order on the wire.
    // Source: captured TransactionCanceledException bodies (SDK logs), CancellationReasons first.
    out.buffer().append(',');
    out.buffer().append(error.members());
  }
  if (!error.message().empty()) {
    const std::string_view member =
        error.message_member().empty() ? row.message_member : error.message_member();
    out.key(member);
    out.string(error.message());
  }
  out.end_object();
}

}  // namespace understudy
