#include "emulator/api/request.h"

#include <cstring>

namespace understudy {
namespace {

/// Whether the bytes at `name` are those at `lower` but for the case of letters.
template <class Word>
bool equals_folded_word(const char* name, const char* lower) {
  Word a = 0;
  Word b = 0;
  std::memcpy(&a, name, sizeof(Word));
  std::memcpy(&b, lower, sizeof(Word));
  return (a | static_cast<Word>(0x2020202020202020)) == b;
}

/// Whether `name` is `lower` but for the case of letters. Both have the same length, 4 at least;
/// `lower` has no capitals. Words at a time, the last may overlap the one before: this runs for
/// most headers of every request. Folding sets bit 5, which changes nothing in the digits and
/// hyphens that header names consist of besides letters.
bool equals_folded(std::string_view name, std::string_view lower) {
  const std::size_t size = lower.size();
  if (size < 8) {
    return equals_folded_word<std::uint32_t>(name.data(), lower.data()) &&
           equals_folded_word<std::uint32_t>(name.data() + size - 4, lower.data() + size - 4);
  }
  for (std::size_t i = 0; i + 8 < size; i += 8) {
    if (!equals_folded_word<std::uint64_t>(name.data() + i, lower.data() + i)) {
      return false;
    }
  }
  return equals_folded_word<std::uint64_t>(name.data() + size - 8, lower.data() + size - 8);
}

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

void Request::add_header(std::string_view name, std::string_view value) {
  headers_.push_back({name, value});
  const Candidate candidate = candidate_for(name);
  if (candidate.which == KnownHeader::kCount || !equals_folded(name, candidate.lower)) {
    return;
  }
  std::string_view& known = known_[static_cast<std::size_t>(candidate.which)];
  if (known.data() == nullptr) {  // of a header sent twice the first counts
    known = value.data() == nullptr ? std::string_view("") : value;
  }
}

void Request::clear() {
  method = "POST";
  target = "/";
  body = {};
  known_ = {};
  headers_.clear();
}

}  // namespace understudy
