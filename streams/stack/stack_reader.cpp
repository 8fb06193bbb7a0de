// From a document to a Stack. Members are called as AWS calls them; those of tables and mappings
// are handed on to CreateTable and CreateEventSourceMapping as they stand.
#include <algorithm>
#include <array>

#include "emulator/base/buffer.h"
#include "emulator/service/shape.h"
#include "streams/stack/stack.h"

namespace understudy {
namespace {

constexpr std::int64_t kPortMax = 65'535;

// The operations pass over members they do not know, as AWS's do: a misspelt StreamSpecification
// would be none. Model: CreateEventSourceMappingRequest.
constexpr auto kMappingMembers =
    std::to_array<std::string_view>({"AmazonManagedKafkaEventSourceConfig",
                                     "BatchSize",
                                     "BisectBatchOnFunctionError",
                                     "DestinationConfig",
                                     "DocumentDBEventSourceConfig",
                                     "Enabled",
                                     "EventSourceArn",
                                     "FilterCriteria",
                                     "FunctionResponseTypes",
                                     "KMSKeyArn",
                                     "LoggingConfig",
                                     "MaximumBatchingWindowInSeconds",
                                     "MaximumRecordAgeInSeconds",
                                     "MaximumRetryAttempts",
                                     "MetricsConfig",
                                     "ParallelizationFactor",
                                     "ProvisionedPollerConfig",
                                     "Queues",
                                     "ScalingConfig",
                                     "SelfManagedEventSource",
                                     "SelfManagedKafkaEventSourceConfig",
                                     "SourceAccessConfigurations",
                                     "StartingPosition",
                                     "StartingPositionTimestamp",
                                     "Tags",
                                     "Topics",
                                     "TumblingWindowInSeconds"});

/// Marks what CreateTable knows as known: the values are the operation's to check.
void let_table_members_pass(MapReader& map) {
  const ModelOperation* create = find_model_operation(Service::kDynamoDb, "CreateTable");
  for (const Member& member : shape(create->input).members) {
    (void)map.find(member.name);
  }
}

/// The same of CreateEventSourceMapping, which the service model does not hold.
void let_mapping_members_pass(MapReader& map) {
  for (const std::string_view name : kMappingMembers) {
    (void)map.find(name);
  }
}

StackPlace place_of(const DocumentNode& node, const Document& document) {
  return {document.file(), node.line(), node.column(), node.path(), {}};
}

std::string path_from(const std::string& folder, const std::string& path) {
  return path.empty() || path.starts_with('/') || folder.empty() ? path : folder + "/" + path;
}

/// The map as JSON but for the members named.
std::string json_without(const DocumentNode& map, std::initializer_list<std::string_view> without) {
  Buffer buffer;
  JsonWriter out(buffer);
  out.begin_object();
  for (const DocumentNode& member : map.children()) {
    if (!member.is_null() && std::ranges::find(without, member.name()) == without.end()) {
      out.user_key(member.name());
      out.raw(member.json());
    }
  }
  out.end_object();
  return std::string(buffer.view());
}

class StackReader {
 public:
  StackReader(const Document& document, const std::string& folder, DocumentErrors& errors)
      : document_(document), folder_(folder), errors_(errors) {}

  Stack read() {
    MapReader map(document_.root(), errors_);
    each(map, "Tables", [this](const DocumentNode& node) { table(node); });
    each(map, "Functions", [this](const DocumentNode& node) { function(node); });
    each(map, "EventSourceMappings", [this](const DocumentNode& node) { mapping(node); });
    each(map, "WebSocketApis", [this](const DocumentNode& node) { web_socket_api(node); });
    check_names();
    return std::move(stack_);
  }

 private:
  template <class Read>
  void each(MapReader& map, std::string_view name, const Read& read) {
    if (const auto list = map.list(name)) {
      for (const DocumentNode& node : list->children()) {
        read(node);
      }
    }
  }

  void table(const DocumentNode& node) {
    MapReader map(node, errors_);
    let_table_members_pass(map);
    StackTable table;
    table.place = place_of(node, document_);
    map.required("TableName");
    table.name = map.text("TableName").value_or("");
    if (const auto items = map.list("Items")) {
      for (const DocumentNode& item : items->children()) {
        if (item.expect(errors_, DocumentKind::kMap)) {
          table.items.push_back({item.json(), place_of(item, document_)});
        }
      }
    }
    table.create_request = json_without(node, {"Items"});
    stack_.tables.push_back(std::move(table));
  }

