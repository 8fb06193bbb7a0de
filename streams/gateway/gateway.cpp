#include "streams/gateway/gateway.h"

#include <array>

#include "emulator/api/query_string.h"
#include "emulator/base/arena.h"
#include "emulator/base/base64.h"
#include "emulator/base/json.h"
#include "emulator/clock/moment_text.h"
#include "streams/gateway/gateway_answers.h"
#include "streams/gateway/gateway_connection.h"

namespace understudy {
namespace {

constexpr std::size_t kMessageBytesMax = std::size_t{128} * 1024;
constexpr std::size_t kWaitingPostsMax = 1000;
/// Messages of one client whose functions have not answered yet.
constexpr std::size_t kInFlightMax = 100;
constexpr std::chrono::milliseconds kSweepInterval{200};
constexpr std::string_view kManagement = "/@connections/";

}  // namespace

WebSocketGateway::WebSocketGateway(WebServer& web, FunctionRegistry& functions, const Clock& clock,
                                   const Random& random, WebSocketApiSettings settings,
                                   std::shared_ptr<const TlsIdentity> identity)
    : web_(web),
      functions_(functions),
      clock_(clock),
      settings_(std::move(settings)),
      identity_(std::move(identity)),
      random_(random.fork("gateway " + settings_.name)) {
  constexpr std::string_view kAlphabet = "abcdefghijklmnopqrstuvwxyz0123456789";
  constexpr std::size_t kApiIdCharacters = 10;
  for (std::size_t i = 0; i < kApiIdCharacters; ++i) {
    api_id_.push_back(kAlphabet[random_.below(kAlphabet.size())]);
  }
}

WebSocketGateway::~WebSocketGateway() = default;

Expected<void, std::string> WebSocketGateway::open() {
  WebPortOptions options;
  options.host = settings_.host;
  // A little more than may be posted, so that the refusal is ours to word.
  options.body_bytes_max = kMessageBytesMax * 8;
  options.head_bytes_max = 64 * 1024;
  options.connections_max = settings_.connections_max + 1024;
  // The ports must be known before the first client comes: what is opened first hears nothing yet.
  if (settings_.tls_port.has_value()) {
    options.port = *settings_.tls_port;
    options.tls = identity_;
    TRY(tls_port_, web_.open(options, *this));
    domain_name_ = "localhost:" + std::to_string(tls_port_);
  }
  if (settings_.port.has_value()) {
    options.port = *settings_.port;
    options.tls = nullptr;
    TRY(port_, web_.open(options, *this));
    if (tls_port_ == 0) {
      domain_name_ = "localhost:" + std::to_string(port_);
    }
  }
  web_.after(kSweepInterval, [this] { sweep(); });
  return {};
}

GatewayCounters WebSocketGateway::counters() const {
  const std::lock_guard lock(mutex_);
  GatewayCounters counters = counters_;
  counters.open = connections_.size();
  return counters;
}

void WebSocketGateway::count(std::uint64_t GatewayCounters::*which) {
  const std::lock_guard lock(mutex_);
  ++(counters_.*which);
}

WebSocketGateway::ConnectionRef WebSocketGateway::find(std::string_view id) const {
  const std::lock_guard lock(mutex_);
  const auto at = connections_.find(id);
  return at == connections_.end() ? nullptr : at->second;
}

const std::string* WebSocketGateway::function_of(std::string_view route) const {
  const auto at = settings_.routes.find(route);
  return at == settings_.routes.end() ? nullptr : &at->second;
}

/// Sixteen characters that end in "=", as API Gateway's.
std::string WebSocketGateway::make_connection_id() {
  constexpr std::size_t kIdBytes = 11;
  std::array<char, kIdBytes> bytes{};
  for (char& byte : bytes) {
    byte = static_cast<char>(random_.below(256));
  }
  std::string id(base64_encoded_bytes(bytes.size()), '\0');
  encode_base64({bytes.data(), bytes.size()}, id.data());
  for (char& c : id) {
    c = c == '+' ? '-' : c == '/' ? '_' : c;
  }
  return id;
}

// ---- Requests
// ------------------------------------------------------------------------------------

void WebSocketGateway::on_request(WebExchangeRef exchange) {
  const WebRequest& request = exchange->request;
  std::string_view path = path_of(request.target);
  if (path == "/" && !settings_.page.empty() && request.method == "GET" && !request.web_socket) {
    exchange->answer({200, {{"Content-Type", "text/html; charset=utf-8"}}, settings_.page});
    return;
  }
  const std::string stage = "/" + settings_.stage;
  if (!path.starts_with(stage) || (path.size() > stage.size() && path[stage.size()] != '/')) {
    if (request.web_socket) {
      count(&GatewayCounters::refused);
    }
    exchange->answer(forbidden_answer());
    return;
  }
  path.remove_prefix(stage.size());
  if (path.starts_with(kManagement)) {
    Arena arena;
    answer_management(exchange, percent_decode(path.substr(kManagement.size()), arena));
  } else if (!path.empty() && path != "/") {
    exchange->answer(forbidden_answer());
  } else if (!request.web_socket) {
    exchange->answer(gateway_answer(426, R"({"message":"Upgrade Required"})"));
  } else {
    begin_connection(exchange);
  }
}

void WebSocketGateway::answer_management(const WebExchangeRef& exchange, std::string_view id) {
  const std::string& method = exchange->request.method;
  constexpr std::string_view kIdCharacters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=+/";
  if (id.empty() || id.find_first_not_of(kIdCharacters) != std::string_view::npos) {
    exchange->answer(
        gateway_answer(400, R"({"message":"Invalid connectionId"})", "BadRequestException"));
  } else if (method == "POST") {
    post(id, exchange->request.body,
         [exchange](PostOutcome outcome) { exchange->answer(answer_to_post(outcome)); });
  } else if (method == "DELETE") {
    exchange->answer(disconnect(id) ? WebAnswer{204, {}, {}} : gone_answer());
  } else if (method == "GET") {
    answer_description(exchange, id);
  } else {
    exchange->answer(forbidden_answer());
  }
}

void WebSocketGateway::answer_description(const WebExchangeRef& exchange, std::string_view id) {
  const ConnectionRef connection = find(id);
  if (connection == nullptr) {
    exchange->answer(gone_answer());
    return;
  }
  Buffer body;
  JsonWriter out(body);
  out.begin_object();
  out.key("connectedAt");
  out.string(moment_text(connection->facts.connected_at));
  out.key("identity");
  out.begin_object();
  out.key("sourceIp");
  out.string(connection->facts.source_ip);
  out.key("userAgent");
  out.string(connection->facts.user_agent);
  out.end_object();
  out.key("lastActiveAt");
  out.string(moment_text(connection->last_active));
  out.end_object();
  exchange->answer(gateway_answer(200, std::string(body.view())));
}

// ---- The handshake
// -------------------------------------------------------------------------------

void WebSocketGateway::begin_connection(const WebExchangeRef& exchange) {
  const WebRequest& request = exchange->request;
  GatewayConnectionFacts facts;
  facts.api_id = api_id_;
  facts.stage = settings_.stage;
  facts.domain_name = domain_name_;
  facts.source_ip = request.peer_address;
  facts.user_agent = request_text(request.header("User-Agent"));
  facts.connected_at = clock_.now();
  ConnectionRef connection;
  {
    const std::lock_guard lock(mutex_);
    if (connections_.size() < settings_.connections_max) {
      facts.connection_id = make_connection_id();
      connection = std::make_shared<Connection>(*this, std::move(facts));
      connections_.emplace(connection->facts.connection_id, connection);
    }
  }
  if (connection == nullptr) {
    count(&GatewayCounters::refused);
    exchange->answer(gateway_answer(429, R"({"message":"Too Many Requests"})"));
    return;
  }
  const std::string* const function = function_of("$connect");
  if (function == nullptr) {
    admit(exchange, connection, {});
    return;
  }
  FunctionInvocation invocation;
  invocation.payload =
      connect_event(connection->facts,
                    {"$connect", functions_.make_id(), connection->facts.connected_at}, request);
  functions_.invoke(*function, std::move(invocation),
                    [this, exchange, connection](const FunctionResult& result) {
                      finish_connect(exchange, connection, result);
                    });
}

void WebSocketGateway::finish_connect(const WebExchangeRef& exchange,
                                      const ConnectionRef& connection,
                                      const FunctionResult& result) {
  ConnectAnswer answer = read_connect_answer(result);
  if (answer.status < 300) {
    admit(exchange, connection, std::move(answer.protocol));
  } else {
    refuse(exchange, connection, answer.status);
  }
}

void WebSocketGateway::admit(const WebExchangeRef& exchange, const ConnectionRef& connection,
                             std::string protocol) {
  const std::lock_guard lock(connection->mutex);
  connection->socket =
      exchange->accept(connection, {settings_.queue_bytes_max, std::move(protocol)});
}

void WebSocketGateway::refuse(const WebExchangeRef& exchange, const ConnectionRef& connection,
                              int status) {
  std::vector<Connection::WaitingPost> waiting;
  {
    const std::lock_guard lock(connection->mutex);
    connection->state = Connection::State::kClosed;
    waiting = std::move(connection->waiting);
  }
  {
    const std::lock_guard lock(mutex_);
    connections_.erase(connection->facts.connection_id);
    ++counters_.refused;
  }
  exchange->answer(gateway_answer(status, status == 502 ? R"({"message":"Internal server error"})"
                                                        : R"({"message":"Forbidden"})"));
  for (const auto& post : waiting) {
    post.done(PostOutcome::kGone);
  }
}

/// The 101 is on its way: what was posted meanwhile follows it.
void WebSocketGateway::on_open(const ConnectionRef& connection) {
  count(&GatewayCounters::connected);
  std::vector<Connection::WaitingPost> waiting;
  std::vector<PostOutcome> outcomes;
  {
    const std::lock_guard lock(connection->mutex);
    connection->state = Connection::State::kOpen;
    waiting = std::move(connection->waiting);
    for (auto& post : waiting) {
      outcomes.push_back(send(*connection, std::move(post.frames)));
    }
  }
  for (std::size_t i = 0; i < waiting.size(); ++i) {
    waiting[i].done(outcomes[i]);
  }
}

// ---- Messages
// ------------------------------------------------------------------------------------

void WebSocketGateway::post(std::string_view connection_id, std::string_view message, Posted done) {
  if (message.size() > kMessageBytesMax) {
    done(PostOutcome::kTooLarge);
    return;
  }
  const ConnectionRef connection = find(connection_id);
  PostOutcome outcome = PostOutcome::kGone;
  if (connection != nullptr) {
    auto frames = std::make_shared<const std::string>(encode_message(message));
    const std::lock_guard lock(connection->mutex);
    if (connection->state == Connection::State::kOpen) {
      outcome = send(*connection, std::move(frames));
    } else if (connection->state == Connection::State::kConnecting) {
      if (connection->waiting.size() < kWaitingPostsMax) {
        connection->waiting.push_back({std::move(frames), std::move(done)});
        return;
      }
      outcome = PostOutcome::kLimitExceeded;
    }
  }
  done(outcome);
}

/// Under the connection's lock.
PostOutcome WebSocketGateway::send(Connection& connection,
                                   std::shared_ptr<const std::string> frames) {
  switch (connection.socket->send(std::move(frames))) {
    case WebSocket::Sent::kQueued:
      connection.last_active = clock_.now();
      count(&GatewayCounters::messages_out);
      return PostOutcome::kSent;
    case WebSocket::Sent::kClosed:
      return PostOutcome::kGone;
    case WebSocket::Sent::kQueueFull:
      break;
  }
  count(&GatewayCounters::dropped);
  if (settings_.slow_client == WebSocketApiSettings::SlowClient::kDrop) {
    return PostOutcome::kLimitExceeded;
  }
  count(&GatewayCounters::slow_closed);
  connection.state = Connection::State::kClosed;
  connection.socket->close(static_cast<std::uint16_t>(WebSocketClose::kPolicy),
                           "too slow to receive");
  return PostOutcome::kGone;
}

bool WebSocketGateway::disconnect(std::string_view connection_id) {
  const ConnectionRef connection = find(connection_id);
  if (connection == nullptr) {
    return false;
  }
  const std::lock_guard lock(connection->mutex);
  if (connection->state != Connection::State::kOpen) {
    return false;
  }
  connection->state = Connection::State::kClosed;
  connection->socket->close(static_cast<std::uint16_t>(WebSocketClose::kNormal),
                            "Connection Closed Normally");
  return true;
}

void WebSocketGateway::on_message(const ConnectionRef& connection, const std::string& message,
                                  bool text) {
  const Microseconds now = clock_.now();
  connection->last_active = now;
  count(&GatewayCounters::messages_in);
  const std::string request_id = functions_.make_id();
  const auto tell = [this, connection, request_id](std::string_view what) {
    post(connection->facts.connection_id, client_error(what, connection->facts, request_id),
         [](PostOutcome) {});
  };
  std::string route = text ? selected_route(message, settings_.route_selection) : std::string();
  const std::string* function = route.starts_with('$') ? nullptr : function_of(route);
  if (function == nullptr) {
    route = "$default";
    function = function_of(route);
  }
  if (function == nullptr) {
    tell("Forbidden");
    return;
  }
  if (++connection->in_flight > kInFlightMax) {
    --connection->in_flight;
    tell("Too Many Requests");
    return;
  }
  FunctionInvocation invocation;
  invocation.payload = message_event(connection->facts, {route, request_id, now}, message, text);
  functions_.invoke(*function, std::move(invocation),
                    [connection, tell](const FunctionResult& result) {
                      --connection->in_flight;
                      if (result.outcome != FunctionResult::Outcome::kReturned) {
                        tell("Internal server error");
                      }
                    });
}

void WebSocketGateway::on_close(const ConnectionRef& connection, std::uint16_t code,
                                const std::string& reason) {
  std::vector<Connection::WaitingPost> waiting;
  {
    const std::lock_guard lock(connection->mutex);
    connection->state = Connection::State::kClosed;
    waiting = std::move(connection->waiting);
  }
  {
    const std::lock_guard lock(mutex_);
    connections_.erase(connection->facts.connection_id);
  }
  for (const auto& post : waiting) {
    post.done(PostOutcome::kGone);
  }
  if (const std::string* const function = function_of("$disconnect")) {
    FunctionInvocation invocation;
    invocation.payload = disconnect_event(
        connection->facts, {"$disconnect", functions_.make_id(), clock_.now()}, code, reason);
    functions_.invoke(*function, std::move(invocation), [](const FunctionResult&) {});
  }
}

/// Closes what is idle or too old by the clock that was handed in.
void WebSocketGateway::sweep() {
  const Microseconds now = clock_.now();
  std::vector<ConnectionRef> expired;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [id, connection] : connections_) {
      if (now - connection->facts.connected_at >= settings_.life_max ||
          now - connection->last_active >= settings_.idle_max) {
        expired.push_back(connection);
      }
    }
  }
  for (const ConnectionRef& connection : expired) {
    const std::lock_guard lock(connection->mutex);
    if (connection->state == Connection::State::kOpen) {
      connection->state = Connection::State::kClosed;
      connection->socket->close(static_cast<std::uint16_t>(WebSocketClose::kGoingAway),
                                "Going away");
      count(&GatewayCounters::expired);
    }
  }
  web_.after(kSweepInterval, [this] { sweep(); });
}

}  // namespace understudy
