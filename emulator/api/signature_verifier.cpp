#include "emulator/api/signature_verifier.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "emulator/api/engine.h"
#include "emulator/api/iso_date.h"
#include "emulator/api/query_string.h"
#include "emulator/api/tenant.h"
#include "emulator/base/ascii.h"
#include "emulator/base/utf8.h"

namespace understudy {
namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::string_view kTerminator = "aws4_request";
constexpr std::size_t kDerivedKeysMax = 256;
constexpr Microseconds kToleratedSkew = 15 * kMinute;

/// Calls `visit(name)` for each name of a `;`-separated list.
template <class Visit>
void for_each_name(std::string_view list, const Visit& visit) {
  while (!list.empty()) {
    const std::size_t end = list.find(';');
    visit(list.substr(0, end));
    list.remove_prefix(end == std::string_view::npos ? list.size() : end + 1);
  }
}

/// The value without blanks around it, runs of blanks within it as one.
void append_canonical_value(std::string& out, std::string_view value) {
  bool blank_due = false;
  bool begun = false;
  for (const char c : value) {
    if (c == ' ' || c == '\t') {
      blank_due = begun;
      continue;
    }
    if (blank_due) {
      out += ' ';
      blank_due = false;
    }
    out += c;
    begun = true;
  }
}

/// Takes as long for any difference, so that time tells nothing of the right signature.
bool equal_in_constant_time(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) {
    return false;
  }
  unsigned difference = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    difference |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]);
  }
  return difference == 0;
}

Unexpected<ApiError> incomplete(std::string_view message) {
  return api_error(ErrorKind::kIncompleteSignatureException, to_utf8(message));
}
Unexpected<ApiError> invalid(std::string_view message) {
  return api_error(ErrorKind::kInvalidSignatureException, to_utf8(message));
}

/// Step 10. Sources: DLT:index.js (expired); SCY:test_authorization ("Signature not yet current").
Result<void> check_date(const Signature& signature, Microseconds now) {
  const std::optional<Microseconds> signed_at = parse_iso_basic(signature.date);
  const std::string date(signature.date);
  if (!signed_at.has_value()) {
    return incomplete("Date must be in ISO-8601 'basic format'. Got '" + date +
                      "'. See http://en.wikipedia.org/wiki/ISO_8601");
  }
  const std::string now_text = format_iso_basic(now);
  if (*signed_at > now + kToleratedSkew) {
    return invalid("Signature not yet current: " + date + " is still later than " +
                   format_iso_basic(now + kToleratedSkew) + " (" + now_text + " + 15 min.)");
  }
  Microseconds lifetime = kToleratedSkew;
  if (!signature.expires.empty()) {
    // Assumed: a presigned request lives as long as it says; the text is that of the header form.
    std::int64_t seconds = 0;
    std::from_chars(signature.expires.data(), signature.expires.data() + signature.expires.size(),
                    seconds);
    lifetime = std::clamp<std::int64_t>(seconds, 0, 604800) * 1'000'000;
  }
  if (*signed_at < now - lifetime) {
    return invalid("Signature expired: " + date + " is now earlier than " +
                   format_iso_basic(now - lifetime) + " (" + now_text + " - " +
                   std::to_string(lifetime / kMinute) + " min.)");
  }
  return {};
}

struct ScopeParts {
  std::string_view date;
  std::string_view region;
};

/// Steps 11 to 14.
Result<ScopeParts> check_scope(const Signature& signature, std::string_view wanted) {
  bool host_is_signed = false;
  for_each_name(signature.signed_headers, [&](std::string_view name) {
    host_is_signed = host_is_signed || equals_ignoring_case(name, "host");
  });
  if (!host_is_signed) {
    return invalid("'Host' must be a 'SignedHeader' in the AWS Authorization.");
  }
  if (signature.algorithm != kAlgorithm) {
    return incomplete("Unsupported AWS 'algorithm': '" + std::string(signature.algorithm) +
                      "' (only AWS4-HMAC-SHA256 for now). ");
  }
  std::string_view credential = signature.credential;
  while (credential.ends_with('/')) {
    credential.remove_suffix(1);
  }
  std::array<std::string_view, 5> parts{};
  std::size_t count = 0;
  for (std::string_view rest = credential;; ++count) {
    const std::size_t slash = rest.find('/');
    if (count < parts.size()) {
      parts[count] = rest.substr(0, slash);
    }
    if (slash == std::string_view::npos) {
      ++count;
      break;
    }
    rest.remove_prefix(slash + 1);
  }
  if (count != parts.size()) {
    return incomplete(
        "Credential must have exactly 5 slash-delimited elements, e.g. "
        "keyid/date/region/service/term, got '" +
        std::string(credential) + "'");
  }
  const auto [key, date, region, service, terminator] = parts;
  std::string message;
  if (!is_region(region)) {
    message += "Credential should be scoped to a valid region, not '" + std::string(region) + "'. ";
  }
  if (service != wanted) {
    message.append("Credential should be scoped to correct service: '")
        .append(wanted)
        .append("'. ");
  }
  if (terminator != kTerminator) {
    message += "Credential should be scoped with a valid terminator: 'aws4_request', not '" +
               std::string(terminator) + "'. ";
  }
  const std::string_view signed_day = signature.date.substr(0, 8);
  if (date != signed_day) {
    message
        .append("Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date ")
        .append("from HTTP: '")
        .append(date)
        .append("' != '")
        .append(signed_day)
        .append("', from '")
        .append(signature.date)
        .append("'. ");
  }
  if (!message.empty()) {
    message.pop_back();
    return invalid(message);
  }
  return ScopeParts{date, region};
}

}  // namespace

