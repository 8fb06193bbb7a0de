// What the admin API is made of: rows of routes. A row says what it takes and answers, for the
// OpenAPI document, and who answers. Handlers are called from any thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "emulator/base/buffer.h"
#include "emulator/base/expected.h"
#include "emulator/clock/clock.h"
#include "emulator/document/document.h"

namespace understudy {

class Request;
struct AdminParts;
struct Response;

/// Why a call was refused: {"error":{"field":…,"reason":…}}.
struct AdminError {
  int status = 400;
  std::string field;  ///< member, query parameter or path part; empty: the request as a whole
  std::string reason;
};
template <class T>
using AdminResult = Expected<T, AdminError>;

inline Unexpected<AdminError> admin_error(int status, std::string field, std::string reason) {
  return Unexpected<AdminError>{{status, std::move(field), std::move(reason)}};
}

/// One call on its way.
struct AdminCall {
  const AdminParts& parts;
  const Request& request;
  Microseconds now;
  std::vector<std::string> arguments;  ///< what stands for {…} in the path, decoded, in order
  std::vector<std::pair<std::string, std::string>> query;  ///< decoded
  std::optional<Document> body;  ///< there unless the request had none; JSON or YAML
  Response& response;            ///< status 200, JSON, unless the handler says otherwise
  JsonWriter& out;

  /// Value of that query parameter, or nullopt.
  [[nodiscard]] std::optional<std::string> parameter(std::string_view name) const;
  /// The same as a whole number; refused where it is none.
  [[nodiscard]] AdminResult<std::optional<std::uint64_t>> number(std::string_view name) const;
  /// The tenant asked for, in the query; nullopt: all.
  [[nodiscard]] std::optional<std::string> tenant() const { return parameter("tenant"); }
  /// EventHub::tell(), where there is a hub.
  void tell(std::string_view event, std::string_view data) const;
};

struct AdminRoute {
  std::string_view method;
  std::string_view path;     ///< "/_admin/snapshots/{name}"
  std::string_view summary;  ///< one sentence
  std::string_view query;    ///< names of query parameters, divided by blanks
  std::string_view body;     ///< JSON schema of the body; empty: none
  std::string_view answer;   ///< JSON schema of a 200's body
  AdminResult<void> (*handle)(AdminCall& call);
};

std::span<const AdminRoute> clock_routes();
std::span<const AdminRoute> table_routes();
std::span<const AdminRoute> request_routes();
std::span<const AdminRoute> fault_routes();
std::span<const AdminRoute> capacity_routes();
std::span<const AdminRoute> scenario_routes();
std::span<const AdminRoute> kinesis_routes();
std::span<const AdminRoute> foreign_routes();
std::span<const AdminRoute> description_routes();

/// All rows of the above.
std::vector<const AdminRoute*> admin_routes();

/// The refusal of a document with that error: a member that is missing is the field.
AdminError refusal_of(const DocumentError& error);

/// Reads the body's members by `read(MapReader&)`; without a body all are absent. Error: the first
/// thing that is wrong with it, members nobody knows among them.
template <class Read>
AdminResult<void> read_body(AdminCall& call, const Read& read) {
  if (!call.body.has_value()) {
    auto empty = Document::parse("{}", "body");
    if (!empty) {
      return admin_error(500, "", "no document");
    }
    call.body.emplace(*std::move(empty));
  }
  DocumentErrors errors;
  {
    MapReader map(call.body->root(), errors);
    read(map);
  }
  if (!errors.empty()) {
    return Unexpected{refusal_of(errors.first())};
  }
  return {};
}

}  // namespace understudy