  void function(const DocumentNode& node) {
    MapReader map(node, errors_);
    StackFunction function;
    function.place = place_of(node, document_);
    FunctionSettings& settings = function.settings;
    map.required("FunctionName");
    settings.name = map.text("FunctionName").value_or("");
    settings.description = map.text("Description").value_or("");
    settings.handler = map.text("Handler").value_or("");
    settings.command = map.texts("Command");
    settings.directory =
        path_from(folder_, map.text("Directory").value_or(folder_.empty() ? "" : "."));
    settings.url = map.text("Url").value_or("");
    if (!settings.url.empty() && !settings.url.starts_with("http://")) {
      map.complain("Url", "expected http://host:port or http://host:port/path");
    }
    if (const auto port = map.integer("RuntimePort", 0, kPortMax)) {
      settings.runtime_port = static_cast<std::uint16_t>(*port);
      settings.external_runtime = settings.command.empty();
    }
    if (const auto variables = map.map("Environment")) {
      for (const DocumentNode& variable : variables->children()) {
        settings.environment.emplace_back(std::string(variable.name()),
                                          variable.text(errors_).value_or(""));
      }
    }
    if (const auto timeout = some_time(map, "Timeout")) {
      settings.timeout = std::chrono::milliseconds(*timeout / kMillisecond);
    }
    constexpr std::int64_t kMemoryMax = 10'240;
    constexpr std::int64_t kConcurrencyMax = 1'000;
    settings.memory_mb =
        static_cast<unsigned>(map.integer("MemorySize", 128, kMemoryMax).value_or(128));
    settings.concurrency =
        static_cast<unsigned>(map.integer("Concurrency", 1, kConcurrencyMax).value_or(0));
    const int places = static_cast<int>(!settings.command.empty()) +
                       static_cast<int>(!settings.url.empty()) +
                       static_cast<int>(settings.external_runtime);
    if (places != 1) {
      map.complain(
          "needs one of Command (a program), Url (a server) and RuntimePort (you start "
          "the program)");
    }
    stack_.functions.push_back(std::move(function));
  }

  void mapping(const DocumentNode& node) {
    MapReader map(node, errors_);
    let_mapping_members_pass(map);
    StackMapping mapping;
    mapping.place = place_of(node, document_);
    if (const auto name = map.required("FunctionName")) {
      named_functions_.push_back(*name);
    }
    if (map.has("EventSourceArn")) {
      if (map.has("Table")) {
        map.complain("Table", "either Table or EventSourceArn, not both");
      }
    } else {
      if (const auto table = map.find("Table")) {
        named_tables_.push_back(*table);
      } else {
        map.complain("needs Table (a table of this stack that has a stream) or EventSourceArn");
      }
    }
    mapping.table = map.text("Table").value_or("");
    inner_members(map);
    mapping.create_request = json_without(node, {"Table"});
    stack_.mappings.push_back(std::move(mapping));
  }

  /// A misspelt Filters would filter nothing, a misspelt Destination tell nobody.
  void inner_members(MapReader& map) {
    if (const auto criteria = map.map("FilterCriteria")) {
      MapReader inside(*criteria, errors_);
      each(inside, "Filters", [this](const DocumentNode& filter) {
        MapReader one(filter, errors_);
        one.required("Pattern");
      });
    }
    if (const auto destinations = map.map("DestinationConfig")) {
      MapReader inside(*destinations, errors_);
      for (const std::string_view name : {"OnFailure", "OnSuccess"}) {
        if (const auto place = inside.map(name)) {
          MapReader one(*place, errors_);
          one.required("Destination");
        }
      }
    }
  }