std::string canonical_request(const Request& request, std::string_view signed_headers,
                              Arena& arena) {
  std::string text(request.method);
  text += '\n';
  // What is encoded already is encoded again, slashes stay. Source: as above, "canonical URI".
  for (std::string_view path = path_of(request.target);;) {
    const std::size_t slash = path.find('/');
    append_percent_encoded(text, path.substr(0, slash));
    if (slash == std::string_view::npos) {
      break;
    }
    text += '/';
    path.remove_prefix(slash + 1);
  }
  text += '\n';
  text.append(canonical_query(query_of(request.target), arena)).append("\n");
  for_each_name(signed_headers, [&](std::string_view name) {
    const std::size_t start = text.size();
    text.append(name);
    std::ranges::transform(text.begin() + static_cast<std::ptrdiff_t>(start), text.end(),
                           text.begin() + static_cast<std::ptrdiff_t>(start), lower);
    text += ':';
    bool first = true;
    for (const Header& header : request.headers()) {
      if (equals_ignoring_case(header.name, name)) {
        if (!first) {
          text += ',';
        }
        append_canonical_value(text, header.value);
        first = false;
      }
    }
    text += '\n';
  });
  text.append("\n").append(signed_headers).append("\n").append(to_hex(sha256(request.body)));
  return text;
}

SignatureVerifier::SignatureVerifier(std::span<const Credential> credentials) {
  for (const Credential& credential : credentials) {
    keys_.insert_or_assign(credential.access_key,
                           Key{credential.secret_key, credential.session_token});
  }
}

Sha256Digest SignatureVerifier::signing_key(const Signature& signature, std::string_view date,
                                            std::string_view service, const std::string& secret) {
  std::string scope(signature.access_key);
  scope.append("/").append(date).append("/").append(signature.region);
  scope.append("/").append(service);
  {
    const auto derived = derived_.lock();
    const auto found = derived->by_scope.find(scope);
    if (found != derived->by_scope.end()) {
      return found->second;
    }
  }
  const Sha256Digest day = hmac_sha256("AWS4" + secret, date);
  const Sha256Digest region = hmac_sha256(as_bytes(day), signature.region);
  const Sha256Digest key =
      hmac_sha256(as_bytes(hmac_sha256(as_bytes(region), service)), kTerminator);
  const auto derived = derived_.lock();
  if (derived->by_scope.emplace(scope, key).second) {
    derived->oldest_first.push_back(std::move(scope));
    if (derived->oldest_first.size() > kDerivedKeysMax) {
      derived->by_scope.erase(derived->oldest_first.front());
      derived->oldest_first.pop_front();
    }
  }
  return key;
}

bool is_timely(const Signature& signature, Microseconds now) {
  return static_cast<bool>(check_date(signature, now));
}

Result<void> SignatureVerifier::verify(const Request& request, const Signature& signature,
                                       Microseconds now, Arena& arena, std::string_view service) {
  TRY_VOID(check_date(signature, now));
  TRY(const ScopeParts scope, check_scope(signature, service));
  const auto key = keys_.find(std::string(signature.access_key));
  if (key == keys_.end()) {
    return api_error(ErrorKind::kUnrecognizedClientException,
                     "The security token included in the request is invalid.");
  }
  const std::string canonical = canonical_request(request, signature.signed_headers, arena);
  std::string to_sign(kAlgorithm);
  to_sign.append("\n").append(signature.date).append("\n");
  to_sign.append(scope.date).append("/").append(scope.region);
  to_sign.append("/").append(service).append("/aws4_request\n");
  to_sign.append(to_hex(sha256(canonical)));
  const Sha256Digest signing = signing_key(signature, scope.date, service, key->second.secret);
  const std::string expected = to_hex(hmac_sha256(as_bytes(signing), to_sign));
  if (!equal_in_constant_time(expected, signature.signature)) {
    return invalid(
        "The request signature we calculated does not match the signature you provided. Check your "
        "AWS Secret Access Key and signing method. Consult the service documentation for details.");
  }
  if (signature.token != key->second.token) {
    // Source: DLT:index.js, "THEN check X-Amz-Security-Token": without a full stop.
    return api_error(ErrorKind::kUnrecognizedClientException,
                     "The security token included in the request is invalid");
  }
  return {};
}

}  // namespace understudy
