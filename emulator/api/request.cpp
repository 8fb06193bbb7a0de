#include "emulator/api/request.h"

#include "emulator/base/ascii.h"

namespace understudy {
namespace {

struct Candidate {
  KnownHeader which = KnownHeader::kCount;
  std::string_view lower;
};

/// The only known header that a name of that length and first letter can be.
Candidate candidate_for(std::string_view name) {
  const auto at = [name](std::size_t i) { return static_cast<char>(name[i] | 0x20); };
  switch (name.size()) {
    case 4:
      return at(0) == 'h' ? Candidate{KnownHeader::kHost, "host"}
                          : Candidate{KnownHeader::kDate, "date"};
    case 6:
      return {KnownHeader::kOrigin, "origin"};
    case 10:
      return at(0) == 'x' ? Candidate{KnownHeader::kAmzDate, "x-amz-date"}
                          : Candidate{KnownHeader::kUserAgent, "user-agent"};
    case 12:
      return at(0) == 'x' ? Candidate{KnownHeader::kTarget, "x-amz-target"}
                          : Candidate{KnownHeader::kContentType, "content-type"};
    case 13:
      return {KnownHeader::kAuthorization, "authorization"};
    case 15:
      return at(1) == 'm' ? Candidate{KnownHeader::kSdkRequest, "amz-sdk-request"}
                          : Candidate{KnownHeader::kAcceptEncoding, "accept-encoding"};
    case 16:
      return {KnownHeader::kContentEncoding, "content-encoding"};
    case 20:
      return at(6) == 's' ? Candidate{KnownHeader::kSecurityToken, "x-amz-security-token"}
                          : Candidate{KnownHeader::kContentSha256, "x-amz-content-sha256"};
    case 21:
      return {KnownHeader::kInvocationId, "amz-sdk-invocation-id"};
    case 29:
      return {KnownHeader::kRequestedMethod, "access-control-request-method"};
    case 30:
      return {KnownHeader::kRequestedHeaders, "access-control-request-headers"};
    default:
      return {};
  }
}

}  // namespace

KnownHeader Request::known_header(std::string_view name) {
  const Candidate candidate = candidate_for(name);
  return candidate.which != KnownHeader::kCount && equals_folded(name, candidate.lower)
             ? candidate.which
             : KnownHeader::kCount;
}

void Request::clear() {
  method = "POST";
  target = "/";
  body = {};
  known_ = {};
  headers_.clear();
}

}  // namespace understudy
