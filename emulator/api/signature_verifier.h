// Strict authentication: Signature Version 4 against configured keys (steps 10 to 16 of section
// F3).
#pragma once

#include <cstddef>
#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "emulator/api/authentication.h"
#include "emulator/base/guarded.h"
#include "emulator/base/sha256.h"

namespace understudy {

struct Credential;

/// Thread-safe.
class SignatureVerifier {
 public:
  explicit SignatureVerifier(std::span<const Credential> credentials);

  /// Error: IncompleteSignatureException, InvalidSignatureException or UnrecognizedClientException,
  /// in the service's order and words.
  /// `service`: of the credential scope.
  Result<void> verify(const Request& request, const Signature& signature, Microseconds now,
                      Arena& arena, std::string_view service = "dynamodb");

 private:
  struct Key {
    std::string secret;
    std::string token;
  };
  /// Signing keys by "access key/date/region/service": deriving one costs four digests more.
  struct DerivedKeys {
    std::unordered_map<std::string, Sha256Digest> by_scope;
    std::deque<std::string> oldest_first;
  };

  Sha256Digest signing_key(const Signature& signature, std::string_view date,
                           std::string_view service, const std::string& secret);

  std::unordered_map<std::string, Key> keys_;
  Guarded<DerivedKeys> derived_;
};

/// Whether the signature's date is within what is tolerated around `now`.
bool is_timely(const Signature& signature, Microseconds now);

/// The canonical request whose digest is signed. `signed_headers`: names as listed in the request.
/// Source: IAM User Guide, "Create a signed AWS API request", step 1.
std::string canonical_request(const Request& request, std::string_view signed_headers,
                              Arena& arena);

}  // namespace understudy
