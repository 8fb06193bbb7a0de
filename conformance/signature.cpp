// Signature Version 4 for requests of the runner. Source: IAM User Guide, "Create a signed AWS API
// request".
#include <algorithm>
#include <array>
#include <cctype>
#include <ctime>
#include <map>

#include "conformance/endpoint.h"
#include "emulator/base/sha256.h"

namespace understudy::conformance {

namespace {

std::string hmac(std::string_view key, std::string_view text) {
  return std::string(as_bytes(hmac_sha256(key, text)));
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text;
}

}  // namespace

void sign(HttpRequest& request, const std::string& host, const Signer& signer, std::int64_t at_s) {
  const auto at = static_cast<std::time_t>(at_s);
  std::tm parts{};
  gmtime_r(&at, &parts);
  std::array<char, 32> stamp{};
  std::strftime(stamp.data(), stamp.size(), "%Y%m%dT%H%M%SZ", &parts);
  const std::string time = stamp.data();
  const std::string day = time.substr(0, 8);
  request.headers.emplace_back("Host", host);
  request.headers.emplace_back("X-Amz-Date", time);
  if (!signer.session_token.empty()) {
    request.headers.emplace_back("X-Amz-Security-Token", signer.session_token);
  }

  std::map<std::string, std::string> signed_headers;
  for (const auto& [name, value] : request.headers) {
    const std::string key = lower(name);
    if (key == "host" || key.starts_with("x-amz-") || key == "content-type") {
      signed_headers[key] = value;
    }
  }
  std::string names;
  std::string lines;
  for (const auto& [name, value] : signed_headers) {
    names += (names.empty() ? "" : ";") + name;
    lines += name + ":" + value + "\n";
  }
  const std::size_t query = request.path.find('?');
  const std::string canonical = request.method + "\n" + request.path.substr(0, query) + "\n" +
                                (query == std::string::npos ? "" : request.path.substr(query + 1)) +
                                "\n" + lines + "\n" + names + "\n" + to_hex(sha256(request.body));
  const std::string scope = day + "/" + signer.region + "/dynamodb/aws4_request";
  const std::string to_sign =
      "AWS4-HMAC-SHA256\n" + time + "\n" + scope + "\n" + to_hex(sha256(canonical));
  const std::string key = hmac(
      hmac(hmac(hmac("AWS4" + signer.secret_key, day), signer.region), "dynamodb"), "aws4_request");
  request.headers.emplace_back("Authorization",
                               "AWS4-HMAC-SHA256 Credential=" + signer.access_key + "/" + scope +
                                   ", SignedHeaders=" + names +
                                   ", Signature=" + to_hex(hmac_sha256(key, to_sign)));
}

}  // namespace understudy::conformance
