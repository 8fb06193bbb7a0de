// What the web side of functions and gateways hands around: requests and answers that own their
// bytes, because they wait for functions. Not for DynamoDB's own port, which copies nothing.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace understudy {

using WebHeaders = std::vector<std::pair<std::string, std::string>>;

/// The value of the first header of that name, without regard to case; empty where there is none.
std::string_view find_header(const WebHeaders& headers, std::string_view name);

struct WebRequest {
  std::string method;
  std::string target;  ///< path and query, as sent
  WebHeaders headers;
  std::string body;
  std::string peer_address;  ///< "127.0.0.1"
  bool tls = false;
  bool web_socket = false;  ///< asks to become a WebSocket, and may: version and key are right

  [[nodiscard]] std::string_view header(std::string_view name) const {
    return find_header(headers, name);
  }
};

struct WebAnswer {
  int status = 200;
  WebHeaders headers;
  std::string body;
};

}  // namespace understudy
