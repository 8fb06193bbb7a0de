#include "conformance/side_operations.h"

#include <algorithm>

namespace understudy::conformance {

namespace {

struct Row {
  const char* name;
  const char* method;
  const char* path;    // {Member} stands for that member of the request.
  const char* target;  // "": none, as in REST-JSON.
};

constexpr const char* kMappings = "/2015-03-31/event-source-mappings/";
constexpr const char* kMapping = "/2015-03-31/event-source-mappings/{UUID}";

constexpr Row kRows[] = {
    {"CreateEventSourceMapping", "POST", kMappings, ""},
    {"ListEventSourceMappings", "GET", kMappings, ""},
    {"GetEventSourceMapping", "GET", kMapping, ""},
    {"UpdateEventSourceMapping", "PUT", kMapping, ""},
    {"DeleteEventSourceMapping", "DELETE", kMapping, ""},
    {"CreateQueue", "POST", "/", "AmazonSQS.CreateQueue"},
    {"ReceiveMessage", "POST", "/", "AmazonSQS.ReceiveMessage"},
};

const Row* row_of(const std::string& operation) {
  const auto* const found =
      std::ranges::find_if(kRows, [&](const Row& row) { return row.name == operation; });
  return found == std::end(kRows) ? nullptr : found;
}

}  // namespace

bool is_side_operation(const std::string& operation) {
  return row_of(operation) != nullptr;
}

void address_side_operation(const std::string& operation, Json members, HttpRequest& request) {
  const Row& row = *row_of(operation);
  request.method = row.method;
  request.path = row.path;
  const std::size_t open = request.path.find('{');
  if (open != std::string::npos) {
    const std::size_t close = request.path.find('}', open);
    const std::string member = request.path.substr(open + 1, close - open - 1);
    request.path.replace(open, close - open + 1, members.value(member, ""));
    members.erase(member);
  }
  if (request.method == "GET") {
    char divider = '?';
    for (const auto& [name, value] : members.items()) {
      request.path +=
          divider + name + "=" + (value.is_string() ? value.get<std::string>() : value.dump());
      divider = '&';
    }
  } else if (request.method != "DELETE") {
    request.body = members.dump();
  }
  if (*row.target != '\0') {
    request.headers.emplace_back("X-Amz-Target", row.target);
  }
}

}  // namespace understudy::conformance
