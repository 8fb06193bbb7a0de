#include "emulator/admin/admin_service.h"

#include <algorithm>
#include <charconv>
#include <exception>
#include <map>

#include "emulator/admin/admin_route.h"
#include "emulator/admin/event_hub.h"
#include "emulator/api/engine.h"
#include "emulator/api/query_string.h"
#include "emulator/base/arena.h"
#include "emulator/base/ascii.h"

namespace understudy {
namespace {

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kTokenHeader = "x-understudy-token";
/// What a health check may ask without a token.
constexpr std::string_view kHealthPath = "/_localstack/health";

std::vector<std::string_view> segments(std::string_view path) {
  std::vector<std::string_view> parts;
  while (!path.empty()) {
    path.remove_prefix(path.front() == '/' ? 1 : 0);
    const std::size_t end = std::min(path.find('/'), path.size());
    if (end > 0) {
      parts.push_back(path.substr(0, end));
    }
    path.remove_prefix(end);
  }
  return parts;
}

/// What stands for the {…} of `pattern` in `path`, still encoded; nullopt: another path.
std::optional<std::vector<std::string_view>> match(const std::vector<std::string_view>& pattern,
                                                   const std::vector<std::string_view>& path) {
  if (pattern.size() != path.size()) {
    return std::nullopt;
  }
  std::vector<std::string_view> arguments;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (pattern[i].starts_with('{')) {
      arguments.push_back(path[i]);
    } else if (pattern[i] != path[i]) {
      return std::nullopt;
    }
  }
  return arguments;
}

std::vector<std::pair<std::string, std::string>> read_query(std::string_view query, Arena& arena) {
  std::vector<std::pair<std::string, std::string>> parameters;
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair = query.substr(0, end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    if (!pair.empty()) {
      parameters.emplace_back(
          percent_decode(pair.substr(0, equals), arena),
          percent_decode(pair.substr(std::min(equals + 1, pair.size())), arena));
    }
  }
  return parameters;
}

bool has_word(std::string_view words, std::string_view word) {
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    if (words.substr(0, end) == word) {
      return true;
    }
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return false;
}

std::string_view header(const Request& request, std::string_view name) {
  for (const Header& line : request.headers()) {
    if (equals_ignoring_case(line.name, name)) {
      return line.value;
    }
  }
  return {};
}

/// Whether a web page sent the request that was not loaded from this very server.
bool is_of_another_origin(const Request& request) {
  if (!request.has(KnownHeader::kOrigin)) {
    return false;
  }
  const std::string_view origin = request.header(KnownHeader::kOrigin);
  const std::size_t host = origin.find("://");
  return host == std::string_view::npos ||
         origin.substr(host + 3) != request.header(KnownHeader::kHost);
}

bool same_token(std::string_view given, std::string_view wanted) {
  unsigned difference = given.size() == wanted.size() ? 0 : 1;
  for (std::size_t i = 0; i < given.size(); ++i) {
    difference |= static_cast<unsigned char>(given[i]) ^
                  static_cast<unsigned char>(wanted[i % wanted.size()]);
  }
  return difference == 0;
}

AdminResult<void> check_access(const AdminAccess& access, const Request& request,
                               std::string_view path) {
  if (path == kHealthPath) {
    return {};
  }
  if (is_of_another_origin(request)) {
    return admin_error(403, "Origin", "web pages of another origin may not use the admin API");
  }
  if (access.token.empty()) {
    if (access.open) {
      return {};
    }
    return admin_error(403, "",
                       "the admin API of a server that listens beyond this machine needs "
                       "--admin-token, or --admin-port for a port of its own");
  }
  constexpr std::string_view kBearer = "Bearer ";
  std::string_view given = header(request, kTokenHeader);
  const std::string_view authorization = request.header(KnownHeader::kAuthorization);
  if (given.empty() && authorization.starts_with(kBearer)) {
    given = authorization.substr(kBearer.size());
  }
  if (!same_token(given, access.token)) {
    return admin_error(401, "X-Understudy-Token",
                       "the token of --admin-token is wanted, there or as a bearer");
  }
  return {};
}

AdminResult<void> check_query(const AdminRoute& route, const AdminCall& call) {
  for (const auto& [name, value] : call.query) {
    if (!has_word(route.query, name)) {
      return admin_error(400, name,
                         route.query.empty()
                             ? "this call has no query parameters"
                             : "no such query parameter; there are: " + std::string(route.query));
    }
  }
  return {};
}

void write_error(const AdminError& error, Response& response) {
  response.status = error.status;
  response.content_type = kJson;
  response.body.clear();
  JsonWriter out(response.body);
  out.begin_object();
  out.key("error");
  out.begin_object();
  out.key("field");
  out.string(error.field);
  out.key("reason");
  out.string(error.reason);
  out.end_object();
  out.end_object();
}

}  // namespace

