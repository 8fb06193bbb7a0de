// The events a WebSocket API invokes its functions with, as API Gateway writes them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "emulator/clock/clock.h"
#include "streams/web/web_types.h"

namespace understudy {

/// What all events of a connection say about it.
struct GatewayConnectionFacts {
  std::string connection_id;
  std::string api_id;
  std::string stage;
  std::string domain_name;  ///< "localhost:8443"
  std::string source_ip;
  std::string user_agent;
  Microseconds connected_at = 0;
};

/// What one event says about itself.
struct GatewayEventFacts {
  std::string route_key;
  std::string request_id;  ///< also extendedRequestId
  Microseconds now = 0;
};

std::string connect_event(const GatewayConnectionFacts& connection, const GatewayEventFacts& event,
                          const WebRequest& request);
std::string message_event(const GatewayConnectionFacts& connection, const GatewayEventFacts& event,
                          std::string_view message, bool text);
std::string disconnect_event(const GatewayConnectionFacts& connection,
                             const GatewayEventFacts& event, std::uint16_t code,
                             std::string_view reason);

/// {"message":…,"connectionId":…,"requestId":…}: what a client is told of a message that was not
/// handled.
std::string client_error(std::string_view message, const GatewayConnectionFacts& connection,
                         std::string_view request_id);

/// What a client wrote in its request, which may be bytes of any kind: those that are no UTF-8 are
/// taken for Latin-1, as HTTP once did. An event must be JSON, or the function's runtime ends.
std::string request_text(std::string_view bytes);

/// "09/Feb/2024:18:11:43 +0000"
std::string request_time_text(Microseconds moment);

/// The route that a message asks for by `selection` ("$request.body.action", a path into its JSON);
/// empty: it names none.
std::string selected_route(std::string_view message, std::string_view selection);

}  // namespace understudy
