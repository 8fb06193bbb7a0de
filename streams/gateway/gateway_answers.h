// What a WebSocket API answers over HTTP, in API Gateway's words. Pure.
#pragma once

#include <string>
#include <string_view>

#include "streams/gateway/gateway.h"

namespace understudy {

/// `error_type`: of x-amzn-ErrorType; empty: none.
WebAnswer gateway_answer(int status, std::string body, std::string_view error_type = {});
WebAnswer forbidden_answer();
WebAnswer gone_answer();
/// To a POST to @connections.
WebAnswer answer_to_post(PostOutcome outcome);

struct ConnectAnswer {
  int status = 502;
  std::string protocol;  ///< Sec-WebSocket-Protocol; empty: none
};
/// What $connect's function said. Assumed: a failure, or a result without a status, is a 502, as
/// for API Gateway's proxies of other kinds.
ConnectAnswer read_connect_answer(const FunctionResult& result);

}  // namespace understudy
