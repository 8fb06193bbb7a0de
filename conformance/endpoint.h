// Endpoint: where the steps of a case are sent. In-process it is an engine on a virtual clock; over
// HTTP any server. One endpoint per worker thread: not thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "conformance/case_file.h"

namespace understudy::conformance {

/// Header names compare without case.
bool same_header_name(std::string_view a, std::string_view b);

using Headers = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method = "POST";
  std::string path = "/";
  Headers headers;
  std::string body;
};

struct HttpAnswer {
  int status = 0;
  Headers headers;
  std::string body;
  std::string failure;  ///< Why there is no answer; empty: there is one.

  /// The header's value; nullptr: not sent.
  [[nodiscard]] const std::string* header(std::string_view name) const;
};

class Endpoint {
 public:
  virtual ~Endpoint() = default;
  /// Makes ready for a case.
  virtual void begin_case(const Case& one) = 0;
  virtual HttpAnswer send(const HttpRequest& request) = 0;
  /// Sends bytes as they are on a connection of their own and reads one answer.
  virtual HttpAnswer send_wire(const std::string& bytes) = 0;
  /// Moves virtual time; false: this endpoint lives in real time.
  virtual bool advance(std::int64_t ms) = 0;
  /// What the functions of the case were invoked with since it was last asked ("invocations" of a
  /// step). Only where is_ours().
  virtual Json take_invocations(const Json& /*ask*/) { return {}; }
  /// Seconds since 1970 that signatures should carry.
  virtual std::int64_t now_s() = 0;
  virtual std::string host() = 0;
  /// False: tables of other cases are visible, tables take time to become active.
  [[nodiscard]] virtual bool is_ours() const { return true; }
};

/// An engine per worker, a fresh one for a case with options or virtual time.
std::unique_ptr<Endpoint> make_in_process_endpoint();
/// A server of ours in this process on an ephemeral port of 127.0.0.1, started for a worker, and
/// one more for each case with options.
std::unique_ptr<Endpoint> make_server_endpoint();
/// Any server: http://host:port or https://host. nullptr: the URL makes no sense.
std::unique_ptr<Endpoint> make_url_endpoint(const std::string& url);

/// Who signs a request.
struct Signer {
  std::string access_key;
  std::string secret_key;
  std::string session_token;
  std::string region = "us-east-1";
};
/// Adds Host, X-Amz-Date and Authorization (Signature Version 4) as of `at_s`.
void sign(HttpRequest& request, const std::string& host, const Signer& signer, std::int64_t at_s);

}  // namespace understudy::conformance
