// /_admin/openapi.json: the admin API described from its own rows, so that it is complete.
#include <algorithm>
#include <map>

#include "emulator/admin/admin_route.h"
#include "emulator/admin/page.h"
#include "emulator/api/response.h"

namespace understudy {
namespace {

/// "clock_advance" of POST /_admin/clock/advance, with the method where that tells calls apart.
std::string operation_id(const AdminRoute& route) {
  std::string id;
  for (const char c : route.method) {
    id.push_back(static_cast<char>(c - 'A' + 'a'));
  }
  for (const char c : route.path) {
    const bool is_word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (is_word) {
      id.push_back(c);
    } else if (!id.ends_with('_') && c == '/') {
      id.push_back('_');
    }
  }
  return id;
}

void append_parameter(std::string_view name, std::string_view place, bool required,
                      JsonWriter& out) {
  out.begin_object();
  out.key("name");
  out.string(name);
  out.key("in");
  out.string(place);
  out.key("required");
  out.boolean(required);
  out.key("schema");
  out.raw(R"({"type":"string"})");
  out.end_object();
}

void append_parameters(const AdminRoute& route, JsonWriter& out) {
  out.key("parameters");
  out.begin_array();
  for (std::size_t open = route.path.find('{'); open != std::string_view::npos;
       open = route.path.find('{', open + 1)) {
    append_parameter(route.path.substr(open + 1, route.path.find('}', open) - open - 1), "path",
                     true, out);
  }
  std::string_view words = route.query;
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    append_parameter(words.substr(0, end), "query", false, out);
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  out.end_array();
}

void append_content(std::string_view schema, JsonWriter& out) {
  out.key("content");
  out.begin_object();
  out.key(schema.find("text/") != std::string_view::npos
              ? schema.find("event-stream") != std::string_view::npos ? "text/event-stream"
                                                                      : "text/html"
              : "application/json");
  out.begin_object();
  out.key("schema");
  out.raw(schema);
  out.end_object();
  out.end_object();
}

void append_route(const AdminRoute& route, JsonWriter& out) {
  out.begin_object();
  out.key("operationId");
  out.string(operation_id(route));
  out.key("summary");
  out.string(route.summary);
  append_parameters(route, out);
  if (!route.body.empty()) {
    out.key("requestBody");
    out.begin_object();
    append_content(route.body, out);
    out.end_object();
  }
  out.key("responses");
  out.begin_object();
  out.key("200");
  out.begin_object();
  out.key("description");
  out.string("Done.");
  append_content(route.answer, out);
  out.end_object();
  out.key("4XX");
  out.raw(R"({"$ref":"#/components/responses/Refused"})");
  out.end_object();
  out.end_object();
}

constexpr std::string_view kHead =
    R"({"openapi":"3.1.0","info":{"title":"Understudy admin API","version":"0.1.0",)"
    R"("description":"Time, faults, capacity, snapshots and the request journal of a running )"
    R"(emulator. Bodies may be JSON or YAML."},"security":[{},{"bearer":[]},{"header":[]}],)"
    R"("components":{"securitySchemes":{"bearer":{"type":"http","scheme":"bearer"},)"
    R"("header":{"type":"apiKey","in":"header","name":"X-Understudy-Token"}},)"
    R"("responses":{"Refused":{"description":"What is wrong, and where.","content":)"
    R"({"application/json":{"schema":{"type":"object","required":["error"],"properties":)"
    R"({"error":{"type":"object","required":["field","reason"],"properties":)"
    R"({"field":{"type":"string"},"reason":{"type":"string"}}}}}}}}}},"paths":)";

AdminResult<void> describe(AdminCall& call) {
  std::map<std::string_view, std::vector<const AdminRoute*>> paths;
  for (const AdminRoute* route : admin_routes()) {
    paths[route->path].push_back(route);
  }
  Buffer& body = call.response.body;
  body.append(kHead);
  JsonWriter out(body);
  out.begin_object();
  for (const auto& [path, routes] : paths) {
    out.key(path);
    out.begin_object();
    for (const AdminRoute* route : routes) {
      std::string method(route->method);
      std::ranges::transform(method, method.begin(),
                             [](char c) { return static_cast<char>(c - 'A' + 'a'); });
      out.key(method);
      append_route(*route, out);
    }
    out.end_object();
  }
  out.end_object();
  body.append('}');
  return {};
}

AdminResult<void> show_page(AdminCall& call) {
  call.response.content_type = "text/html; charset=utf-8";
  call.response.extra_headers =
      "Cache-Control: no-store\r\nX-Frame-Options: DENY\r\n"
      "Content-Security-Policy: default-src 'self' 'unsafe-inline'\r\n";
  call.response.body.append(admin_page());
  return {};
}

constexpr AdminRoute kDescriptionRoutes[] = {
    {"GET", "/_admin/openapi.json", "This document.", "", "", R"({"type":"object"})", describe},
    {"GET", "/_admin", "A page for people: tables, capacity, journal and clock, live.", "", "",
     R"({"type":"string","description":"text/html"})", show_page},
};

}  // namespace

std::span<const AdminRoute> description_routes() {
  return kDescriptionRoutes;
}

}  // namespace understudy
