// RequestHandler: whoever answers the requests of a listener. Engine is the one on DynamoDB's port;
// a function's runtime port and the WebSocket gateway's have handlers of their own.
#pragma once

#include "emulator/api/request.h"
#include "emulator/api/response.h"

namespace understudy {

/// Called from any thread; must not throw.
class RequestHandler {
 public:
  RequestHandler() = default;
  virtual ~RequestHandler() = default;
  RequestHandler(const RequestHandler&) = delete;
  RequestHandler& operator=(const RequestHandler&) = delete;

  /// Answers one request into `response` (cleared first, storage kept), or leaves a LateAnswer
  /// there. The request's bytes are gone when this returns.
  virtual void handle(const Request& request, Response& response) = 0;
  /// The answer to bytes that are no request (400) or too many (413).
  virtual void refuse(int status, Response& response) = 0;
};

}  // namespace understudy
