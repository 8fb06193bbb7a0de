// Request: what came over the wire (or from an in-process caller), as views. The owner of the bytes
// keeps them alive until the engine has answered.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace understudy {

/// Headers the engine reads. All others are kept for signatures and fault rules only. Of a header
/// sent twice the first counts; headers() has both. Source: SCY:test_compressed_response shows that
/// of the service for Accept-Encoding.
enum class KnownHeader : std::uint8_t {
  kTarget,  // x-amz-target
  kAuthorization,
  kHost,
  kContentType,
  kContentEncoding,
  kAcceptEncoding,  // the first one counts
  kOrigin,
  kAmzDate,  // x-amz-date
  kDate,
  kSecurityToken,  // x-amz-security-token
  kContentSha256,  // x-amz-content-sha256
  kInvocationId,   // amz-sdk-invocation-id
  kSdkRequest,     // amz-sdk-request
  kUserAgent,
  kRequestedHeaders,  // access-control-request-headers
  kRequestedMethod,   // access-control-request-method
  kCount,
};

struct Header {
  std::string_view name;
  std::string_view value;
};

class Request {
 public:
  std::string_view method = "POST";
  std::string_view target = "/";  ///< path and query, as on the request line
  std::string_view body;

  /// Which header that is, without regard to case; kCount: none that the engine reads.
  [[nodiscard]] static KnownHeader known_header(std::string_view name);
  /// Both must outlive the request.
  void add_header(std::string_view name, std::string_view value) {
    add_header(name, value, known_header(name));
  }
  /// The same for who knows which it is.
  void add_header(std::string_view name, std::string_view value, KnownHeader which) {
    headers_.push_back({name, value});
    if (which == KnownHeader::kCount) {
      return;
    }
    std::string_view& known = known_[static_cast<std::size_t>(which)];
    if (known.data() == nullptr) {  // of a header sent twice the first counts
      known = value.data() == nullptr ? std::string_view("") : value;
    }
  }
  [[nodiscard]] std::string_view header(KnownHeader which) const {
    return known_[static_cast<std::size_t>(which)];
  }
  /// Whether the header was sent, even if empty.
  [[nodiscard]] bool has(KnownHeader which) const {
    return known_[static_cast<std::size_t>(which)].data() != nullptr;
  }
  [[nodiscard]] std::span<const Header> headers() const { return headers_; }
  /// Forgets everything, keeps storage.
  void clear();

 private:
  std::array<std::string_view, static_cast<std::size_t>(KnownHeader::kCount)> known_{};
  std::vector<Header> headers_;
};

}  // namespace understudy
