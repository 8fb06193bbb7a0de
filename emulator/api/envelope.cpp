#include "emulator/api/envelope.h"

#include "emulator/api/engine.h"
#include "emulator/api/query_string.h"

namespace understudy {
namespace {

constexpr std::string_view kJson10 = "application/x-amz-json-1.0";
constexpr std::string_view kJson = "application/json";
constexpr std::string_view kPlainText = "text/plain; charset=utf-8";
// Source: DLT:index.js (172800 s). Assumed: the list of exposed headers (F1 knows only of some).
constexpr std::string_view kMaxAge = "Access-Control-Max-Age: 172800\r\n";
constexpr std::string_view kAllowOrigin =
    "Access-Control-Allow-Origin: *\r\n"
    "Access-Control-Expose-Headers: x-amzn-RequestId,x-amzn-ErrorType,x-amz-crc32,"
    "x-amzn-ErrorMessage,Date\r\n";

void add_line(std::string& lines, std::string_view name, std::string_view value) {
  lines.append(name).append(": ").append(value).append("\r\n");
}

/// Paths of slashes only count as the root: endpoint URLs get written with one too many.
bool is_root(std::string_view target) {
  return path_of(target).find_first_not_of('/') == std::string_view::npos;
}

/// The media type without parameters and blanks around it.
std::string_view media_type(std::string_view content_type) {
  content_type = content_type.substr(0, content_type.find(';'));
  while (content_type.starts_with(' ')) {
    content_type.remove_prefix(1);
  }
  while (content_type.ends_with(' ')) {
    content_type.remove_suffix(1);
  }
  return content_type;
}

void answer_preflight(const Request& request, Response& response) {
  if (request.has(KnownHeader::kRequestedHeaders)) {
    add_line(response.extra_headers, "Access-Control-Allow-Headers",
             request.header(KnownHeader::kRequestedHeaders));
  }
  if (request.has(KnownHeader::kRequestedMethod)) {
    add_line(response.extra_headers, "Access-Control-Allow-Methods",
             request.header(KnownHeader::kRequestedMethod));
  }
  response.extra_headers += kMaxAge;
}

bool is_probe(std::string_view path) {
  return path == "/health" || path == "/ready";
}

void answer_get(const EngineOptions& options, const Request& request, Response& response) {
  const std::string_view path = path_of(request.target);
  response.content_type = kPlainText;
  if (is_root(request.target)) {
    // The blank at the end is the service's. Source: DLT:index.js; SCY:test_health.
    response.body.append("healthy: ");
    const std::string_view host = request.header(KnownHeader::kHost);
    if (host.empty()) {
      response.body.append("dynamodb.");
      response.body.append(options.region);
      response.body.append(".amazonaws.com");
    } else {
      response.body.append(host);
    }
    response.body.append(' ');
  } else if (is_probe(path)) {
    response.body.append("ok\n");
  } else {
    answer_not_found(response);
  }
}

}  // namespace

void answer_too_large(Response& response) {
  response.status = 413;
  response.content_type = {};
  response.body.clear();
  response.chunked = true;
  response.close = true;
}

void answer_not_found(Response& response) {
  response.status = 404;
  response.content_type = {};
  response.body.clear();
  response.body.append("<UnknownOperationException/>\n");
}

bool answer_envelope(const EngineOptions& options, const Request& request, Response& response) {
  if (request.body.size() > options.max_body_bytes) {
    answer_too_large(response);
    return true;
  }
  const bool cross_origin = options.cors && request.has(KnownHeader::kOrigin);
  if (cross_origin) {
    response.extra_headers += kAllowOrigin;
    if (request.method == "OPTIONS") {
      answer_preflight(request, response);
      return true;
    }
  }
  // The service has no HEAD; probes of containers (wget --spider, wait-on) ask by it.
  if (request.method == "GET" || (request.method == "HEAD" && is_probe(path_of(request.target)))) {
    answer_get(options, request, response);
    return true;
  }
  const std::string_view type = media_type(request.header(KnownHeader::kContentType));
  const bool json10 = type == kJson10;
  const bool acceptable = request.body.empty() || json10 || type == kJson;
  if (request.method != "POST" || !acceptable || !is_root(request.target)) {
    answer_not_found(response);
    return true;
  }
  // Source: DLT:index.js: what is not JSON 1.0 is answered as application/json.
  response.content_type = json10 ? kJson10 : kJson;
  return false;
}

}  // namespace understudy