AdminError refusal_of(const DocumentError& error) {
  constexpr std::string_view kBefore = "member '";
  constexpr std::string_view kBehind = "' is missing";
  const std::string_view text = error.text;
  if (!text.starts_with(kBefore) || !text.ends_with(kBehind)) {
    return {400, error.member, error.text};
  }
  const std::string name(
      text.substr(kBefore.size(), text.size() - kBefore.size() - kBehind.size()));
  return {400, error.member.empty() ? name : error.member + "." + name, "is missing"};
}

void AdminCall::tell(std::string_view event, std::string_view data) const {
  if (parts.events != nullptr) {
    parts.events->tell(event, data);
  }
}

std::optional<std::string> AdminCall::parameter(std::string_view name) const {
  for (const auto& [known, value] : query) {
    if (known == name) {
      return value;
    }
  }
  return std::nullopt;
}

AdminResult<std::optional<std::uint64_t>> AdminCall::number(std::string_view name) const {
  const auto text = parameter(name);
  if (!text) {
    return std::optional<std::uint64_t>();
  }
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), value);
  if (error != std::errc() || end != text->data() + text->size()) {
    return admin_error(400, std::string(name), "expected a whole number, not '" + *text + "'");
  }
  return std::optional(value);
}

std::vector<const AdminRoute*> admin_routes() {
  std::vector<const AdminRoute*> all;
  for (const auto rows :
       {clock_routes(), table_routes(), request_routes(), fault_routes(), capacity_routes(),
        scenario_routes(), kinesis_routes(), foreign_routes(), description_routes()}) {
    for (const AdminRoute& row : rows) {
      all.push_back(&row);
    }
  }
  return all;
}

struct AdminService::Routes {
  struct Row {
    std::vector<std::string_view> path;
    const AdminRoute* route;
  };
  std::vector<Row> rows;

  Routes() {
    for (const AdminRoute* route : admin_routes()) {
      rows.push_back({segments(route->path), route});
    }
  }

  AdminResult<void> serve(const AdminParts& parts, const AdminAccess& access,
                          const Request& request, Microseconds now, Response& response) const;
};

AdminResult<void> AdminService::Routes::serve(const AdminParts& parts, const AdminAccess& access,
                                              const Request& request, Microseconds now,
                                              Response& response) const {
  const std::string_view path = path_of(request.target);
  TRY_VOID(check_access(access, request, path));
  Arena arena;
  const std::vector<std::string_view> wanted = segments(path);
  std::string methods;
  for (const Row& row : rows) {
    const auto arguments = match(row.path, wanted);
    if (!arguments) {
      continue;
    }
    if (row.route->method != request.method) {
      methods.append(methods.empty() ? "" : ", ").append(row.route->method);
      continue;
    }
    JsonWriter out(response.body);
    AdminCall call{parts, request,  now, {}, read_query(query_of(request.target), arena),
                   {},    response, out};
    for (const std::string_view argument : *arguments) {
      call.arguments.emplace_back(percent_decode(argument, arena));
    }
    TRY_VOID(check_query(*row.route, call));
    if (!request.body.empty()) {
      auto body = Document::parse(request.body, "body");
      if (!body) {
        AdminError wrong = refusal_of(body.error());
        wrong.reason.insert(0, "line " + std::to_string(body.error().line) + ": ");
        return Unexpected{std::move(wrong)};
      }
      call.body.emplace(*std::move(body));
    }
    response.content_type = kJson;
    return row.route->handle(call);
  }
  if (!methods.empty()) {
    response.extra_headers = "Allow: " + methods + "\r\n";
    return admin_error(405, "", "this path takes " + methods);
  }
  return admin_error(404, "", "no such path; GET /_admin/openapi.json lists all");
}

AdminService::AdminService(const AdminParts& parts, AdminAccess access)
    : parts_(parts), access_(std::move(access)), routes_(std::make_unique<Routes>()) {}
AdminService::~AdminService() = default;

bool AdminService::claims(const Request& request) const {
  const std::string_view path = path_of(request.target);
  return path == "/_admin" || path.starts_with("/_admin/") || path.starts_with("/_localstack/") ||
         path == "/_aws/dynamodb/expired";
}

void AdminService::handle(const Request& request, Microseconds now, Response& response) {
  const auto done = routes_->serve(parts_, access_, request, now, response);
  if (!done) {
    write_error(done.error(), response);
  }
}

void AdminPort::handle(const Request& request, Response& response) {
  // Gives the answer its id, its time and an empty start.
  engine_.refuse(200, response);
  response.close = false;
  if (service_.claims(request)) {
    service_.handle(request, response.arrived, response);
  } else {
    write_error({404, "", "this port serves the admin API only"}, response);
  }
}

void AdminPort::refuse(int status, Response& response) {
  engine_.refuse(status, response);
}

}  // namespace understudy
