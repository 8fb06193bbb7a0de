// From a Stack to what it declares, by the same requests that a user would send.
#include "emulator/api/engine.h"
#include "emulator/base/arena.h"
#include "emulator/base/json.h"
#include "streams/function_host.h"
#include "streams/stack/stack.h"

namespace understudy {
namespace {

constexpr int kOk = 200;

Unexpected<std::string> wrong(StackPlace place, std::string text) {
  place.text = std::move(text);
  return Unexpected<std::string>{place.message()};
}

/// "ValidationException: …" of an error's body.
std::string error_text(std::string_view body) {
  Arena arena;
  const auto parsed = parse_json(body, arena);
  const auto member = [&](std::string_view name) -> std::string_view {
    const JsonNode* const node = parsed ? parsed->find(name) : nullptr;
    return node != nullptr ? node->text() : std::string_view{};
  };
  const std::string_view type = member("__type");
  std::string text(type.substr(type.find('#') + 1));
  const std::string_view message =
      member("message").empty() ? member("Message") : member("message");
  return message.empty() ? text : text + ": " + std::string(message);
}

Expected<void, std::string> build_table(const StackTable& table, Engine& engine) {
  const Engine::Answer created = engine.call("CreateTable", table.create_request);
  if (created.status != kOk) {
    return wrong(table.place, error_text(created.body));
  }
  for (const StackItem& item : table.items) {
    Buffer request;
    JsonWriter out(request);
    out.begin_object();
    out.key("TableName");
    out.string(table.name);
    out.key("Item");
    out.raw(item.json);
    out.end_object();
    const Engine::Answer put = engine.call("PutItem", request.view());
    if (put.status != kOk) {
      return wrong(item.place, error_text(put.body));
    }
  }
  return {};
}

std::string stream_of(const std::string& table, Engine& engine) {
  Buffer request;
  JsonWriter out(request);
  out.begin_object();
  out.key("TableName");
  out.string(table);
  out.end_object();
  const Engine::Answer described = engine.call("DescribeTable", request.view());
  Arena arena;
  const auto parsed = parse_json(described.body, arena);
  const JsonNode* const about = parsed ? parsed->find("Table") : nullptr;
  const JsonNode* const arn = about != nullptr ? about->find("LatestStreamArn") : nullptr;
  return arn != nullptr ? std::string(arn->text()) : std::string();
}

Expected<void, std::string> build_mapping(const StackMapping& mapping, Engine& engine,
                                          FunctionHost& host) {
  std::string request = mapping.create_request;
  if (!mapping.table.empty()) {
    const std::string stream = stream_of(mapping.table, engine);
    if (stream.empty()) {
      return wrong(mapping.place,
                   "table '" + mapping.table + "' has no stream: give it a StreamSpecification");
    }
    request.insert(1, R"("EventSourceArn":")" + stream + "\",");
  }
  const auto created = host.mappings().create(request);
  if (!created) {
    return wrong(mapping.place, created.error().type + ": " + created.error().message);
  }
  return {};
}

}  // namespace

Expected<void, std::string> build_stack(const Stack& stack, Engine& engine, FunctionHost& host,
                                        const std::shared_ptr<const TlsIdentity>& identity) {
  for (const StackTable& table : stack.tables) {
    TRY_VOID(build_table(table, engine));
  }
  for (const StackFunction& function : stack.functions) {
    if (auto added = host.functions().add(function.settings); !added) {
      return wrong(function.place, added.error());
    }
  }
  for (const StackMapping& mapping : stack.mappings) {
    TRY_VOID(build_mapping(mapping, engine, host));
  }
  for (const StackWebSocketApi& api : stack.web_socket_apis) {
    if (auto added = host.add_gateway(api.settings, identity); !added) {
      return wrong(api.place, added.error());
    }
  }
  return {};
}

}  // namespace understudy
