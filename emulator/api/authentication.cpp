#include "emulator/api/authentication.h"

#include "emulator/api/query_string.h"
#include "emulator/base/ascii.h"
#include "emulator/base/utf8.h"

namespace understudy {
namespace {

/// Access key and region out of the credential scope. Lenient: boto 2 signs for hosts that are not
/// AWS's with scopes like `foo/20261121/0/127/aws4_request`.
void split_credential(Signature& signature) {
  std::string_view rest = signature.credential;
  for (int part = 0; part < 3; ++part) {
    const std::size_t slash = rest.find('/');
    const std::string_view value = rest.substr(0, slash);
    if (part == 0) {
      signature.access_key = value;
    } else if (part == 2) {
      signature.region = value;
    }
    if (slash == std::string_view::npos) {
      return;
    }
    rest.remove_prefix(slash + 1);
  }
}

void read_part(std::string_view part, Signature& signature) {
  const std::size_t equals = part.find('=');
  if (equals == std::string_view::npos) {
    return;
  }
  const std::string_view name = part.substr(0, equals);
  const std::string_view value = part.substr(equals + 1);
  if (name == "Credential") {
    signature.credential = value;
  } else if (name == "SignedHeaders") {
    signature.signed_headers = value;
  } else if (name == "Signature") {
    signature.signature = value;
  }
}

/// `AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`, as nearly every client writes it.
/// False: it is something else, and nothing was read.
bool read_usual_authorization(std::string_view header, Signature& signature) {
  constexpr std::string_view kBegins = "AWS4-HMAC-SHA256 Credential=";
  constexpr std::string_view kAlgorithm = kBegins.substr(0, kBegins.find(' '));
  constexpr std::string_view kSigned = " SignedHeaders=";
  constexpr std::string_view kSignature = " Signature=";
  if (!header.starts_with(kBegins)) {
    return false;
  }
  std::string_view rest = header.substr(kBegins.size());
  const std::string_view credential = take_until(rest, ',');
  if (!rest.starts_with(kSigned)) {
    return false;
  }
  rest.remove_prefix(kSigned.size());
  const std::string_view signed_headers = take_until(rest, ',');
  if (!rest.starts_with(kSignature)) {
    return false;
  }
  rest.remove_prefix(kSignature.size());
  constexpr std::size_t kNone = std::string_view::npos;
  if (rest.find(',') != kNone || rest.find(' ') != kNone || credential.find(' ') != kNone ||
      signed_headers.find(' ') != kNone) {
    return false;
  }
  signature.algorithm = kAlgorithm;
  signature.credential = credential;
  signature.signed_headers = signed_headers;
  signature.signature = rest;
  return true;
}

/// Takes `Name=value` parts that are separated by commas, blanks or both. Runs for every request: a
/// search for one separator at a time is many times faster than one for either.
void read_authorization(std::string_view header, Signature& signature) {
  if (read_usual_authorization(header, signature)) {
    return;
  }
  signature.algorithm = take_until(header, ' ');
  while (!header.empty()) {
    std::string_view between_commas = take_until(header, ',');
    while (!between_commas.empty()) {
      const std::string_view part = take_until(between_commas, ' ');
      read_part(part, signature);
    }
  }
}

Result<Signature> read_header_form(const Request& request) {
  Signature signature;
  const std::string_view header = request.header(KnownHeader::kAuthorization);
  read_authorization(trim(header), signature);
  signature.date = request.header(KnownHeader::kAmzDate);
  if (signature.date.empty()) {
    signature.date = request.header(KnownHeader::kDate);
  }
  signature.token = request.header(KnownHeader::kSecurityToken);
  if (!signature.credential.empty() && !signature.signature.empty() &&
      !signature.signed_headers.empty() && !signature.date.empty()) {
    split_credential(signature);
    return signature;
  }
  std::string message;
  const auto require = [&message](std::string_view value, std::string_view name) {
    if (value.empty()) {
      message.append("Authorization header requires '").append(name).append("' parameter. ");
    }
  };
  require(signature.credential, "Credential");
  require(signature.signature, "Signature");
  require(signature.signed_headers, "SignedHeaders");
  if (signature.date.empty()) {
    message +=
        "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ";
  }
  message.append("Authorization=").append(to_utf8(header));
  return api_error(ErrorKind::kIncompleteSignatureException, std::move(message));
}

Result<Signature> read_query_form(std::string_view query, Arena& arena) {
  Signature signature;
  signature.in_query = true;
  std::string message;
  const auto take = [&](std::string_view name) {
    const std::string_view value = find_query_parameter(query, name, arena).value_or("");
    if (value.empty()) {
      message.append("AWS query-string parameters must include '").append(name).append("'. ");
    }
    return value;
  };
  signature.algorithm = take("X-Amz-Algorithm");
  signature.credential = take("X-Amz-Credential");
  signature.signature = take("X-Amz-Signature");
  signature.signed_headers = take("X-Amz-SignedHeaders");
  signature.date = take("X-Amz-Date");
  if (!message.empty()) {
    message += "Re-examine the query-string parameters.";
    return api_error(ErrorKind::kIncompleteSignatureException, std::move(message));
  }
  signature.expires = find_query_parameter(query, "X-Amz-Expires", arena).value_or("");
  signature.token = find_query_parameter(query, "X-Amz-Security-Token", arena).value_or("");
  split_credential(signature);
  return signature;
}

}  // namespace

Result<Signature> read_signature(const Request& request, Arena& arena) {
  const std::string_view query = query_of(request.target);
  const bool in_query =
      !query.empty() && find_query_parameter(query, "X-Amz-Algorithm", arena).has_value();
  const std::string_view header = request.header(KnownHeader::kAuthorization);
  if (in_query && !header.empty()) {
    return api_error(ErrorKind::kInvalidSignatureException,
                     "Found both 'X-Amz-Algorithm' as a query-string param and 'Authorization' as "
                     "HTTP header.");
  }
  if (in_query) {
    return read_query_form(query, arena);
  }
  if (!trim(header).starts_with("AWS4-")) {
    return api_error(ErrorKind::kMissingAuthenticationTokenException,
                     "Request is missing Authentication Token");
  }
  return read_header_form(request);
}

}  // namespace understudy
