#include "streams/gateway/gateway_event.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <map>
#include <vector>

#include "emulator/api/query_string.h"
#include "emulator/base/arena.h"
#include "emulator/base/base64.h"
#include "emulator/base/buffer.h"
#include "emulator/base/json.h"
#include "emulator/base/utf8.h"

namespace understudy {
namespace {

void text(JsonWriter& out, std::string_view name, std::string_view value) {
  out.key(name);
  out.string(value);
}

/// The members of requestContext that every event has; the object stays open.
void begin_context(JsonWriter& out, const GatewayConnectionFacts& connection,
                   const GatewayEventFacts& event, std::string_view type) {
  out.key("requestContext");
  out.begin_object();
  text(out, "routeKey", event.route_key);
  text(out, "eventType", type);
  text(out, "extendedRequestId", event.request_id);
  text(out, "requestTime", request_time_text(event.now));
  text(out, "messageDirection", "IN");
  text(out, "stage", connection.stage);
  out.key("connectedAt");
  out.integer(connection.connected_at / kMillisecond);
  out.key("requestTimeEpoch");
  out.integer(event.now / kMillisecond);
  out.key("identity");
  out.begin_object();
  text(out, "sourceIp", connection.source_ip);
  if (!connection.user_agent.empty()) {
    text(out, "userAgent", connection.user_agent);
  }
  out.end_object();
  text(out, "requestId", event.request_id);
  text(out, "domainName", connection.domain_name);
  text(out, "connectionId", connection.connection_id);
  text(out, "apiId", connection.api_id);
}

using ManyValues = std::map<std::string, std::vector<std::string>>;

/// Both forms: the last value of each name, and all of them.
void write_values(JsonWriter& out, std::string_view single, std::string_view multi,
                  const ManyValues& values) {
  out.key(single);
  out.begin_object();
  for (const auto& [name, all] : values) {
    out.user_key(name);
    out.string(all.back());
  }
  out.end_object();
  out.key(multi);
  out.begin_object();
  for (const auto& [name, all] : values) {
    out.user_key(name);
    out.begin_array();
    for (const std::string& value : all) {
      out.string(value);
    }
    out.end_array();
  }
  out.end_object();
}

ManyValues query_parameters(std::string_view query) {
  ManyValues values;
  Arena arena;
  while (!query.empty()) {
    const std::string_view one = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(one.size() + 1, query.size()));
    const std::size_t equals = std::min(one.find('='), one.size());
    values[request_text(percent_decode(one.substr(0, equals), arena))].push_back(
        request_text(percent_decode(one.substr(std::min(equals + 1, one.size())), arena)));
  }
  return values;
}

}  // namespace

std::string request_text(std::string_view bytes) {
  if (is_valid_utf8(bytes)) {
    return std::string(bytes);
  }
  constexpr unsigned kAsciiEnd = 0x80;
  std::string text;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < kAsciiEnd) {
      text.push_back(c);
    } else {
      text.push_back(static_cast<char>(0xC0U | byte >> 6U));
      text.push_back(static_cast<char>(0x80U | (byte & 0x3FU)));
    }
  }
  return text;
}

std::string request_time_text(Microseconds moment) {
  constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto seconds = std::chrono::floor<std::chrono::seconds>(
      std::chrono::sys_time<std::chrono::microseconds>(std::chrono::microseconds(moment)));
  const auto day = std::chrono::floor<std::chrono::days>(seconds);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(seconds - day);
  std::array<char, 48> out{};
  std::snprintf(out.data(), out.size(), "%02u/%s/%04d:%02d:%02d:%02d +0000",
                static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
                static_cast<int>(date.year()), static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
  return out.data();
}

std::string connect_event(const GatewayConnectionFacts& connection, const GatewayEventFacts& event,
                          const WebRequest& request) {
  Buffer buffer;
  JsonWriter out(buffer);
  out.begin_object();
  ManyValues headers;
  for (const auto& [name, value] : request.headers) {
    headers[request_text(name)].push_back(request_text(value));
  }
  write_values(out, "headers", "multiValueHeaders", headers);
  const ManyValues parameters = query_parameters(query_of(request.target));
  if (!parameters.empty()) {
    write_values(out, "queryStringParameters", "multiValueQueryStringParameters", parameters);
  }
  begin_context(out, connection, event, "CONNECT");
  out.end_object();
  out.key("isBase64Encoded");
  out.boolean(false);
  out.end_object();
  return std::string(buffer.view());
}

std::string message_event(const GatewayConnectionFacts& connection, const GatewayEventFacts& event,
                          std::string_view message, bool is_text) {
  Buffer buffer;
  JsonWriter out(buffer);
  out.begin_object();
  begin_context(out, connection, event, "MESSAGE");
  text(out, "messageId", event.request_id);
  out.end_object();
  if (is_text) {
    text(out, "body", message);
  } else {
    Buffer encoded;
    append_base64(encoded, message);
    text(out, "body", encoded.view());
  }
  out.key("isBase64Encoded");
  out.boolean(!is_text);
  out.end_object();
  return std::string(buffer.view());
}

std::string disconnect_event(const GatewayConnectionFacts& connection,
                             const GatewayEventFacts& event, std::uint16_t code,
                             std::string_view reason) {
  Buffer buffer;
  JsonWriter out(buffer);
  out.begin_object();
  begin_context(out, connection, event, "DISCONNECT");
  out.key("disconnectStatusCode");
  out.integer(code);
  text(out, "disconnectReason", reason);
  out.end_object();
  out.key("isBase64Encoded");
  out.boolean(false);
  out.end_object();
  return std::string(buffer.view());
}

std::string client_error(std::string_view message, const GatewayConnectionFacts& connection,
                         std::string_view request_id) {
  Buffer buffer;
  JsonWriter out(buffer);
  out.begin_object();
  text(out, "message", message);
  text(out, "connectionId", connection.connection_id);
  text(out, "requestId", request_id);
  out.end_object();
  return std::string(buffer.view());
}

std::string selected_route(std::string_view message, std::string_view selection) {
  constexpr std::string_view kBody = "$request.body.";
  if (!selection.starts_with(kBody)) {
    return {};
  }
  selection.remove_prefix(kBody.size());
  Arena arena;
  const auto parsed = parse_json(message, arena);
  if (!parsed) {
    return {};
  }
  const JsonNode* at = &*parsed;
  while (at != nullptr && !selection.empty()) {
    const std::string_view name = selection.substr(0, selection.find('.'));
    selection.remove_prefix(std::min(name.size() + 1, selection.size()));
    at = at->find(name);
  }
  return at != nullptr && (at->is(JsonKind::kString) || at->is_number()) ? std::string(at->text())
                                                                         : std::string();
}

}  // namespace understudy