  void web_socket_api(const DocumentNode& node) {
    MapReader map(node, errors_);
    StackWebSocketApi api;
    api.place = place_of(node, document_);
    WebSocketApiSettings& settings = api.settings;
    settings.name = map.text("Name").value_or("api");
    settings.stage = map.text("Stage").value_or(settings.stage);
    // Source: API Gateway's CreateStage, StageName.
    if (settings.stage.empty() ||
        settings.stage.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                         "0123456789-_$") != std::string::npos) {
      map.complain("Stage", "expected letters, digits, - and _");
    }
    settings.host = map.text("Host").value_or(settings.host);
    settings.route_selection =
        map.text("RouteSelectionExpression").value_or(settings.route_selection);
    constexpr std::string_view kBody = "$request.body.";
    if (!settings.route_selection.starts_with(kBody) || settings.route_selection == kBody) {
      map.complain("RouteSelectionExpression", "expected $request.body and a path into it");
    }
    settings.port = port(map, "Port");
    settings.tls_port = port(map, "TlsPort");
    if (!settings.port.has_value() && !settings.tls_port.has_value()) {
      map.complain("needs Port (ws), TlsPort (wss) or both");
    }
    if (const auto routes = map.map("Routes")) {
      for (const DocumentNode& route : routes->children()) {
        const std::string_view name = route.name();
        if (name.starts_with('$') && name != "$connect" && name != "$disconnect" &&
            name != "$default") {
          errors_.add(route, "no route is called that: $connect, $disconnect, $default, or a name");
        }
        settings.routes.emplace(std::string(route.name()), route.text(errors_).value_or(""));
        named_functions_.push_back(route);
      }
    }
    settings.life_max = some_time(map, "ConnectionDuration").value_or(settings.life_max);
    settings.idle_max = some_time(map, "IdleTimeout").value_or(settings.idle_max);
    constexpr DocumentName<WebSocketApiSettings::SlowClient> kSlowClients[] = {
        {"close", WebSocketApiSettings::SlowClient::kClose},
        {"drop", WebSocketApiSettings::SlowClient::kDrop}};
    settings.slow_client = map.one_of("SlowClients", kSlowClients).value_or(settings.slow_client);
    constexpr std::int64_t kConnectionsMax = 1'000'000;
    settings.connections_max = static_cast<std::size_t>(
        map.integer("ConnectionsMax", 1, kConnectionsMax)
            .value_or(static_cast<std::int64_t>(settings.connections_max)));
    api.page_file = path_from(folder_, map.text("Page").value_or(""));
    api.ca_file = path_from(folder_, map.text("CaFile").value_or(""));
    stack_.web_socket_apis.push_back(std::move(api));
  }

  /// A duration that is not nothing.
  static std::optional<std::int64_t> some_time(MapReader& map, std::string_view name) {
    const auto time = map.duration(name);
    if (time.has_value() && *time < kMillisecond) {
      map.complain(name, "expected at least 1ms");
    }
    return time;
  }

  static std::optional<std::uint16_t> port(MapReader& map, std::string_view name) {
    const auto number = map.integer(name, 0, kPortMax);
    return number ? std::optional(static_cast<std::uint16_t>(*number)) : std::nullopt;
  }

  /// Functions and tables that are named must be declared.
  void check_names() {
    for (const DocumentNode& node : named_functions_) {
      const auto name = node.text(errors_);
      if (name.has_value() && std::ranges::none_of(stack_.functions, [&](const auto& function) {
            return function.settings.name == *name;
          })) {
        errors_.add(node, "no function '" + *name + "' is declared under Functions");
      }
    }
    for (const DocumentNode& node : named_tables_) {
      const auto name = node.text(errors_);
      if (name.has_value() && std::ranges::none_of(stack_.tables, [&](const auto& table) {
            return table.name == *name;
          })) {
        errors_.add(node, "no table '" + *name + "' is declared under Tables");
      }
    }
  }

  const Document& document_;
  const std::string& folder_;
  DocumentErrors& errors_;
  Stack stack_;
  std::vector<DocumentNode> named_functions_;
  std::vector<DocumentNode> named_tables_;
};

}  // namespace

bool Stack::wants_tls() const {
  return std::ranges::any_of(web_socket_apis,
                             [](const auto& api) { return api.settings.tls_port.has_value(); });
}

Expected<Stack, std::string> read_stack(const Document& document, const std::string& folder) {
  DocumentErrors errors;
  Stack stack = StackReader(document, folder, errors).read();
  if (!errors.empty()) {
    return Unexpected<std::string>{errors.text()};
  }
  return stack;
}

}  // namespace understudy
