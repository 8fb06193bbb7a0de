// Who is asking: the credentials of a request, read leniently from every request (steps 7 to 9 of
// section F3), and their verification by Signature Version 4 where strict authentication is on
// (steps 10 to 16).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "emulator/api/request.h"
#include "emulator/base/arena.h"
#include "emulator/clock/clock.h"
#include "emulator/service/api_error.h"

namespace understudy {

/// What a request says of its signer. Views into the request or the arena.
struct Signature {
  std::string_view algorithm;   ///< "AWS4-HMAC-SHA256"
  std::string_view credential;  ///< key/date/region/service/terminator as sent
  std::string_view access_key;  ///< up to the first slash
  std::string_view region;      ///< third part; whatever stands there
  std::string_view signed_headers;
  std::string_view signature;
  std::string_view date;     ///< X-Amz-Date or Date
  std::string_view expires;  ///< X-Amz-Expires (query form)
  std::string_view token;    ///< session token
  bool in_query = false;
};

/// Reads the credentials; checks no more than that they are there. Error: InvalidSignatureException
/// (both forms at once), MissingAuthenticationTokenException, IncompleteSignatureException (one
/// sentence per missing part). Thread-safe.
/// Source: section F3, steps 7 to 9 (texts: DLT:index.js and its connection tests).
Result<Signature> read_signature(const Request& request, Arena& arena);

}  // namespace understudy
